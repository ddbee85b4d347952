"""What the retention page can show of its cohorts: customers, orders, revenue or revenue so far, by calendar period or rolling window.

Whatever is asked for, the frames have, beside the metric's own columns, value, value_low and value_high in the unit that is shown, so
that table and curve need not know which it is.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from data.questions.ask import Question
from metrics.retention.cohort_orders import cohort_orders_average
from metrics.retention.retention import retention_average
from metrics.retention.revenue_retention import revenue_retention_average
from metrics.texts import N_
from pages.shared.readings.readings import RETENTION_MINIMUM
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import periods
from pages.shared.words.texts import _, date, money, number, percent, period_name

COHORTS = {"week": 12, "month": 12, "quarter": 8, "year": 6, "rolling": 12}
PERIODS_SHOWN = 12
WINDOW_DAYS = 30
VALUED = ("value", "value_low", "value_high")

MEASURES = {
    "customers": N_("customers"),
    "orders": N_("orders"),
    "revenue": N_("revenue"),
    "value": N_("revenue so far"),
}
KINDS = {"on": N_("in the period"), "on_or_after": N_("in it or later")}
UNITS = {
    "week": N_("weeks"),
    "month": N_("months"),
    "quarter": N_("quarters"),
    "year": N_("years"),
    "rolling": N_("30-day windows"),
}
# The ends of the colours, the same for every filter, so that pictures can be compared; money has its own in each currency.
ENDS = {
    ("customers", "on", "week"): (3, 18),
    ("customers", "on", "month"): (10, 40),
    ("customers", "on", "rolling"): (10, 40),
    ("customers", "on", "quarter"): (15, 60),
    ("customers", "on", "year"): (20, 80),
    ("customers", "on_or_after", "week"): (20, 80),
    ("customers", "on_or_after", "month"): (20, 80),
    ("customers", "on_or_after", "rolling"): (20, 80),
    ("customers", "on_or_after", "quarter"): (25, 85),
    ("customers", "on_or_after", "year"): (25, 85),
    ("orders", "on", "week"): (0.03, 0.25),
    ("orders", "on", "month"): (0.1, 0.7),
    ("orders", "on", "quarter"): (0.3, 1.5),
    ("orders", "on", "year"): (0.5, 5),
    ("revenue", "on", "week"): (3, 20),
    ("revenue", "on", "month"): (10, 50),
    ("revenue", "on", "quarter"): (20, 80),
    ("revenue", "on", "year"): (25, 125),
}


@dataclass(frozen=True)
class Source:
    """Where a measure comes from: metric, its value column, its average row, and what its frame calls an interval."""

    metric: str
    column: str
    average: Callable[..., pl.DataFrame]
    interval: bool
    scale: int


SOURCES = {
    "customers": Source("retention", "retention", retention_average, True, 100),
    "orders": Source("cohort_orders", "orders_per_customer", cohort_orders_average, True, 1),
    "revenue": Source("revenue_retention", "revenue_retention", revenue_retention_average, False, 100),
    "value": Source("revenue_retention", "cumulative_per_customer", revenue_retention_average, False, 1),
}


@dataclass(frozen=True)
class Asked:
    """What is shown of the cohorts, as codes of the page's options."""

    measure: str
    unit: str
    kind: str

    @property
    def calendar(self) -> str:
        """What a cohort is: customers by the calendar period of their first order."""
        return "month" if self.unit == "rolling" else self.unit

    @property
    def first(self) -> int:
        """The first period worth a column: period 0 says something of revenue so far only."""
        return 0 if self.measure == "value" else 1

    @property
    def source(self) -> Source:
        return SOURCES[self.measure]

    @property
    def metric(self) -> str:
        """The metric that answers, whose definition a button opens."""
        return "rolling_retention" if self.unit == "rolling" else self.source.metric


