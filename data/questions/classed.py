"""Customers with the class that they are in at the end of a question's period, and the one that they were in the day before it began."""

import datetime as dt
from collections.abc import Mapping

import narwhals.stable.v2 as nw

from data.segment import Segment
from data.store.snapshot import Snapshot
from metrics.churn.hiatus import hiatus_threshold
from metrics.engine.exact import money
from metrics.engine.rollups import is_last
from metrics.segments.schemes import STAGES

DAY = dt.timedelta(days=1)


def classed(
    snap: Snapshot,
    segment: Segment,
    *,
    as_of: dt.date,
    start: dt.date | None,
    making: Mapping[str, object],
    attributes: tuple[str, ...] = (),
) -> nw.LazyFrame:
    """One row per customer in a class on `as_of`, or on the day before `start`: customer_key, customer_id, segment, before (null without
    a `start`), orders and revenue (to `as_of`), last_day (of an order by then), and the attributes. Stays lazy.

    `making`: scheme, table and hiatus_days, as `Snapshot.classes` has them; a hiatus that is to be found is that of `as_of` on both dates.
    """
    scheme, table = str(making["scheme"]), str(making["table"])
    days = int(str(making["hiatus_days"])) or (_hiatus(snap, as_of) if scheme == STAGES.name else 0)
    now = snap.classes(scheme, as_of=as_of, table=table, hiatus_days=days)
    people = snap.members(segment, as_of=as_of, attributes=attributes).select(
        "customer_key", "customer_id", *attributes
    )
    spent = snap.customer_periods(as_of=as_of).group_by("customer_key").agg(
        orders=nw.col("orders").sum(), revenue=money("revenue").sum()
    )  # fmt: skip
    last = snap.order_days(as_of=as_of).filter(is_last(as_of)).select("customer_key", last_day=nw.col("day"))
    rows = people.join(now, on="customer_key", how="left")
    if start is None:
        rows = rows.with_columns(before=nw.lit(None, nw.String))
    else:
        then = snap.classes(scheme, as_of=start - DAY, table=table, hiatus_days=days)
        rows = rows.join(then.rename({"segment": "before"}), on="customer_key", how="left")
    rows = rows.filter(~nw.col("segment").is_null() | ~nw.col("before").is_null())
    rows = rows.join(spent, on="customer_key", how="left").join(last, on="customer_key", how="left")
    return rows.with_columns(orders=nw.col("orders").cast(nw.Int64).fill_null(0), revenue=money("revenue").fill_null(0))


def _hiatus(snap: Snapshot, as_of: dt.date) -> int:
    """The days without an order after which anybody is silent, as of a date; 0 while the data tell of none."""
    everybody = Snapshot(snap.cursor, snap.version)
    return hiatus_threshold(everybody.order_days(as_of=as_of), as_of=as_of) or 0
