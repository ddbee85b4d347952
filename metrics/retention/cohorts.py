"""What the cohort metrics share: a customer's cohort, a row for every period that has begun, and which cohorts hold old customers."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.periods import EVERY, calendar, checked, start_of
from metrics.engine.reduce import collected, is_any, one_if, period_start

MARKS: dict[str, pl.DataType] = {"from_start": pl.Boolean(), "joined_before": pl.Int64()}


def marked(
    cells: pl.DataFrame,
    newcomers: nw.LazyFrame,
    *,
    members: nw.LazyFrame | None,
    data_from: dt.date | None,
    period: str,
    by: Sequence[str],
) -> pl.DataFrame:
    """Cells of cohorts with MARKS, which tell customers who had ordered before the data begin, on the day `data_from`.

    from_start: whether the data begin in the cohort's period, so that old customers who order in it look new. joined_before: how many
    customers of the cohort had joined before the data begin. Both are null where that day or the members are not given. `newcomers` has
    a row per customer, with the cohort; `members` customer_key and joined_on.
    """
    keys = [*by, "cohort"]
    begins = pl.col("cohort") == start_of(data_from, period) if data_from else pl.lit(None, pl.Boolean)
    cells = cells.with_columns(from_start=begins)
    if members is None or data_from is None:
        return cells.with_columns(joined_before=pl.lit(None, pl.Int64))
    old = members.filter(nw.col("joined_on") < nw.lit(data_from)).select("customer_key")
    if not is_any(old):
        return cells.with_columns(joined_before=pl.lit(0, pl.Int64))
    counted = collected(newcomers.join(old, on="customer_key").group_by(keys).agg(joined_before=nw.len()))
    counted = counted.with_columns(pl.col("cohort").cast(pl.Date), pl.col("joined_before").cast(pl.Int64))
    joined = cells.join(counted, on=keys, how="left", nulls_equal=True)
    return joined.with_columns(pl.col("joined_before").fill_null(0))


def while_half_are_left(average: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The rows of an average in which at least half of its first customers are left: later ones tell of the oldest cohorts alone."""
    most = pl.col("customers").max()
    return average.filter(2 * pl.col("customers") >= (most.over(list(by)) if by else most))


def sums_by_cohort(
    customer_periods: nw.LazyFrame,
    columns: Sequence[str],
    *,
    as_of: dt.date,
    period: str,
    cohorts_from: dt.date | None,
    cohorts_to: dt.date | None,
    by: Sequence[str],
    members: nw.LazyFrame | None,
    data_from: dt.date | None,
    squared: bool = False,
) -> pl.DataFrame:
    """Sums of `columns` over each cohort: one row per combination of `by`, cohort and period since the first order begun by `as_of`.

    cohort, period (0 for the cohort's own), customers (of the cohort), complete (whether the period has ended), for each column
    its sum and, if `squared`, as …_squared the sum of the squares of each customer's sum, from which a spread follows; 0 where nothing
    happened; and MARKS. Rows before a customer's first order are those of a period below 0, which is there where there are any; customers
    without an order are left out. Weeks need a frame by week; the others are made from `month`. A column `first_month` (see
    `rollups.with_neighbour_months`) saves looking for each customer's first order.
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
    dated = cohorts_within(dated, period=period, cohorts_from=cohorts_from, cohorts_to=cohorts_to)
    if squared and period not in ("week", "month"):
        keys = ("customer_key", *by, "cohort", "at")
        dated = dated.group_by(*keys).agg(nw.col("one").sum(), *(nw.col(name).sum() for name in columns))
    counted = _counted(dated, columns, by, squared)
    own = counted.filter(pl.col("customers") > 0).select(*by, "cohort", "customers")
    cells = grid(counted.drop("customers"), own, as_of=as_of, period=period, by=by)
    return marked(cells, dated.filter(nw.col("one") == 1), members=members, data_from=data_from, period=period, by=by)


def _counted(dated: nw.LazyFrame, columns: Sequence[str], by: Sequence[str], squared: bool) -> pl.DataFrame:
    """One row per combination of `by`, cohort and period `at` in which something happened; `customers` only in the cohort's own, else 0."""
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
    cohort in the period `at`, or 0. Of the periods before the cohort's own (below 0), those in which something was.
    """
    cohort = [*by, "cohort"]
    found = [name for name in counted.columns if name not in (*cohort, "at")]
    first: dt.date | None = counted.select(pl.min_horizontal(pl.col("cohort", "at").min())).item()
    periods = calendar(first or as_of, as_of, period)
    begun = periods.select(at="start", index="index", complete=pl.col("end") <= as_of)
    return (
        sizes.join(periods.select(cohort="start", cohort_index="index"), on="cohort")
        .join(begun, how="cross")
        .join(counted.with_columns(there=True), on=[*cohort, "at"], how="left", nulls_equal=True)
        .filter((pl.col("index") >= pl.col("cohort_index")) | pl.col("there"))
        .with_columns(pl.col(found).fill_null(0), period=pl.col("index") - pl.col("cohort_index"))
    )
