"""A small shop with customers of every class, as the frames that classes are made from."""

import datetime as dt
from collections.abc import Callable

import narwhals.stable.v2 as nw
import polars as pl

from metrics.segments.numbers import Frames
from tests.metrics.frames import answer_rows, day, lazy, order_day_rows, period_rows

AS_OF = day("2026-06-30")
# customer → days with an order, each of one order
DAYS = {
    1: [],
    2: ["2026-06-01"],
    3: ["2025-01-10", "2025-02-10"],
    4: ["2025-09-01", "2026-01-15", "2026-06-15"],
    5: ["2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01"],
    6: ["2025-01-05", "2025-03-05", "2025-05-05", "2025-07-05", "2026-07-20"],  # the last one after the day
    7: [],  # joined after the day
}
JOINED = {1: "2026-05-01", 2: "2026-06-01", 3: "2024-12-01", 7: "2026-07-10"}
SAID = [  # the last answer counts, and none after the day
    {"customer_key": 5, "score": 3.0, "responded_at": dt.datetime(2026, 3, 2)},
    {"customer_key": 5, "score": 9.0, "responded_at": dt.datetime(2026, 6, 2)},
    {"customer_key": 4, "score": 10.0, "responded_at": dt.datetime(2026, 1, 2)},
    {"customer_key": 4, "score": 6.0, "responded_at": dt.datetime(2026, 6, 16)},
    {"customer_key": 6, "score": 10.0, "responded_at": dt.datetime(2026, 7, 21)},
    {"customer_key": None, "score": 10.0, "responded_at": dt.datetime(2026, 6, 2)},
    {"customer_key": 2, "score": 10.0, "survey": "csat", "responded_at": dt.datetime(2026, 6, 2)},
]


def frames(engine: Callable[[pl.DataFrame], nw.LazyFrame] = lazy, *, customers: int = 7) -> Frames:
    """The frames of the first so many customers, in an engine."""
    bought = [(key, at) for key, days in DAYS.items() for at in days if key <= customers]
    seen = [(key, at[:7], 1) for key, at in bought if day(at) <= AS_OF]
    joined = [(key, day(at)) for key, at in JOINED.items() if key <= customers]
    return Frames(
        engine(order_day_rows(bought)),
        engine(period_rows(seen)),
        engine(pl.DataFrame(joined, schema={"customer_key": pl.Int64, "joined_on": pl.Date}, orient="row")),
        engine(answer_rows(SAID[: 7 * bool(customers)])),
    )
