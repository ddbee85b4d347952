"""NPS: the score and its change, how the answers divide, its months, its groups, later spend, and what was written."""

import streamlit as st

from pages.feedback import nps_parts, reach_parts
from pages.feedback.nps_who import who_section
from pages.shared import auth, blocks, findings, groups, readings, states, trends, view, why
from pages.shared.definition import cards_with_definitions
from pages.shared.display import card, changed, counted, how_to_read, shown
from pages.shared.texts import _


def page() -> None:
    current = view.current()
    compared = current.before is not None
    if states.missing("answers"):
        blocks.heading(_("NPS needs answers"), states.freshness())
        states.no_source("answers")
        return
    with st.skeleton(height=230):
        score = readings.nps(current, weighted=nps_parts.weighted(current))
    blocks.heading(findings.nps(score, compared=compared), shown(current, counted([score])), states.freshness())
    if not score.n:
        states.nothing_here(_("No answers in this period"))
        return
    nps_parts.options()
    left, right = st.columns(2, gap="medium")
    with left:
        drawn = [card(score, compared=compared)]
        cards_with_definitions(drawn, key="score")
        for line in (changed(score, current), nps_parts.weight_note(current), how_to_read(drawn)):
            blocks.quiet(line)
        why.button(why.NPS, current)
    with right:
        nps_parts.distribution_section(current)
    left, right = st.columns(2, gap="medium")
    with left:
        trends.section(current, nps_parts.measure(current))
    with right:
        groups.section(current, nps_parts.measure(current))
    left, right = st.columns(2, gap="medium")
    with left:
        reach_parts.later_spend_section(current)
    with right:
        reach_parts.known_section(current)
    if auth.may("comments"):
        nps_parts.comments_section(current)
    if auth.may("customers"):
        who_section(current)
