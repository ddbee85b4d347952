"""What members of a tier spend, month by month."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.exact import money, part_names, parts, plain, whole
from metrics.engine.reduce import collected
from metrics.tiers.tiers import tier_states

NOBODY = -1  # the code of a customer who has no tier yet
SPEND_TYPES: dict[str, pl.DataType] = {
    "month": pl.Date(),
    "tier": pl.String(),
    "buyers": pl.Int64(),
    "revenue": pl.Float64(),
    "squares": pl.Float64(),
}


def tier_spend(
    tier_changes: nw.LazyFrame,
    customer_periods: nw.LazyFrame,
    *,
    months: Sequence[dt.date],
    dates: Sequence[dt.date],
    order_days: nw.LazyFrame | None = None,
    lapse_days: int = 0,
    by: Sequence[str] = (),
) -> pl.DataFrame:
    """Net revenue of each month by the tier that customers had on the date beside it (one date per month, in the same order).

    One row per combination of `by`, month and tier with a purchase or refund: month (its first day), tier (“lapsed”; null: none yet),
    buyers (customers with an order or refund), revenue, squares (of each customer's revenue, added up: what a standard error takes).
    The frame customer_periods is by customer and month, and has the columns of `by`; those of `tier_changes` are not looked at. Rows
    stand in the order of these, so that what is added up of them later is the same to the bit.
    """
    states, tiers = tier_states(tier_changes, dates=dates, order_days=order_days, lapse_days=lapse_days)
    columns = [str(place) for place in range(len(dates))]
    rows = customer_periods.filter(nw.col("month").is_in(list(months)))
    tier = nw.lit(None, nw.Int64)
    for column, month in zip(columns, months, strict=True):
        tier = nw.when(nw.col("month") == nw.lit(month)).then(nw.col(column)).otherwise(tier)
    spent = (
        rows.select("customer_key", *by, "month", money("revenue"))
        .join(states.select("customer_key", *columns), on="customer_key", how="left")
        .with_columns(
            code=tier.fill_null(NOBODY).cast(nw.Int64), **parts("squares", plain("revenue") * plain("revenue"))
        )
        .group_by(*by, "month", "code")
        .agg(buyers=nw.len(), **{name: nw.col(name).sum() for name in ("revenue", *part_names("squares"))})
    )
    found = collected(spent).with_columns(whole("squares")).sort(*by, "month", "code", nulls_last=True)
    named = pl.col("code").cast(pl.Int64).replace_strict(tiers, default=None, return_dtype=pl.String)
    shaped = found.with_columns(tier=named)
    return shaped.select(*by, *(pl.col(name).cast(kind) for name, kind in SPEND_TYPES.items()))
