"""The page Links."""

from metrics.texts import N_
from pages.shared.session.site import Entry

LINKS = Entry("pages.manage.links.page", "links", N_("Links"), N_("Manage"), data=False, needs="share")
