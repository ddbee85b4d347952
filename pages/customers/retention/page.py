"""Retention: cohorts by customers, orders or revenue, their average, a comparison, and how soon customers order again."""

from dataclasses import replace

import polars as pl

from pages.customers.retention import cohort_measures, curve, segments, table
from pages.customers.retention.repeat import second_order_section
from pages.customers.retention.who import who_section
from pages.shared.model import blocks, choices
from pages.shared.readings import findings, readings
from pages.shared.screen import states
from pages.shared.screen.display import new_customers, shown
from pages.shared.session import auth, view
from pages.shared.session.view import View
from pages.shared.words.texts import _, date


def page() -> None:
    current = view.current()
    what = cohort_measures.asked(current)
    with blocks.waiting(440):
        cells = cohort_measures.answered(current, what)
        third = readings.retention(current)
    if states.missing("customers"):
        blocks.heading(_("Retention needs orders"), states.freshness())
        states.no_source("customers")
        return
    title = findings.retention(third, compared=current.before is not None)
    compared = current if third.compares else replace(current, vs="none")
    blocks.heading(title, shown(compared, new_customers(third)), states.freshness())
    _options(what)
    if not cells.height:
        first, last = cohort_measures.cohort_dates(current, what)
        states.nothing_here(_("No first orders from {first} to {last}").format(first=date(first), last=date(last)))
        return
    few = table.too_few(cells)
    if few and not curve.averaged_periods(cells, what).height:
        table.few_section(cells, what)
    else:
        _sections(current, cells, what, few)
    if auth.may("customers"):
        who_section(current, what)


def _sections(current: View, cells: pl.DataFrame, what: cohort_measures.Asked, few: bool) -> None:
    left, right = blocks.columns(21, 10)
    with left:
        (table.few_section if few else table.table_section)(cells, what)
    with right:
        segments.choose()
        if segments.compared_by(current) is None:
            curve.curve_section(current, cells, what)
        else:
            segments.segments_section(current, what)
    second_order_section(current)


def _options(what: cohort_measures.Asked) -> None:
    """The choices of this page, side by side; those that make no sense for a measure are not offered."""
    counted = what.measure == "customers"
    units = {code: name for code, name in cohort_measures.UNITS.items() if counted or code != "rolling"}
    with choices.row():
        choices.one("measure", cohort_measures.MEASURES, _("What is shown"))
        choices.one("unit", units, _("Periods"), chosen=what.unit)
        if counted:
            choices.one("kind", cohort_measures.KINDS, _("Counts as retained"))
        choices.definition(what.metric)
        if counted:
            choices.other_definitions("retention", view.current())
