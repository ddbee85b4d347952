"""Overview: the key numbers, which groups moved, and how the score went."""

import streamlit as st

from pages.shared import blocks, findings, measures, moved, readings, states, trends, view
from pages.shared.cards import cards
from pages.shared.definition import define
from pages.shared.display import card, counted, how_to_read, shown
from pages.shared.texts import _


def page() -> None:
    current = view.current()
    compared = current.before is not None
    with st.skeleton(height=230):
        numbers = [readings.nps(current), readings.retention(current), readings.repeat_rate(current)]
    blocks.heading(findings.overview(numbers, compared=compared), shown(current, counted(numbers)), states.freshness())
    if not any(number.n for number in numbers):
        states.nothing_here(_("No orders and no answers in this period"))
        return
    drawn = [card(number, compared=compared) for number in numbers]
    clicked = cards(drawn, key="kpi")
    if name := clicked.define or clicked.open:
        define(name)
    blocks.quiet(how_to_read(drawn))
    left, right = st.columns([11, 10], gap="medium")
    with left:
        moved.section(current)
    with right:
        trends.section(current, measures.NPS)
