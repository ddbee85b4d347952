"""The page Retention, and its choices in the address."""

from metrics.dimension import FILTERS, FIRST_MONTH, codes
from metrics.texts import N_
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

OPTIONS = (
    Option("measure", ("customers", "orders", "revenue", "value")),
    Option("kind", ("on", "on_or_after")),
    Option("unit", ("month", "week", "quarter", "year", "rolling")),
    Option("against", (FIRST_MONTH.code, *codes(FILTERS)), members=True),
    Option("cohort", default="newest"),
    Option("group", default="auto"),
    Option("beside", default="auto"),
    Option("listed_cohort", default="auto"),
    Option("listed_period", ("auto", *map(str, range(1, 13)))),
    Option("listed_group", default="all"),
    Option("returned", ("no", "missed", "yes")),
)

RETENTION = Entry("pages.customers.retention.page", "retention", N_("Retention"), N_("Customers"), options=OPTIONS)
