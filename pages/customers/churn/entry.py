"""The page Churn and lifecycle, and its choices in the address."""

from metrics.dimension import FILTERS, TIER, codes
from metrics.texts import N_
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

OPTIONS = (
    Option("threshold", ("data", "own")),
    Option("quantile", default="80", within=(50, 95), whole=True),
    Option("hiatus", default="90", within=(1, 3650), whole=True),
    Option("split", codes(FILTERS), default=TIER.code, members=True),
    Option("silent", ("new", "all")),
)
WITHIN = {option.name: option.within for option in OPTIONS if option.within}

CHURN = Entry("pages.customers.churn.page", "churn", N_("Churn and lifecycle"), N_("Customers"), options=OPTIONS)
