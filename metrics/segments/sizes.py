"""How many customers are in each class on a date, and what they have spent."""

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.exact import money
from metrics.engine.reduce import in_order, one_if, totals
from metrics.segments.schemes import table_of
from metrics.statistics.clustered import once
from metrics.statistics.shares import with_share

SIZE_TYPES: dict[str, pl.DataType] = {
    "segment": pl.String(),
    **dict.fromkeys(("customers", "sorted_customers"), pl.Int64()),
    **dict.fromkeys(("share", "low", "high"), pl.Float64()),
    "orders": pl.Int64(),
    **dict.fromkeys(("revenue", "revenue_share"), pl.Float64()),
}


def segment_sizes(
    classes: nw.LazyFrame,
    *,
    scheme: str = "rfm",
    table: str = "",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Customers of each class: one row per combination of `by` and class, in the order of the table, classes without a customer included.

    segment, customers, sorted_customers (in any class), share (0–1), low, high (Wilson), orders and revenue (net, to date), revenue_share
    (of that of all in a class, 0–1; null where it is not above 0). Below `minimum` sorted customers the counts stand and the shares are
    null. `classes` has a row per customer with segment, orders and revenue (see `data.questions.classed`). With `by`, and no customer,
    there is no row.
    """
    rows = classes.filter(~nw.col("segment").is_null()).with_columns(revenue=money("revenue"), customers=nw.lit(1))
    counted = totals(rows, [*by, "segment"], ("customers", "orders", "revenue"))
    filled = with_every_class(counted, table_of(scheme, table).codes, by)
    sums = {"sorted_customers": pl.col("customers"), "all_revenue": pl.col("revenue")}
    whole = filled.with_columns(
        (column.sum().over(by) if by else column.sum()).alias(name) for name, column in sums.items()
    )
    rated = with_share(
        whole, successes="customers", n="sorted_customers", name="share", confidence=confidence, minimum=minimum
    )
    spent = (pl.col("all_revenue") > 0) & pl.col("share").is_not_null()
    shown = rated.with_columns(revenue_share=pl.when(spent).then(pl.col("revenue") / pl.col("all_revenue")))
    return in_order(shown.sort(*by, "place", nulls_last=True), (), {**_kinds(shown, by), **SIZE_TYPES})


def segment_sums(
    classes: nw.LazyFrame, *, segment: str = "champions", scheme: str = "rfm", table: str = "", by: Sequence[str] = ()
) -> nw.LazyFrame:
    """What each customer adds to the share of one class, by which two dates are compared (`paired.paired_change`). Stays lazy."""
    if segment not in (codes := table_of(scheme, table).codes):
        raise ValueError(f"segment is “{segment}”; it must be one of {', '.join(codes)}.")
    known = classes.filter(~nw.col("segment").is_null())
    return once(known, by, value=one_if(nw.col("segment") == segment))


def with_every_class(
    counted: pl.DataFrame, codes: Sequence[str], by: Sequence[str], column: str = "segment"
) -> pl.DataFrame:
    """The rows of each group and class, 0 where there is none, with the place of the class in the table."""
    known = pl.DataFrame({column: codes, "place": range(len(codes))}, schema={column: pl.String, "place": pl.Int64})
    grid = counted.select(by).unique().join(known, how="cross") if by else known
    joined = grid.join(counted, on=[*by, column], how="left", nulls_equal=True)
    return joined.with_columns(pl.col(name).fill_null(0) for name in counted.columns if name not in (*by, column))


def _kinds(frame: pl.DataFrame, by: Sequence[str]) -> dict[str, pl.DataType]:
    return {name: frame.schema[name] for name in by}
