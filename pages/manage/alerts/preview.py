"""What a rule would have told in the last complete periods."""

import polars as pl
import streamlit as st

from data.alerts.measured import PAST
from data.alerts.office import past_periods
from data.alerts.periods import Period
from data.alerts.rules import Rule, asked_text, condition_text
from data.alerts.words.wording import bounds, kind_of, period_name, shown
from data.questions.ask import Question
from metrics.texts import N_
from pages.manage.alerts import findings
from pages.shared.screen.tables import sortable_table
from pages.shared.session import cached
from pages.shared.words.texts import _, number

QUICK = ("nps", "csat", "ces", "repeat_rate", "retention", "lifecycle")  # counted in no time; others on demand
FINDINGS = {
    "below": N_("notified: below"),
    "above": N_("notified: above"),
    "rose": N_("notified: rose"),
    "fell": N_("notified: fell"),
    "within": N_("within the limit"),
    "unclear": N_("beyond the limit, but not clearly"),
    "no_change": N_("no clear change"),
    "too_few": N_("too few"),
}


def preview(rule: Rule, every: str) -> None:
    """A sentence and, on demand, the periods behind it."""
    if rule.asked.metric not in QUICK and not st.toggle(
        _("Try it on the last {n} periods").format(n=PAST), key=f"alert.try.{rule.asked.metric}"
    ):
        return
    extent = cached.extent()
    if extent.first is None or extent.last is None:
        return
    question = Question(extent.first, extent.last, extent.last)
    with st.spinner(_("Looking at the past")):
        found = cached.table(
            past_periods, question, asked=asked_text(rule, every), condition=condition_text(rule), count=PAST
        )
    said = findings.preview(int(found["told"].sum()), found.height)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f":material/history: **{said}**", width="content")
        if found.height:
            with st.popover(_("See them"), type="tertiary", key="alert.past"):
                sortable_table(_table(found, rule), key="alert.past.table")


def _table(found: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """The periods as they are read, newest first."""
    of, currency = kind_of(rule.asked), cached.extent().currency
    return pl.DataFrame(
        [
            {
                _("Period"): period_name(Period.of_code(row["period"])),
                _("Value"): "—" if row["value"] is None else shown(row["value"], of, currency),
                _("95% interval"): "" if row["low"] is None else bounds(row["low"], row["high"], of, currency),
                _("n"): "" if row["n"] is None else number(row["n"]),
                _("Verdict"): _(FINDINGS[row["finding"]]),
            }
            for row in reversed(found.to_dicts())
        ]
    )
