"""Who moved from which class to which between two dates, and who of each class came back."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.reduce import in_order, one_if, totals
from metrics.segments.schemes import table_of
from metrics.segments.sizes import with_every_class
from metrics.statistics.clustered import once
from metrics.statistics.shares import with_share

NEW = "new_here"  # in no class on the first date
MOVE_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("from_segment", "to_segment"), pl.String()),
    **dict.fromkeys(("members", "before"), pl.Int64()),
    **dict.fromkeys(("share", "low", "high"), pl.Float64()),
}
RETURN_TYPES: dict[str, pl.DataType] = {
    "segment": pl.String(),
    **dict.fromkeys(("customers", "returned"), pl.Int64()),
    **dict.fromkeys(("return_rate", "low", "high"), pl.Float64()),
}


def segment_moves(
    classes: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    scheme: str = "rfm",
    table: str = "",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Customers by their class on the day before `start` and on `end` (or `as_of`, when that is earlier).

    One row per combination of `by`, from_segment (a class, or “new_here”: in none before) and to_segment, pairs without a customer
    included: members, before (all of from_segment), share (members / before, 0–1), low, high (Wilson). Below `minimum` before, the counts
    stand and the rest is null. Rows of a from_segment add up to its members before, those of a to_segment to its members after. When
    `start` lies after `end` or `as_of`, and without customers, there is no row.
    """
    codes = table_of(scheme, table).codes
    seen = _seen(classes, as_of, start, end).filter(~nw.col("segment").is_null())
    pairs = seen.with_columns(from_segment=nw.col("before").fill_null(NEW), to_segment=nw.col("segment"))
    counted = totals(
        pairs.with_columns(members=nw.lit(1)), [*by, "from_segment", "to_segment"], ("members",)
    ).with_columns(pl.col("members").cast(pl.Int64))
    if counted.is_empty():
        types = {**{name: counted.schema[name] for name in by}, **MOVE_TYPES}
        return pl.DataFrame(schema=types)
    targets = with_every_class(counted, codes, [*by, "from_segment"], "to_segment").rename({"place": "to_place"})
    sources = with_every_class(targets, (*codes, NEW), [*by, "to_segment"], "from_segment")
    places = {code: place for place, code in enumerate(codes)}
    filled = sources.with_columns(to_place=pl.col("to_segment").replace_strict(places, return_dtype=pl.Int64))
    n = filled.with_columns(before=pl.col("members").sum().over([*by, "from_segment"]))
    rated = with_share(n, successes="members", n="before", name="share", confidence=confidence, minimum=minimum)
    ordered = rated.sort(*by, "place", "to_place", nulls_last=True)
    return in_order(ordered, (), {**{name: ordered.schema[name] for name in by}, **MOVE_TYPES})


def segment_returns(
    classes: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    scheme: str = "rfm",
    table: str = "",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Of the customers of each class on the day before `start`, the share who ordered from then to `end` (or `as_of`).

    One row per combination of `by` and class, in the order of the table: segment, customers (before), returned, return_rate (0–1), low,
    high (Wilson). Below `minimum` customers the counts stand and the rest is null. When `start` lies after `end` or `as_of`: 0 of 0, or no
    row when `by` is given; groups in which nobody was in a class yet are 0 of 0.
    """
    known = ~nw.col("before").is_null()
    rows = _seen(classes, as_of, start, end).with_columns(
        customers=one_if(known), returned=one_if(known & _ordered(start))
    )
    counted = totals(rows.with_columns(segment=nw.col("before")), [*by, "segment"], ("customers", "returned"))
    filled = with_every_class(counted, table_of(scheme, table).codes, by)
    rated = with_share(
        filled, successes="returned", n="customers", name="return_rate", confidence=confidence, minimum=minimum
    )
    ordered = rated.sort(*by, "place", nulls_last=True)
    return in_order(ordered, (), {**{name: ordered.schema[name] for name in by}, **RETURN_TYPES})


def return_sums(
    classes: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    segment: str = "champions",
    scheme: str = "rfm",
    table: str = "",
    by: Sequence[str] = (),
) -> nw.LazyFrame:
    """What each customer adds to `segment_returns` of one class, by which two periods are compared. Stays lazy."""
    if segment not in (codes := table_of(scheme, table).codes):
        raise ValueError(f"segment is “{segment}”; it must be one of {', '.join(codes)}.")
    rows = _before(classes, as_of, start, end).filter(nw.col("before") == segment)
    return once(rows, by, value=one_if(_ordered(start)))


def _seen(classes: nw.LazyFrame, as_of: dt.date, start: dt.date, end: dt.date) -> nw.LazyFrame:
    """All rows; none where the period begins after what is seen."""
    return classes if start <= min(end, as_of) else classes.head(0)


def _before(classes: nw.LazyFrame, as_of: dt.date, start: dt.date, end: dt.date) -> nw.LazyFrame:
    return _seen(classes, as_of, start, end).filter(~nw.col("before").is_null())


def _ordered(start: dt.date) -> nw.Expr:
    """Whether the last order lies in the period: the frame sees none after it."""
    return nw.col("last_day") >= nw.lit(start)
