"""What a number means: one dialog, and one entry of the definitions page, from the catalogue."""

import polars as pl
import streamlit as st

from metrics.catalogue import CATALOGUE, WATCHED, Metric
from metrics.texts import N_
from pages.shared.model import blocks
from pages.shared.screen import current_report, why
from pages.shared.session import site
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _

FACTS = (
    ("unit", N_("Unit")),
    ("grain", N_("Rows")),
    ("interval", N_("Interval")),
    ("no_data", N_("No data")),
    ("source", N_("Source")),
)
ALERTS = "alerts"  # the page
ALERT_ABOUT = "alert.about"  # the metric that a new alert begins with
DIRECTION = {True: N_("higher is better"), False: N_("lower is better")}


def define(name: str, beside: View | None = None) -> None:
    """The definition of a metric in a dialog over the page; with a view, on demand, that view's number under other definitions."""
    _dialog(_(CATALOGUE[name].label))(name, beside)


def entry(metric: Metric) -> None:
    """Everything that the catalogue says about a metric."""
    with st.container(gap="xsmall"):
        _entry(metric)


def _entry(metric: Metric) -> None:
    blocks.paragraph(markup.plain(_(metric.definition)))
    for attribute, name in FACTS:
        blocks.paragraph(f"**{_(name)}** · {markup.plain(_(getattr(metric, attribute)))}")
    blocks.quiet(
        _("{direction} · version {version} · `python -m data.metric {name}`").format(
            direction=_(DIRECTION[metric.higher_is_better]), version=metric.version, name=metric.name
        )
    )


def columns(metric: Metric) -> None:
    """The columns of a metric's result and what each one means."""
    meanings = [_(column.meaning) for column in metric.columns.values()]
    blocks.lines(pl.DataFrame({_("Column"): list(metric.columns), _("Meaning"): meanings}))


def _alert(name: str) -> None:
    """The way to an alert on the number, for whom the view shows."""
    alerts = site.entry(ALERTS)
    if name not in WATCHED or not alerts or not alerts.allowed:
        return
    if st.button(_("Alert me about it"), icon=":material/add_alert:", key=f"alert-about-{name}"):
        st.session_state[ALERT_ABOUT] = name
        site.open_page(ALERTS)


def _dialog(title: str):
    @st.dialog(title)
    def show(name: str, beside: View | None) -> None:
        with current_report.paused():
            entry(CATALOGUE[name])
            _alert(name)
            if beside and name in why.OF and st.toggle(_("Why is my number different?"), key=f"why-{name}"):
                why.compare(why.OF[name], beside)

    return show
