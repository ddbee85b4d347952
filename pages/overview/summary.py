"""Overview: the key numbers with a way into each of their pages, which groups moved, and how the score went."""

import streamlit as st

from pages.customers.churn import readings as readings_churn
from pages.customers.clv import readings as readings_value
from pages.overview import moved
from pages.programme import readings as readings_tiers
from pages.shared import registry
from pages.shared.readings import measures, readings
from pages.shared.screen import blocks, states, trends
from pages.shared.screen.cards import cards
from pages.shared.screen.definition import define
from pages.shared.screen.display import card, counted, how_to_read, shown
from pages.shared.session import view
from pages.shared.words import findings
from pages.shared.words.texts import _

# Each key number, and the page that tells more about it
NUMBERS = (
    (readings.nps, "nps"),
    (readings.csat, "csat"),
    (readings_value.clv, "value"),
    (readings.retention, "retention"),
    (readings.repeat_rate, "retention"),
    (readings_churn.inactive, "churn"),
    (readings_tiers.upgrades, "tiers"),
)


def page() -> None:
    current = view.current()
    compared = current.before is not None
    with st.skeleton(height=230):
        numbers = [(read(current), code) for read, code in NUMBERS]
        known = [number for number, _code in numbers]
    blocks.heading(
        findings.overview(known, compared=compared),
        shown(current, counted(known)),
        states.freshness(),
    )
    if not any(number.n for number in known):
        states.nothing_here(_("No orders and no answers in this period"))
        return
    drawn = [card(number, compared=compared) for number in known]
    clicked = cards(drawn, key="kpi")
    if clicked.define:
        define(clicked.define, current)
    if clicked.open:
        registry.open_page(next(code for number, code in numbers if number.metric == clicked.open))
    blocks.quiet(how_to_read(drawn), hint=_("A card opens the page about it."))
    left, right = st.columns([11, 10], gap="medium")
    with left:
        moved.section(current)
    with right:
        trends.section(current, measures.NPS)
