"""Classes of customers and what is counted of them: DuckDB and Spark give what Polars gives."""

from collections.abc import Callable

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.segments.moves import return_sums, segment_moves, segment_returns
from metrics.segments.numbers import Frames, classified
from metrics.segments.schemes import SCHEMES
from metrics.segments.sizes import segment_sizes, segment_sums
from tests.engines.conftest import Engine
from tests.engines.generated import order_rows, regions, said_by_many
from tests.metrics.frames import day, lazy
from tests.metrics.segments.shop import frames

AS_OF, DATES = day("2026-03-20"), {"as_of": day("2026-03-20"), "start": day("2026-01-10"), "end": day("2026-03-01")}
BOUGHT, SAID = order_rows(seed=1), said_by_many(seed=9)


def generated(engine: Engine) -> Frames:
    """Seven hundred orders of a hundred and twenty customers, and answers of many."""
    rows = BOUGHT.select("customer_key", day=pl.col("ordered_at").cast(pl.Date), amount="amount").drop_nulls()
    seen = rows.filter(pl.col("day") <= AS_OF)
    months = seen.group_by("customer_key", month=pl.col("day").dt.truncate("1mo")).agg(
        orders=pl.len().cast(pl.Int64), revenue=pl.col("amount").cast(pl.Decimal(38, 4)).sum()
    )
    people = pl.DataFrame({"customer_key": range(200)}).with_columns(
        joined_on=pl.date(2025, 1, 1) + pl.duration(days=5 * pl.col("customer_key"))
    )
    return Frames(
        engine(rows.select("customer_key", "day").unique()), engine(months), engine(people), engine(SAID)
    )  # fmt: skip


def found(make: Callable[[Engine], Frames], engine: Engine, scheme: str) -> pl.DataFrame:
    rows = classified(make(engine), scheme=scheme, as_of=AS_OF, hiatus_days=60)
    return rows.collect("polars").to_native().sort("customer_key")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_class_of_each_customer(engine: Engine, scheme: str) -> None:
    for make in (generated, frames):
        expected = found(make, lazy, scheme)
        assert expected["segment"].n_unique() > 1
        assert_frame_equal(found(make, engine, scheme), expected)


ROWS = pl.DataFrame({"customer_key": range(300)}).select(
    "customer_key",
    segment=pl.Series(["champions", "loyal", "asleep", None] * 75),
    before=pl.Series([None, "loyal", "champions"] * 100),
    orders=pl.lit(2),
    revenue=(pl.col("customer_key") * 0.1).cast(pl.Decimal(38, 4)),
    last_day=pl.date(2026, 1, 1) + pl.duration(days=pl.col("customer_key") % 40),
)
ROWS = ROWS.with_columns(regions(ROWS["customer_key"]))


@pytest.mark.parametrize("by", [(), ("region",)], ids=["whole", "by region"])
@pytest.mark.parametrize("rows", [ROWS, ROWS.clear()], ids=["customers", "none"])
def test_what_is_counted_of_classes(engine: Engine, rows: pl.DataFrame, by: tuple[str, ...]) -> None:
    for metric, dates in ((segment_sizes, {}), (segment_moves, DATES), (segment_returns, DATES)):
        expected = metric(lazy(rows), by=by, minimum=2, **dates)
        assert_frame_equal(metric(engine(rows), by=by, minimum=2, **dates), expected, rel_tol=1e-9, abs_tol=1e-9)
    for sums, dates in ((segment_sums, {}), (return_sums, DATES)):
        sides = [
            sums(make(rows), segment="loyal", by=by, **dates).collect("polars").to_native() for make in (engine, lazy)
        ]
        assert_frame_equal(*(side.sort("customer_key") for side in sides), check_dtypes=False)
