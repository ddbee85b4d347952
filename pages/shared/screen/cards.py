"""What native elements cannot do: cards with an interval, a table with heat, marks of charts that lead somewhere, a button that
copies the link.

Text reaches the page through textContent only. Colours, fonts and radii are the theme's CSS variables, so a change of theme
repaints without a rerun.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.shared.front import read
from pages.shared.model.cards import Card, HeatTable
from pages.shared.model.parts import Mark
from pages.shared.words.texts import _

_cards = st.components.v2.component(
    "rapport_cards", html='<div class="box"><div class="grid"></div></div>', css=read("cards.css"), js=read("cards.js")
)
_heat = st.components.v2.component(
    "rapport_heat",
    html='<div class="frame"></div><p class="read" aria-live="polite"></p>',
    css=read("heat.css"),
    js=read("heat.js"),
)
_marks = st.components.v2.component("rapport_marks", html="<ul></ul>", css=read("marks.css"), js=read("marks.js"))
_link = st.components.v2.component(
    "rapport_link",
    html='<div><input readonly hidden><button type="button"></button></div>',
    css=read("link.css"),
    js=read("link.js"),
)


def cards(items: Sequence[Card], *, key: str) -> Any:
    """A row of cards. In the run after a click, `.open` or `.define` of the result is the id of the card."""
    return _cards(data={"cards": list(items)}, key=key, on_open_change=_nothing, on_define_change=_nothing)


def heat(table: HeatTable, *, key: str) -> Any:
    """A heat table. In the run after a click, `.cell` of the result is {"row", "column"}, both from 0."""
    return _heat(data=table, key=key, on_cell_change=_nothing)


def marks(items: Sequence[Mark], *, key: str) -> Any:
    """The marks of the chart in the same container that lead somewhere. In the run after a click, `.mark` of the result is the id."""
    shown = [{"id": mark.id, "says": mark.says} for mark in items]
    return _marks(data={"marks": shown, "label": _("Marks of the chart")}, key=key, on_mark_change=_nothing)


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
