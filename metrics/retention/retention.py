"""Cohort retention: of the customers who first ordered in a period, how many order again in each period after it."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.dimension import FIRST_MONTH
from metrics.engine.periods import EVERY, at_least, checked, length, periods_before
from metrics.engine.reduce import collected, distinct, in_order, one_if, period_start
from metrics.retention.cohorts import MARKS, cohorts_within, grid, marked, while_half_are_left
from metrics.statistics.shares import share_change, with_share

KINDS = ("on", "on_or_after")
COUNTS: dict[str, pl.DataType] = dict.fromkeys(("customers", "active"), pl.Int64())
SHARES: dict[str, pl.DataType] = dict.fromkeys(("retention", "low", "high"), pl.Float64())
TYPES: dict[str, pl.DataType] = {
    "cohort": pl.Date(),
    "period": pl.Int64(),
    **COUNTS,
    **SHARES,
    "complete": pl.Boolean(),
    **MARKS,
}
RATE = {"successes": "active", "n": "customers", "name": "retention"}


def retention(
    customer_periods: nw.LazyFrame,
    *,
    as_of: dt.date,
    period: str = "month",
    kind: str = "on",
    confidence: float = 0.95,
    cohorts_from: dt.date | None = None,
    cohorts_to: dt.date | None = None,
    by: Sequence[str] = (),
    minimum: int = 1,
    members: nw.LazyFrame | None = None,
    data_from: dt.date | None = None,
) -> pl.DataFrame:
    """The cohort triangle: one row per combination of `by`, cohort and period that has begun by `as_of`; higher is better.

    cohort (first day of the calendar week, month, quarter or year of the first order), period (0 for the cohort's own, then 1, 2 …),
    customers (of the cohort), active (with an order in that period; kind "on_or_after": in that period or later, up to `as_of`),
    retention (active / customers, 0–1), low, high (Wilson), complete (whether the period has ended by `as_of`), from_start, joined_before
    (see `cohorts.marked`). A period that has not begun is no row; one in which nobody ordered is a row with active 0. Without orders there
    is no row. Below `minimum` customers the counts stand and the rest is null.

    The frame must reach back to each customer's first order, or late cohorts take in old customers; `cohorts_from` and `cohorts_to`
    limit which cohorts are shown (those whose period holds or follows the one, and begins by the other). Rows after `as_of` must not
    be in it, beyond the month that holds `as_of`: those are left out here. Rows that hold only a refund (orders 0) are no activity.
    `by` are attributes of the customer. Weeks need a frame by week, in a column `week`; the others are made from `month`. A column
    `first_month`, with previous_month and next_month (see `rollups.with_neighbour_months`), saves looking for each customer's first order
    and grouping by customer.
    """
    checked("period", period, EVERY)
    checked("kind", kind, KINDS)
    if FIRST_MONTH.column in by:
        raise ValueError("Retention has a row per cohort already; split it by another column than “cohort”.")
    rows = _cohort_rows(_active(customer_periods, as_of, period), as_of, period, kind, by)
    rows = cohorts_within(rows, period=period, cohorts_from=cohorts_from, cohorts_to=cohorts_to)
    counted = collected(rows.group_by(*by, "cohort", "at").agg(active=nw.len()))
    counted = counted.with_columns(pl.col("cohort", "at").cast(pl.Date), pl.col("active").cast(pl.Int64))
    newcomers = rows if kind == "on_or_after" else rows.filter(nw.col("at") == nw.col("cohort"))
    cells = _cells(counted, as_of, period, kind, by)
    cells = marked(cells, newcomers, members=members, data_from=data_from, period=period, by=by)
    rated = with_share(cells, **RATE, confidence=confidence, minimum=minimum)
    return in_order(rated, by, TYPES, ["cohort", "period"])


def cohort_members(
    customer_periods: nw.LazyFrame,
    *,
    as_of: dt.date,
    number: int,
    period: str = "month",
    kind: str = "on",
    cohorts_from: dt.date | None = None,
    cohorts_to: dt.date | None = None,
) -> nw.LazyFrame:
    """Who is behind the cells of period `number` in a triangle of `retention`: customer_key, active (1 or 0). Stays lazy.

    One row per customer of the cohorts, active being 1 for those whom the cell counts as such; cohorts whose period has not begun by
    `as_of` are left out. Frame and arguments as those of `retention`.
    """
    checked("period", period, EVERY)
    checked("kind", kind, KINDS)
    at_least("number", number, 0)
    last = min(cohorts_to or as_of, periods_before(as_of, period, number))
    rows = _cohort_rows(_active(customer_periods, as_of, period), as_of, period, kind, ())
    rows = cohorts_within(rows, period=period, cohorts_from=cohorts_from, cohorts_to=last)
    at, due = nw.col("at"), nw.col("cohort").dt.offset_by(length(period, number)).cast(nw.Date)
    counts = at == due if kind == "on" else at >= due
    return rows.with_columns(active=one_if(counts)).group_by("customer_key").agg(nw.col("active").max())


def retention_average(
    triangle: pl.DataFrame, *, by: Sequence[str] = (), confidence: float = 0.95, minimum: int = 1
) -> pl.DataFrame:
    """The average row of a triangle, weighted by cohort size, over the cells that are complete, while half of the customers are left.

    One row per combination of `by` and period: period, customers, active (sums over those cohorts), retention, low, high (Wilson on
    the sums). Later periods rest on fewer cohorts, which `customers` shows. An empty triangle gives no row.
    """
    pooled = triangle.filter("complete").group_by(*by, "period").agg(pl.col("customers", "active").sum())
    rated = with_share(while_half_are_left(pooled, by), **RATE, confidence=confidence, minimum=minimum)
    return in_order(rated, by, {"period": pl.Int64(), **COUNTS, **SHARES}, ["period"])


def retention_at(
    triangle: pl.DataFrame,
    *,
    period: int = 3,
    cohorts_from: dt.date | None = None,
    cohorts_to: dt.date | None = None,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Retention in one period, pooled over the cohorts that begin within two dates and have reached that period in full.

    Exactly one row, or one per group when the triangle was made `by` the same columns: period, cohorts (how many), customers, active,
    retention, low, high (Wilson). Below `minimum` customers the counts stand and the rest is null.
    """
    cells = _complete_at(triangle, period, cohorts_from, cohorts_to)
    sums = {"cohorts": pl.len(), "customers": pl.col("customers").sum(), "active": pl.col("active").sum()}
    pooled = cells.group_by(by).agg(**sums) if by else cells.select(**sums)
    rated = with_share(pooled.with_columns(period=pl.lit(period)), **RATE, confidence=confidence, minimum=minimum)
    return in_order(rated, by, {"period": pl.Int64(), "cohorts": pl.Int64(), **COUNTS, **SHARES})


def retention_change(
    now: pl.DataFrame, before: pl.DataFrame, *, by: Sequence[str] = (), confidence: float = 0.95
) -> pl.DataFrame:
    """Difference of two pooled retentions, now minus before, of different cohorts: change, low, high (−1 to 1).

    From rows of `retention_at`: one row, or one per group. Null where either was withheld. Method 10 of Newcombe 1998.
    """
    return share_change(now, before, **RATE, by=by, confidence=confidence)


def retention_trend(triangle: pl.DataFrame, *, period: int = 3, cohorts: int = 12, minimum: int = 30) -> pl.DataFrame:
    """Retention in one period, cohort by cohort, for the last cohorts that have reached it in full.

    One row per cohort: cohort, customers, active, retention, low, high, the last three null below `minimum` customers. The triangle
    must have been made without `by`. No such cohort gives no row.
    """
    enough = pl.col("customers") >= minimum
    cells = _complete_at(triangle, period, None, None).sort("cohort").tail(cohorts)
    shown = cells.with_columns(pl.when(enough).then(pl.col(*SHARES)))
    return in_order(shown, (), {"cohort": pl.Date(), **COUNTS, **SHARES}, ["cohort"])


def _active(customer_periods: nw.LazyFrame, as_of: dt.date, period: str) -> nw.LazyFrame:
    """The rows with an order, `seen` being their month or week."""
    column = "week" if period == "week" else "month"
    if column not in customer_periods.collect_schema().names():
        raise ValueError(f"Retention by {period} needs the column “{column}”: a row per customer and {column}.")
    active = customer_periods.filter(nw.col("orders") > 0, nw.col(column) <= nw.lit(as_of))
    return active.with_columns(seen=nw.col(column))


def _cohort_rows(active: nw.LazyFrame, as_of: dt.date, period: str, kind: str, by: Sequence[str]) -> nw.LazyFrame:
    """One row per customer and period `at` with an order ("on_or_after": the last such period), with the customer's cohort."""
    if period != "week" and "first_month" in active.collect_schema().names():
        return _saved_cohort_rows(active, as_of, period, kind)
    if kind == "on_or_after":
        dated = active.group_by("customer_key", *by).agg(first=nw.col("seen").min(), seen=nw.col("seen").max())
    else:
        first = active.group_by("customer_key").agg(first=nw.col("seen").min())
        dated = active.join(first, on="customer_key")
    columns = ["customer_key", *by, "cohort", "at"]
    if period in ("week", "month"):
        return dated.with_columns(cohort=nw.col("first"), at=nw.col("seen")).select(columns)
    cohort, at = period_start(nw.col("first"), period), period_start(nw.col("seen"), period)
    return distinct(dated.with_columns(cohort=cohort, at=at), columns)


def _saved_cohort_rows(active: nw.LazyFrame, as_of: dt.date, period: str, kind: str) -> nw.LazyFrame:
    """The same from rows that hold first_month, previous_month and next_month: the first row of each customer and period stands for it
    ("on_or_after": the customer's last row), so that nothing is grouped by customer."""
    dated = active.with_columns(cohort=nw.col("first_month"), at=nw.col("seen"))
    if period != "month":
        dated = dated.with_columns(period_start(nw.col("cohort"), period), period_start(nw.col("at"), period))
    if kind == "on_or_after":
        return dated.filter(nw.col("next_month").is_null() | (nw.col("next_month") > nw.lit(as_of)))
    if period == "month":
        return dated
    return dated.filter(nw.col("previous_month").is_null() | (nw.col("previous_month") < nw.col("at")))


def _cells(counted: pl.DataFrame, as_of: dt.date, period: str, kind: str, by: Sequence[str]) -> pl.DataFrame:
    """One row per cohort and period that has begun, with the counts that were found, or 0."""
    cohort = [*by, "cohort"]
    own = counted if kind == "on_or_after" else counted.filter(pl.col("at") == pl.col("cohort"))
    sizes = own.group_by(cohort).agg(customers=pl.col("active").sum())
    cells = grid(counted, sizes, as_of=as_of, period=period, by=by)
    if kind == "on":
        return cells
    later = pl.col("active").cum_sum(reverse=True).over(cohort, order_by="period")
    return cells.with_columns(active=later)


def _complete_at(
    triangle: pl.DataFrame, period: int, cohorts_from: dt.date | None, cohorts_to: dt.date | None
) -> pl.DataFrame:
    cells = triangle.filter(pl.col("complete"), pl.col("period") == period)
    if cohorts_from:
        cells = cells.filter(pl.col("cohort") >= cohorts_from)
    if cohorts_to:
        cells = cells.filter(pl.col("cohort") <= cohorts_to)
    return cells
