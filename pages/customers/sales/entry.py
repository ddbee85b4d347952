"""The page Sales, and its choices in the address."""

from metrics.catalogue import CATALOGUE
from metrics.dimension import codes, dimensions_of
from metrics.texts import N_
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

FAMILY = "sales"
NUMBERS = tuple(name for name, metric in CATALOGUE.items() if metric.family == FAMILY and metric.trend)
OPTIONS = (Option("number", NUMBERS), Option("groups", codes(dimensions_of("customer")), members=True))

SALES = Entry("pages.customers.sales.page", "sales", N_("Sales"), N_("Customers"), options=OPTIONS)
