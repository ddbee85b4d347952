"""The page Recovery, and its choices in the address."""

from metrics.texts import N_
from pages.feedback.split import SPLIT
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

OPTIONS = (SPLIT, Option("scored", ("nps", "csat")), Option("followed", ("90", "30", "180")))

RECOVERY = Entry("pages.feedback.recovery.page", "recovery", N_("Recovery"), N_("Feedback"), options=OPTIONS)
