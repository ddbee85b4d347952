"""Tiers and migration: who moved where between two dates, how often, how long members stay, and what a tier is worth."""

import streamlit as st

from metrics.errors import RuleError
from pages.programme import tier_choices, tier_flow_parts, tier_parts
from pages.programme.tier_who import who_section
from pages.shared import auth, blocks, findings_tiers, readings_tiers, states, tier_basis, view
from pages.shared.definition import cards_with_definitions
from pages.shared.display import how_to_read, shown
from pages.shared.texts import _, told


def page() -> None:
    current = view.current()
    try:
        with st.skeleton(height=440):
            basis = tier_basis.of(current)
            moves = readings_tiers.all_moves(current, basis) if basis else {}
    except RuleError as error:
        blocks.heading(_("The tier rule cannot be read"), blocks.plain(told(error)), states.freshness())
        tier_choices.way_back(tier_choices.TODAY)
        return
    if basis is None:
        blocks.heading(_("Tiers need members or orders"), states.freshness())
        states.no_source("members")
        return
    if not tier_flow_parts.comparable(current, basis):
        blocks.heading(_("No moves between tiers to show here"), states.freshness())
        tier_choices.row(current, basis)
        tier_flow_parts.not_comparable(current, basis)
        return
    title = findings_tiers.moves(moves["upgrade"], compared=current.before is not None)
    blocks.heading(title, shown(current, tier_parts.counted(current, basis)), states.freshness())
    tier_choices.row(current, basis)
    drawn = tier_parts.rate_cards(current, basis, moves)
    cards_with_definitions(drawn, key="moves")
    blocks.quiet(how_to_read(drawn))
    left, right = st.columns(2, gap="medium")
    with left:
        tier_flow_parts.flow_section(current, basis)
    with right:
        tier_flow_parts.matrix_section(current, basis)
    left, right = st.columns(2, gap="medium")
    with left:
        tier_parts.members_section(current, basis)
    with right:
        tier_parts.trend_section(current, basis)
    left, middle, right = st.columns(3, gap="medium")
    with left:
        tier_parts.time_section(current, basis)
    with middle:
        tier_parts.outlook_section(current, basis)
    with right:
        tier_parts.worth_section(current, basis)
    if auth.may("customers"):
        who_section(current, basis)
