"""Threshold replay: what really happened under other thresholds, side by side with today's tiers."""

from dataclasses import replace

import streamlit as st

from metrics.errors import RuleError
from pages.programme import replay_parts, tier_choices
from pages.shared import blocks, findings_tiers, states, tier_basis
from pages.shared.display import shown
from pages.shared.texts import _, told
from pages.shared.tier_basis import SuggestionError


def page() -> None:
    views = tier_choices.views()
    if views is None:
        return
    chosen, current = views
    try:
        with st.skeleton(height=440):
            today = tier_basis.of(current)
            other = tier_basis.other(current, today) if today else None
    except RuleError as error:
        blocks.heading(_("The tier rule cannot be read"), blocks.plain(told(error)), states.freshness())
        tier_choices.way_back(tier_choices.TODAY, replay_parts.OTHER)
        return
    except SuggestionError as error:
        tier_choices.unsuggested(current, error, tier_choices.TODAY, replay_parts.OTHER)
        return
    if today is None or other is None:
        blocks.heading(_("A replay needs orders"), states.freshness())
        states.no_source("customers")
        return
    both = replay_parts.answered(current, today, other)
    title = findings_tiers.replay(both)
    if not both.height:
        blocks.heading(title, states.freshness())
        tier_choices.filter_left_out(chosen)
        replay_parts.sides(current, today, other)
        replay_parts.not_covered(today, other)
        return
    blocks.heading(title, shown(replace(current, vs="none"), replay_parts.counted(both)), states.freshness())
    tier_choices.filter_left_out(chosen)
    replay_parts.sides(current, today, other)
    left, right = st.columns(2, gap="medium")
    with left:
        replay_parts.members_section(both)
    with right:
        replay_parts.revenue_section(both)
    replay_parts.moves_section(both)
