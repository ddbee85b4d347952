"""Difference in differences, its placebos and synthetic control: by hand, against another way to reckon, simulated, and published."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from metrics.impact.panel import Panel, effect, event_study, trend_before
from metrics.impact.permutation import placebos
from metrics.impact.synthetic import placebo_in_space, synthetic_control


def panel(y: np.ndarray, treated: set[int], begin: int, weight: np.ndarray | None = None) -> Panel:
    """From values by unit (rows) and period (columns)."""
    units, periods = y.shape
    weights = np.ones_like(y) if weight is None else weight
    rows = pl.DataFrame(
        {
            "unit": np.repeat(np.arange(units), periods),
            "period": np.tile(np.arange(periods), units),
            "weight": weights.ravel().astype(float),
            "total": (y * weights).ravel(),
        }
    )
    return Panel.of(rows, frozenset(treated), begin)


def made(random: np.random.Generator, units: int = 12, periods: int = 16, tau: float = 0.0, treated: int = 4) -> Panel:
    """Units and periods of their own levels, and what a unit's values share over time."""
    y = random.normal(0, 3, (units, 1)) + random.normal(0, 2, (1, periods)) + random.normal(0, 1, (units, periods))
    drift = np.cumsum(random.normal(0, 0.3, (units, periods)), axis=1)
    y = y + drift
    y[:treated, periods // 2 :] += tau
    return panel(y, set(range(treated)), periods // 2)


def test_a_textbook_two_by_two() -> None:
    """Card & Krueger 1994, American Economic Review 84:772–793, table 3: employment in New Jersey 20.44 → 21.03, in Pennsylvania 23.33 →
    21.17; the difference of differences is 2.76."""
    found = effect(panel(np.array([[20.44, 21.03], [23.33, 21.17]]), {0}, 1))
    assert found.value == pytest.approx(2.75, abs=0.02)  # printed means are rounded
    assert found.value == pytest.approx((21.03 - 20.44) - (21.17 - 23.33))


def test_against_dummies_and_single_answers() -> None:
    """The same as a regression over single answers with a dummy per unit and period, and its clustered variance by the plain sandwich."""
    random = np.random.default_rng(2)
    units, periods, begin, treated = 7, 6, 3, {0, 1, 2}
    counts = random.integers(1, 9, (units, periods))
    rows = [
        (u, t, float(random.normal(u + 0.5 * t, 2)))
        for u in range(units)
        for t in range(periods)
        for _ in range(counts[u, t])
    ]
    unit, period, y = (np.array(column) for column in zip(*rows, strict=True))
    dose = np.isin(unit, list(treated)) * (period >= begin) * 1.0
    x = np.column_stack([dose, *(unit == u for u in range(units)), *(period == t for t in range(1, periods))]).astype(
        float
    )
    beta = np.linalg.solve(x.T @ x, x.T @ y)
    scores = x * (y - x @ beta)[:, None]
    meat = sum(np.outer(s, s) for s in (scores[unit == u].sum(axis=0) for u in range(units)))
    bread = np.linalg.inv(x.T @ x)
    G, N, K = units, len(y), x.shape[1] - (units - 1)  # of units, nested in the clusters, one counts
    se = float(np.sqrt((bread @ meat @ bread)[0, 0] * G / (G - 1) * (N - 1) / (N - K)))
    cells = pl.DataFrame({"unit": unit, "period": period, "total": y}).group_by("unit", "period").agg(
        weight=pl.len().cast(pl.Float64), total=pl.col("total").sum()
    )  # fmt: skip
    given = Panel.of(cells, frozenset(treated), begin)
    found = effect(given)
    assert (found.value, found.se) == (pytest.approx(beta[0], abs=1e-9), pytest.approx(se, abs=1e-9))
    # the effects of all assignments, reckoned one by one
    placed = placebos(given)
    assert placed.assignments == 35
    assert placed.effects[0] == pytest.approx(found.value)
    by_hand = sorted(effect(Panel.of(cells, frozenset(s), begin)).value for s in _subsets(units, 3))
    assert sorted(placed.effects) == pytest.approx(by_hand)
    assert placed.p == np.mean([abs(e) >= abs(found.value) - 1e-9 for e in by_hand])


def _subsets(units: int, size: int) -> list[tuple[int, ...]]:
    return [s for s in np.ndindex(*[units] * size) if list(s) == sorted(set(s))]


def test_twelve_stores_four_treated_in_500_runs() -> None:
    """A known effect lies inside the interval of the permutation in 93 % and more; without one 3 to 7 % are rejected (495 assignments)."""
    random = np.random.default_rng(7)
    inside = rejected = 0
    for _ in range(500):
        none = placebos(made(random))
        rejected += none.p <= 0.05
        assert none.assignments == 495
        lifted = placebos(made(random, tau=1.5))
        assert lifted.low is not None and lifted.high is not None
        inside += lifted.low <= 1.5 <= lifted.high
    assert inside / 500 >= 0.93
    assert 0.03 <= rejected / 500 <= 0.07


def test_many_units_in_500_runs() -> None:
    """The clustered interval with forty units, half of them treated."""
    random = np.random.default_rng(8)
    runs = [effect(made(random, units=40, treated=20, periods=8, tau=tau)) for tau in (0.0, 1.0) for _ in range(500)]
    none, lifted = runs[:500], runs[500:]
    assert sum(found.low <= 1.0 <= found.high for found in lifted) / 500 >= 0.93
    assert 0.03 <= sum(found.p <= 0.05 for found in none) / 500 <= 0.07


def test_the_event_study_is_flat_before_and_lifted_after() -> None:
    random = np.random.default_rng(4)
    given = made(random, units=30, treated=15, periods=10, tau=4.0)
    rows = event_study(given)
    assert rows["period"].to_list() == list(range(10))
    assert rows.row(4) == (4, 0.0, 0.0, 0.0)
    assert (rows.filter(pl.col("period") < 5)["value"].abs() < 2).all()
    assert (rows.filter(pl.col("period") >= 5)["low"] > 0).all()
    flat = trend_before(given)
    assert flat.low <= 0 <= flat.high
    rising = panel(
        np.array([[0, 2, 4, 6, 8, 8.0], [0, 0, 0, 0, 0, 0], [0.1, 0, 0, 0.1, 0, 0], [1, 3.1, 5, 7, 9, 9]]), {0, 3}, 5
    )
    assert trend_before(rising).low > 1


def test_without_a_comparison() -> None:
    y = np.arange(8.0).reshape(2, 4)
    assert not panel(y, {0, 1}, 2).compares
    assert not panel(y, set(), 2).compares
    assert not panel(y, {0}, 0).compares
    assert panel(y, {0}, 2).compares
    few = placebos(panel(y + np.array([[0, 1, 0, 1.0], [0, 0, 0, 0]]), {0}, 2))  # two assignments reject nothing
    assert (few.low, few.high, few.assignments) == (None, None, 2)


@pytest.fixture
def prop99(shared: Path) -> tuple[np.ndarray, np.ndarray]:
    """Packs per head by state (rows) and year from 1970, California first; and the places of the others."""
    rows = pl.read_csv(shared / "data" / "prop99" / "california_prop99.csv", separator=";")
    wide = rows.sort("State", "Year").pivot(on="Year", index="State", values="PacksPerCapita")
    is_treated = (wide["State"] == "California").to_numpy()
    values = wide.drop("State").to_numpy()
    return values[is_treated][0], values[~is_treated]


def stopped_early(treated: np.ndarray, others: np.ndarray, begin: int) -> np.ndarray:
    """Weights as the paper’s program finds them (Frank & Wolfe): it stops when a step gains little, sets small weights
    to nothing after 100 steps, and goes on."""
    past, target = others[:, :begin].T, treated[:begin]
    noise = float(np.diff(others[:, :begin], axis=1).std(ddof=1))
    ridge, least = begin * (1e-6 * noise) ** 2, (1e-5 * noise) ** 2
    weights = np.full(len(others), 1 / len(others))
    for steps in (100, 10_000):
        last = np.inf
        for _ in range(steps):
            half = (past @ weights - target) @ past + ridge * weights
            toward = -weights.copy()
            toward[np.argmin(half)] += 1
            moved = past @ toward
            weights = weights + np.clip(-(half @ toward) / (moved @ moved + ridge * toward @ toward), 0, 1) * toward
            now = float(((past @ weights - target) ** 2).mean())
            if last - now <= least:
                break
            last = now
        if steps == 100:
            weights = np.where(weights <= weights.max() / 4, 0, weights)
            weights = weights / weights.sum()
    return weights


def test_proposition_99(prop99: tuple[np.ndarray, np.ndarray]) -> None:
    """Arkhangelsky et al. 2021, table 1: difference in differences −27.3, synthetic control −19.6 (1989 to 2000 against 1970 to 1988).

    The latter comes from a program that stops before the best mixture is reached; the best one itself gives −19.5.
    """
    california, others = prop99
    begin = 1989 - 1970
    found = effect(panel(np.concatenate([california[None, :], others]), {0}, begin))
    assert found.value == pytest.approx(-27.3, abs=0.05)
    early = california - stopped_early(california, others, begin) @ others
    assert early[begin:].mean() == pytest.approx(-19.6, abs=0.05)
    fitted = synthetic_control(california, others, begin)
    assert fitted.miss_before < np.sqrt((early[:begin] ** 2).mean()) < 2
    assert fitted.effect == pytest.approx(-19.51, abs=0.01)
    assert fitted.weights.min() >= 0
    assert fitted.weights.sum() == pytest.approx(1)
    assert placebo_in_space(california, others, begin) <= 3 / 39
