"""Retention counted from each customer's own first order, in windows of so many days, where calendar periods would cut them."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.periods import at_least, calendar, checked, start_of
from metrics.engine.reduce import collected, in_order, one_if, period_start
from metrics.engine.rollups import is_last, seen_by
from metrics.retention.cohorts import marked
from metrics.retention.retention import KINDS, RATE, TYPES
from metrics.statistics.shares import with_share


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
    members: nw.LazyFrame | None = None,
    data_from: dt.date | None = None,
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
    checked("kind", kind, KINDS)
    visits = _visits(order_days, as_of, window_days, cohorts_from, cohorts_to)
    if kind == "on":
        # the first day in a window stands for the customer in it
        opens = nw.col("previous_age").is_null() | (nw.col("previous_age") < nw.col("at") * window_days)
        counted = _counted(visits.filter(opens), as_of, window_days, by)
        firsts = counted.filter(pl.col("at") == 0)
    else:
        counted = firsts = _counted(visits.filter(is_last(as_of)), as_of, window_days, by)
    keys = [*by, "cohort", "ended"]
    sizes = firsts.group_by(keys).agg(customers=pl.col("n").sum())
    active = counted.group_by(*keys, "at").agg(active=pl.col("n").sum())
    first = visits.filter(nw.col("previous_age").is_null()).with_columns(
        cohort=period_start(nw.col("first_day"), "month")
    )
    cells = _cells(sizes, active, kind, by)
    cells = marked(cells, first, members=members, data_from=data_from, period="month", by=by)
    rated = with_share(cells, **RATE, confidence=confidence, minimum=minimum)
    return in_order(rated, by, TYPES, ["cohort", "period"])


def rolling_members(
    order_days: nw.LazyFrame,
    *,
    as_of: dt.date,
    number: int,
    window_days: int = 30,
    kind: str = "on",
    cohorts_from: dt.date | None = None,
    cohorts_to: dt.date | None = None,
) -> nw.LazyFrame:
    """Who is behind the cells of window `number` in a triangle of `rolling_retention`: customer_key, active (1 or 0). Stays lazy.

    One row per customer of the cohorts whose window has ended by `as_of`, active being 1 for those whom the cell counts as such. Frame
    and arguments as those of `rolling_retention`.
    """
    checked("kind", kind, KINDS)
    at_least("number", number, 0)
    visits = _visits(order_days, as_of, window_days, cohorts_from, cohorts_to)
    ended = nw.col("first_day") <= nw.lit(as_of - dt.timedelta(days=window_days * (number + 1) - 1))
    counts = nw.col("at") == number if kind == "on" else nw.col("at") >= number
    return visits.filter(ended).with_columns(active=one_if(counts)).group_by("customer_key").agg(nw.col("active").max())


def _visits(
    order_days: nw.LazyFrame,
    as_of: dt.date,
    window_days: int,
    cohorts_from: dt.date | None,
    cohorts_to: dt.date | None,
) -> nw.LazyFrame:
    """The days with an order of the customers of the cohorts, with the window `at` that each lies in."""
    at_least("window_days", window_days, 1)
    seen = seen_by(order_days, as_of)
    if cohorts_from:
        seen = seen.filter(nw.col("first_day") >= nw.lit(start_of(cohorts_from, "month")))
    if cohorts_to:
        seen = seen.filter(nw.col("first_day") <= nw.lit(calendar(cohorts_to, cohorts_to, "month")["end"].item()))
    # `//` would do, but is worked out in a roundabout way on DuckDB; half a day more keeps the quotient off whole numbers
    return seen.with_columns(at=((nw.col("age") + 0.5) / window_days).floor().cast(nw.Int64))


def _counted(placed: nw.LazyFrame, as_of: dt.date, window_days: int, by: Sequence[str]) -> pl.DataFrame:
    """One row per combination of `by`, first day and window `at`, with n rows: cohort, and ended (how many windows have). First days are
    few, so that dates are reckoned with here and not in every row."""
    counted = collected(placed.group_by(*by, "first_day", "at").agg(n=nw.len()))
    known_days = (pl.lit(as_of) - pl.col("first_day").cast(pl.Date)).dt.total_days() + 1
    return counted.select(
        *by,
        pl.col("at", "n").cast(pl.Int64),
        cohort=pl.col("first_day").cast(pl.Date).dt.truncate("1mo"),
        ended=known_days // window_days,
    )


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
