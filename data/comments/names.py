"""What trades and their themes are called; to be translated."""

from metrics.texts import N_

TRADES = {
    "retail": N_("Retail"),
    "restaurants": N_("Restaurants"),
    "banking": N_("Banking"),
    "ecommerce": N_("E-commerce"),
}
THEMES = {
    "service": N_("Service"),
    "price": N_("Price and value"),
    "environment": N_("Surroundings"),
    "location": N_("Location"),
    "waiting": N_("Waiting"),
    "app": N_("App and website"),
    "delivery": N_("Delivery"),
    "packaging": N_("Packaging"),
    "returns": N_("Returns and refunds"),
    "choice": N_("Choice and stock"),
    "programme": N_("Member programme"),
    "quality": N_("Quality of the goods"),
    "food": N_("Food and drink"),
    "account": N_("Accounts and cards"),
    "loans": N_("Loans and mortgages"),
    "security": N_("Security and trust"),
}
TONES = {"blame": N_("Complaints"), "praise": N_("Praise"), "any": N_("All mentions")}
