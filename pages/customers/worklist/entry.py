"""The page Worklist, and its choices in the address."""

from metrics.texts import N_
from metrics.worklist.reasons import REASONS
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

EVERY = "every"
OPTIONS = (
    Option("reason", (EVERY, *REASONS)),
    Option("size", ("100", "20", "500", "2000")),
    Option("hold", ("10", "5", "20", "0")),
    Option("lasting", ("90", "30", "180")),
)

WORKLIST = Entry(
    "pages.customers.worklist.page", "worklist", N_("Worklist"), N_("Customers"), options=OPTIONS, needs="customers"
)
