"""How easy customers found it: answers to the effort question, from how their orders went. A stage of its own draws."""

import numpy as np
import polars as pl

from data.demo.columns import DAY_SECONDS, ids, pick, times
from data.demo.feedback import DAYS_TO_ANSWER
from data.demo.people import member_ids
from data.demo.process import Orders
from data.demo.spend import order_ids
from data.demo.world import (
    APP,
    CES_ANSWER_SHARE,
    CHANNELS,
    DAYS,
    DELIVERY,
    IN_APP,
    SOURCE,
    STORE,
    STORE_VISIT,
    STORES,
    TOUCHPOINTS,
    Pace,
)

SCALE = (1.0, 7.0)
ORDINARY, PER_SATISFACTION, NOISE_SD = 5.7, 0.8, 0.9
EXTRA = {"app": 0.35, "late": -1.1, "stock_out": -0.8}


def effort_rows(
    placed: Orders,
    second: np.ndarray,
    orders: pl.DataFrame,
    pace: Pace,
    rng: np.random.Generator,
    *,
    first_order_number: int,
    first_feedback_number: int,
    first_member_number: int,
) -> pl.DataFrame:
    """One row per answer (metrics.engine.schemas.Feedback) given until the last day."""
    asked = np.flatnonzero((rng.random(len(placed)) < CES_ANSWER_SHARE * pace.answers) & (placed.customer >= 0))
    channel = placed.channel[asked]
    touchpoint = np.select([channel == STORE, channel == APP], [STORE_VISIT, IN_APP], DELIVERY)
    soonest, latest = (
        np.array([DAYS_TO_ANSWER[place][end] for place in range(len(TOUCHPOINTS))])[touchpoint] for end in (0, 1)
    )
    at = second[asked] + rng.integers(2 * 3600, DAY_SECONDS, len(asked)) + DAY_SECONDS * rng.integers(soonest, latest)
    felt = ORDINARY + PER_SATISFACTION * placed.satisfaction[asked] + EXTRA["app"] * (channel == APP)
    felt += EXTRA["late"] * placed.late[asked] + EXTRA["stock_out"] * placed.stock_out[asked]
    score = np.clip(np.rint(felt + rng.normal(0, NOISE_SD, len(asked))), *SCALE)
    given = at < DAYS * DAY_SECONDS
    asked, at, score, touchpoint = asked[given], at[given], score[given], touchpoint[given]
    size = len(asked)
    return pl.DataFrame(
        {
            "source": pl.repeat(SOURCE, size, dtype=pl.String, eager=True),
            "feedback_id": ids("E", np.arange(size) + first_feedback_number, 9),
            "customer_id": member_ids(placed.customer[asked], first_member_number),
            "responded_at": times(at),
            "survey": pl.repeat("ces", size, dtype=pl.String, eager=True),
            "score": score,
            "scale_low": np.full(size, SCALE[0]),
            "scale_high": np.full(size, SCALE[1]),
            "touchpoint": pick(TOUCHPOINTS, touchpoint),
            "channel": pick(CHANNELS, placed.channel[asked]),
            "store": pick([store.name for store in STORES], placed.store[asked]),
            "region": orders["region"].gather(asked),
            "order_id": order_ids(asked, first_order_number),
            "comment": pl.repeat(None, size, dtype=pl.String, eager=True),
            "weight": pl.repeat(None, size, dtype=pl.Float64, eager=True),
        }
    )
