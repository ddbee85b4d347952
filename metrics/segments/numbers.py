"""The numbers of a customer by which classes are told apart, as of a date."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import reduce

import narwhals.stable.v2 as nw

from metrics.churn.hiatus import hiatus_threshold
from metrics.engine.exact import money
from metrics.engine.reduce import day_number, distinct, one_if
from metrics.engine.rollups import is_last, seen_by
from metrics.segments.rules import class_of
from metrics.segments.schemes import SCHEMES, table_of
from metrics.segments.scores import cuts, scored

QUARTER_DAYS = 91
RECOMMENDS_FROM = 9  # the least score of a promoter


@dataclass(frozen=True)
class Frames:
    """What the numbers are made from, of all customers: days with an order, customer_periods up to the date, members (joined_on) and
    answers to score questions."""

    order_days: nw.LazyFrame
    customer_periods: nw.LazyFrame
    members: nw.LazyFrame
    feedback: nw.LazyFrame


def classified(frames: Frames, *, scheme: str, as_of: dt.date, table: str = "", hiatus_days: int = 0) -> nw.LazyFrame:
    """Which class each customer is in on a date: customer_key, segment. Stays lazy but for what scores and the threshold rest on.

    By `scheme` (a key of SCHEMES) and its table, or the one that the text `table` says. RFM segments hold who has ordered by then; other
    schemes also who had joined. `hiatus_days`: the days without an order after which a customer is silent; 0: as `hiatus` finds them.
    Who is in no class has no row. Without customers the result has none.
    """
    rules = table_of(scheme, table)
    rows = numbers(frames, rules.numbers, as_of=as_of, hiatus_days=hiatus_days)
    found = rows.select("customer_key", segment=class_of(rules))
    return found.filter(~nw.col("segment").is_null())


def numbers(frames: Frames, wanted: Collection[str], *, as_of: dt.date, hiatus_days: int = 0) -> nw.LazyFrame:
    """One row per customer with the wanted numbers, of those that any scheme has.

    recency, frequency, monetary: scores from 1 to 5, of those who have ordered. orders: how many, 0 for who had joined by the date and
    has none. quarters: in how many of the last four times 91 days there was an order. recommends: 1 where the last answer to the
    recommendation question is 9 or 10, else 0, also without an answer. silent: 1 where the last order is older than the hiatus; where
    the data know of none, 0. days_known: days since the first order.
    """
    unknown = set(wanted) - {name for scheme in SCHEMES.values() for name in scheme.numbers}
    if unknown:
        raise ValueError(f"There is no number {', '.join(sorted(unknown))} of a customer.")
    if {"recency", "frequency", "monetary"} & set(wanted):
        rows = buyers(frames, as_of)
        return scored(rows, cuts(rows)).select("customer_key", *wanted)
    days = seen_by(frames.order_days, as_of)
    rows = _everybody(frames, days, as_of)
    makers: dict[str, Callable[[nw.LazyFrame], nw.LazyFrame]] = {
        "orders": lambda rows: _with_zero(rows, _orders(frames), "orders"),
        "quarters": lambda rows: _with_zero(rows, _quarters(days, as_of), "quarters"),
        "recommends": lambda rows: _with_zero(rows, _recommends(frames.feedback, as_of), "recommends"),
        "silent": lambda rows: _with_zero(rows, _silent(days, as_of, hiatus_days), "silent"),
        "days_known": lambda rows: _with_zero(rows, _days_known(days, as_of), "days_known"),
    }
    made = reduce(lambda found, name: makers[name](found), wanted, rows)
    return made.select("customer_key", *wanted)


def buyers(frames: Frames, as_of: dt.date) -> nw.LazyFrame:
    """One row per customer who has ordered by the date: customer_key, last_day, orders, revenue (net, exact)."""
    last = seen_by(frames.order_days, as_of).filter(is_last(as_of)).select("customer_key", last_day=nw.col("day"))
    paid = frames.customer_periods.group_by("customer_key").agg(
        orders=nw.col("orders").sum(), revenue=money("revenue").sum()
    )
    joined = last.join(paid, on="customer_key", how="left")
    return joined.with_columns(orders=nw.col("orders").cast(nw.Int64))


def _everybody(frames: Frames, days: nw.LazyFrame, as_of: dt.date) -> nw.LazyFrame:
    """One row per customer who had ordered or joined by the date."""
    joined = frames.members.filter(nw.col("joined_on") <= nw.lit(as_of)).select("customer_key")
    return distinct(nw.concat([joined, days.select("customer_key")]), ["customer_key"])


def _with_zero(rows: nw.LazyFrame, known: nw.LazyFrame, name: str) -> nw.LazyFrame:
    joined = rows.join(known, on="customer_key", how="left")
    return joined.with_columns(nw.col(name).cast(nw.Int64).fill_null(0))


def _orders(frames: Frames) -> nw.LazyFrame:
    return frames.customer_periods.group_by("customer_key").agg(nw.col("orders").sum())


def _quarters(days: nw.LazyFrame, as_of: dt.date) -> nw.LazyFrame:
    """In how many of the last four times 91 days a customer ordered."""
    spans = {}
    for number in range(4):
        end = as_of - dt.timedelta(days=number * QUARTER_DAYS)
        begin = end - dt.timedelta(days=QUARTER_DAYS)
        spans[f"in_{number}"] = one_if((nw.col("day") > nw.lit(begin)) & (nw.col("day") <= nw.lit(end)))
    seen = days.select("customer_key", **spans).group_by("customer_key").agg(nw.col(name).max() for name in spans)
    return seen.select("customer_key", quarters=nw.sum_horizontal(*spans))


def _recommends(feedback: nw.LazyFrame, as_of: dt.date) -> nw.LazyFrame:
    """1 for who gave 9 or 10 in the last answer to the recommendation question; of several at one time, in all of them."""
    said = feedback.filter(
        nw.col("survey") == "nps", ~nw.col("customer_key").is_null(), nw.col("responded_at").cast(nw.Date) <= nw.lit(as_of)
    ).select("customer_key", "responded_at", "score")  # fmt: skip
    last = said.group_by("customer_key").agg(responded_at=nw.col("responded_at").max())
    newest = said.join(last, on=["customer_key", "responded_at"]).group_by("customer_key").agg(nw.col("score").min())
    return newest.select("customer_key", recommends=one_if(nw.col("score") >= RECOMMENDS_FROM))


def _silent(days: nw.LazyFrame, as_of: dt.date, hiatus_days: int) -> nw.LazyFrame:
    last = days.filter(is_last(as_of))
    threshold = hiatus_threshold(days, as_of=as_of, hiatus_days=hiatus_days)
    if threshold is None:
        return last.select("customer_key", silent=nw.lit(0))
    return last.select("customer_key", silent=one_if(nw.col("day") < nw.lit(as_of - dt.timedelta(days=threshold))))


def _days_known(days: nw.LazyFrame, as_of: dt.date) -> nw.LazyFrame:
    """Days from the first order of a customer to the date."""
    first = days.group_by("customer_key").agg(first=nw.col("day").min())
    since = (as_of - dt.date.min).days - day_number(nw.col("first"))
    return first.select("customer_key", days_known=since)
