"""Generated orders of customers who buy at their own rate until they leave, and rows of the `customers` rollup."""

import datetime as dt
from random import Random

import polars as pl

from metrics.engine.rollups import customers
from tests.metrics.frames import lazy

FIRST, LAST = dt.date(2025, 1, 1), dt.date(2026, 6, 30)
JOIN_DAYS = 180  # all first orders lie within these
ORDER_TYPES = {"customer_key": pl.Int64, "ordered_at": pl.Datetime("us"), "amount": pl.Float64}


def buying(*, seed: int, customers: int, leaving: bool = True, frequent_spend_more: bool = False) -> pl.DataFrame:
    """One row per order. Rates are Gamma(0.6, 7 weeks), the chance to leave after an order is Beta(0.9, 1.6), or 0."""
    random = Random(seed)
    rows = []
    for key in range(customers):
        rate, leaves = random.gammavariate(0.6, 1 / 7) / 7, random.betavariate(0.9, 1.6) if leaving else 0.0
        scale = (200 * rate if frequent_spend_more else 1.0) / random.gammavariate(4, 1 / 15)
        time, here = random.uniform(0, JOIN_DAYS), True
        while here and time < (LAST - FIRST).days + 1:
            moment = dt.datetime.combine(FIRST, dt.time()) + dt.timedelta(seconds=int(time * 86_400))
            rows.append((key, moment, round(random.gammavariate(6, scale), 2) + 0.01))
            time += random.expovariate(rate) if rate > 0 else 1e9
            here = random.random() >= leaves
    return pl.DataFrame(rows, schema=ORDER_TYPES, orient="row")


def customer_rows(orders: pl.DataFrame, refunds: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row per customer, as the store's rollup, sorted by key; `refunds` are documents that name no order."""
    documents = orders.clear() if refunds is None else refunds
    made = customers(lazy(orders), lazy(documents)).collect("polars").to_native()
    return made.sort("customer_key").with_columns(customer_id="c" + pl.col("customer_key").cast(pl.String))


def no_customers() -> pl.DataFrame:
    return customer_rows(pl.DataFrame(schema=ORDER_TYPES))
