"""NPS: the score and its change, how the answers divide, its months, its groups, and what was written."""

import streamlit as st

from pages.shared import blocks, findings, nps_parts, readings, states, view, why
from pages.shared.cards import cards
from pages.shared.definition import define
from pages.shared.display import card, counted, how_to_read, shown
from pages.shared.texts import _


def page() -> None:
    current = view.current()
    compared = current.before is not None
    with st.skeleton(height=230):
        score = readings.nps(current)
    if states.missing("answers"):
        blocks.heading(_("NPS needs answers"), states.freshness())
        states.no_source("answers")
        return
    blocks.heading(findings.nps(score, compared=compared), shown(current, counted([score])), states.freshness())
    if not score.n:
        states.nothing_here(_("No answers in this period"))
        return
    left, right = st.columns(2, gap="medium")
    with left:
        drawn = [card(score, compared=compared)]
        clicked = cards(drawn, key="score")
        if name := clicked.define or clicked.open:
            define(name)
        blocks.quiet(how_to_read(drawn))
        why.button(why.NPS, current)
    with right:
        nps_parts.distribution_section(current)
    left, right = st.columns(2, gap="medium")
    with left:
        nps_parts.trend_section(current)
    with right:
        nps_parts.group_section(current, "touchpoint", _("by touchpoint"))
    left, right = st.columns(2, gap="medium")
    with left:
        nps_parts.group_section(current, "region", _("by region"))
    with right:
        nps_parts.group_section(current, "tier", _("by tier"))
    nps_parts.comments_section(current)
