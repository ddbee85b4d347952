"""The rules of the worklist: who meets each, by hand and against plain loops over histories that chance made."""

import datetime as dt
import itertools
from collections import defaultdict

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest

from metrics.engine.rollups import customer_periods, customers
from metrics.worklist import reasons
from metrics.worklist.tier_steps import read_off, tier_steps
from tests.metrics.frames import answer_rows, day, lazy, order_days

AS_OF = day("2026-06-30")
MONEY = {"customer_key": pl.Int64, "ordered_at": pl.Datetime("us"), "amount": pl.Float64, "discount": pl.Float64}


def ago(days: int) -> str:
    return (AS_OF - dt.timedelta(days)).isoformat()


def answers(*rows: tuple[int | None, int, float]) -> nw.LazyFrame:
    """Rows (customer_key, days ago, score)."""
    return lazy(
        answer_rows(
            {"customer_key": k, "responded_at": dt.datetime.fromisoformat(f"{ago(days)} 12:00"), "score": score}
            for k, days, score in rows
        )
    )


def keys(found: pl.DataFrame) -> list[int]:
    return sorted(found["customer_key"].to_list())


@pytest.mark.parametrize(
    ("ordered", "met"),
    [
        ([], []),
        ([40, 30, 20, 15], [1]),  # gaps 10, 10, 5: silent for 15, longer than all of them
        ([40, 30, 20, 10], []),  # silent for 10 days, as long as usual
        ([30, 20, 15], []),  # two gaps tell no rhythm
        ([260, 250, 240, 230, 130], []),  # silent for longer than customers are looked for
        ([44, 42, 40, 38, 36, 6], [1]),  # gaps 2, 2, 2, 2, 30: silent for 6 days, longer than four fifths
        ([44, 42, 40, 10, 6], []),  # gaps 2, 2, 30, 4: longer than three quarters
    ],
)
def test_lapsing(ordered: list[int], met: list[int]) -> None:
    found = reasons.lapsing(order_days([(1, ago(days)) for days in ordered]), as_of=AS_OF, hiatus_days=90)
    assert keys(found) == met


@pytest.mark.parametrize(
    ("said", "ordered", "met"),
    [
        ([], [], []),
        ([(1, 29, 3)], [], [1]),
        ([(1, 30, 3)], [], []),  # too long ago
        ([(1, 10, 7)], [], []),
        ([(1, 10, 3), (1, 5, 9)], [], []),  # content since
        ([(1, 10, 9), (1, 5, 3)], [], [1]),
        ([(1, 10, 3)], [(1, 10), (1, 40)], [1]),  # the order that it is about
        ([(1, 10, 3)], [(1, 9)], []),  # is back
        ([(None, 10, 3)], [], []),
    ],
)
def test_low_score(said, ordered, met) -> None:
    days = order_days([(k, ago(at)) for k, at in ordered])
    assert keys(reasons.low_score(answers(*said), days, as_of=AS_OF)) == met


def test_second_order() -> None:
    """Thirty took ten days to their second order, so that who is silent for 11 to 20 days after the first is late."""
    others = [(k, ago(at)) for k in range(100, 130) for at in (300, 290)]
    once = [(days, ago(days)) for days in (10, 11, 20, 21)]
    assert reasons.usual_second_days(order_days(others), as_of=AS_OF) == 10
    assert keys(reasons.second_order(order_days([*others, *once]), as_of=AS_OF)) == [11, 20]
    assert reasons.second_order(order_days(once), as_of=AS_OF).height == 0
    assert keys(reasons.second_order(order_days([*others, *once, (11, ago(1))]), as_of=AS_OF)) == [20]


def bought(*rows: tuple[int, str, float]) -> nw.LazyFrame:
    made = [(k, dt.datetime.fromisoformat(at), amount, None) for k, at, amount in rows]
    return lazy(pl.DataFrame(made, schema=MONEY, orient="row"))


