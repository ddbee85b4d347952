"""The cohort triangle as a heat table."""

import polars as pl

from metrics.texts import N_
from pages.customers import findings
from pages.customers.retention.cohort_measures import (
    ENDS,
    PERIODS_SHOWN,
    Asked,
    averaged,
    enough,
    in_cell,
    own_columns,
    shown,
    unit_sentence,
)
from pages.customers.retention.who import ALL
from pages.shared.model import blocks
from pages.shared.model.cards import Cell, HeatTable, Row
from pages.shared.model.marks import BEHIND
from pages.shared.model.parts import Place
from pages.shared.readings.readings import RETENTION_MINIMUM
from pages.shared.screen import states
from pages.shared.session import auth
from pages.shared.words.texts import _, ngettext, number, period_name, sentences, span

LEVELS = 10
Ends = tuple[float, float]

WHAT = {
    ("customers", "on"): N_("% of each cohort with an order in the period, with its 95% interval."),
    ("customers", "on_or_after"): N_("% of each cohort with an order in the period or later, with its 95% interval."),
    ("orders", "on"): N_("Orders in the period per customer of the cohort, with its 95% interval."),
    ("revenue", "on"): N_("Net revenue of the period as % of that of the first one. No interval: these are totals."),
    ("value", "on"): N_("Net revenue per customer up to the end of the period. No interval: these are totals."),
}
MARKS = N_("Hatched: unfinished. Blank: not yet observable. Colour from {low} to {high}.")
FEW = N_(
    "—: fewer than {minimum} customers. The average row covers all cohorts, and ends where fewer than half of their customers are left."
)
READ = {
    "customers": N_("{cohort}, {period}: {active} of {customers} customers, {value} ({interval})"),
    "orders": N_("{cohort}, {period}: {orders} orders of {customers} customers, {value} each ({interval})"),
    "revenue": N_("{cohort}, {period}: {value} of the first revenue, {customers} customers"),
    "value": N_("{cohort}, {period}: {value} per customer so far, {customers} customers"),
}


def too_few(triangle: pl.DataFrame) -> bool:
    """Whether every cohort is below the minimum, so that the table would hold no value."""
    return not enough(triangle).height


def few_section(triangle: pl.DataFrame, what: Asked) -> None:
    """No cohort is large enough: how many the largest has, and what to do; the counts can be taken away."""
    largest = triangle.select(pl.col("customers").max()).item()
    blocks.section(
        _("Every cohort is too small to show"), table=own_columns(triangle), file="retention", metric=what.metric
    )
    longer = {
        "week": _("Choose months, or widen the filters."),
        "month": _("Choose quarters, or widen the filters."),
        "rolling": _("Widen the filters, or upload more orders."),
        "quarter": _("Choose years, or widen the filters."),
        "year": _("Widen the filters, or upload more orders."),
    }
    why = _("A cohort is shown from {minimum} customers; the largest has {n}.")
    states.too_few(
        largest,
        RETENTION_MINIMUM,
        sentences(why.format(minimum=RETENTION_MINIMUM, n=largest), longer[what.unit]),
    )


def table_section(triangle: pl.DataFrame, what: Asked) -> None:
    """The heat table."""
    average = averaged(triangle, what)
    row = findings.said_of(average, what.measure)
    said = shown(row["value"], what, digits=0) if row else ""
    title = findings.triangle(average, what.measure, what.unit, what.kind, said)
    ends = _ends(triangle, what)
    how = sentences(
        _(WHAT[what.measure, what.kind]),
        unit_sentence(what),
        _(MARKS).format(low=shown(ends[0], what, digits=0), high=shown(ends[1], what, digits=0)),
        _(FEW).format(minimum=RETENTION_MINIMUM),
        _older(triangle),
    )
    blocks.section(title, how, table=own_columns(triangle), file="retention", metric=what.metric)
    blocks.heat(_table(triangle, average, what, ends), key="triangle", leads=_leads(triangle, what))


def _leads(triangle: pl.DataFrame, what: Asked) -> dict[tuple[int, int], Place]:
    """Each cell leads to the customers of its cohort and period, the average row to those of all cohorts."""
    if not auth.may("customers"):
        return {}
    last = min(triangle.select(pl.col("period").max()).item() or 0, PERIODS_SHOWN)
    cohorts = [day.isoformat() for day in triangle["cohort"].unique().sort()]
    return {
        (row, place): Place(codes={"listed_cohort": cohort, "listed_period": str(number)}, anchor=BEHIND)
        for row, cohort in enumerate((*cohorts, ALL))
        for place, number in enumerate(range(what.first, last + 1))
        if number
    }


