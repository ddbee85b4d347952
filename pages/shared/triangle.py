"""The parts of the retention page: the cohort triangle as a heat table, and the average with one cohort beside it."""

import datetime as dt

import polars as pl

from metrics.retention import retention_average, retention_change
from metrics.texts import N_
from metrics.verdict import Verdict, verdict
from pages.shared import blocks, cached, charts, choices, findings, periods, states, view, why
from pages.shared.cards import Cell, Heat, Row, heat
from pages.shared.charts import Line
from pages.shared.readings import RETENTION_MINIMUM
from pages.shared.texts import _, number, percent, period_name, sentences, span
from pages.shared.view import View

COHORTS = {"month": 12, "quarter": 8}
PERIODS_SHOWN = 12
NEWEST, NOBODY = "newest", "none"
FULL_PERIODS = 3  # that a cohort needs before it is worth a line of its own
LEVELS = 10
# The ends of the colours in percent, the same for every filter, so that pictures can be compared.
ENDS = {
    ("month", "on"): (10, 40),
    ("month", "on_or_after"): (20, 80),
    ("quarter", "on"): (15, 60),
    ("quarter", "on_or_after"): (25, 85),
}

KINDS = {"on": N_("in the period"), "on_or_after": N_("in it or later")}
UNITS = {"month": N_("months"), "quarter": N_("quarters")}
MEASURES = {
    ("month", "on"): N_("% of each cohort with an order in the n-th month after the first order."),
    ("month", "on_or_after"): N_("% of each cohort with an order in the n-th month after the first order, or later."),
    ("quarter", "on"): N_("% of each cohort with an order in the n-th quarter after the first order."),
    ("quarter", "on_or_after"): N_(
        "% of each cohort with an order in the n-th quarter after the first order, or later."
    ),
}
MARKS = N_("Hatched: unfinished. Blank: not yet observable. Colour from {low}% to {high}%.")
FEW = N_("—: fewer than {minimum} customers. The average row takes in all cohorts.")
READ_FEW = {"month": N_("{cohort}, month {k}"), "quarter": N_("{cohort}, quarter {k}")}
READ = {
    "month": N_("{cohort}, month {k}: {active} of {customers} customers, {share} ({interval})"),
    "quarter": N_("{cohort}, quarter {k}: {active} of {customers} customers, {share} ({interval})"),
}


def options() -> None:
    """The choices of this page, side by side."""
    with choices.row():
        choices.one("kind", KINDS, _("Counts as retained"))
        choices.one("unit", UNITS, _("Periods"))
        choices.definition("retention")
        why.button(why.RETENTION, view.current())


def answered(current: View) -> pl.DataFrame:
    """The triangle of the cohorts up to the end of the period."""
    unit = current.options["unit"]
    first, last = periods.back(current.end, COHORTS[unit], unit)
    kind = current.options["kind"]
    return cached.answer("retention", current.asked(first, last), period=unit, kind=kind, minimum=RETENTION_MINIMUM)


def too_few(triangle: pl.DataFrame) -> bool:
    """Whether every cohort is below the minimum, so that the table would hold no share."""
    return not _enough(triangle).height


def _enough(triangle: pl.DataFrame) -> pl.DataFrame:
    return triangle.filter(pl.col("customers") >= RETENTION_MINIMUM)


def _average(triangle: pl.DataFrame) -> pl.DataFrame:
    """All cohorts together, also those that are too small to stand alone."""
    return retention_average(triangle, minimum=RETENTION_MINIMUM)


def averaged(triangle: pl.DataFrame) -> pl.DataFrame:
    """What the curve of all cohorts is drawn from: the periods that rest on enough customers."""
    return _average(_drawn(triangle)).drop_nulls("retention")


def _drawn(triangle: pl.DataFrame) -> pl.DataFrame:
    return triangle.filter(pl.col("complete"), pl.col("period").is_between(1, PERIODS_SHOWN))


def few_section(current: View, triangle: pl.DataFrame) -> None:
    """No cohort is large enough: how many the largest has, and what to do; the counts can be taken away."""
    largest = triangle.select(pl.col("customers").max()).item()
    blocks.section(_("Every cohort is too small to show"), table=triangle, file="retention")
    remedy = {
        "month": _(
            "A cohort is shown from {minimum} customers; the largest has {n}. Choose quarters, or widen the filters."
        ),
        "quarter": _(
            "A cohort is shown from {minimum} customers; the largest has {n}. Widen the filters, or upload more orders."
        ),
    }
    states.too_few(
        largest,
        RETENTION_MINIMUM,
        remedy[current.options["unit"]].format(minimum=RETENTION_MINIMUM, n=largest),
    )


