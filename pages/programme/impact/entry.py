"""The page Impact, and its choices in the address."""

from metrics.texts import N_
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

OPTIONS = (Option("event", default="newest"), Option("effect_on", ("nps", "csat", "order_value")))

IMPACT = Entry("pages.programme.impact.page", "impact", N_("Impact"), N_("Programme"), options=OPTIONS)
