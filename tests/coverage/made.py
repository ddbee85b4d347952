"""Stores of many replicates side by side, each a group of its own, whose true numbers are known."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from data.store.store import ImportMeta, Store
from tests.data.rows import full, readers

SATISFIED = 0.6  # the chance of a good answer
FIRMNESS = 2.0  # of a customer's mood: a beta distribution with this sum of parameters, so that a third of the spread is between customers
CLEARLY = 0.8  # of answers to the recommendation question, how many are no passive ones
LIFT = 0.15  # in shifted cells, the share of the bad answers that become good ones
WINDOWS = (dt.datetime(2026, 2, 10), dt.datetime(2026, 1, 10))  # now and before
FIRST_ORDER, HIATUS_DAYS = dt.datetime(2025, 6, 1), 30
BUYS, STAYS = 0.8, 0.5
CALENDAR = (dt.date(2025, 10, 1), dt.date(2026, 4, 30))  # months of 28 to 31 days, quarters of 92 and 90
BOUGHT_ON_A_DAY = 0.02


@dataclass(frozen=True)
class Cell:
    """How one set of replicates is made: answers on each side (for shares of customers: customers), how many each customer gives, whether
    the same customers are asked on both sides, and whether anything has changed."""

    n: int
    answers: int
    same: bool
    shifted: bool = False

    @property
    def label(self) -> str:
        """Begins the names of its replicates."""
        return f"{self.answers}{'same' if self.same else 'different'}{'shifted' if self.shifted else ''}"

    def change(self, scale: float) -> float:
        """The true change of a share (times `scale`)."""
        return LIFT * (1 - SATISFIED) * scale if self.shifted else 0.0


def moods(cell: Cell, customers: int, replicates: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Each customer's chance of a good answer, now and before: one row per replicate."""
    a, b = FIRMNESS * SATISFIED, FIRMNESS * (1 - SATISFIED)
    before = rng.beta(a, b, (replicates, customers))
    now = before if cell.same else rng.beta(a, b, (replicates, customers))
    return [now + LIFT * (1 - now) if cell.shifted else now, before]


def feedback(cell: Cell, replicates: int, rng: np.random.Generator) -> pl.DataFrame:
    """Answers to the recommendation and to the satisfaction question; the touchpoint is the replicate."""
    customers = max(cell.n // cell.answers, 1)
    sides = []
    for side, mood in enumerate(moods(cell, customers, replicates, rng)):
        chance = np.repeat(mood, cell.answers, axis=1)
        draw, clear = rng.random(chance.shape), rng.random(chance.shape) < CLEARLY
        person = np.repeat(np.arange(customers) + (0 if cell.same else customers * side), cell.answers)
        replicate = np.repeat(np.arange(replicates), chance.shape[1])
        known = pl.DataFrame({"touchpoint": replicate, "person": np.tile(person, replicates)})
        known = known.select(
            touchpoint=pl.format("{}:{}", pl.lit(cell.label), "touchpoint"),
            customer_id=pl.format("{}:{}-{}", pl.lit(cell.label), "touchpoint", "person"),
            responded_at=pl.lit(WINDOWS[side]),
        )
        good = (draw < chance).ravel()
        scores = {"nps": np.where(clear.ravel(), np.where(good, 10.0, 2.0), 8.0), "csat": np.where(good, 5.0, 2.0)}
        for survey, low, high in (("nps", 0.0, 10.0), ("csat", 1.0, 5.0)):
            rows = known.with_columns(
                survey=pl.lit(survey), scale_low=low, scale_high=high, score=pl.Series(scores[survey]), side=side
            )
            sides.append(rows)
    rows = pl.concat(sides).with_row_index("place")
    number = pl.format("{}-{}", pl.lit(cell.label), "place")
    return full("feedback", rows.with_columns(source=pl.lit("made"), feedback_id=number))


def orders(cell: Cell, replicates: int, rng: np.random.Generator) -> pl.DataFrame:
    """Orders whose repeat rate and inactive share are the same in both windows; the region is the replicate.

    Everybody has ordered long ago, and in each window with a chance that hangs on the customer; who did does so again with the other.
    """
    parts = []
    for side, mood in enumerate(moods(cell, cell.n, replicates, rng)):
        buys = rng.random(mood.shape) < BUYS * np.sqrt(mood)
        again = buys & (rng.random(mood.shape) < STAYS * mood)
        for times, there in ((0, buys), (1, again)):
            replicate, person = np.nonzero(there)
            person = person + (0 if cell.same else cell.n * side)
            at = WINDOWS[side] + dt.timedelta(days=times)
            parts.append(pl.DataFrame({"region": replicate, "person": person}).with_columns(ordered_at=at))
    people = np.arange(cell.n if cell.same else 2 * cell.n)
    old = pl.DataFrame({"region": np.repeat(np.arange(replicates), len(people)), "person": np.tile(people, replicates)})
    parts.append(old.with_columns(ordered_at=FIRST_ORDER))
    rows = (
        pl.concat(parts).with_row_index("place").with_columns(region=pl.format("{}:{}", pl.lit(cell.label), "region"))
    )
    return full(
        "orders",
        rows.with_columns(
            source=pl.lit("made"),
            kind=pl.lit("order"),
            order_id=pl.format("{}-{}", pl.lit(cell.label), "place"),
            customer_id=pl.format("{}-{}", "region", "person"),
            amount=10.0,
        ),
    )


def constant_orders(customers: int, replicates: int, rng: np.random.Generator) -> pl.DataFrame:
    """Orders of customers who buy on each day with the same chance, in all months of CALENDAR; the region is the replicate."""
    days = (CALENDAR[1] - CALENDAR[0]).days + 1
    person, day = np.nonzero(rng.random((replicates * customers, days)) < BOUGHT_ON_A_DAY)
    rows = pl.DataFrame({"person": person, "day": day}).with_row_index("place")
    return full(
        "orders",
        rows.select(
            source=pl.lit("made"),
            kind=pl.lit("order"),
            order_id=pl.format("constant-{}", "place"),
            customer_id=pl.format("{}", "person"),
            region=pl.format("{}", pl.col("person") // customers),
            ordered_at=pl.lit(dt.datetime.combine(CALENDAR[0], dt.time())) + pl.duration(days=pl.col("day")),
            amount=pl.lit(10.0),
        ),
    )


def stored(store: Store, name: str, rows: pl.DataFrame) -> None:
    """Merge the rows as one import."""
    store.merge(readers({name: rows}), ImportMeta(f"{name}.csv", name, "made"))


def opened(folder: Path) -> Store:
    """A store of its own in the folder."""
    return Store.open(folder / "made.duckdb")
