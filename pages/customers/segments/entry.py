"""The page Segments, and its choices in the address."""

from metrics.segments.schemes import SCHEMES
from metrics.texts import N_
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

USUAL, ANY = "usual", "any"
OPTIONS = (
    Option("sort", tuple(SCHEMES)),
    Option("rules", default=USUAL),
    Option("class"),
    Option("was", default=ANY),
)

SEGMENTS = Entry("pages.customers.segments.page", "segments", N_("Segments"), N_("Customers"), options=OPTIONS)