def table_section(current: View, triangle: pl.DataFrame) -> None:
    """The heat table."""
    unit, kind = current.options["unit"], current.options["kind"]
    low, high = ENDS[unit, kind]
    average = _average(triangle)
    title = findings.triangle(average, unit, kind)
    how = sentences(
        _(MEASURES[unit, kind]),
        _(MARKS).format(low=low, high=high),
        _(FEW).format(minimum=RETENTION_MINIMUM),
    )
    blocks.section(title, how, table=triangle, file="retention")
    heat(_table(triangle, average, unit, kind), key="triangle")


def curve_section(current: View, triangle: pl.DataFrame) -> None:
    """The average and one cohort."""
    unit = current.options["unit"]
    cells = _drawn(triangle)
    average = averaged(triangle)
    if not average.height:
        _no_curve(triangle)
        return
    cohorts = {period_name(day, unit): day for day in _enough(cells)["cohort"].unique().sort()}
    chosen = _chosen(current.options["cohort"], cells, cohorts)
    mine = cells.filter(pl.col("cohort") == cohorts[chosen]) if chosen else cells.clear()
    title = _curve_title(cells, cohorts, chosen, current.options["kind"])
    note = {
        "month": _("Retention by month since the first order, with 95% interval."),
        "quarter": _("Retention by quarter since the first order, with 95% interval."),
    }
    blocks.section(
        title,
        sentences(
            note[unit],
            _later(current.options["kind"]),
            _mix(cells, unit),
            _absent(current.options["cohort"], cohorts, {period_name(day, unit) for day in triangle["cohort"]}),
        ),
        table=average,
        file="retention_average",
    )
    if cohorts:
        _picker(list(cohorts), chosen)
    figure = charts.retention_curve(_as_line(average, _("all cohorts")), _as_line(mine, chosen) if chosen else None)
    blocks.chart(figure, key="curve", alt=title)


def _no_curve(triangle: pl.DataFrame) -> None:
    """Nothing to draw: no period has ended, or too few customers have reached one."""
    blocks.section(_("All cohorts together"))
    reached = _average(triangle.filter(pl.col("period") >= 1)).head(1)
    if reached.height:
        why = _("The average is drawn from {minimum} customers. Widen the filters, or choose a later period.")
        states.too_few(reached["customers"][0], RETENTION_MINIMUM, why.format(minimum=RETENTION_MINIMUM))
        return
    blocks.empty(
        _("No cohort has completed a period yet"),
        _("The curve begins when the first month or quarter after a first order has ended."),
        icon=":material/hourglass_empty:",
    )


def _curve_title(cells: pl.DataFrame, cohorts: dict[str, dt.date], chosen: str | None, kind: str) -> str:
    """A cohort is judged on orders in the period only: "or later" favours the older cohorts, which had more time."""
    if chosen is None:
        return _("All cohorts together")
    if kind != "on":
        return _("Cohort {cohort} beside all cohorts").format(cohort=chosen)
    return findings.cohort(_against_others(cells, cohorts[chosen]), chosen)


def _absent(option: str, cohorts: dict[str, dt.date], shown: set[str]) -> str:
    if option in (NEWEST, NOBODY, *cohorts):
        return ""
    if option in shown:
        return _("Cohort {cohort} has fewer than {minimum} customers, or has completed no period.").format(
            cohort=blocks.plain(option), minimum=RETENTION_MINIMUM
        )
    return _("Cohort {cohort} is not among those shown.").format(cohort=blocks.plain(option))


def _later(kind: str) -> str:
    return "" if kind == "on" else _("The older the cohort, the more time it had: newer ones can still rise.")


