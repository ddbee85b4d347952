"""From an engine's lazy frame to a small Polars frame: reduce in the engine, finish here."""

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl
import polars.selectors as cs

from metrics.engine.periods import DAYS_PER_WEEK, EVERY, MONTHS


def totals(frame: nw.LazyFrame, by: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    """Sums of columns: one row per combination of `by`, or exactly one row when it is empty (0 for a sum over no row)."""
    sums = [nw.col(name).sum() for name in columns]
    reduced = frame.group_by(*by).agg(*sums) if by else frame.select(*sums)
    counts = cs.by_name(*columns) & ~cs.float()
    return collected(reduced).with_columns(counts.cast(pl.Int64)).with_columns(pl.col(*columns).fill_null(0))


def collected(frame: nw.LazyFrame) -> pl.DataFrame:
    """Run the query in its engine and take its rows into Polars, exact decimals as plain numbers: sums are at their end here."""
    found: pl.DataFrame = frame.collect("polars").to_native()
    plain = {name: pl.Float64 if kind.scale else pl.Int64 for name, kind in found.schema.items() if kind == pl.Decimal}  # type: ignore[attr-defined]
    return found.with_columns(pl.col(name).cast(kind) for name, kind in plain.items())


def kinds(frame: nw.LazyFrame, keys: Sequence[str]) -> pl.DataFrame:
    """How many rows there are of each combination of the keys, as n, in their order.

    Millions of answers are of a few kinds: the engine counts these, and what they add up to does not depend on the order of the rows.
    """
    counted = collected(frame.group_by(*keys).agg(n=nw.len()))
    return counted.with_columns(pl.col("n").cast(pl.Int64)).sort(*keys, nulls_last=True)


def is_any(frame: nw.LazyFrame) -> bool:
    """Whether the frame has a row."""
    return bool(collected(frame.head(1).select(n=nw.len()))["n"].item())


def distinct(frame: nw.LazyFrame, columns: Sequence[str]) -> nw.LazyFrame:
    """One row per combination of the columns. By grouping, since Narwhals’ `unique` is a window on DuckDB, which is slow."""
    return frame.group_by(*columns).agg(_=nw.len()).drop("_")


def one_if(condition: nw.Expr) -> nw.Expr:
    """1 where the condition holds, 0 elsewhere and where it is null: what a sum can count on every engine."""
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def period_start(time: nw.Expr, period: str) -> nw.Expr:
    """The first day of the calendar period that a date or time lies in, as a date on every engine."""
    if period != "week":
        return time.dt.truncate(EVERY[period]).cast(nw.Date)
    # Narwhals cannot truncate to weeks, and numbers Sunday 7 on most engines but 0 on Spark: what is no other day is Sunday
    date, weekday = time.cast(nw.Date), time.dt.weekday()
    start = date.dt.offset_by("-6d")
    for days in range(1, 6):
        start = nw.when(weekday == days + 1).then(date.dt.offset_by(f"-{days}d")).otherwise(start)
    start = nw.when(weekday == 1).then(date).otherwise(start)
    return start.cast(nw.Date)


def period_number(date: nw.Expr, period: str) -> nw.Expr:
    """Which calendar period a date lies in, as an integer that goes up by one: for an engine, less work than the period's first day.
    `first_day` turns it into that."""
    if period == "week":  # the first of January of year 1 is a Monday
        return day_number(date) // DAYS_PER_WEEK
    year = date.dt.year().cast(nw.Int64)
    if period == "year":
        return year
    month = year * 12 + date.dt.month().cast(nw.Int64) - 1
    return month if period == "month" else month // 3


def first_day(number: pl.Expr, period: str) -> pl.Expr:
    """The first day of a period that `period_number` counted."""
    if period == "week":
        return pl.date(1, 1, 1) + pl.duration(days=DAYS_PER_WEEK * number)
    month = number * MONTHS[period]
    return pl.date(month // 12, month % 12 + 1, 1)


def day_number(date: nw.Expr) -> nw.Expr:
    """Days since the first of January of year 1, so that days between dates are a difference of integers on every engine."""
    years = date.dt.year().cast(nw.Int64) - 1
    return years * 365 + years // 4 - years // 100 + years // 400 + date.dt.ordinal_day().cast(nw.Int64) - 1


def in_order(
    frame: pl.DataFrame, by: Sequence[str], types: dict[str, pl.DataType], keys: Sequence[str] = ()
) -> pl.DataFrame:
    """The result as promised: `by` and the named columns with their types, sorted by `by` and the keys (null groups last)."""
    shaped = frame.select(*by, *(pl.col(name).cast(kind) for name, kind in types.items()))
    return shaped.sort(*by, *keys, nulls_last=True) if by or keys else shaped


def beside(now: pl.DataFrame, before: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Each row of `now` with the columns of its row in `before`, those named …_before. Without `by`, each must be one row."""
    if by:
        return now.join(before, on=list(by), how="left", suffix="_before", nulls_equal=True)
    if now.height != 1 or before.height != 1:
        raise ValueError(f"A change needs one row now and one before; there are {now.height} and {before.height}.")
    return now.join(before, how="cross", suffix="_before")


def folded(rows: pl.DataFrame) -> pl.Series:
    """A frame as one value of a column, for a result that is one row and holds others."""
    structs = rows.to_struct()
    return pl.Series([structs], dtype=pl.List(structs.dtype))


def unfolded(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The rows that `folded` made one value of a one-row frame."""
    rows: pl.DataFrame = frame[name][0].struct.unnest()
    return rows


def most(counts: pl.Series) -> int:
    """The largest of whole numbers; 0 where there is none."""
    found = counts.max()
    return found if isinstance(found, int) else 0
