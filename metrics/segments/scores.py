"""Scores of recency, frequency and monetary value, 1 to 5: how many of all buyers a customer is ahead of."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.exact import plain
from metrics.engine.reduce import kinds

SCORES = 5


@dataclass(frozen=True)
class Cuts:
    """Beyond which values the scores from 2 on begin: a customer has score k when exactly k − 1 of them lie below the customer's value.
    All are empty while nobody has bought."""

    last_day: tuple[dt.date, ...] = ()
    orders: tuple[int, ...] = ()
    revenue: tuple[float, ...] = ()


def cuts(buyers: nw.LazyFrame) -> Cuts:
    """The cuts of all rows, one per buyer, with last_day, orders and revenue.

    A score is 1 + ⌊5 · share strictly below⌋, so that equal values share it. The share below a value reaches (k − 1)/5 of n as soon as
    the value lies above the ⌈(k − 1)n/5⌉-th of all in order; these are the cuts.
    """
    days = kinds(buyers, ["last_day"])
    n = int(days["n"].sum())
    if not n:
        return Cuts()
    places = [math.ceil(score * n / SCORES) for score in range(1, SCORES)]
    revenue = buyers.select(revenue=plain("revenue")).with_columns(whole=nw.col("revenue").floor())
    return Cuts(
        tuple(_at(days, "last_day", places)),
        tuple(_at(kinds(buyers, ["orders"]), "orders", places)),
        tuple(_money_at(revenue, places)),
    )


def score(column: nw.Expr, cut: Sequence[dt.date | float]) -> nw.Expr:
    """The score of a value, by the cuts of its column."""
    found = nw.lit(1)
    for place, value in enumerate(cut, start=2):
        found = nw.when(column > nw.lit(value)).then(nw.lit(place)).otherwise(found)
    return found.cast(nw.Int64)


def scored(buyers: nw.LazyFrame, by: Cuts) -> nw.LazyFrame:
    """The rows with recency, frequency and monetary, 1 to 5; 5 is the latest, the most often, the most. Stays lazy."""
    return buyers.with_columns(
        recency=score(nw.col("last_day"), by.last_day),
        frequency=score(nw.col("orders"), by.orders),
        monetary=score(plain("revenue"), by.revenue),
    )


def _at(counted: pl.DataFrame, column: str, places: Sequence[int]) -> list:
    """The values at these places, from 1 on, of all in order, of which `counted` says how many (n) there are of each."""
    reached = counted.sort(column).with_columns(pl.col("n").cum_sum())
    return [reached.filter(pl.col("n") >= place)[column][0] for place in places]


def _money_at(revenue: nw.LazyFrame, places: Sequence[int]) -> list[float]:
    """As `_at`, in two passes, since money has nearly as many values as there are customers: in which whole unit each place lies, then
    where in it."""
    units = kinds(revenue, ["whole"]).with_columns(below=pl.col("n").cum_sum() - pl.col("n"))
    wanted = units.filter(
        pl.any_horizontal(pl.col("below").lt(place) & (pl.col("below") + pl.col("n")).ge(place) for place in places)
    )
    inside = kinds(revenue.filter(nw.col("whole").is_in(wanted["whole"].to_list())), ["whole", "revenue"])
    both = inside.join(wanted.select("whole", "below"), on="whole").sort("revenue")
    reached = both.with_columns(reached=pl.col("below") + pl.col("n").cum_sum().over("whole"))
    return [reached.filter(pl.col("reached") >= place)["revenue"][0] for place in places]
