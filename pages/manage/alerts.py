"""Alerts: what is watched and who is told, a new rule or page to send, and what became of each message."""

from pages.manage import alert_history, alert_list, alert_new
from pages.manage.alert_list import office
from pages.shared import blocks, findings_alerts
from pages.shared.texts import _, sentences


def page() -> None:
    opened = office()
    alerts, deliveries = opened.alerts(), opened.deliveries()
    active = [alert for alert in alerts if alert.stopped_at is None]
    blocks.heading(
        findings_alerts.title(active, deliveries),
        sentences(
            _("A number is judged once its period is complete, and told once."), findings_alerts.latest(deliveries)
        ),
    )
    alert_list.note()
    alert_list.section(opened, active, deliveries)
    alert_new.section(opened, first=not alerts)
    alert_history.section(alerts, deliveries)
