"""Customers worth keeping: those who brought much, and whose next order has become unlikely since the last one."""

import datetime as dt
import math
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.clv.fitted import DEFAULT_MODEL
from metrics.clv.lifetime import Valued, value_customers
from metrics.clv.values import of_customers
from metrics.engine.reduce import in_order

TYPES: dict[str, pl.DataType] = {
    "customer_id": pl.String(),
    "last_order_on": pl.Date(),
    "orders": pl.Int64(),
    **dict.fromkeys(("historical_value", "clv", "low", "high", "p_active", "p_active_then"), pl.Float64()),
}


def worth_keeping(
    customers: nw.LazyFrame,
    *,
    as_of: dt.date,
    by: Sequence[str] = (),
    model: str = DEFAULT_MODEL,
    horizon_weeks: int = 52,
    discount_rate: float = 0.1,
    margin: float = 1.0,
    top_share: float = 0.2,
    below: float = 0.5,
) -> pl.DataFrame:
    """One row per customer worth keeping, highest predicted value first; the columns of `by`, of which each is an attribute of the
    customer, stand before the others.

    customer_id, last_order_on, orders, historical_value (net revenue to date × `margin`), clv, low, high (within the horizon, as `clv`
    gives them), p_active (chance of an order within the horizon), p_active_then (what it was on the day of the last order).

    The rule: historical value among the highest `top_share` of all customers given, p_active below `below`, p_active_then not. Where the
    models cannot be believed there is no such chance, and no row.

    `customers` are rows of `rollups.customers`, with customer_id, that hold nothing after `as_of`.
    """
    valued = value_customers(
        customers,
        as_of=as_of,
        model=model,
        horizon_weeks=horizon_weeks,
        discount_rate=discount_rate,
        margin=margin,
        keep=("orders", "revenue", *by),
    )
    rows = keepers(valued, of_customers(valued.forecast), top_share=top_share, below=below)
    return in_order(rows, (), {name: rows.schema[name] for name in by} | TYPES)


def keepers(valued: Valued, values: pl.DataFrame, *, top_share: float, below: float) -> pl.DataFrame:
    """The rows of `worth_keeping`, with whatever else the rows that were valued hold (orders and revenue among it). `values` are those of
    `values.of_customers`."""
    for name, share in (("top_share", top_share), ("below", below)):
        if not 0 < share <= 1:
            raise ValueError(f"{name} is {share}; it must be above 0 and at most 1, for example 0.2.")
    worth = valued.rows["revenue"] * valued.forecast.terms.margin
    place = min(math.ceil(top_share * len(worth)), len(worth)) - 1
    least = worth.sort(descending=True)[place] if len(worth) else 0.0
    found = valued.rows.with_columns(historical_value=worth, last_order_on=pl.col("last_on")).hstack(
        values.select("clv", "low", "high", "p_active")
    )
    found = found.with_columns(p_active_then=_chance_then(valued))
    rule = (
        (pl.col("historical_value") >= least)
        & (pl.col("historical_value") > 0)
        & (pl.col("p_active") < below)
        & (pl.col("p_active_then") >= below)
    )
    return found.filter(rule).sort(["clv", "customer_id"], descending=[True, False])


def _chance_then(valued: Valued) -> pl.Series:
    """P(active) within the same horizon, on the day of each customer's last order: the same history, up to that day."""
    forecast = valued.forecast
    fitted, rows = forecast.fitted, forecast.cells.purchases
    if not fitted.predicts or fitted.purchases is None:
        return pl.Series([None] * valued.rows.height, dtype=pl.Float64)
    then = fitted.model.p_active(fitted.purchases.parameters, forecast.terms.horizon.weeks, rows.x, rows.t_x, rows.t_x)
    return pl.Series(then[forecast.cells.alike])
