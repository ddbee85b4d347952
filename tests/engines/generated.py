"""Generated orders and feedback with what real files hold: gaps, nulls, refunds, the last second of a month, customers of one order."""

import datetime as dt
from random import Random

import polars as pl

from tests.metrics.frames import answer_rows

FIRST = dt.datetime(2024, 11, 20)
DAYS = 500


def _time(random: Random) -> dt.datetime:
    if random.random() < 0.05:  # the last second of a month
        return dt.datetime(2025, random.randrange(2, 13), 1) - dt.timedelta(seconds=1)
    return FIRST + dt.timedelta(seconds=random.randrange(DAYS * 86_400))


def order_rows(*, seed: int, customers: int = 120, orders: int = 700, sign: int = 1) -> pl.DataFrame:
    random = Random(seed)
    rows = [
        {
            "customer_key": min(random.randrange(customers), random.randrange(customers)),
            "ordered_at": _time(random),
            "amount": None if random.random() < 0.02 else sign * round(random.uniform(0, 300), 2),
            "discount": None if random.random() < 0.2 else round(random.uniform(0, 30), 2),
        }
        for _ in range(orders)
    ]
    types = {"customer_key": pl.Int64, "ordered_at": pl.Datetime("us"), "amount": pl.Float64, "discount": pl.Float64}
    return pl.DataFrame(rows, schema=types)


def regions(keys: pl.Series) -> pl.Series:
    """An attribute of the customer, unknown for every third."""
    return (keys % 3).replace_strict({0: "north", 1: "south", 2: None}, return_dtype=pl.String).alias("region")


def tier_change_rows(*, seed: int, customers: int = 120, changes: int = 400) -> pl.DataFrame:
    """Changes of tier, some to “lapsed”, at most one per customer and day; every third customer without a region."""
    random = Random(seed)
    tiers = ("bronze", "bronze", "silver", "gold", "lapsed")
    rows = {(random.randrange(customers), _time(random).date()): random.choice(tiers) for _ in range(changes)}
    types = {"customer_key": pl.Int64, "effective_on": pl.Date, "tier": pl.String}
    frame = pl.DataFrame([(key, at, tier) for (key, at), tier in sorted(rows.items())], schema=types, orient="row")
    return frame.with_columns(regions(frame["customer_key"]))


SCALES = ((1.0, 5.0), (1.0, 5.0), (1.0, 7.0), (0.0, 10.0))


def feedback_rows(*, seed: int, answers: int = 600) -> pl.DataFrame:
    """Answers to all three questions; those to the satisfaction question on several scales."""
    random = Random(seed)
    recommended = _recommendations(random, answers)
    scored = answer_rows(
        {
            "customer_key": random.choice([None, 1, 2]),
            "responded_at": _time(random),
            "survey": survey,
            "scale_low": low,
            "scale_high": high,
            "score": random.choice([float(random.randrange(int(low), int(high) + 1)), random.uniform(low, high)]),
            "region": random.choice(["north", "south", None]),
        }
        for survey in ("csat", "ces")
        for low, high in random.choices(SCALES, k=answers)
    )
    rows = pl.concat([recommended, scored])
    return rows.with_columns(feedback_id=pl.int_range(rows.height).cast(pl.String))


def _recommendations(random: Random, answers: int) -> pl.DataFrame:
    return answer_rows(
        {
            "customer_key": random.choice([None, 1, 2]),
            "responded_at": _time(random),
            "survey": random.choice(["nps", "nps", "nps", "csat"]),
            "score": float(random.randrange(11)),
            "scale_high": random.choice([10.0, 10.0, 5.0]),
            "region": random.choice(["north", "south", None]),
            "weight": random.choice([None, random.uniform(0.1, 3)]),
        }
        for _ in range(answers)
    )


def said_by_many(*, seed: int, customers: int = 120, answers: int = 500) -> pl.DataFrame:
    """Answers to the recommendation question by customers who also order, by others and by nobody known."""
    random = Random(seed)
    return answer_rows(
        {
            "customer_key": random.choice([None, random.randrange(customers + 20), random.randrange(customers)]),
            "responded_at": _time(random),
            "score": float(random.randrange(11)),
            "region": random.choice(["north", "south", None]),
        }
        for _ in range(answers)
    )
