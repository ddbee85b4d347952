"""Retention: the cohort triangle, its average, and one cohort beside it."""

import streamlit as st

from pages.shared import blocks, findings, readings, states, triangle, view
from pages.shared.display import new_customers, shown
from pages.shared.texts import _


def page() -> None:
    current = view.current()
    with st.skeleton(height=440):
        cells = triangle.answered(current)
        third = readings.retention(current)
    if states.missing("customers"):
        blocks.heading(_("Retention needs orders"), states.freshness())
        states.no_source("customers")
        return
    title = findings.retention(third, compared=current.before is not None)
    blocks.heading(title, shown(current, new_customers(third)), states.freshness())
    triangle.options()
    if not cells.height:
        states.nothing_here(_("No first orders up to this period"))
        return
    cohorts_section = triangle.few_section if triangle.too_few(cells) else triangle.table_section
    if triangle.too_few(cells) and not triangle.averaged(cells).height:
        cohorts_section(current, cells)
        return
    left, right = st.columns([21, 10], gap="medium")
    with left:
        cohorts_section(current, cells)
    with right:
        triangle.curve_section(current, cells)
