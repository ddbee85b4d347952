"""Revenue by cohort: how much of its first period's revenue a cohort brings later, and what a customer has brought so far."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.dimension import FIRST_MONTH
from metrics.engine.exact import money
from metrics.engine.reduce import in_order
from metrics.retention.cohorts import MARKS, sums_by_cohort, while_half_are_left
from metrics.statistics.intervals import share

VALUES: dict[str, pl.DataType] = dict.fromkeys(("revenue_retention", "cumulative_per_customer"), pl.Float64())
TYPES: dict[str, pl.DataType] = {
    "cohort": pl.Date(),
    **dict.fromkeys(("period", "customers"), pl.Int64()),
    "revenue": pl.Float64(),
    **VALUES,
    "complete": pl.Boolean(),
    **MARKS,
}


def revenue_retention(
    customer_periods: nw.LazyFrame,
    *,
    as_of: dt.date,
    period: str = "month",
    cohorts_from: dt.date | None = None,
    cohorts_to: dt.date | None = None,
    by: Sequence[str] = (),
    minimum: int = 1,
    members: nw.LazyFrame | None = None,
    data_from: dt.date | None = None,
) -> pl.DataFrame:
    """Net revenue of each cohort in each period since its first: one row per combination of `by`, cohort and period that has begun.

    cohort (first day of the week, month, quarter or year of the first order), period (0 for the cohort's own), customers (of the
    cohort), revenue (of that period, in the currency's units, net of refunds), revenue_retention (over that of period 0; null where
    that is not above 0; can exceed 1), cumulative_per_customer (revenue up to that period's end, per customer of the cohort), complete
    (whether the period has ended by `as_of`), from_start, joined_before (see `cohorts.marked`). Higher is better. Below `minimum` customers
    the sums stand and the two values are null. Without orders there is no row. A refund dated before the customer's first order is in the
    row of its own period, below 0, which is there for that alone. Refunds of customers without an order are left out.

    The frame is by customer and month (for weeks: by week) and must reach back to each customer's first order; rows after the month of
    `as_of` are left out.
    """
    cells = sums_by_cohort(
        customer_periods.with_columns(money("revenue")),
        ["revenue"],
        as_of=as_of,
        period=period,
        cohorts_from=cohorts_from,
        cohorts_to=cohorts_to,
        by=by,
        members=members,
        data_from=data_from,
    )
    group = [*by, "cohort"]
    total = pl.col("revenue").cum_sum().over(group, order_by="period")
    own = pl.col("revenue").filter(pl.col("period") == 0).first().over(group)
    valued = cells.with_columns(
        revenue_retention=share(pl.col("revenue"), own), cumulative_per_customer=total / pl.col("customers")
    )
    return in_order(_withheld(valued, minimum), by, TYPES, ["cohort", "period"])


def revenue_retention_average(triangle: pl.DataFrame, *, by: Sequence[str] = (), minimum: int = 1) -> pl.DataFrame:
    """The average row of a triangle of `revenue_retention`, from period 0 on, over the cells that are complete, while half of the
    customers are left.

    One row per combination of `by` and period: period, customers (of those cohorts), revenue (theirs in the period), revenue_retention
    (over theirs in period 0), cumulative_per_customer (weighted by customers). Below `minimum`
    customers the sums stand and the two values are null. An empty triangle gives no row.
    """
    group, customers = [*by, "cohort"], pl.col("customers")
    known = triangle.with_columns(
        own=pl.col("revenue").filter(pl.col("period") == 0).first().over(group),
        total=pl.col("revenue").cum_sum().over(group, order_by="period"),
    )
    whole = known.filter("complete", pl.col("period") >= 0)
    pooled = whole.group_by(*by, "period").agg(pl.col("customers", "revenue", "own", "total").sum())
    valued = pooled.with_columns(
        revenue_retention=share(pl.col("revenue"), pl.col("own")), cumulative_per_customer=pl.col("total") / customers
    )
    types = {name: kind for name, kind in TYPES.items() if name not in {FIRST_MONTH.column, "complete", *MARKS}}
    return in_order(_withheld(while_half_are_left(valued, by), minimum), by, types, ["period"])


def _withheld(valued: pl.DataFrame, minimum: int) -> pl.DataFrame:
    return valued.with_columns(pl.when(pl.col("customers") >= minimum).then(pl.col(*VALUES)))
