"""The metrics of discounts: DuckDB, Polars and Spark give the same numbers, whole and split."""

import polars as pl
import pytest

from metrics.catalogue import CATALOGUE
from metrics.programme.record_discounts import METRICS
from tests.engines.conftest import Engine
from tests.engines.generated import order_rows, regions
from tests.engines.test_same_numbers import same
from tests.metrics.frames import day, lazy

BOUGHT = order_rows(seed=3, orders=900).drop_nulls("customer_key")
ROWS = BOUGHT.with_columns(
    regions(BOUGHT["customer_key"]),
    gross=pl.lit(None, pl.Float64),
    refund=pl.lit(None, pl.Float64),
    coupon=pl.when(pl.int_range(pl.len()) % 3 > 0).then(pl.format("CODE{}", pl.int_range(pl.len()) % 4)),
)
AS_OF = day("2026-03-20")
DATES: dict[str, dict[str, object]] = {
    "rows": {},
    "day": {"as_of": AS_OF, "horizon_days": 60},
    "dates": {"as_of": AS_OF, "start": day("2025-06-15"), "end": AS_OF},
    "cohorts": {"as_of": AS_OF, "cohorts_from": day("2025-01-01"), "cohorts_to": AS_OF, "horizon_days": 60},
}


@pytest.mark.parametrize("by", [(), ("region",)])
@pytest.mark.parametrize("name", [metric.name for metric in METRICS])
def test_metric(engine: Engine, name: str, by: tuple[str, ...]) -> None:
    metric = CATALOGUE[name]
    asked = {**DATES[metric.dates], "by": by, "minimum": 3}
    expected = metric.function(lazy(ROWS), **asked)
    assert expected.height > 0
    same(metric.function(engine(ROWS), **asked), expected)
