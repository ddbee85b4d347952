"""Orders by cohort: how many orders a customer of a cohort places in each period after the first one."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.reduce import in_order
from metrics.retention.cohorts import MARKS, sums_by_cohort, while_half_are_left
from metrics.statistics.intervals import z_value

COUNTS: dict[str, pl.DataType] = dict.fromkeys(("customers", "orders", "orders_squared"), pl.Int64())
MEANS: dict[str, pl.DataType] = dict.fromkeys(("orders_per_customer", "low", "high"), pl.Float64())
TYPES: dict[str, pl.DataType] = {
    "cohort": pl.Date(),
    "period": pl.Int64(),
    **COUNTS,
    **MEANS,
    "complete": pl.Boolean(),
    **MARKS,
}


def cohort_orders(
    customer_periods: nw.LazyFrame,
    *,
    as_of: dt.date,
    period: str = "month",
    cohorts_from: dt.date | None = None,
    cohorts_to: dt.date | None = None,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 1,
    members: nw.LazyFrame | None = None,
    data_from: dt.date | None = None,
) -> pl.DataFrame:
    """Orders per customer of each cohort in each period since its first: one row per combination of `by`, cohort and period begun.

    cohort (first day of the week, month, quarter or year of the first order), period (0 for the cohort's own), customers (of the
    cohort, whether they ordered or not), orders (theirs in the period), orders_squared (the squares of each customer's orders, added,
    from which the interval follows), orders_per_customer, low, high (of that mean, by its standard error; null where nobody ordered or
    all ordered alike, which tells no spread), complete (whether the period has ended by `as_of`), from_start, joined_before (see
    `cohorts.marked`). Higher is better. Below `minimum` customers the counts stand and the rest is null. Without orders there is no row.

    The frame is by customer and month (for weeks: by week) and must reach back to each customer's first order.
    """
    cells = sums_by_cohort(
        customer_periods.filter(nw.col("orders") > 0),
        ["orders"],
        as_of=as_of,
        period=period,
        cohorts_from=cohorts_from,
        cohorts_to=cohorts_to,
        by=by,
        members=members,
        data_from=data_from,
        squared=True,
    )
    return in_order(_with_mean(cells, confidence, minimum), by, TYPES, ["cohort", "period"])


def cohort_orders_average(
    triangle: pl.DataFrame, *, by: Sequence[str] = (), confidence: float = 0.95, minimum: int = 1
) -> pl.DataFrame:
    """The average row of a triangle of `cohort_orders`: over all customers of the cells that are complete, while half are left.

    One row per combination of `by` and period: period, customers, orders, orders_squared (sums), orders_per_customer, low, high. An
    empty triangle gives no row.
    """
    pooled = triangle.filter("complete").group_by(*by, "period").agg(pl.col(*COUNTS).sum())
    types = {"period": pl.Int64(), **COUNTS, **MEANS}
    pooled = while_half_are_left(pooled, by)
    return in_order(_with_mean(pooled, confidence, minimum), by, types, ["period"])


def _with_mean(cells: pl.DataFrame, confidence: float, minimum: int) -> pl.DataFrame:
    """Add the mean and its interval, mean ± z·s/√n, not below 0; s is the standard deviation over the customers."""
    orders, n = pl.col("orders").cast(pl.Int64), pl.col("customers")
    mean = orders / n
    # n·Σx² − (Σx)² in whole numbers, so that a spread of nothing is exactly 0
    spread = n * pl.col("orders_squared").cast(pl.Int64) - orders**2
    half = z_value(confidence) * (spread / (n * n * (n - 1))).sqrt()
    enough, known = n >= minimum, (n > 1) & (spread > 0)
    return cells.with_columns(
        orders_per_customer=pl.when(enough).then(mean),
        low=pl.when(enough & known).then((mean - half).clip(lower_bound=0)),
        high=pl.when(enough & known).then(mean + half),
    )
