"""The screen: draws what a page emits, and notes it in the report of the run."""

import contextlib
from collections.abc import Callable
from typing import Any

import polars as pl
import streamlit as st

from metrics.catalogue import CATALOGUE
from pages.shared.model.parts import (
    Anchor,
    Box,
    Cards,
    Chart,
    Columns,
    Control,
    Fold,
    Frame,
    Group,
    Heading,
    Heat,
    Listing,
    Part,
    Quote,
    Row,
    Section,
    Text,
    Waiting,
)
from pages.shared.model.rendering import Places
from pages.shared.model.theme import PLOTLY_CONFIG
from pages.shared.screen import cards, controls, current_report
from pages.shared.screen.definition import define
from pages.shared.screen.shade import shade
from pages.shared.screen.tables import plain_table, sortable_table
from pages.shared.screen.takeaway import Downloads
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, sentences

DOWNLOADS = "report.downloads"  # of the section that is being drawn


class Screen:
    """What a page emits, in Streamlit."""

    def part(self, part: Part) -> None:
        """Note it and draw it."""
        report = current_report.current()
        PARTS[type(part)](report.note(part) if report else part)

    def control(self, control: Control) -> None:
        """Draw it."""
        controls.draw(control)

    def frame(self, frame: Frame) -> Places:
        """The places that Streamlit makes."""
        return FRAMES[type(frame)](frame)

    def shows(self, view: View) -> None:
        """The report says it."""
        if report := current_report.of_run():
            report.view = view


def _heading(part: Heading) -> None:
    """With the sign of a demo, when it is one."""
    demo = _("demo data")
    badge = f" :blue-badge[:material/science: {demo}]" if cached.extent().demo else ""
    with st.container(gap="xxsmall"):
        st.title(part.finding, anchor=False)
        st.markdown(part.shown if part.fresh else part.shown + badge)
        if part.fresh:
            st.markdown(markup.quietly(part.fresh) + badge)


def _section(part: Section) -> None:
    """With the place of its downloads beside it."""
    with st.container(horizontal=True, wrap=False, gap="small", vertical_alignment="top"):
        with st.container(gap="xxsmall"):
            st.subheader(part.finding, anchor=False)
            _quiet(part.how)
        place = st.container(width="content")
    if current_report.current():
        downloads = st.session_state[DOWNLOADS] = Downloads(place)
        if part.table:
            downloads.table(part.table)


def _text(part: Text) -> None:
    """Quiet text at 6:1: st.caption is drawn at about 4:1 and fades colours inside it."""
    if part.tone == "quiet":
        _quiet(sentences(part.words, part.hint))
    elif part.tone == "warning":
        st.warning(part.words, icon=":material/info:")
    else:
        st.markdown(part.words)


def _quiet(text: str) -> None:
    """What fits one line; what else there is to know stands behind the sign at its end."""
    if text:
        first, rest = markup.first_line(text)
        st.markdown(markup.quietly(first), help=markup.quietly(rest) if rest else None)


def _chart(part: Chart) -> None:
    """In the theme's colours. Plotly resolves them when it is mounted: the shade in the key mounts it anew."""
    leads = {mark.id: mark for mark in part.marks if mark.leads and controls.opens(mark.leads)}
    clicked = None
    with st.container(gap=None) if leads else contextlib.nullcontext():
        st.plotly_chart(part.figure, config=PLOTLY_CONFIG, key=f"{part.key}-{shade()}", alt=part.alt)
        if leads:
            clicked = cards.marks(list(leads.values()), key=f"marks-{part.key}").mark
    if current_report.current() and (downloads := st.session_state.get(DOWNLOADS)):
        downloads.chart(part)
    if clicked in leads and (place := leads[clicked].leads):
        controls.go(place)


def _cards(part: Cards) -> None:
    """A click shows the definition, or leads on."""
    clicked = cards.cards(part.items, key=part.key)
    if clicked.open in part.leads:
        controls.go(part.leads[clicked.open])
    elif name := clicked.define or clicked.open:
        metric = name.partition(":")[0]
        if part.explain:
            part.explain(name)
        elif metric in CATALOGUE:
            define(metric, part.view)


def _heat(part: Heat) -> None:
    cell = cards.heat(part.table, key=part.key).cell
    place = part.leads.get((cell["row"], cell["column"])) if cell else None
    if place and controls.opens(place):
        controls.go(place)


def _listing(part: Listing) -> None:
    if not part.sortable:
        plain_table(part.frame)
        return
    told = {"key": part.key, "height": part.height}
    shown = {name: value for name, value in told.items() if value is not None}
    sortable_table(part.frame, column_config=_formats(part.frame), placeholder="—", **shown)


def _formats(frame: pl.DataFrame) -> dict[str, Any]:
    """Days and numbers as people write them; they stay such, so that a click on a column sorts by them."""
    return {
        name: st.column_config.DateColumn(format="YYYY-MM-DD")
        if kind == pl.Date
        else st.column_config.NumberColumn(format="localized")
        for name, kind in frame.schema.items()
        if kind == pl.Date or kind.is_numeric()
    }


def _quote(part: Quote) -> None:
    with st.container(horizontal=True, wrap=False, gap="small"):
        st.markdown(f"**{markup.plain(part.mark)}**", width=28, text_alignment="right")
        with st.container(gap="xxsmall"):
            st.text(part.words)
            _quiet(markup.plain(part.about))


def _box(part: Box) -> None:
    """Bordered, with the buttons below."""
    with st.container(border=True, horizontal_alignment="center", gap="xsmall"):
        st.space("small")
        st.markdown(f":gray[{part.icon}]", width="content")
        st.markdown(f"**{part.title}**", width="content")
        st.markdown(part.why, text_alignment="center", width="content")
        if part.buttons:
            controls.buttons(part.buttons)
        st.space("small")


PARTS: dict[type, Callable[[Any], None]] = {
    Heading: _heading,
    Section: _section,
    Text: _text,
    Chart: _chart,
    Cards: _cards,
    Heat: _heat,
    Listing: _listing,
    Quote: _quote,
    Box: _box,
}
FRAMES: dict[type, Callable[[Any], Places]] = {
    Columns: lambda frame: st.columns(list(frame.widths), gap="medium"),
    Row: lambda frame: [
        st.container(horizontal=True, gap="small", vertical_alignment="bottom" if frame.labelled else "center")
    ],
    Anchor: lambda frame: [st.container(key=f"anchor-{frame.name}")],
    Group: lambda _frame: [st.container(gap="xxsmall")],
    Fold: lambda frame: [st.expander(frame.title, expanded=frame.opened)],
    Waiting: lambda frame: [st.skeleton(height=frame.height)],
}
