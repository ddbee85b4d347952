"""The page Tiers and migration, and its choices in the address."""

from metrics.texts import N_
from pages.programme.rule_options import RULE
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

OPTIONS = (
    *RULE,
    Option("moved_from", default="auto"),
    Option("moved_to", default="auto"),
    Option("moved_who", ("silent", "all")),
)

TIERS = Entry("pages.programme.tiers.page", "tiers", N_("Tiers and migration"), N_("Programme"), options=OPTIONS)
