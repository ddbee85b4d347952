"""The page NPS, and its choices in the address."""

from metrics.texts import N_
from pages.feedback.split import SPLIT
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

OPTIONS = (SPLIT, Option("weight", ("no", "yes")), Option("answered", ("detractors", "passives", "promoters")))

NPS = Entry("pages.feedback.nps.page", "nps", N_("NPS"), N_("Feedback"), options=OPTIONS)
