"""What became of each message, newest first, to read and to take away."""

import polars as pl
import streamlit as st

from data.alerts.book import Delivery
from data.alerts.periods import Period
from data.alerts.rules import Alert
from data.alerts.words.wording import period_name
from pages.manage.alerts.active import tried_at
from pages.manage.alerts.findings import STATES
from pages.shared.model import blocks
from pages.shared.screen.tables import sortable_table
from pages.shared.words.texts import _, told

SHOWN = 50


def section(alerts: list[Alert], deliveries: list[Delivery]) -> None:
    """A table of the last deliveries; nothing while there is none."""
    if not deliveries:
        return
    names = {alert.id: alert.name for alert in alerts}
    table = _table(names, deliveries)
    blocks.section(
        _("What became of each"),
        _("One row per alert and period: a period is notified once, whatever is imported later."),
        table=table,
        file="alerts",
    )
    sortable_table(
        table.head(SHOWN),
        key="alerts-history",
        column_config={_("Message"): st.column_config.TextColumn(width="large")},
    )


def _table(names: dict[int, str], deliveries: list[Delivery]) -> pl.DataFrame:
    """Columns as they are read; a state without a message says why there is none."""
    return pl.DataFrame(
        [
            {
                _("When"): tried_at(one),
                _("Alert"): names[one.alert_id],
                _("Period"): _("test") if one.is_test else period_name(Period.of_code(one.period)),
                _("State"): _(STATES[one.status]),
                _("Message"): told(one.error) if one.error else "" if one.status == "quiet" else one.title,
                _("Attempts"): one.attempts,
            }
            for one in deliveries
        ]
    )
