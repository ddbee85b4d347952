"""Markov chains: arriving, being worth something, and keeping to one matrix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from metrics.statistics.markov import reach, stationarity, value
from tests.metrics.test_laws import law

# Bronze, silver, gold, lapsed
LADDER = np.array([[0.6, 0.2, 0, 0.2], [0.1, 0.6, 0.2, 0.1], [0, 0.1, 0.9, 0], [0.3, 0, 0, 0.7]])


def test_chance_and_time_to_the_top_by_hand() -> None:
    """From bronze h = .6h + .2s, from silver s = .1h + .6s + .2: s = 4/7, h = 2/7."""
    chance, steps = reach(LADDER, target=2, lost=3)
    assert chance == pytest.approx([2 / 7, 4 / 7, 1, 0])
    assert np.isnan(steps[3])
    assert steps[2] == 0


def test_expected_steps_are_those_of_the_walks_that_arrive() -> None:
    chance, steps = reach(LADDER, target=2, lost=3)
    absorbing = LADDER.copy()
    absorbing[2], absorbing[3] = [0, 0, 1, 0], [0, 0, 0, 1]
    arrived = [np.linalg.matrix_power(absorbing, n)[:, 2] for n in range(400)]
    for state in (0, 1):
        at = np.diff([row[state] for row in arrived])
        assert chance[state] == pytest.approx(at.sum())
        assert steps[state] == pytest.approx((at * np.arange(1, 400)).sum() / at.sum())


def test_a_state_that_leads_nowhere_has_no_chance_and_no_time() -> None:
    stuck = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]])
    chance, steps = reach(stuck, target=1, lost=2)
    assert chance.tolist() == [0, 1, 0]
    assert np.isnan(steps).tolist() == [True, False, True]


def test_a_stack_of_matrices_gives_each_its_own_result() -> None:
    other = LADDER[[0, 1, 2, 3]].copy()
    other[0] = [0.2, 0.6, 0, 0.2]
    both = reach(np.stack([LADDER, other]), target=2, lost=3)
    for place, matrix in enumerate((LADDER, other)):
        for found, expected in zip(both, reach(matrix, target=2, lost=3), strict=True):
            assert found[place] == pytest.approx(expected, nan_ok=True)


def test_a_rate_of_zero_has_no_value() -> None:
    with pytest.raises(ValueError, match="discount_rate is 0; it must be above 0"):
        value(LADDER, np.ones(4), discount_rate=0)


def test_stationarity_is_the_sum_of_homogeneity_tests_of_each_state() -> None:
    counts = np.array([[[30, 10, 5], [5, 40, 5]], [[20, 20, 10], [8, 30, 9]], [[25, 15, 2], [1, 44, 4]]], dtype=float)
    statistic, freedom, p_value = stationarity(counts)
    tests = [chi2_contingency(counts[:, state], correction=False) for state in (0, 1)]
    assert statistic == pytest.approx(sum(test.statistic for test in tests))
    assert freedom == sum(test.dof for test in tests) == 8
    assert 0 < p_value < 0.05


def test_what_does_not_occur_takes_no_freedom() -> None:
    counts = np.array([[[9, 1, 0], [0, 0, 0]], [[5, 5, 0], [0, 0, 0]]], dtype=float)
    assert stationarity(counts)[1] == 1
    statistic, freedom, p_value = stationarity(np.zeros((2, 2, 2)))
    assert (statistic, freedom) == (0, 0)
    assert np.isnan(p_value)


@law
@given(st.lists(st.lists(st.integers(0, 20), min_size=4, max_size=4), min_size=4, max_size=4))
def test_chances_lie_between_0_and_1_and_arriving_takes_at_least_one_step(counts: list[list[int]]) -> None:
    p = np.array(counts, dtype=float) + 1e-3
    p /= p.sum(axis=1, keepdims=True)
    chance, steps = reach(p, target=2, lost=3)
    assert ((chance >= 0) & (chance <= 1 + 1e-9)).all()
    assert (steps[:2] >= 1 - 1e-9).all()


@law
@given(st.lists(st.lists(st.integers(1, 30), min_size=3, max_size=3), min_size=3, max_size=3))
def test_steps_with_the_same_moves_are_stationary(counts: list[list[int]]) -> None:
    statistic, _, p_value = stationarity(np.array([counts] * 3, dtype=float))
    assert statistic == pytest.approx(0)
    assert p_value == pytest.approx(1)
