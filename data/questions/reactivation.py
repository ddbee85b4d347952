"""Customers worth winning back: those who have been silent for longer than the hiatus, the most valuable first."""

import datetime as dt

import narwhals.stable.v2 as nw
import polars as pl

from data.questions.ask import Question
from data.store.snapshot import Snapshot
from metrics.engine.periods import at_least


def reactivation(
    snap: Snapshot, question: Question, *, hiatus_days: int, since: dt.date | None = None, limit: int | None = None
) -> pl.DataFrame:
    """One row per customer of the segment whose last order is more than `hiatus_days` before the as-of date.

    customer_id, region, tier and store (as of the date, null where not known), first_order, last_order (days), days_since (from the
    last order to the as-of date), orders, revenue (net, to date), usual_gap_days (mean days between two days with an order; null for a
    customer with one such day). Sorted by revenue from high to low, then by customer_id; with `limit`, the first ones only. With `since`,
    only those who lapsed on that day or later, which is `hiatus_days` + 1 days after their last order. Days after the last order of the
    data are not observed, and nobody is silent on them.
    """
    as_of = _observed(snap, question)
    if as_of is None:
        return _rows(pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.Null)), question.as_of)
    rows = _silent(snap, question, as_of, hiatus_days, since, ("tier", "store")).select(*COLUMNS)
    ranked = rows.sort("revenue", "customer_id", descending=[True, False])
    kept = ranked if limit is None else ranked.head(limit)
    return _rows(kept.collect("polars").to_native(), as_of)


def reactivation_size(
    snap: Snapshot, question: Question, *, hiatus_days: int, since: dt.date | None = None
) -> pl.DataFrame:
    """One row: customers (how many `reactivation` would list without a limit) and revenue (theirs, net, to date)."""
    types = {"customers": pl.Int64, "revenue": pl.Float64}
    as_of = _observed(snap, question)
    if as_of is None:
        return pl.DataFrame({"customers": [0], "revenue": [0.0]}, schema=types)
    rows = _silent(snap, question, as_of, hiatus_days, since)
    counted = rows.select(customers=nw.len(), revenue=nw.col("revenue").sum()).collect("polars").to_native()
    return counted.select(pl.col(name).cast(kind).fill_null(0) for name, kind in types.items())


WHO = ("region", "tier", "store")
COLUMNS = ("customer_id", *WHO, "first_order_at", "last_order_at", "orders", "order_days", "revenue")
TYPES = {
    **dict.fromkeys(("customer_id", *WHO), pl.String),
    "first_order": pl.Date,
    "last_order": pl.Date,
    "days_since": pl.Int64,
    "orders": pl.Int64,
    "revenue": pl.Float64,
    "usual_gap_days": pl.Float64,
}


def _observed(snap: Snapshot, question: Question) -> dt.date | None:
    """The as-of date, or the last day with an order when that is earlier."""
    last = snap.extent().orders_last
    return min(question.as_of, last) if last else None


def _silent(
    snap: Snapshot,
    question: Question,
    as_of: dt.date,
    hiatus_days: int,
    since: dt.date | None,
    attributes: tuple[str, ...] = (),
) -> nw.LazyFrame:
    """The customers whose last order lies more than `hiatus_days` back."""
    at_least("hiatus_days", hiatus_days, 1)
    rows = snap.customers(question.segment, as_of=as_of, attributes=attributes).filter(
        nw.col("orders") > 0, nw.col("last_order_at") < nw.lit(_midnight(as_of - dt.timedelta(days=hiatus_days)))
    )
    if since:
        first = since - dt.timedelta(days=hiatus_days + 1)
        rows = rows.filter(nw.col("last_order_at") >= nw.lit(_midnight(first)))
    return rows


def _rows(found: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    first, last = pl.col("first_order_at").cast(pl.Date), pl.col("last_order_at").cast(pl.Date)
    days, between = pl.col("order_days"), (last - first).dt.total_days()
    shaped = found.with_columns(
        first_order=first,
        last_order=last,
        days_since=(pl.lit(as_of) - last).dt.total_days(),
        usual_gap_days=pl.when(days > 1).then(between / (days - 1)),
    )
    return shaped.select(pl.col(name).cast(kind) for name, kind in TYPES.items())


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())
