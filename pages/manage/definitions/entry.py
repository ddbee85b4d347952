"""The page Definitions."""

from metrics.texts import N_
from pages.shared.session.site import Entry

DEFINITIONS = Entry("pages.manage.definitions.page", "definitions", N_("Definitions"), N_("Manage"), data=False)
