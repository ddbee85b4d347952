"""Tiers and migration: who moved where between two dates, how often, how long members stay, and what a tier is worth."""

import streamlit as st

from metrics.errors import RuleError
from pages.programme import tier_choices, tier_flow_parts, tier_future_parts, tier_parts
from pages.programme.tier_who import who_section
from pages.shared import auth, blocks, findings_tiers, readings_tiers, states, tier_basis
from pages.shared.definition import cards_with_definitions
from pages.shared.display import how_to_read, shown
from pages.shared.texts import _, told
from pages.shared.tier_basis import Basis, SuggestionError
from pages.shared.view import View


def page() -> None:
    views = tier_choices.views()
    if views is None:
        return
    chosen, current = views
    try:
        with st.skeleton(height=440):
            basis = tier_basis.of(current)
            seen = basis is not None and tier_flow_parts.comparable(current, basis)
    except RuleError as error:
        blocks.heading(_("The tier rule cannot be read"), blocks.plain(told(error)), states.freshness())
        tier_choices.way_back(tier_choices.TODAY)
        return
    except SuggestionError as error:
        tier_choices.unsuggested(current, error, tier_choices.TODAY)
        return
    if basis is None:
        blocks.heading(_("Tiers need members or orders"), states.freshness())
        states.no_source("members", _("Upload tier changes, or orders, from which thresholds can make tiers."))
        return
    if not seen:
        blocks.heading(_("No moves between tiers to show here"), states.freshness())
        tier_choices.filter_left_out(chosen)
        tier_choices.row(current, basis)
        tier_flow_parts.not_comparable(current, basis)
        return
    one_tier = tier_flow_parts.one_tier(current, basis)
    moves = readings_tiers.all_moves(current, basis, one_tier=one_tier)
    title = findings_tiers.moves(moves, compared=current.before is not None)
    blocks.heading(title, shown(current, tier_parts.counted(current, basis)), states.freshness())
    tier_choices.filter_left_out(chosen)
    tier_choices.row(current, basis)
    drawn = tier_parts.rate_cards(current, basis, moves)
    cards_with_definitions(drawn, key="moves")
    blocks.quiet(how_to_read(drawn))
    _sections(current, basis, one_tier=one_tier)


def _sections(current: View, basis: Basis, *, one_tier: bool) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        tier_flow_parts.flow_section(current, basis, one_tier=one_tier)
    with right:
        tier_flow_parts.matrix_section(current, basis, one_tier=one_tier)
    left, right = st.columns(2, gap="medium")
    with left:
        tier_parts.members_section(current, basis)
    with right:
        tier_parts.trend_section(current, basis, one_tier=one_tier)
    left, middle, right = st.columns(3, gap="medium")
    with left:
        tier_future_parts.time_section(current, basis)
    with middle:
        tier_future_parts.outlook_section(current, basis)
    with right:
        tier_future_parts.worth_section(current, basis)
    if auth.may("customers"):
        who_section(current, basis)
