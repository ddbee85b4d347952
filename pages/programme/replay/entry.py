"""The page Threshold replay, and its choices in the address."""

from metrics.texts import N_
from pages.programme.rule_options import MONTHS, RULE
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

OPTIONS = (
    *RULE,
    Option("other", default="auto"),
    Option("other_measure", ("spend", "orders")),
    Option("other_months", MONTHS),
)

REPLAY = Entry("pages.programme.replay.page", "replay", N_("Threshold replay"), N_("Programme"), options=OPTIONS)
