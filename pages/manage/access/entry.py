"""The page Access."""

from metrics.texts import N_
from pages.shared.session.site import Entry

ACCESS = Entry("pages.manage.access.page", "access", N_("Access"), N_("Manage"), data=False, needs="administer")
