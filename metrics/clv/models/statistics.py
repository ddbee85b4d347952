"""What the models are fitted on: a customer's orders reduced to (x, t_x, T) and to the mean spend of x order-days, and counted.

Orders of one day are one purchase. The day of the first one is time 0; x counts the order-days after it, t_x is the time of the last one
and T that of the as-of date, in weeks (Fader, Hardie & Lee 2005, Marketing Science 24(2):275–284). An order of amount 0 is a purchase, and
counts in the mean spend with its 0; one of unknown amount is a purchase whose day is left out of the mean (`rollups.customers`).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.engine.exact import FINE, plain
from metrics.engine.reduce import collected

Array = np.ndarray

DAYS_PER_WEEK = 7
# Above so many buyers times are whole weeks and spends are put into bins, so that the rows stop growing with the customers. By then
# either moves each parameter by much less than its standard error; months would not (they bias α by −7 % on CDNOW).
EXACT_UP_TO_CUSTOMERS = 20_000
SPEND_BIN = 0.005  # width of a bin of mean spend, as a share of it


def total(weights: Array, values: Array) -> float:
    """Σ w·v. Not `@`, whose library starts threads from 10,000 numbers on: for sums of this size they cost five times the work."""
    return float(np.einsum("i,i->", weights, values))


@dataclass(frozen=True)
class Purchases:
    """One row per distinct (x, t_x, T): x order-days after the first, t_x and T in weeks, and n customers. `log_gaps` is the sum of the
    logarithms of all gaps between their order-days, in weeks: only how regularly customers buy hangs on it; 0 where it is not known."""

    x: Array
    t_x: Array
    T: Array
    n: Array
    log_gaps: float = 0.0

    @cached_property
    def customers(self) -> float:
        return float(self.n.sum())

    @cached_property
    def distinct_x(self) -> tuple[Array, Array, Array]:
        """The distinct x, the row of it that each row has, and the customers of each: terms of x alone are worked out once for each."""
        values, row = distinct(self.x)
        return values, row, np.bincount(row, self.n, len(values))

    @cached_property
    def distinct_t_x(self) -> tuple[Array, Array]:
        """The distinct t_x, and the row of it that each row has."""
        return distinct(self.t_x)

    @cached_property
    def distinct_T(self) -> tuple[Array, Array]:
        """The distinct T, and the row of it that each row has."""
        return distinct(self.T)

    @cached_property
    def by_T(self) -> tuple[Array, Array]:
        """For each distinct T: customers, and their purchases after the first."""
        values, row = self.distinct_T
        return np.bincount(row, self.n, len(values)), np.bincount(row, self.n * self.x, len(values))

    @cached_property
    def distinct_x_T(self) -> tuple[Array, Array, Array]:
        """x and T of the distinct pairs of them, and the row of it that each row has."""
        (values, at_x, _), (times, at_T) = self.distinct_x, self.distinct_T
        pairs, row = _distinct_whole(at_x * len(times) + at_T)
        x, T = np.divmod(pairs, max(len(times), 1))
        return values[x], times[T], row

    def one_in(self, step: int) -> "Purchases":
        """Every so-manieth customer, in the order of the rows: so few show nearly the same as all, when like ones stand together."""
        n = np.diff(np.floor(np.cumsum(self.n) / step), prepend=0.0)
        some = n > 0
        return Purchases(self.x[some], self.t_x[some], self.T[some], n[some], self.log_gaps / step)


@dataclass(frozen=True)
class Spends:
    """One row per distinct (x, m): x order-days of known amount, m their mean spend, log_m the mean of its logarithm, n customers."""

    x: Array
    m: Array
    log_m: Array
    n: Array

    @cached_property
    def customers(self) -> float:
        return float(self.n.sum())

    @cached_property
    def distinct_x(self) -> tuple[Array, Array, Array]:
        """As in `Purchases`."""
        values, row = np.unique(self.x, return_inverse=True)
        return values, row, np.bincount(row, self.n, len(values))


def purchase_statistics(customers: nw.LazyFrame, *, as_of: dt.date, by: Sequence[str] = ()) -> pl.DataFrame:
    """One row per combination of `by` and distinct x, t_x, T (in weeks), and n, the customers who share them. Without orders, no row.

    `customers` are rows of `rollups.customers` that hold nothing after `as_of`; else ValueError. Grouped by the engine by day; more than
    EXACT_UP_TO_CUSTOMERS of them are put together by whole weeks.
    """
    grouped = collected(buyers(customers).group_by(*by, "order_days", "first_on", "last_on").agg(n=nw.len()))
    days = with_weeks(grouped, as_of, whole=int(grouped["n"].sum()) > EXACT_UP_TO_CUSTOMERS)
    keys = [*by, "x", "t_x", "T"]
    return days.group_by(keys).agg(pl.col("n").sum().cast(pl.Int64)).sort(keys, nulls_last=True)


def buyers(customers: nw.LazyFrame) -> nw.LazyFrame:
    """Of the rows of `rollups.customers`, those with an order, with the days of the first and the last one."""
    return customers.filter(nw.col("order_days") > 0).with_columns(
        first_on=nw.col("first_order_at").cast(nw.Date), last_on=nw.col("last_order_at").cast(nw.Date)
    )


def spend_statistics(customers: nw.LazyFrame, *, by: Sequence[str] = ()) -> pl.DataFrame:
    """One row per combination of `by`, x and bin of mean spend: x (order-days of known amount after the first), m, log_m, n.

    Only customers who spent anything on them: the model's spend is above 0. Up to EXACT_UP_TO_CUSTOMERS each mean spend is its own bin.
    """
    paid = (
        customers.filter(nw.col("repeat_spend_days") > 0, nw.col("repeat_spend") > 0)
        .with_columns(x=nw.col("repeat_spend_days"), m=plain("repeat_spend") / nw.col("repeat_spend_days"))
        .with_columns(log_m=nw.col("m").log())
    )
    keys = [*by, "x"]
    if collected(paid.select(n=nw.len()))["n"].item() > EXACT_UP_TO_CUSTOMERS:
        fine = paid.with_columns(bin=(nw.col("log_m") / SPEND_BIN).floor()).with_columns(
            nw.col("m", "log_m").cast(FINE)
        )
        sums = collected(fine.group_by(*keys, "bin").agg(nw.col("m").sum(), nw.col("log_m").sum(), n=nw.len()))
        found = sums.with_columns(pl.col("m", "log_m") / pl.col("n"))
    else:
        found = collected(paid.select(*keys, "m", "log_m")).with_columns(n=pl.lit(1))
    shaped = found.select(*by, pl.col("x", "m", "log_m").cast(pl.Float64), pl.col("n").cast(pl.Int64))
    return shaped.sort(*keys, "m", nulls_last=True)


def with_weeks(days: pl.DataFrame, as_of: dt.date, *, whole: bool) -> pl.DataFrame:
    """Rows with order_days, first_on and last_on, with x, t_x and T (in weeks; `whole`: to the nearest) beside them."""
    late = days["last_on"].filter(days["last_on"] > as_of).sort()
    if len(late):
        raise ValueError(
            f"The customers hold an order of {late[-1]}, after the as-of date {as_of}; leave out what follows it."
        )

    def weeks(time: pl.Expr) -> pl.Expr:
        exact = time.dt.total_days() / DAYS_PER_WEEK
        return exact.round() if whole else exact

    return days.with_columns(
        x=(pl.col("order_days") - 1).cast(pl.Float64),
        t_x=weeks(pl.col("last_on") - pl.col("first_on")),
        T=weeks(pl.lit(as_of) - pl.col("first_on")),
    )


def as_purchases(statistics: pl.DataFrame) -> Purchases:
    """The rows of `purchase_statistics`, as the models take them."""
    x, t_x, T, n = (_floats(statistics, name) for name in ("x", "t_x", "T", "n"))
    return Purchases(x, t_x, T, n)


def put_together(rows: pl.DataFrame) -> tuple[Purchases, Array]:
    """Rows with x, t_x, T and n, those that are alike as one; and which of the result each row has become."""
    x, t_x, T, n = (_floats(rows, name) for name in ("x", "t_x", "T", "n"))
    unit = 1 if _are_whole(t_x) and _are_whole(T) else DAYS_PER_WEEK  # so that keys are whole and small
    stride = int(np.rint(unit * T.max(initial=0.0))) + 1
    keys, row = _distinct_whole(np.rint((x * stride + t_x * unit) * stride + T * unit))
    keys, T_key = np.divmod(keys, stride)
    x_key, t_x_key = np.divmod(keys, stride)
    return Purchases(x_key.astype(float), t_x_key / unit, T_key / unit, np.bincount(row, n, len(keys))), row


def distinct(values: Array) -> tuple[Array, Array]:
    """The distinct values, ascending, and the place of each value among them."""
    if not _are_whole(values):
        return np.unique(values, return_inverse=True)
    found, row = _distinct_whole(values)
    return found.astype(float), row


def _distinct_whole(values: Array) -> tuple[Array, Array]:
    """As `distinct`, of whole numbers from 0 on. Without sorting where few are possible."""
    keys = values.astype(np.int64)
    most = int(keys.max(initial=0)) + 1
    if most > 16 * len(keys):
        return np.unique(keys, return_inverse=True)
    there = np.zeros(most, dtype=bool)
    there[keys] = True
    found = np.flatnonzero(there)
    place = np.empty(most, dtype=np.int32)
    place[found] = np.arange(len(found), dtype=np.int32)
    return found, place[keys].astype(np.int64)


def _are_whole(values: Array) -> bool:
    return bool((values == np.rint(values)).all())


def as_spends(statistics: pl.DataFrame) -> Spends:
    """The rows of `spend_statistics`, as the model takes them."""
    return Spends(*(_floats(statistics, name) for name in ("x", "m", "log_m", "n")))


def _floats(frame: pl.DataFrame, name: str) -> Array:
    return frame[name].cast(pl.Float64).to_numpy()