def test_quiet_takes_the_upper_fifth() -> None:
    rows = [(k, ago(100), 10.0 * k) for k in range(1, 11)]
    rows += [(11, ago(5), 1000.0)]
    orders, none = bought(*rows), bought()
    found = reasons.quiet(customer_periods(orders, none), customers(orders, none), as_of=AS_OF, hiatus_days=90)
    assert keys(found) == [10]  # 11 brought more and is not silent; the least of the fifth is that of 9
    empty = reasons.quiet(customer_periods(none, none), customers(none, none), as_of=AS_OF, hiatus_days=90)
    assert empty.height == 0


def test_thresholds_are_read_off_the_tiers() -> None:
    random = np.random.default_rng(3)
    spend = random.gamma(0.7, 2500, 4000).round(2)
    tier = np.select([spend >= 8000, spend >= 3000, spend >= 1200], ["platinum", "gold", "silver"], "bronze")
    ladder = ["bronze", "silver", "gold", "platinum"]
    members = pl.DataFrame({"spend": spend, "tier": tier})
    found = read_off(members, ladder)
    assert found.thresholds == {"bronze": 0.0, "silver": 1200.0, "gold": 3000.0, "platinum": 8000.0}
    assert found.agreement == 1.0
    assert not read_off(members.with_columns(pl.col("tier").shuffle(seed=1)), ladder).thresholds
    assert not read_off(members.head(20), ladder).thresholds
    assert not read_off(members.clear(), ladder).thresholds


def test_who_is_about_to_lose_and_to_reach_a_tier() -> None:
    thresholds = {"bronze": 0.0, "silver": 100.0, "gold": 300.0}
    spend = pl.DataFrame({"customer_key": [1, 2, 3, 4, 5], "spend": [99.0, 100.0, 260.0, 249.0, 50.0]})
    tiers = pl.DataFrame({"customer_key": [1, 2, 3, 4, 5, 6], "tier": ["silver"] * 4 + ["bronze", "bronze"]})
    usual = pl.DataFrame({"customer_key": range(1, 7), "usual": [50.0] * 6})
    lost, near = tier_steps(spend, tiers, usual, thresholds, as_of=AS_OF)
    assert lost.rows() == [(1, 1.0, "silver", day("2026-07-01"))]
    assert near.rows() == [
        (3, 40.0, "gold", day("2026-07-01")),  # 4 is 51 away, more than the usual order
        (5, 50.0, "silver", day("2026-07-01")),  # 6 has spent nothing in these months
    ]


@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_listed_who_fails_the_rule(seed: int) -> None:
    """Nor left out who meets it: plain loops over the same history."""
    random = np.random.default_rng(seed)
    ordered: dict[int, set[int]] = defaultdict(set)
    for key in range(400):
        rate = random.gamma(0.8, 0.02)
        ordered[key] = set(random.integers(0, 700, random.poisson(rate * 700)).tolist()) or {
            int(random.integers(0, 700))
        }
    said = [
        (int(random.integers(0, 400)), int(random.integers(0, 60)), float(random.integers(0, 11))) for _ in range(200)
    ]
    days = order_days([(k, ago(at)) for k, some in ordered.items() for at in some])
    lapsing, low, second = [], [], []
    took = sorted(
        sorted(some, reverse=True)[0] - sorted(some, reverse=True)[1] for some in ordered.values() if len(some) > 1
    )
    usual = took[int(np.ceil(0.8 * len(took))) - 1]
    for key, some in ordered.items():
        at = sorted(some, reverse=True)  # days ago, the first order first
        gaps = [one - other for one, other in itertools.pairwise(at)]
        if len(gaps) >= 3 and at[-1] <= 90 and sum(gap < at[-1] for gap in gaps) >= 0.8 * len(gaps):
            lapsing.append(key)
        if len(at) == 1 and usual < at[0] <= 2 * usual:
            second.append(key)
        mine = sorted((since, score) for who, since, score in said if who == key and since < 30)
        if mine and max(score for since, score in mine if since == mine[0][0]) <= 6 and at[-1] >= mine[0][0]:
            low.append(key)
    assert min(len(lapsing), len(low), len(second)) > 0
    assert keys(reasons.lapsing(days, as_of=AS_OF, hiatus_days=90)) == lapsing
    assert keys(reasons.second_order(days, as_of=AS_OF)) == second
    assert keys(reasons.low_score(answers(*said), days, as_of=AS_OF)) == low
