"""The rule that makes tiers, in the address: the same choices on each page of the programme."""

from pages.shared.session.view import Option

MONTHS = ("auto", *map(str, range(1, 37)))
RULE = (
    Option("rule", default="auto"),
    Option("rule_measure", ("spend", "orders")),
    Option("rule_months", MONTHS),
    Option("lapse", within=(0, 3650), default="365", whole=True),
)
