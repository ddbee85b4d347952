"""Changes that pair customers: DuckDB and Spark give what Polars gives, to 1e-9, also for weights and where nothing is there."""

from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.churn.hiatus import inactive_sums
from metrics.feedback.nps import nps_sums
from metrics.feedback.reach import answered_sums, match_sums
from metrics.feedback.satisfaction import ces_sums, csat_sums
from metrics.retention.repeat_rate import repeat_sums
from metrics.statistics.paired import paired_change
from metrics.tiers.mover_sums import tier_rates_sums
from tests.engines.conftest import Engine
from tests.engines.generated import feedback_rows, tier_change_rows
from tests.engines.test_same_numbers import PERIODS, VISITS
from tests.metrics.frames import day, lazy

SPLIT = day("2025-08-01")
FEEDBACK = feedback_rows(seed=5).with_columns(customer_key=pl.int_range(pl.len()) % 90).with_columns(
    customer_key=pl.when(pl.col("customer_key") > 4).then("customer_key")
)  # fmt: skip
TIERS = tier_change_rows(seed=4)
BUYERS = pl.DataFrame({"customer_key": range(0, 90, 2), "orders": [1] * 45})
DATES = [
    {"as_of": day("2026-03-20"), "start": day(start), "end": day(end)}
    for start, end in (("2025-10-01", "2026-01-01"), ("2025-04-01", "2025-07-01"))
]
Sides = Callable[[Engine], list[tuple[nw.LazyFrame, dict[str, Any]]]]


def windows(rows: pl.DataFrame, column: str) -> list[pl.DataFrame]:
    at = pl.col(column).cast(pl.Date)
    return [rows.filter(at >= SPLIT), rows.filter(at < SPLIT)]


def answers(engine: Engine, rows: pl.DataFrame = FEEDBACK, **more: Any) -> list[tuple[nw.LazyFrame, dict[str, Any]]]:
    return [(engine(side), more) for side in windows(rows, "responded_at")]


ASKED: dict[str, tuple[Callable[..., nw.LazyFrame], Sides]] = {
    "nps": (nps_sums, answers),
    "weighted nps": (nps_sums, lambda engine: answers(engine, weighted=True)),
    "csat": (csat_sums, answers),
    "ces": (ces_sums, answers),
    "nothing": (nps_sums, lambda engine: answers(engine, FEEDBACK.clear())),
    "match_rate": (match_sums, lambda engine: answers(engine, customers=engine(BUYERS))),
    "answered_share": (
        answered_sums,
        lambda engine: [(engine(side), {"answers": engine(FEEDBACK)}) for side in windows(PERIODS, "month")],
    ),
    "repeat_rate": (repeat_sums, lambda engine: [(engine(side), {}) for side in windows(PERIODS, "month")]),
    "inactive_share": (
        inactive_sums,
        lambda engine: [(engine(VISITS), {"as_of": date["end"], "hiatus_days": 60}) for date in DATES],
    ),
    "tier_rates": (tier_rates_sums, lambda engine: [(engine(TIERS), date) for date in DATES]),
}


@pytest.mark.parametrize("by", [(), ("region",)], ids=["whole", "by region"])
@pytest.mark.parametrize("name", ASKED)
def test_change(engine: Engine, name: str, by: tuple[str, ...]) -> None:
    sums, sides = ASKED[name]
    found, expected = (
        paired_change(
            *(sums(frame, by=by, **options) for frame, options in sides(make)), by=by, minimum=2, is_net="nps" in name
        )
        for make in (engine, lazy)
    )
    assert_frame_equal(found, expected, rel_tol=1e-9, abs_tol=1e-9)
    if name != "nothing":
        assert expected["low"].drop_nulls().len() == expected.height > 0
