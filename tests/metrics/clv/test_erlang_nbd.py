"""MBG/CNBD-k and NBD: with one stage they are models that are known, with more they are told from 40-digit arithmetic and simulation."""

from random import Random

import mpmath
import numpy as np
import pytest

from metrics.clv.models.bg_nbd import MBG_NBD
from metrics.clv.models.erlang_nbd import NBD, ErlangNBD
from metrics.clv.models.statistics import Array, Purchases

ONE_STAGE = ErlangNBD("one", stages=1, dropout=True)
REGULAR = {k: ErlangNBD(f"{k}", stages=k, dropout=True) for k in (1, 2, 3, 4)}
PARAMETERS = np.array([0.55, 6.2, 0.9, 1.6])
# x, t_x, T: nobody's repeat, on the first day; quiet; lively; two thousand up to the last day, and long ago
HISTORIES = [
    (0, 0, 0),
    (0, 0, 30),
    (1, 1.7, 38.9),
    (2, 30.4, 38.9),
    (7, 35, 35),
    (40, 100, 120),
    (2000, 120, 120),
    (2000, 119.9, 120),
    (2000, 60, 120),
]


def rows(histories: list, log_gaps: float = 0.0) -> Purchases:
    x, t_x, T = (np.array(values, dtype=float) for values in zip(*histories, strict=True))
    return Purchases(x, t_x, T, np.ones(len(x)), log_gaps)


def test_nobody_has_a_likelihood_of_one() -> None:
    nothing = np.array([])
    for model in (NBD, *REGULAR.values()):
        at = PARAMETERS[: len(model.letters)]
        assert model.log_likelihood(at, Purchases(*[nothing] * 4))[0] == 0
        assert len(model.expected_purchases(at, 52.0, nothing, nothing, nothing)) == 0


def test_with_one_stage_it_is_mbg_nbd() -> None:
    everybody = rows(HISTORIES)
    for found, expected in zip(*(m.log_likelihood(PARAMETERS, everybody) for m in (ONE_STAGE, MBG_NBD)), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9)
    of = (everybody.x, everybody.t_x, everybody.T)
    for name in ("p_active", "expected_purchases"):
        for weeks in (1.0, 52.0, 500.0):
            found, expected = (getattr(model, name)(PARAMETERS, weeks, *of) for model in (ONE_STAGE, MBG_NBD))
            few = everybody.x < 2000  # of more stages than are added up one by one: to 3e-4
            np.testing.assert_allclose(found[few], expected[few], rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(found, expected, rtol=3e-4, atol=1e-12)


def test_without_dropout_it_is_the_nbd() -> None:
    """P(an order) = 1 − ((α + T)/(α + T + H))^(r + x), and the rate (r + x)/(α + T) goes on."""
    r, alpha = PARAMETERS[:2]
    of = x, _, T = tuple(np.array(values, dtype=float) for values in zip(*HISTORIES, strict=True))
    at = PARAMETERS[:2]
    np.testing.assert_allclose(NBD.p_active(at, 26.0, *of), 1 - ((alpha + T) / (alpha + T + 26)) ** (r + x), atol=1e-12)
    np.testing.assert_allclose(NBD.expected_purchases(at, 26.0, *of), (r + x) / (alpha + T) * 26)
    np.testing.assert_allclose(NBD.p_alive(at, *of), 1)


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_it_is_what_40_digits_say(k: int, history: tuple) -> None:
    x, t_x, T = history
    r, alpha, a, b = (mpmath.mpf(float(value)) for value in PARAMETERS)
    model, of = REGULAR[k], tuple(np.array([value], dtype=float) for value in history)
    with mpmath.workdps(40):
        first, last = mpmath.mpf(float(t_x)), mpmath.mpf(float(T))
        stages = [
            mpmath.beta(a, b + x + 1) * mpmath.rf(r, k * x + j) / mpmath.factorial(j) * (last - first) ** j
            / (alpha + last) ** (r + k * x + j)
            for j in range(k)
        ]  # fmt: skip
        dead = mpmath.beta(a + 1, b + x) * mpmath.rf(r, k * x) / (alpha + first) ** (r + k * x)
        whole = mpmath.fsum([*stages, dead])
        likelihood = mpmath.log(whole * alpha**r / mpmath.beta(a, b) / mpmath.factorial(k - 1) ** x)
        alive = [stage / whole for stage in stages]
        weeks = mpmath.mpf(12)
        expected = mpmath.fsum(
            chance * _purchases(weeks / (alpha + last), r + k * x + j, a, b + x + 1, k, j)
            for j, chance in enumerate(alive)
        )
        told = [float(value) for value in (likelihood, mpmath.fsum(alive), expected)]
    found = model.log_likelihood(PARAMETERS, rows([history]))[0]
    assert found == pytest.approx(told[0], rel=1e-11, abs=1e-11)
    assert model.p_alive(PARAMETERS, *of)[0] == pytest.approx(told[1], rel=1e-9, abs=1e-15)
    assert model.expected_purchases(PARAMETERS, 12.0, *of)[0] == pytest.approx(told[2], rel=3e-4 if x == 2000 else 1e-9)


def _purchases(odds, shape, a, b, k: int, j: int):
    """Σ P(N = n) · the purchases that n further stages are, less those forestalled: N is negative binomial, from the start on."""
    chance, total, n, follows, made = (1 + odds) ** -shape, mpmath.mpf(0), 0, mpmath.mpf(1), mpmath.mpf(0)
    reached = mpmath.mpf(0)
    while reached < 1 - mpmath.mpf(10) ** -14:
        if n + j and not (n + j) % k:
            made += follows
            purchase = (n + j) // k
            follows *= (b + purchase - 1) / (a + b + purchase - 1)
        total += chance * made
        reached += chance
        chance *= (shape + n) / (n + 1) * odds / (1 + odds)
        n += 1
    return total


@pytest.mark.parametrize("k", [1, 2, 4])
def test_regularity_is_recovered_from_simulated_buyers(k: int) -> None:
    """By the likelihood, and with it the parameters within four standard errors."""
    random, histories, log_gaps = Random(20 + k), [], 0.0
    for _ in range(3000):
        T = random.uniform(30, 100)
        rate, leaves = random.gammavariate(1.2, 1 / 5) * k, random.betavariate(0.8, 4)
        x, t_x = 0, 0.0
        while random.random() >= leaves:
            gap = random.gammavariate(k, 1 / rate)
            if t_x + gap > T:
                break
            x, t_x, log_gaps = x + 1, t_x + gap, log_gaps + float(np.log(gap))
        histories.append((x, t_x, T))
    seen = rows(histories, log_gaps)
    fits = {stages: model.fit(seen) for stages, model in REGULAR.items()}
    assert max(fits, key=lambda stages: fits[stages].log_likelihood) == k
    off: Array = np.log(fits[k].parameters / np.array([1.2, 5.0 / k, 0.8, 4.0])) / fits[k].standard_errors
    assert np.abs(off).max() < 4
