"""How the metrics of sales are called in tests: with the other frames that they look at."""

from collections.abc import Callable

import narwhals.stable.v2 as nw
import polars as pl

from metrics.catalogue import CATALOGUE
from metrics.metric import Metric
from tests.metrics.frames import day, lazy, tier_change_rows

AS_OF = day("2026-03-20")
FAMILY = [metric for metric in CATALOGUE.values() if metric.family == "sales" and metric.trend]
# Customer 1 has ordered before, and joined before that; customer 2 came to a tier between two orders
BESIDE = {
    "customers": pl.DataFrame(
        {
            "customer_key": [1, 2, 3, 4],
            "joined_on": [day("2026-01-01"), None, None, None],
            "first_order_at": [day("2026-01-05"), day("2026-02-10"), day("2026-02-28"), day("2026-02-12")],
        }
    ),
    "tier_changes": tier_change_rows([(2, "2026-02-15", "silver"), (2, "2026-03-15", "gold")]),
}  # fmt: skip


def asked(
    metric: Metric, rows: pl.DataFrame, engine: Callable[[pl.DataFrame], nw.LazyFrame] = lazy, **arguments: object
) -> pl.DataFrame:
    """What the metric says of these rows; its number is withheld nowhere, unless a minimum is given."""
    least = {"minimum": 1} if "minimum" in metric.arguments else {}
    if metric.frame == "order_days":
        known = rows.filter(pl.col("orders") > 0).drop_nulls("customer_key")
        rows = known.drop("orders", "revenue").unique()
        arguments = {"as_of": AS_OF} | arguments if metric.dates == "day" else arguments
    beside = {name: engine(BESIDE[name]) for name in metric.beside}
    return metric.function(engine(rows), **beside, **(least | arguments))
