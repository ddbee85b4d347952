"""The page Overview."""

from metrics.texts import N_
from pages.shared.session.site import Entry

OVERVIEW = Entry("pages.overview.page", "overview", N_("Overview"), "")
