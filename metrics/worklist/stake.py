"""What is at stake: how much likelier an order within the year becomes if a customer orders today, times what is then expected."""

import datetime as dt

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.clv.lifetime import value_customers
from metrics.clv.models import gamma_gamma
from metrics.clv.models.statistics import Purchases

WEEKS = 52
TYPES: dict[str, pl.DataType] = {"customer_key": pl.Int64(), "stake": pl.Float64()}


def value_at_stake(customers: nw.LazyFrame, *, as_of: dt.date) -> pl.DataFrame:
    """One row per customer with an order: customer_key, stake (net revenue, undiscounted, not below 0).

    (P(active if an order comes today) − P(active as it is)) × expected net revenue of the next 52 weeks of a customer who is active after
    such an order. Of the models of `clv`, whose conditions hold here too: where they cannot be believed stake is null.

    `customers` are rows of `rollups.customers`, with customer_id, that hold nothing after `as_of`.
    """
    valued = value_customers(customers, as_of=as_of, horizon_weeks=WEEKS, discount_rate=0.0)
    forecast = valued.forecast
    fitted, cells = forecast.fitted, forecast.cells
    keys = valued.rows.select("customer_key")
    if not fitted.predicts:
        return keys.with_columns(stake=pl.lit(None, pl.Float64)).cast(TYPES)  # type: ignore[arg-type]
    assert fitted.purchases is not None and fitted.spend is not None
    model, parameters, now = fitted.model, fitted.purchases.parameters, cells.purchases
    today = Purchases(now.x + 1, now.T, now.T, now.n)
    active_now = forecast.known.p_active
    active_then = model.are_active(parameters, WEEKS, today)
    bought = model.expected_purchases(parameters, WEEKS, today.x, today.t_x, today.T)
    each = np.maximum(active_then - active_now, 0) * bought / np.maximum(active_then, np.finfo(float).tiny)
    spent = cells.spent / np.maximum(cells.spend_days, 1)
    spend = gamma_gamma.expected_spend(fitted.spend.parameters, cells.spend_days, spent)
    return keys.with_columns(stake=pl.Series(each[cells.alike] * spend)).cast(TYPES)  # type: ignore[arg-type]
