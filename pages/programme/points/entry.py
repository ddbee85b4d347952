"""The page Points, and its choices in the address."""

from metrics.dimension import codes, dimensions_of
from metrics.programme.points import BEYOND
from metrics.texts import N_
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

MOST_VALUE = 1_000.0
OPTIONS = (
    Option("point_value", default="0.01", within=(0.0, MOST_VALUE)),
    Option("beyond", BEYOND),
    Option("groups", codes(dimensions_of("customer")), members=True),
)

POINTS = Entry("pages.programme.points.page", "points", N_("Points"), N_("Programme"), options=OPTIONS)
