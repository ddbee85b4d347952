"""The page Lifetime value, and its choices in the address."""

from metrics.dimension import TIER, codes, dimensions_of
from metrics.texts import N_
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

OPTIONS = (
    Option("model", ("mbg_nbd", "pareto_nbd", "bg_nbd", "mbg_cnbd_2", "mbg_cnbd_3", "mbg_mean", "nbd")),
    Option("horizon", ("13", "26", "52", "104", "156"), default="52"),
    Option("discount", within=(0, 100), default="10"),
    Option("margin", within=(1, 100), default="100"),
    Option("value_by", codes(dimensions_of("customer")), default=TIER.code, members=True),
    Option("holdout", ("auto", "13", "26", "39", "52")),
    Option("cut", within=(5, 95), default="50"),
)
WITHIN = {option.name: option.within for option in OPTIONS if option.within}

VALUE = Entry("pages.customers.clv.page", "value", N_("Lifetime value"), N_("Customers"), options=OPTIONS)
