"""The everyday numbers, their trends and their changes: DuckDB and Spark give what Polars gives, to 1e-9."""

import datetime as dt

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.catalogue import CATALOGUE
from metrics.metric import Metric
from metrics.statistics.paired import Pairing
from tests.engines.conftest import Engine
from tests.engines.generated import order_rows, regions
from tests.metrics.frames import day, lazy
from tests.metrics.sales.asked import BESIDE, FAMILY, asked

BOUGHT, TAKEN_BACK = order_rows(seed=1), order_rows(seed=2, customers=140, orders=60, sign=-1)
ROWS = pl.concat([BOUGHT.with_columns(orders=1), TAKEN_BACK.with_columns(orders=0)]).select(
    pl.when(pl.col("customer_key") != 5).then("customer_key"),
    day=pl.col("ordered_at").cast(pl.Date),
    orders=pl.col("orders").cast(pl.Int64),
    revenue=pl.col("amount").fill_null(0).cast(pl.Decimal(38, 4)),
)
ROWS = ROWS.with_columns(regions(ROWS["customer_key"]))
DATES = {"start": day("2025-01-15"), "end": day("2026-03-20"), "as_of": day("2026-03-20")}

metrics = pytest.mark.parametrize("metric", FAMILY, ids=lambda metric: metric.name)
by_what = pytest.mark.parametrize("by", [(), ("region",)], ids=["whole", "by region"])


def same(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    assert_frame_equal(found, expected, rel_tol=1e-9, abs_tol=1e-9)


@metrics
@by_what
@pytest.mark.parametrize("rows", [ROWS, ROWS.clear()], ids=["orders", "none"])
def test_number_and_trend(engine: Engine, metric: Metric, by: tuple[str, ...], rows: pl.DataFrame) -> None:
    expected = asked(metric, rows, by=by)
    assert expected.height > 0 or (by and not rows.height)
    same(asked(metric, rows, engine, by=by), expected)
    for period in ("week", "quarter"):
        months = {"by": by, "period": period, **DATES}
        same(asked(CATALOGUE[metric.trend], rows, engine, **months), asked(CATALOGUE[metric.trend], rows, **months))


@metrics
@by_what
def test_change(engine: Engine, metric: Metric, by: tuple[str, ...]) -> None:
    assert isinstance(metric.change, Pairing)
    half, sides = dt.date(2025, 8, 1), []
    for make in (engine, lazy):
        beside = {name: make(BESIDE[name]) for name in metric.beside}
        windows = [ROWS.filter(pl.col("day") >= half), ROWS.filter(pl.col("day") < half)]
        more: list[dict[str, object]] = [{}, {}]
        if metric.frame == "order_days":
            days = ROWS.filter(pl.col("orders") > 0).drop_nulls("customer_key").drop("orders", "revenue").unique()
            windows, more = [days, days], [{"as_of": at, "window_days": 60} for at in (DATES["as_of"], half)]
        sums = [metric.change.sums(make(rows), by=by, **beside, **own) for rows, own in zip(windows, more, strict=True)]
        sides.append(metric.change.change(*sums, by=by, minimum=2))
    same(*sides)
    assert sides[1]["low"].drop_nulls().len() == sides[1].height > 0
