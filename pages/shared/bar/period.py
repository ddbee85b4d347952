"""The choice of the period: by a unit of the calendar, counted from the last day of the data, or by own dates."""

import datetime as dt
from collections.abc import Mapping

import streamlit as st

from data.settings import Settings
from metrics.texts import N_
from pages.shared.front import read
from pages.shared.session import cached, view
from pages.shared.session.view import View, synced
from pages.shared.words import periods
from pages.shared.words.texts import _, date, period

_enter = st.components.v2.component("rapport_enter", html="<i hidden></i>", js=read("enter.js"))

UNIT_NAMES = {"month": N_("Month"), "quarter": N_("Quarter"), "year": N_("Year")}
PRESET_NAMES = {
    "30d": N_("Last 30 days"),
    "90d": N_("Last 90 days"),
    "week": N_("Last week"),
    "mtd": N_("This month"),
    "qtd": N_("This quarter"),
    "ytd": N_("This year"),
    "12m": N_("Last 12 months"),
    "fiscal": N_("This fiscal year"),
    "fiscal_before": N_("Last fiscal year"),
}
FIRST_CLICK = "filter.first_click"  # the period under which the first of two days was picked


def popover(current: View) -> None:
    """The popover whose label is the period: a unit of the calendar, one that ends with the data, or own dates."""
    start, end = current.start, current.end
    with st.popover(period(start, end), icon=":material/calendar_month:", key="period"):
        made = periods.unit_of(start, end)
        unit = synced("filter.unit", made if made in UNIT_NAMES else None)
        st.segmented_control(
            _("Period"),
            list(UNIT_NAMES),
            format_func=lambda code: _(UNIT_NAMES[code]),
            key=unit,
            required=True,
            on_change=lambda: _take_unit(current, unit),
        )
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            for name, icon, steps in (
                (_("Previous"), ":material/chevron_left:", -1),
                (_("Next"), ":material/chevron_right:", 1),
            ):
                st.button(name, icon=icon, key=f"step{steps}", on_click=_step, args=(current, steps))
        _presets(current)
        extent = cached.extent()
        dates, as_of = _dates_key(start, end), synced("filter.as_of", current.as_of)
        st.date_input(
            _("Own dates"),
            min_value=view.FIRST_DAY,
            max_value=view.LAST_DAY,
            key=dates,
            on_change=lambda: _take_dates(dates, (start, end)),
            format="YYYY-MM-DD",
        )
        st.date_input(
            _("As of: later data are not seen"),
            min_value=extent.first,
            max_value=extent.last,
            key=as_of,
            on_change=lambda: view.change(as_of=st.session_state[as_of]),
            format="YYYY-MM-DD",
        )
        _enter(key="enter")


def _take_unit(current: View, key: str) -> None:
    unit = st.session_state[key]
    if unit is None:  # the chosen one was clicked again
        return
    start, end = periods.holding(current.end, unit)
    if end > current.as_of:
        start, end = periods.last_complete(current.as_of, unit)
    view.change(from_=start, to=end)


def _step(current: View, steps: int) -> None:
    start, end = periods.shifted(current.start, current.end, steps)
    view.change(from_=start, to=end)


def _presets(current: View) -> None:
    """Periods that are counted from the last day that the view sees. Fiscal years stand there where they are not the calendar's."""
    settings = Settings.read()
    fiscal, sunday = settings.fiscal_year_month, settings.week_begins_on_sunday
    offered = {
        code: periods.preset(code, current.as_of, fiscal_month=fiscal, week_start=6 if sunday else periods.MONDAY)
        for code in periods.PRESETS
        if fiscal != periods.JANUARY or not code.startswith("fiscal")
    }
    key = synced("filter.preset", periods.preset_of(current.start, current.end, offered))
    st.pills(
        _("Up to {date}, the last day of the data").format(date=date(current.as_of)),
        list(offered),
        format_func=lambda code: _(PRESET_NAMES[code]),
        key=key,
        on_change=lambda: _take_preset(offered, key),
    )


def _take_preset(offered: Mapping[str, periods.Dates], key: str) -> None:
    if code := st.session_state[key]:  # the chosen one, clicked again, stays
        start, end = offered[code]
        view.change(from_=start, to=end)


def _dates_key(start: dt.date, end: dt.date) -> str:
    """The key of the calendar. It shows the view's period, except between the two clicks that make another one: written back then, the
    first click would be lost."""
    first = st.session_state.get(FIRST_CLICK)
    if first and first[0] == (start, end):
        return synced("filter.dates", first[1])
    return synced("filter.dates", (start, end))


def _take_dates(key: str, shown: periods.Dates) -> None:
    picked: tuple[dt.date, ...] = st.session_state[key]
    st.session_state[FIRST_CLICK] = (shown, picked) if len(picked) == 1 else None
    if len(picked) == 2:
        view.change(from_=picked[0], to=picked[1])