def _older(triangle: pl.DataFrame) -> str:
    """That the first cohort of the data is no real one, where it is shown; and how many had joined before, in all that are."""
    joined = int(triangle.group_by("cohort").agg(pl.col("joined_before").max())["joined_before"].sum())
    text = ngettext(
        "{n} customer had joined before the data begin, and may have ordered before.",
        "{n} customers had joined before the data begin, and may have ordered before.",
        joined,
    )
    return sentences(
        _("The data begin in the first cohort, so it also holds customers who had ordered before.")
        if triangle["from_start"].any()
        else "",
        text.format(n=number(joined)) if joined else "",
    )


def _ends(triangle: pl.DataFrame, what: Asked) -> Ends:
    """The ends of the colours: fixed, but for money, which is of any size: there the lowest and the highest cell."""
    if what.measure != "value":
        return ENDS[what.measure, what.kind, what.unit]
    known = triangle.filter("complete", pl.col("period") <= PERIODS_SHOWN)["value"].drop_nulls()
    return (known.min() or 0.0, known.max() or 1.0)  # type: ignore[return-value]


def _table(triangle: pl.DataFrame, average: pl.DataFrame, what: Asked, ends: Ends) -> HeatTable:
    last = min(triangle.select(pl.col("period").max()).item() or 0, PERIODS_SHOWN)
    numbers = range(what.first, last + 1)
    rows: list[Row] = []
    sizes = triangle.group_by("cohort").agg(pl.col("customers").max()).sort("cohort")
    for cohort, customers in sizes.iter_rows():
        known = {cell["period"]: cell for cell in triangle.filter(pl.col("cohort") == cohort).iter_rows(named=True)}
        name = period_name(cohort, what.calendar)
        row_cells = [_cell(known[k], name, what, ends) if k in known else Cell() for k in numbers]
        rows.append({"name": name, "sizes": [number(customers)], "cells": row_cells})
    means = {cell["period"]: cell for cell in average.iter_rows(named=True)}
    mean_cells = [_mean_cell(means[k], what) if k in means else Cell() for k in numbers]
    whole = number(int(sizes["customers"].sum()))
    rows.append({"name": _("Weighted average"), "kind": "average", "sizes": [whole], "cells": mean_cells})
    return {
        "label": _("Cohorts by period since the first order"),
        "head": [_("First order"), _("Customers"), *map(str, numbers)],
        "sizes": 1,
        "rows": rows,
        "hint": _("Point at a cell for its count and interval.")
        if what.source.interval
        else _("Point at a cell for its count."),
    }


def _cell(cell: dict, name: str, what: Asked, ends: Ends) -> Cell:
    if cell["value"] is None:
        return _withheld(cell, name, what)
    text, read = in_cell(cell["value"], what), _sentence(cell, name, what)
    if not cell["complete"]:
        why = _("unfinished, left out of the average")
        return {"text": text, "state": "unfinished", "read": f"{read} · {why}"}
    return {"text": text, "level": _level(cell["value"], ends), "read": read}


def _withheld(cell: dict, name: str, what: Asked) -> Cell:
    """Too few customers; or a first period without revenue, over which nothing can be divided."""
    where = f"{name}, {findings.period(what.unit, cell['period'])}"
    enough = cell["customers"] >= RETENTION_MINIMUM
    why = _("no revenue at first") if enough else states.few_text(cell["customers"], RETENTION_MINIMUM)
    return {"text": "—", "state": "few", "read": f"{where} · {why}"}


def _mean_cell(cell: dict, what: Asked) -> Cell:
    if cell["value"] is None:
        return _withheld(cell, _("Weighted average"), what)
    return {"text": in_cell(cell["value"], what), "read": _sentence(cell, _("Weighted average"), what)}


def _sentence(cell: dict, name: str, what: Asked) -> str:
    counts = {column: number(cell[column]) for column in ("active", "orders", "customers") if column in cell}
    digits = 2 if what.measure == "orders" else 1
    known = cell["value_low"] is not None
    return _(READ[what.measure]).format(
        cohort=name,
        period=findings.period(what.unit, cell["period"]),
        value=shown(cell["value"], what),
        interval=span(cell["value_low"], cell["value_high"], digits) if known else _("no interval"),
        **counts,
    )


def _level(value: float, ends: Ends) -> int:
    low, high = ends
    return max(0, min(LEVELS - 1, int((value - low) / ((high - low) or 1) * LEVELS)))
