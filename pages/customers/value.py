"""Lifetime value: what customers brought, what they are expected to bring, how far such forecasts were off, and whom to keep."""

import streamlit as st

from pages.customers import value_groups, value_honesty, value_keeping, value_parts, value_spread
from pages.shared import auth, blocks, cached, findings_value, readings_value, states, view
from pages.shared.texts import _


def page() -> None:
    current = view.current()
    with st.skeleton(height=440):
        asked = readings_value.terms(current, current.options)
        row, to_date = asked.row, asked.to_date()
    if states.missing("customers"):
        blocks.heading(_("Lifetime value needs orders"), states.freshness())
        states.no_source("customers")
        return
    title = findings_value.title(
        row,
        to_date["historical_clv"][0],
        weeks=asked.horizon_weeks,
        currency=cached.extent().currency,
        margin=asked.margin,
    )
    blocks.heading(title, value_parts.shown(current, asked), states.freshness())
    value_parts.options()
    if not row["customers"]:
        states.nothing_here(_("No orders up to this day"))
        return
    enough = to_date["historical_clv"][0] is not None
    if enough:
        value_parts.notice(row)
    value_parts.cards_section(current, asked)
    if not enough:
        return
    left, right = st.columns(2, gap="medium")
    with left:
        value_spread.histogram_section(asked)
    with right:
        value_groups.group_section(asked, current.options["value_by"])
    left, right = st.columns(2, gap="medium")
    with left:
        value_spread.deciles_section(asked)
    with right:
        value_spread.active_section(asked)
    value_honesty.section(asked)
    if auth.may("customers"):
        value_keeping.keeping_section(asked)
