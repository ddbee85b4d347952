"""CSAT and CES: how many are satisfied and find it easy, on which scale, since when, where, and what the others say."""

import streamlit as st

from pages.feedback import csat_parts
from pages.shared import auth, blocks, groups, states, trends, view, why
from pages.shared.definition import cards_with_definitions
from pages.shared.display import card, changed, counted, how_to_read, shown
from pages.shared.texts import _


def page() -> None:
    current = view.current()
    if not csat_parts.asked():
        csat_parts.no_question()
        csat_parts.items_section(current)
        return
    compared = current.before is not None
    with st.skeleton(height=230):
        first, other = csat_parts.numbers(current)
    title = csat_parts.finding(first, compared=compared)
    blocks.heading(title, shown(current, counted([first])), states.freshness())
    csat_parts.options()
    if not first.n:
        states.nothing_here(_("No answers in this period"))
        return
    left, right = st.columns(2, gap="medium")
    with left:
        drawn = [card(reading, compared=compared) for reading in (first, other)]
        cards_with_definitions(drawn, key="scores")
        blocks.quiet(changed(first, current))
        blocks.quiet(how_to_read(drawn))
        if first.metric == "csat":
            why.button(why.CSAT, current)
    with right:
        csat_parts.distribution_section(current)
    left, right = st.columns(2, gap="medium")
    with left:
        trends.section(current, csat_parts.measure(current))
    with right:
        groups.section(current, csat_parts.measure(current))
    csat_parts.items_section(current)
    if auth.may("comments"):
        csat_parts.low_section(current)
