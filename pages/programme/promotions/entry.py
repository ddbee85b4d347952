"""The page Promotions, and its choices in the address."""

from metrics.texts import N_
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

MOST = 1_000_000.0
AMOUNTS = {"spend": "100", "voucher": "50", "first": "150", "second": "150"}
OPTIONS = (
    Option("within", ("180", "90", "30")),
    *(Option(name, default=code, within=(0.01, MOST)) for name, code in AMOUNTS.items()),
    Option("unused", default="10", within=(0.0, 100.0)),
)

PROMOTIONS = Entry("pages.programme.promotions.page", "promotions", N_("Promotions"), N_("Programme"), options=OPTIONS)
