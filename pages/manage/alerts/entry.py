"""The page Alerts."""

from metrics.texts import N_
from pages.shared.session.site import Entry

ALERTS = Entry("pages.manage.alerts.page", "alerts", N_("Alerts"), N_("Manage"), data=False, needs="alerts")
