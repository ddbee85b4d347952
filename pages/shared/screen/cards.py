"""What native elements cannot do: cards with an interval, a table with heat, a button that copies the link.

Text reaches the page through textContent only. Colours, fonts and radii are the theme's CSS variables, so a change of theme
repaints without a rerun.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Literal, TypedDict

import streamlit as st

from metrics.statistics.verdict import Verdict
from pages.shared.files import report
from pages.shared.front import read
from pages.shared.words.texts import _


class Spark(TypedDict):
    """A line with its band; null where the value is withheld. `label` is its text alternative."""

    y: list[float | None]
    low: list[float | None]
    high: list[float | None]
    label: str


class Card(TypedDict, total=False):
    """One card. With `few` (the reason) the value is withheld, and `detail` says what to do."""

    id: str  # what `open` and `define` report
    name: str
    define: str  # the name of the ⓘ button; left out, there is none
    value: str
    unit: str
    range: str
    size: str
    verdict: Verdict | Literal["changed"]  # "changed": clearly, but neither better nor worse
    direction: str  # "up" or "down"
    change: str
    detail: str
    spark: Spark
    few: str


class Cell(TypedDict, total=False):
    """One cell of a heat table; without `text` it is blank. `level` 0–9 picks the colour, `read` is what pointing says."""

    text: str
    sub: str
    level: int
    state: str  # "unfinished" is hatched, "few" is quiet, "stayed" is outlined
    read: str


class Row(TypedDict, total=False):
    """One row of a heat table; kind "average" stands under a rule."""

    name: str
    sizes: list[str]
    cells: list[Cell]
    kind: str


class Heat(TypedDict, total=False):
    """A heat table: `head` names the row column, `sizes` size columns, then the cells.

    Ramp "change" takes levels from worse (0) to better (9) instead of from little to much; `tall` cells have room for a second line.
    """

    label: str
    head: list[str]
    sizes: int
    rows: list[Row]
    hint: str
    ramp: str
    tall: bool


UNTOUCHED = SimpleNamespace(open=None, define=None, cell=None)  # where nobody looks, nobody clicks

_cards = st.components.v2.component(
    "rapport_cards", html='<div class="box"><div class="grid"></div></div>', css=read("cards.css"), js=read("cards.js")
)
_heat = st.components.v2.component(
    "rapport_heat",
    html='<div class="frame"></div><p class="read" aria-live="polite"></p>',
    css=read("heat.css"),
    js=read("heat.js"),
)
_link = st.components.v2.component(
    "rapport_link",
    html='<div><input readonly hidden><button type="button"></button></div>',
    css=read("link.css"),
    js=read("link.js"),
)


def cards(items: Sequence[Card], *, key: str) -> Any:
    """A row of cards. In the run after a click, `.open` or `.define` of the result is the id of the card."""
    report.note(report.Cards(list(items)))
    if report.offscreen():
        return UNTOUCHED
    return _cards(data={"cards": list(items)}, key=key, on_open_change=_nothing, on_define_change=_nothing)


def heat(table: Heat, *, key: str) -> Any:
    """A heat table. In the run after a click, `.cell` of the result is {"row", "column"}, both from 0."""
    report.note(report.Heat(table))
    if report.offscreen():
        return UNTOUCHED
    return _heat(data=table, key=key, on_cell_change=_nothing)


def link_button() -> None:
    """A button that copies the address of the view."""
    _link(data={"label": _("Copy link"), "done": _("Link copied")}, key="link", width="content")


def copy_button(path: str, *, key: str) -> None:
    """A button that copies the address of another place of this app."""
    _link(data={"label": _("Copy"), "done": _("Link copied"), "path": path}, key=key, width="content")


def link_field(path: str, *, key: str) -> None:
    """The whole address of a place of this app, to read and to copy."""
    data = {"label": _("Copy"), "done": _("Link copied"), "path": path, "field": _("The link")}
    _link(data=data, key=key, width="stretch")


def _nothing() -> None:
    """A component reports an event only when there is a function for it; the run that follows reads the event itself."""
