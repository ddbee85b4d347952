"""Revenue by cohort: how much of its first period's revenue a cohort brings later, and what a customer has brought so far."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.intervals import share
from metrics.periods import EVERY, calendar, checked, start_of
from metrics.reduce import collected, in_order, period_start

TYPES: dict[str, pl.DataType] = {
    "cohort": pl.Date(),
    **dict.fromkeys(("period", "customers"), pl.Int64()),
    **dict.fromkeys(("revenue", "revenue_retention", "cumulative_per_customer"), pl.Float64()),
    "complete": pl.Boolean(),
}
CALENDAR = [period for period in EVERY if period != "week"]


def revenue_retention(
    customer_periods: nw.LazyFrame,
    *,
    as_of: dt.date,
    period: str = "month",
    cohorts_from: dt.date | None = None,
    cohorts_to: dt.date | None = None,
    by: Sequence[str] = (),
) -> pl.DataFrame:
    """Net revenue of each cohort in each period since its first: one row per combination of `by`, cohort and period that has begun.

    cohort (first day of the month, quarter or year of the first order), period (0 for the cohort's own), customers (of the cohort),
    revenue (of that period, in the currency's units, net of refunds), revenue_retention (over that of period 0; null where that is not
    above 0; can exceed 1), cumulative_per_customer (revenue up to that period's end, per customer of the cohort), complete (whether the
    period has ended by `as_of`). Higher is better. Without orders there is no row. Refunds of customers without an order are left out.

    The frame is by customer and month and must reach back to each customer's first order; rows after the month of `as_of` are left out.
    """
    checked("period", period, CALENDAR)
    seen = customer_periods.filter(nw.col("month") <= nw.lit(as_of))
    first = seen.filter(nw.col("orders") > 0).group_by("customer_key").agg(first=nw.col("month").min())
    dated = seen.select("customer_key", *by, "month", "revenue").join(first, on="customer_key")
    dated = dated.with_columns(
        cohort=period_start(nw.col("first"), period), at=period_start(nw.col("month"), period)
    ).filter(nw.col("at") >= nw.col("cohort"))
    if cohorts_from:
        dated = dated.filter(nw.col("cohort") >= nw.lit(start_of(cohorts_from, period)))
    if cohorts_to:
        dated = dated.filter(nw.col("cohort") <= nw.lit(cohorts_to))
    per_customer = dated.group_by("customer_key", *by, "cohort", "at").agg(nw.col("revenue").sum())
    counted = collected(per_customer.group_by(*by, "cohort", "at").agg(nw.col("revenue").sum(), there=nw.len()))
    counted = counted.with_columns(pl.col("cohort", "at").cast(pl.Date), pl.col("there").cast(pl.Int64))
    return in_order(_cells(counted, as_of, period, by), by, TYPES, ["cohort", "period"])


def _cells(counted: pl.DataFrame, as_of: dt.date, period: str, by: Sequence[str]) -> pl.DataFrame:
    """One row per cohort and period that has begun, with its revenue or 0."""
    cohort = [*by, "cohort"]
    # Every customer of a cohort has an order, so a row, in its own period
    own = counted.filter(pl.col("at") == pl.col("cohort")).select(*cohort, customers="there", own="revenue")
    first: dt.date | None = counted["cohort"].min()  # type: ignore[assignment]
    periods = calendar(first or as_of, as_of, period)
    begun = periods.select(at="start", index="index", complete=pl.col("end") <= as_of)
    cells = (
        own.join(periods.select(cohort="start", cohort_index="index"), on="cohort")
        .join(begun, how="cross")
        .filter(pl.col("index") >= pl.col("cohort_index"))
        .join(counted.drop("there"), on=[*cohort, "at"], how="left", nulls_equal=True)
        .with_columns(period=pl.col("index") - pl.col("cohort_index"), revenue=pl.col("revenue").fill_null(0.0))
    )
    total = pl.col("revenue").cum_sum().over(cohort, order_by="period")
    return cells.with_columns(
        revenue_retention=share(pl.col("revenue"), pl.col("own")), cumulative_per_customer=total / pl.col("customers")
    )
