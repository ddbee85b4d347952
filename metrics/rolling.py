"""Retention counted from each customer's own first order, in windows of so many days, where calendar periods would cut them."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.periods import at_least, checked, start_of
from metrics.reduce import collected, day_number, in_order, period_start
from metrics.retention import KINDS, RATE, TYPES
from metrics.rollups import with_neighbours
from metrics.shares import with_share


def rolling_retention(
    order_days: nw.LazyFrame,
    *,
    as_of: dt.date,
    window_days: int = 30,
    kind: str = "on",
    cohorts_from: dt.date | None = None,
    cohorts_to: dt.date | None = None,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 1,
) -> pl.DataFrame:
    """The cohort triangle in windows from each customer's own first order; columns as those of `retention`, higher is better.

    One row per combination of `by`, cohort and window: cohort (first day of the month of the first order), period (0: the first
    `window_days` days from the first order on, that day included; then 1, 2 …), customers (of the cohort, whose window has ended by
    `as_of`), active (of them, with an order in that window; kind "on_or_after": in that window or later, up to `as_of`), retention,
    low, high (Wilson), complete (whether the window has ended for the whole cohort). A window that has ended for nobody is no row.
    Without orders there is no row. `retention_average` and `retention_at` take the result.

    The frame has a row per customer and day with an order, from each customer's first on; one that holds the days beside it (see
    `rollups.with_neighbours`) is spared looking for them. `by` are attributes of the customer.
    """
    at_least("window_days", window_days, 1)
    checked("kind", kind, KINDS)
    seen = order_days.filter(nw.col("day") <= nw.lit(as_of))
    if "first_day" not in seen.collect_schema().names():
        seen = with_neighbours(seen)
    visits = seen.with_columns(cohort=period_start(nw.col("first_day"), "month"))
    if cohorts_from:
        visits = visits.filter(nw.col("cohort") >= nw.lit(start_of(cohorts_from, "month")))
    if cohorts_to:
        visits = visits.filter(nw.col("cohort") <= nw.lit(cohorts_to))
    visits = visits.with_columns(
        ended=(nw.lit(as_of.toordinal()) - day_number(nw.col("first_day"))) // window_days,
        at=nw.col("age") // window_days,
    )
    first = visits.filter(nw.col("previous_day").is_null())
    if kind == "on":
        # the first day in a window stands for the customer in it
        before = nw.col("previous_age") // window_days
        placed = visits.filter(nw.col("previous_day").is_null() | (before < nw.col("at")))
    else:
        placed = visits.filter(nw.col("next_day").is_null() | (nw.col("next_day") > nw.lit(as_of)))
    sizes = _counted(first, [*by, "cohort", "ended"], "customers")
    active = _counted(placed, [*by, "cohort", "ended", "at"], "active")
    cells = _cells(sizes, active, kind, by)
    rated = with_share(cells, **RATE, confidence=confidence, minimum=minimum)
    return in_order(rated, by, TYPES, ["cohort", "period"])


def _counted(frame: nw.LazyFrame, keys: Sequence[str], name: str) -> pl.DataFrame:
    counted = collected(frame.group_by(*keys).agg(nw.len().alias(name)))
    numbers = pl.col(*(key for key in (*keys, name) if key in ("ended", "at", name))).cast(pl.Int64)
    return counted.with_columns(numbers, pl.col("cohort").cast(pl.Date))


def _cells(sizes: pl.DataFrame, active: pl.DataFrame, kind: str, by: Sequence[str]) -> pl.DataFrame:
    """One row per cohort and window that has ended for somebody, over those for whom it has."""
    cohort = [*by, "cohort"]
    longest: int | None = sizes["ended"].max()  # type: ignore[assignment]
    periods = pl.DataFrame({"period": range(longest or 0)}, schema={"period": pl.Int64})
    observed = pl.col("period") < pl.col("ended")
    whole = sizes.group_by(cohort).agg(size=pl.col("customers").sum())
    customers = (
        sizes.join(periods, how="cross").filter(observed).group_by(*cohort, "period").agg(pl.col("customers").sum())
    )
    there = pl.col("at") == pl.col("period") if kind == "on" else pl.col("at") >= pl.col("period")
    found = (
        active.join(periods, how="cross")
        .filter(observed, there)
        .group_by(*cohort, "period")
        .agg(pl.col("active").sum())
    )
    cells = customers.join(whole, on=cohort, nulls_equal=True).join(
        found, on=[*cohort, "period"], how="left", nulls_equal=True
    )
    return cells.with_columns(pl.col("active").fill_null(0), complete=pl.col("customers") == pl.col("size"))
