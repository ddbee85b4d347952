"""Alerts: what is watched and who is told, a new rule or page to send, and what became of each message."""

from pages.manage.alerts import active as alert_list
from pages.manage.alerts import findings, history, inbox, new
from pages.manage.alerts.active import office
from pages.shared.model import blocks
from pages.shared.words.texts import _, sentences


def page() -> None:
    opened = office()
    alerts, deliveries = opened.alerts(), opened.deliveries()
    active = [alert for alert in alerts if alert.stopped_at is None]
    blocks.heading(
        findings.title(active, deliveries),
        sentences(
            _("A number is checked once its period is complete, and you are notified once."),
            findings.latest(deliveries),
        ),
    )
    alert_list.note()
    inbox.section(opened)
    alert_list.section(opened, active, deliveries)
    new.section(opened, first=not alerts)
    history.section(alerts, deliveries)
