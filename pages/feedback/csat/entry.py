"""The page CSAT and CES, and its choices in the address."""

from metrics.texts import N_
from pages.feedback.split import SPLIT
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

OPTIONS = (SPLIT, Option("about", ("csat", "ces")))

CSAT = Entry("pages.feedback.csat.page", "csat", N_("CSAT and CES"), N_("Feedback"), options=OPTIONS)