def asked(view: View) -> Asked:
    """The choices of the view; windows are counted for customers only, and "or later" makes sense of them only."""
    measure, unit, kind = (view.options[name] for name in ("measure", "unit", "kind"))
    if measure == "customers":
        return Asked(measure, unit, kind)
    return Asked(measure, "month" if unit == "rolling" else unit, "on")


def cohort_dates(view: View, what: Asked) -> periods.Dates:
    """The first orders that make the cohorts: first and last day."""
    return periods.back(view.end, COHORTS[what.unit], what.calendar)


def in_words(cohort: dt.date, what: Asked) -> str:
    """The cohort in a sentence, after "first ordered in"."""
    if what.calendar == "week":
        return _("the week of {date}").format(date=date(cohort))
    return period_name(cohort, what.calendar)


def answered(view: View, what: Asked, by: Sequence[str] = ()) -> pl.DataFrame:
    """The triangle of the last cohorts up to the end of the period; values of fewer customers than the minimum are null."""
    rows = cached.answer(what.metric, question(view, what, by), minimum=RETENTION_MINIMUM, **arguments(what))
    return _valued(rows, what.source)


def question(view: View, what: Asked, by: Sequence[str] = ()) -> Question:
    """The question about the last cohorts up to the end of the period."""
    return replace(view.asked(*cohort_dates(view, what)), by=tuple(by))


def arguments(what: Asked) -> dict[str, object]:
    """How the metric is to count, apart from its minimum."""
    period: dict[str, object] = {"window_days": WINDOW_DAYS} if what.unit == "rolling" else {"period": what.unit}
    return {"kind": what.kind, **period} if what.measure == "customers" else period


def averaged(triangle: pl.DataFrame, what: Asked, by: Sequence[str] = ()) -> pl.DataFrame:
    """All cohorts together, also those that are too small to stand alone: a row per period, over the cells that are complete."""
    return _valued(what.source.average(triangle, by=by, minimum=RETENTION_MINIMUM), what.source)


def drawn(triangle: pl.DataFrame, what: Asked) -> pl.DataFrame:
    """The cells of a triangle or its average that a curve is drawn from: complete, and not further than the table goes."""
    whole = triangle.filter("complete") if "complete" in triangle.columns else triangle
    return whole.filter(pl.col("period").is_between(what.first, PERIODS_SHOWN))


def enough(triangle: pl.DataFrame) -> pl.DataFrame:
    """The cells of as many customers as a share is shown from."""
    return triangle.filter(pl.col("customers") >= RETENTION_MINIMUM)


def shown(value: float, what: Asked, *, digits: int | None = None) -> str:
    """A value in the unit of its measure, for a sentence or the end of a line."""
    if what.source.scale == 100:
        return percent(value / 100, 1 if digits is None else digits)
    if what.measure == "value":
        return money(value, cached.extent().currency)
    return number(value, 2)


def in_cell(value: float, what: Asked) -> str:
    """A value as it stands in a cell, where the unit is said once above."""
    return number(value, {"customers": 1, "orders": 2, "revenue": 1, "value": 0}[what.measure])


def own_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as the metric gave it, to take away."""
    return frame.drop(VALUED)


def _valued(frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    """The frame with the value and its interval in the unit that is shown; null where the measure has no interval."""
    names = (source.column, *(("low", "high") if source.interval else (None, None)))
    return frame.with_columns(
        (source.scale * pl.col(name) if name else pl.lit(None, pl.Float64)).alias(valued)
        for valued, name in zip(VALUED, names, strict=True)
    )


def unit_sentence(what: Asked) -> str:
    """What the numbers over the columns count."""
    sentence = {
        "week": _("Columns: weeks after that of the first order; weeks begin on Monday."),
        "month": _("Columns: calendar months after that of the first order."),
        "quarter": _("Columns: calendar quarters after that of the first order."),
        "year": _("Columns: calendar years after that of the first order."),
        "rolling": _(
            "Column 1: days 30 to 59 after each customer’s own first order, column 2: days 60 to 89, and so on."
        ),
    }
    return sentence[what.unit]
