"""The page People."""

from metrics.texts import N_
from pages.shared.session.site import Entry

PEOPLE = Entry("pages.manage.people.page", "people", N_("People"), N_("Manage"), data=False, needs="erase")
