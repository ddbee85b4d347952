"""What customers wish: a Kano questionnaire of the spring of 2026, two questions to each feature. A stage of its own draws."""

import datetime as dt

import numpy as np
import polars as pl

from data.demo.columns import DAY_SECONDS, ids, pick, times
from data.demo.people import member_ids
from data.demo.process import Orders
from data.demo.seasons import day_of
from data.demo.world import SOURCE

ASKED_FROM, ASKED_DAYS = dt.date(2026, 4, 6), 70
ASKED_SHARE = 0.15  # of the members who had ordered before
SKIPPED_SHARE = 0.02  # of single questions
# Feature → how many of a hundred feel so about it: attractive, performance, must-be, indifferent, reverse.
WISHES = {
    "gift wrapping": (52, 14, 4, 28, 2),
    "free returns": (20, 46, 20, 14, 0),
    "on-time delivery": (4, 24, 58, 14, 0),
    "live shopping": (16, 6, 3, 67, 8),
    "member day": (31, 31, 8, 29, 1),
}
# The pairs of answers (there, not there; 1 like … 5 dislike) that say so.
PAIRS = (
    ((1, 2), (1, 3), (1, 4)),
    ((1, 5),),
    ((2, 5), (3, 5), (4, 5)),
    ((3, 3), (2, 3), (3, 4)),
    ((4, 1), (5, 2), (5, 3)),
)


def wish_rows(placed: Orders, rng: np.random.Generator, *, first_number: int, first_member_number: int) -> pl.DataFrame:
    """One row per respondent and question (metrics.engine.schemas.Answer)."""
    known = np.unique(placed.customer[(placed.customer >= 0) & (placed.day < day_of(ASKED_FROM))])
    people = known[rng.random(len(known)) < ASKED_SHARE]
    at = (day_of(ASKED_FROM) + rng.integers(0, ASKED_DAYS, len(people))) * DAY_SECONDS
    at += rng.integers(8 * 3600, 22 * 3600, len(people))
    size, features = len(people), list(WISHES)
    scores = np.zeros((size, len(features), 2))
    for place, shares in enumerate(WISHES.values()):
        felt = rng.choice(len(shares), size, p=np.array(shares) / sum(shares))
        for kind, pairs in enumerate(PAIRS):
            own = np.flatnonzero(felt == kind)
            scores[own, place] = np.array(pairs)[rng.integers(0, len(pairs), len(own))]
    asked = [f"{feature} {half}" for feature in features for half in ("functional", "dysfunctional")]
    respondent, item = np.repeat(np.arange(size), len(asked)), np.tile(np.arange(len(asked)), size)
    given = rng.random(len(item)) >= SKIPPED_SHARE
    respondent, item, score = respondent[given], item[given], scores.reshape(-1)[given]
    return pl.DataFrame(
        {
            "source": pl.repeat(SOURCE, len(item), dtype=pl.String, eager=True),
            "response_id": ids("W", respondent + first_number, 9),
            "item": pick(asked, item),
            "customer_id": member_ids(people[respondent], first_member_number),
            "responded_at": times(at[respondent]),
            "score": score,
            "scale_low": np.full(len(item), 1.0),
            "scale_high": np.full(len(item), 5.0),
        }
    )
