"""Churn and lifecycle: who is inactive, by which rule, who comes and goes, and whom to win back."""

import streamlit as st

from pages.customers import churn_parts, churn_rule
from pages.customers.churn_list import list_section
from pages.shared import auth, blocks, findings_retention, readings_churn, states, view
from pages.shared.display import counted, shown
from pages.shared.texts import _


def page() -> None:
    current = view.current()
    compared = current.before is not None
    if states.missing("customers"):
        blocks.heading(_("Churn needs orders"), states.freshness())
        states.no_source("customers")
        return
    with st.skeleton(height=440):
        rule = readings_churn.threshold(current)
        share = readings_churn.inactive(current)
    title = findings_retention.inactive(
        share.value, share.before if share.compares else None, share.verdict, known=rule.days is not None
    )
    blocks.heading(title, shown(current, counted([share])), states.freshness())
    churn_rule.options(current)
    if not share.n:
        states.nothing_here(_("No orders up to this period"))
        return
    left, right = st.columns([1, 2], gap="medium")
    with left:
        churn_parts.card_section(current, share, compared=compared)
    with right:
        churn_parts.lifecycle_section(current, rule)
    left, right = st.columns(2, gap="medium")
    with left:
        churn_rule.threshold_section(current, rule)
    with right:
        churn_parts.groups_section(current, rule)
    if auth.may("customers"):
        list_section(current, rule)
