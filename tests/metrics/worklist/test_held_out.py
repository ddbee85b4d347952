"""The lot of a campaign, and what contacting people changes: found again where it is known."""

import datetime as dt

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest

from metrics.statistics.adjusted import adjusted_difference, least_effect
from metrics.worklist.held_out import CONTACTED, HELD_OUT, arm, held_out_lift
from tests.metrics.frames import day, lazy

LISTED = day("2026-03-01")
MONEY = {"customer_key": pl.Int64, "ordered_at": pl.Datetime("us"), "amount": pl.Float64}


def paid(*rows: tuple[int, str, float]) -> nw.LazyFrame:
    made = [(k, dt.datetime.fromisoformat(at), amount) for k, at, amount in rows]
    return lazy(pl.DataFrame(made, schema=MONEY, orient="row"))


def people(*arms: str) -> nw.LazyFrame:
    rows = [(key, name, LISTED) for key, name in enumerate(arms)]
    return lazy(
        pl.DataFrame(rows, schema={"customer_key": pl.Int64, "arm": pl.String, "listed_on": pl.Date}, orient="row")
    )


def test_nobody_is_in_no_arm() -> None:
    found = held_out_lift(people(), orders=paid(), refunds=paid(), as_of=day("2026-06-30"))
    assert [tuple(row)[:3] for row in found.rows()] == [("orders", 0, 0), ("revenue", 0, 0)]
    assert found["lift"].null_count() == 2


def test_by_hand() -> None:
    """Two contacted with 2 and 1 orders, two held out with 0 and 1; the day of the list, and what comes after 90 days, do not count."""
    orders = paid(
        (0, "2026-03-02", 10.0), (0, "2026-05-30", 5.0), (1, "2026-04-01", 8.0), (3, "2026-04-01", 3.0),
        (2, "2026-03-01", 99.0), (2, "2026-05-31", 99.0), (9, "2026-04-01", 99.0),
    )  # fmt: skip
    refunds = paid((1, "2026-04-03", -2.0))
    given = people(CONTACTED, CONTACTED, HELD_OUT, HELD_OUT)
    found = held_out_lift(given, orders=orders, refunds=refunds, as_of=day("2026-12-31"), minimum=2, before_days=1)
    means = found.select("number", "contacted", "held_out", "mean_contacted", "mean_held_out").rows()
    assert means == [("orders", 2, 2, 1.5, 0.5), ("revenue", 2, 2, 10.5, 1.5)]
    few = held_out_lift(given, orders=orders, refunds=refunds, as_of=day("2026-12-31"))
    assert few.row(0) == ("orders", 2, 2, *[None] * 7)


def test_the_lot_is_the_same_each_time_and_as_large_as_it_says() -> None:
    arms = [arm("seed", key, 0.1) for key in range(20_000)]
    assert arms == [arm("seed", key, 0.1) for key in range(20_000)]
    assert arms.count(HELD_OUT) == pytest.approx(2_000, abs=4 * 43)
    assert {arm("seed", key, 0.0) for key in range(1000)} == {CONTACTED}
    other = [arm("another", key, 0.1) for key in range(20_000)]
    both = sum(one == another == HELD_OUT for one, another in zip(arms, other, strict=True))
    assert both == pytest.approx(200, abs=60)  # seeds have nothing to do with each other


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_what_was_before_takes_its_share_of_the_variance(rho: float) -> None:
    """1 − ρ² of it is left: Deng et al. 2013, equation 3."""
    random = np.random.default_rng(1)
    n = 40_000
    x = random.standard_normal(n)
    y = rho * x + (1 - rho**2) ** 0.5 * random.standard_normal(n)
    treated = random.random(n) < 0.5
    plain, adjusted = adjusted_difference(y, np.zeros(n), treated), adjusted_difference(y, x, treated)
    assert plain and adjusted
    assert (adjusted.se / plain.se) ** 2 == pytest.approx(1 - adjusted.correlation**2, rel=1e-3)
    assert adjusted.correlation == pytest.approx(rho, abs=0.02)


def test_a_known_lift_is_found_and_none_is_not() -> None:
    """500 campaigns of 300 people, a tenth held out: a lift of one order each, and none."""
    random = np.random.default_rng(5)
    inside = claimed = seen = 0
    smallest = []
    for _ in range(500):
        rate = random.gamma(2, 2, 300)
        before, after = random.poisson(rate), random.poisson(rate)
        contacted = random.random(300) >= 0.1
        none = adjusted_difference(after, before, contacted)
        lifted = adjusted_difference(after + contacted, before, contacted)
        if none is None or lifted is None:
            continue
        claimed += not none.low <= 0 <= none.high
        inside += lifted.low <= 1 <= lifted.high
        smallest.append(none.least)
    assert 0.93 <= inside / 500 <= 0.97
    assert 0.03 <= claimed / 500 <= 0.07
    effect = float(np.median(smallest))
    for _ in range(300):
        rate = random.gamma(2, 2, 300)
        before, after = random.poisson(rate), random.poisson(rate)
        contacted = random.random(300) >= 0.1
        found = adjusted_difference(after + effect * contacted, before, contacted)
        seen += bool(found and found.low > 0)
    assert 0.72 <= seen / 300 <= 0.88  # four in five


def test_without_two_on_either_side_nothing_is_said() -> None:
    assert adjusted_difference([], [], []) is None
    assert adjusted_difference([1.0, 2.0, 3.0], [0.0] * 3, [1, 1, 0]) is None
    assert adjusted_difference([1.0] * 4, [0.0] * 4, [1, 1, 0, 0]) is None
    assert least_effect(1.0, 1.959964) == pytest.approx(2.8015, abs=1e-3)  # z of 97.5 % plus z of 80 %
