"""What the cohort metrics of orders and of money share: a customer's cohort, and a row for every period that has begun."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.periods import EVERY, calendar, checked, start_of
from metrics.engine.reduce import collected, one_if, period_start


def sums_by_cohort(
    customer_periods: nw.LazyFrame,
    columns: Sequence[str],
    *,
    as_of: dt.date,
    period: str,
    cohorts_from: dt.date | None,
    cohorts_to: dt.date | None,
    by: Sequence[str],
    squared: bool = False,
) -> pl.DataFrame:
    """Sums of `columns` over each cohort: one row per combination of `by`, cohort and period since the first order begun by `as_of`.

    cohort, period (0 for the cohort's own), customers (of the cohort), complete (whether the period has ended), and for each column
    its sum and, if `squared`, as …_squared the sum of the squares of each customer's sum, from which a spread follows; 0 where nothing
    happened. Rows before a customer's first order, and customers without one, are left out. Weeks need a frame by week; the others are
    made from `month`. A column `first_month` (see `rollups.with_neighbour_months`) saves looking for each customer's first order.
    """
    seen = "week" if checked("period", period, EVERY) == "week" else "month"
    if seen not in customer_periods.collect_schema().names():
        raise ValueError(f"Cohorts by {period} need the column “{seen}”: a row per customer and {seen}.")
    rows = customer_periods.filter(nw.col(seen) <= nw.lit(as_of))
    if period != "week" and "first_month" in rows.collect_schema().names():
        dated = rows.filter(nw.col("first_month") <= nw.lit(as_of)).with_columns(first=nw.col("first_month"))
    else:
        first = rows.filter(nw.col("orders") > 0).group_by("customer_key").agg(first=nw.col(seen).min())
        dated = rows.select("customer_key", *by, seen, *columns).join(first, on="customer_key")
    at, cohort = nw.col(seen), nw.col("first")
    if period not in ("week", "month"):
        at, cohort = period_start(at, period), period_start(cohort, period)
    # A customer has one row in the month of the first order, by which customers are counted
    dated = dated.with_columns(cohort=cohort, at=at, one=one_if(nw.col(seen) == nw.col("first")))
    dated = dated.filter(nw.col("at") >= nw.col("cohort"))
    dated = cohorts_within(dated, period=period, cohorts_from=cohorts_from, cohorts_to=cohorts_to)
    if squared and period not in ("week", "month"):
        keys = ("customer_key", *by, "cohort", "at")
        dated = dated.group_by(*keys).agg(nw.col("one").sum(), *(nw.col(name).sum() for name in columns))
    counted = _counted(dated, columns, by, squared)
    own = counted.filter(pl.col("at") == pl.col("cohort")).select(*by, "cohort", "customers")
    return grid(counted.drop("customers"), own, as_of=as_of, period=period, by=by)


def _counted(dated: nw.LazyFrame, columns: Sequence[str], by: Sequence[str], squared: bool) -> pl.DataFrame:
    """One row per combination of `by`, cohort and period `at` in which something happened; `customers` only in the cohort's own."""
    sums = {name: nw.col(name).sum() for name in columns}
    if squared:
        sums |= {f"{name}_squared": (nw.col(name) * nw.col(name)).sum() for name in columns}
    counted = collected(dated.group_by(*by, "cohort", "at").agg(**sums, customers=nw.col("one").sum()))
    return counted.with_columns(pl.col("cohort", "at").cast(pl.Date), pl.col("customers").cast(pl.Int64))


def cohorts_within(
    rows: nw.LazyFrame, *, period: str, cohorts_from: dt.date | None, cohorts_to: dt.date | None
) -> nw.LazyFrame:
    """The rows of cohorts whose period holds or follows the one date, and begins by the other; None is no limit."""
    if cohorts_from:
        rows = rows.filter(nw.col("cohort") >= nw.lit(start_of(cohorts_from, period)))
    if cohorts_to:
        rows = rows.filter(nw.col("cohort") <= nw.lit(cohorts_to))
    return rows


def grid(counted: pl.DataFrame, sizes: pl.DataFrame, *, as_of: dt.date, period: str, by: Sequence[str]) -> pl.DataFrame:
    """One row per combination of `by`, cohort of `sizes` and period that has begun by `as_of`.

    The columns of `sizes`, period (0 for the cohort's own), complete (whether the period has ended), and what was `counted` of the
    cohort in the period `at`, or 0.
    """
    cohort = [*by, "cohort"]
    found = [name for name in counted.columns if name not in (*cohort, "at")]
    first: dt.date | None = counted["cohort"].min()  # type: ignore[assignment]
    periods = calendar(first or as_of, as_of, period)
    begun = periods.select(at="start", index="index", complete=pl.col("end") <= as_of)
    return (
        sizes.join(periods.select(cohort="start", cohort_index="index"), on="cohort")
        .join(begun, how="cross")
        .filter(pl.col("index") >= pl.col("cohort_index"))
        .join(counted, on=[*cohort, "at"], how="left", nulls_equal=True)
        .with_columns(pl.col(found).fill_null(0), period=pl.col("index") - pl.col("cohort_index"))
    )
