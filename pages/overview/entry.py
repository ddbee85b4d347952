"""The page Overview, and its choices in the address."""

from metrics.texts import N_
from pages.customers.sales.entry import NUMBERS as SALES
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

# In the order in which they stand unless the reader chooses another
CARDS = ("nps", "csat", "ces", *SALES, "clv", "retention", "repeat_rate", "inactive_share", "tier_rates")
FILLED = "auto"  # those that the data can fill
OPTIONS = (Option("cards", CARDS, default=FILLED, several=True),)

OVERVIEW = Entry("pages.overview.page", "overview", N_("Overview"), "", options=OPTIONS)
