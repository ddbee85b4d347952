"""Repeat purchase rate: of those who bought in a window, how many bought more than once."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.periods import at_least, calendar, months_before
from metrics.engine.reduce import collected, in_order, one_if, totals
from metrics.statistics.clustered import once
from metrics.statistics.shares import with_share

TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("buyers", "repeat_buyers"), pl.Int64()),
    **dict.fromkeys(("repeat_rate", "low", "high"), pl.Float64()),
}
RATE = {"successes": "repeat_buyers", "n": "buyers", "name": "repeat_rate"}


def repeat_rate(
    customer_periods: nw.LazyFrame,
    *,
    within: tuple[dt.date, dt.date] | None = None,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Customers with two or more orders in the window over customers with at least one; a share, higher is better.

    The frame must hold the window's rows and no others. `by` are attributes of the customer. One row per combination of them: buyers,
    repeat_buyers, repeat_rate, low, high (Wilson). Below `minimum` buyers the counts stand and the rest is null. Without orders: one
    row with 0 buyers, or none when `by` is given. Rows that hold only a refund (orders 0) make no buyer. Columns previous_month and
    next_month (see `rollups.with_neighbour_months`) save grouping by customer, when `within` tells the window’s first and last day.
    """
    counted = totals(_buyers(customer_periods, within, by), by, ("buyers", "repeat_buyers"))
    return in_order(with_share(counted, **RATE, confidence=confidence, minimum=minimum), by, TYPES)


def repeat_sums(
    customer_periods: nw.LazyFrame, *, within: tuple[dt.date, dt.date] | None = None, by: Sequence[str] = ()
) -> nw.LazyFrame:
    """What each buyer adds to `repeat_rate`, by which two windows are compared (`paired.paired_change`). Stays lazy."""
    return once(_buyers(customer_periods, within, by), by, value=nw.col("repeat_buyers"))


def _buyers(customer_periods: nw.LazyFrame, within: tuple[dt.date, dt.date] | None, by: Sequence[str]) -> nw.LazyFrame:
    """One row per buyer of the window: customer_key, `by`, buyers (1), repeat_buyers (1 or 0)."""
    ordered = customer_periods.filter(nw.col("orders") > 0)
    if within and "next_month" in customer_periods.collect_schema().names():
        is_last, is_repeat = _last_month(*within)
        buyers = ordered.filter(is_last).with_columns(repeat_buyers=one_if(is_repeat))
    else:
        buyers = ordered.group_by("customer_key", *by).agg(orders=nw.col("orders").sum())
        buyers = buyers.with_columns(repeat_buyers=one_if(nw.col("orders") >= 2))
    return buyers.with_columns(buyers=nw.lit(1))


def repeat_rate_trend(
    customer_periods: nw.LazyFrame,
    *,
    as_of: dt.date,
    months: int = 12,
    window_months: int = 12,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """The rate of the trailing `window_months` at the end of each of the last `months` months, the one that holds `as_of` included.

    One row per combination of `by` and month: month (its first day), complete (whether it has ended by `as_of`), then the columns of
    `repeat_rate`. A window that begins before the first month with an order is not covered by the data: its counts stand, its rate is
    null. The frame must reach back months + window_months. Without orders: rows with 0 buyers and no rate, or none with `by`. Columns
    previous_month and next_month (see `rollups.with_neighbour_months`) save grouping by customer.
    """
    at_least("months", months, 1)
    at_least("window_months", window_months, 1)
    ends = calendar(months_before(as_of, months - 1), as_of, "month")
    windows = [(months_before(end, window_months - 1), end) for end in ends["start"]]
    orders = customer_periods.filter(nw.col("orders") > 0, nw.col("month") <= nw.lit(as_of))
    first = collected(orders.select(first=nw.col("month").min())).item()
    counted = _per_window(orders, windows, by)
    rows = counted.join(
        ends.select(
            "index",
            month="start",
            complete=pl.col("end") <= as_of,
            covered=pl.Series([first is not None and first <= begin for begin, _ in windows], dtype=pl.Boolean),
        ),
        on="index",
    )
    rated = with_share(rows, **RATE, confidence=confidence, minimum=minimum).with_columns(
        pl.when("covered").then(pl.col("repeat_rate", "low", "high"))
    )
    return in_order(rated, by, {"month": pl.Date(), "complete": pl.Boolean(), **TYPES}, ["month"])


def _per_window(orders: nw.LazyFrame, windows: Sequence[tuple[dt.date, dt.date]], by: Sequence[str]) -> pl.DataFrame:
    """One row per combination of `by` and window: its index, buyers, repeat_buyers. All are counted in one pass over the rows."""
    orders = orders.filter(nw.col("month") >= nw.lit(windows[0][0]))
    if "next_month" in orders.collect_schema().names():
        counts = _of_last_months(windows)
        return _long(totals(orders.select(*by, **counts), by, list(counts)), windows, by)
    month = nw.col("month")
    inside = {
        f"orders_{i}": nw.when((month >= nw.lit(begin)) & (month <= nw.lit(end))).then(nw.col("orders")).otherwise(0)
        for i, (begin, end) in enumerate(windows)
    }
    per_customer = (
        orders.with_columns(**inside).group_by("customer_key", *by).agg(*[nw.col(name).sum() for name in inside])
    )
    counts = {
        f"{name}_{i}": one_if(nw.col(f"orders_{i}") >= least)
        for name, least in (("buyers", 1), ("repeat_buyers", 2))
        for i in range(len(windows))
    }
    return _long(totals(per_customer.select(*by, **counts), by, list(counts)), windows, by)


def _of_last_months(windows: Sequence[tuple[dt.date, dt.date]]) -> dict[str, nw.Expr]:
    """What a row adds to the counts of each window."""
    counts = {}
    for i, (begin, end) in enumerate(windows):
        last, repeat = _last_month(begin, end)
        last = last & (nw.col("month") >= nw.lit(begin)) & (nw.col("month") <= nw.lit(end))
        counts[f"buyers_{i}"] = one_if(last)
        counts[f"repeat_buyers_{i}"] = one_if(last & repeat)
    return counts


def _last_month(begin: dt.date, end: dt.date) -> tuple[nw.Expr, nw.Expr]:
    """Of a month with an order between two others: whether it is the customer's last one there, which stands for the customer, and
    whether the customer has then ordered twice: it holds two orders, or one before it lies there too."""
    following = nw.col("next_month")
    last = following.is_null() | (following > nw.lit(end))
    return last, (nw.col("orders") >= 2) | (nw.col("previous_month") >= nw.lit(begin))


def _long(wide: pl.DataFrame, windows: Sequence[tuple[dt.date, dt.date]], by: Sequence[str]) -> pl.DataFrame:
    """One row per combination of `by` and window from a column per window."""
    return pl.concat(
        wide.select(*by, index=pl.lit(i, pl.Int64), buyers=f"buyers_{i}", repeat_buyers=f"repeat_buyers_{i}")
        for i in range(len(windows))
    )
