"""Historical customer lifetime value: what customers have brought so far."""

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.clv.models.statistics import buyers
from metrics.engine.exact import money, part_names, parts, plain, whole
from metrics.engine.reduce import in_order, one_if, totals
from metrics.statistics.intervals import skewed_mean

TYPES: dict[str, pl.DataType] = {
    "customers": pl.Int64(),
    **dict.fromkeys(("revenue", "historical_clv", "low", "high"), pl.Float64()),
}


def historical_clv(
    customers: nw.LazyFrame,
    *,
    by: Sequence[str] = (),
    margin: float = 1.0,
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Exactly one row, or one per combination of `by` that has an order: what a customer has brought on average. The higher the better.

    customers (with an order), revenue (their net revenue to date), historical_clv (revenue × `margin` / customers), low, high (for the
    mean, see `intervals.skewed_mean`). The last three are null below the minimum.

    `customers` are rows of `rollups.customers`.
    """
    if not margin >= 0:
        raise ValueError(f"margin is {margin}; it must be 0 or more, for example 0.4.")
    worth = plain("revenue")
    powers = parts("square", worth * worth) | parts("cube", worth * worth * worth)
    bought = buyers(customers).with_columns(money("revenue"), customers=one_if(nw.col("order_days") > 0), **powers)
    sums = totals(bought, by, ("customers", "revenue", *part_names("square", "cube")))
    sums = sums.with_columns(whole("square"), whole("cube"))
    n = pl.col("customers")
    low, high = skewed_mean(n, *(pl.col(name) for name in ("revenue", "square", "cube")), confidence=confidence)
    found = sums.with_columns(
        pl.when(n >= max(minimum, 1)).then(value).alias(name)
        for name, value in (
            ("historical_clv", pl.col("revenue") / n * margin),
            ("low", low * margin),
            ("high", high * margin),
        )
    )
    return in_order(found, by, TYPES)
