"""The page Upload."""

from metrics.texts import N_
from pages.shared.session.site import Entry

UPLOAD = Entry("pages.manage.upload.page", "upload", N_("Upload"), N_("Manage"), data=False, needs="change")