def _table(triangle: pl.DataFrame, average: pl.DataFrame, unit: str, kind: str) -> Heat:
    last = min(triangle.select(pl.col("period").max()).item() or 0, PERIODS_SHOWN)
    numbers = range(1, last + 1)
    rows: list[Row] = []
    for (cohort,), cells in triangle.sort("cohort").group_by("cohort", maintain_order=True):
        known = {cell["period"]: cell for cell in cells.iter_rows(named=True)}
        name = period_name(cohort, unit)
        row_cells = [_cell(known[k], name, unit, ENDS[unit, kind]) if k in known else Cell() for k in numbers]
        rows.append({"name": name, "sizes": [number(cells["customers"][0])], "cells": row_cells})
    means = {cell["period"]: cell for cell in average.iter_rows(named=True)}
    whole = number(sum(cells["customers"][0] for _key, cells in triangle.group_by("cohort")))
    mean_cells = [_mean_cell(means[k], unit) if k in means else Cell() for k in numbers]
    rows.append({"name": _("Weighted average"), "kind": "average", "sizes": [whole], "cells": mean_cells})
    return {
        "label": _("Retention by cohort and period"),
        "head": [_("First order"), _("Customers"), *map(str, numbers)],
        "sizes": 1,
        "rows": rows,
        "hint": _("Point at a cell for its count and interval."),
    }


def _cell(cell: dict, name: str, unit: str, ends: tuple[int, int]) -> Cell:
    if cell["retention"] is None:
        return _withheld(cell, name, unit)
    share = 100 * cell["retention"]
    read = _sentence(cell, name, unit)
    if not cell["complete"]:
        why = _("unfinished, left out of the average")
        return {"text": number(share, 1), "state": "unfinished", "read": f"{read} · {why}"}
    return {"text": number(share, 1), "level": _level(share, ends), "read": read}


def _withheld(cell: dict, name: str, unit: str) -> Cell:
    where = _(READ_FEW[unit]).format(cohort=name, k=cell["period"])
    return {
        "text": "—",
        "state": "few",
        "read": f"{where} · {states.few_text(cell['customers'], RETENTION_MINIMUM)}",
    }


def _mean_cell(cell: dict, unit: str) -> Cell:
    if cell["retention"] is None:
        return _withheld(cell, _("Weighted average"), unit)
    return {"text": number(100 * cell["retention"], 1), "read": _sentence(cell, _("Weighted average"), unit)}


def _sentence(cell: dict, name: str, unit: str) -> str:
    return _(READ[unit]).format(
        cohort=name,
        k=cell["period"],
        active=number(cell["active"]),
        customers=number(cell["customers"]),
        share=percent(cell["retention"]),
        interval=span(100 * cell["low"], 100 * cell["high"]),
    )


def _level(share: float, ends: tuple[int, int]) -> int:
    low, high = ends
    return max(0, min(LEVELS - 1, int((share - low) / (high - low) * LEVELS)))


def _chosen(option: str, cells: pl.DataFrame, cohorts: dict) -> str | None:
    if option in cohorts:
        return option
    if option == NOBODY:
        return None
    full = _enough(cells).filter(pl.col("period") >= FULL_PERIODS)["cohort"].max()
    return next((name for name, day in cohorts.items() if day == full), None)


def _against_others(cells: pl.DataFrame, cohort: object) -> Verdict:
    """The cohort against all others together, in the last period that it has completed."""
    mine = cells.filter(pl.col("cohort") == cohort)
    last = mine.filter(pl.col("period") == pl.col("period").max())
    others = _average(cells.filter(pl.col("cohort") != cohort)).join(last.select("period"), on="period", how="semi")
    if not last.height or not others.height:
        return "too_few"
    change = retention_change(last.drop("cohort", "complete"), others)
    return verdict(change["low"][0], change["high"][0], True)


def _picker(names: list[str], chosen: str | None) -> None:
    choices.listed(
        "cohort",
        [NOBODY, *reversed(names)],
        _("Compare a cohort"),
        called=lambda code: _("no cohort") if code == NOBODY else code,
        chosen=chosen or NOBODY,
    )


def _mix(cells: pl.DataFrame, unit: str) -> str:
    """From where on the average rests on fewer than half of the customers."""
    average = _average(cells).drop_nulls("retention")
    if not average.height:
        return ""
    thin = average.filter(pl.col("customers") * 2 < average["customers"].max())
    if not thin.height:
        return ""
    texts = {
        "month": _("From month {k} the average rests on less than half of the customers."),
        "quarter": _("From quarter {k} the average rests on less than half of the customers."),
    }
    return texts[unit].format(k=thin["period"].min())


def _as_line(rows: pl.DataFrame, name: str) -> Line:
    y, low, high = ([100 * value for value in rows[column]] for column in ("retention", "low", "high"))
    return Line(name, rows["period"].to_list(), y, low, high, rows["customers"].to_list())
