"""The page History."""

from metrics.texts import N_
from pages.shared.session.site import Entry

HISTORY = Entry("pages.manage.history.page", "history", N_("History"), N_("Manage"), data=False, needs="change")
