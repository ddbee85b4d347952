"""The page Stores and teams, and its choice in the address."""

from metrics.dimension import CHANNEL, REGION, STORE, TOUCHPOINT, codes
from metrics.texts import N_
from pages.shared.session.site import Entry
from pages.shared.session.view import Option

UNITS = (STORE, REGION, TOUCHPOINT, CHANNEL)
FIRST = "first"  # the first of them that can be compared
OPTIONS = (Option("teams", (FIRST, *codes(UNITS)), members=True),)

TEAMS = Entry("pages.feedback.teams.page", "teams", N_("Stores and teams"), N_("Feedback"), options=OPTIONS)
