"""What people say and answer beyond a score: recovery, themes, teams, drivers and Kano give the same on DuckDB, Spark and Polars."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from metrics.catalogue import CATALOGUE
from tests.engines.conftest import Engine
from tests.engines.generated import feedback_rows, order_rows, regions, said_by_many
from tests.engines.test_same_numbers import same
from tests.metrics.frames import day, item_rows, lazy, outcome_rows

AS_OF = day("2026-03-20")
DATES = {"as_of": AS_OF, "start": day("2025-01-15"), "end": AS_OF}
SAID = said_by_many(seed=9)
STORED = feedback_rows(seed=3)
DRAWN = np.random.default_rng(6)
NAMED = DRAWN.integers(-2, 2, size=STORED.height)
# of every second comment; the tone counts where the theme is named
COMMENTS = STORED.with_columns(
    day=pl.col("responded_at").dt.date(),
    theme_named=pl.Series((NAMED > -2).astype(int)),
    theme_tone=pl.Series(np.where(NAMED > -2, NAMED, 0)),
)
FELT = DRAWN.normal(size=(160, 3))
RATED = [
    {"service": a, "price": b, "gift functional": c, "gift dysfunctional": 6 - c}
    for a, b, c in np.clip(np.rint(3.5 + FELT), 1, 5)
]
ITEMS = item_rows(RATED).with_columns(
    region=pl.when(pl.col("response_id").str.slice(-1).is_in(["1", "2", "3"]))
    .then(pl.lit("East"))
    .otherwise(pl.lit("West"))
)
OUTCOMES = outcome_rows(np.clip(np.rint(7.5 + FELT[:, 0] + FELT[:, 1]), 0, 10))

# metric → its own rows, those of other frames by name, its arguments
ASKED: dict[str, tuple[pl.DataFrame, dict[str, pl.DataFrame], dict[str, object]]] = {
    "recovery": (SAID, {"orders": order_rows(seed=1)}, {**DATES, "minimum": 5}),
    "theme_share": (COMMENTS, {}, {"minimum": 5}),
    "theme_nps": (COMMENTS, {}, {"minimum": 5}),
    "theme_share_trend": (COMMENTS, {}, {**DATES, "minimum": 5}),
    "nps_funnel": (STORED.with_columns(store=regions(STORED["customer_key"])), {}, {"minimum": 5}),
    "drivers": (ITEMS, {"scores": OUTCOMES}, {"minimum": 30}),
    "kano": (ITEMS, {}, {"minimum": 10}),
    "satisfaction_index": (ITEMS, {}, {"minimum": 10}),
}


@pytest.mark.parametrize("by", [(), ("region",)])
@pytest.mark.parametrize("name", ASKED)
def test_metric(engine: Engine, name: str, by: tuple[str, ...]) -> None:
    rows, others, options = ASKED[name]
    function: Callable[..., pl.DataFrame] = CATALOGUE[name].function
    for own, beside in ((rows, others), (rows.clear(), {key: frame.clear() for key, frame in others.items()})):
        found, expected = (
            function(make(own), **{key: make(frame) for key, frame in beside.items()}, by=by, **options)
            for make in (engine, lazy)
        )
        assert expected.height > 0 or not own.height
        same(found, expected)
