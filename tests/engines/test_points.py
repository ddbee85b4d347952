"""The metrics of points: DuckDB, Polars and Spark give the same numbers, whole and split."""

import polars as pl
import pytest

from metrics.catalogue import CATALOGUE
from metrics.programme.record_points import METRICS
from tests.engines.conftest import Engine
from tests.engines.test_same_numbers import same
from tests.metrics.frames import day, lazy, stored
from tests.metrics.programme.by_hand import movements

ROWS = stored("points", movements(1, 1500, 80)).with_columns(
    region=pl.when(pl.col("customer_key") % 3 > 0)
    .then(pl.lit("East"))
    .when(pl.col("customer_key") % 2 > 0)
    .then(pl.lit("West"))
)
AS_OF = day("2026-02-20")
DATES = {"dates": {"as_of": AS_OF, "start": day("2026-01-10"), "end": AS_OF}, "day": {"as_of": AS_OF}}
NAMES = [metric.name for metric in METRICS]


@pytest.mark.parametrize("by", [(), ("region",)])
@pytest.mark.parametrize("name", NAMES)
def test_metric(engine: Engine, name: str, by: tuple[str, ...]) -> None:
    metric = CATALOGUE[name]
    asked = {**DATES[metric.dates], "by": by, **({"minimum": 5} if "minimum" in metric.arguments else {})}
    expected = metric.function(lazy(ROWS), **asked)
    assert expected.height > 0
    same(metric.function(engine(ROWS), **asked), expected)
