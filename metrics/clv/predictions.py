"""What the fitted models expect of the coming weeks, discounted, and how sure they are of it."""

import math
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from metrics.clv.fitted import Fitted
from metrics.clv.models.fitting import Fit
from metrics.clv.models.statistics import Array, Purchases

WEEKS_PER_YEAR = 365.25 / 7
LEAST_WEEKS_WATCHED = (
    52.0  # that a rate of the past is taken over: one from a few days would make a thousand orders of two
)
DRAWS = 24  # of the parameters; matched to their covariance, so that few are enough
SEED = 20_050_401
COLUMNS_AT_ONCE = 4096  # so that what is at hand stays near the processor
# of Gauss–Legendre: within a year, and more for each further one, so that an integral over ten years is as exact as over one
NODES, NODES_PER_YEAR = 5, 3


@dataclass(frozen=True)
class Horizon:
    """How far ahead (weeks), and what a payment a year later is worth less (yearly rate, compounded)."""

    weeks: float
    discount_rate: float

    @property
    def weekly(self) -> float:
        """The continuous rate per week."""
        return float(np.log1p(self.discount_rate)) / WEEKS_PER_YEAR

    @property
    def even_factor(self) -> float:
        """The mean discount factor of payments that come evenly over the horizon."""
        exponent = self.weekly * self.weeks
        return -float(np.expm1(-exponent)) / exponent if exponent else 1.0


@dataclass(frozen=True)
class Expected:
    """Per row of `Purchases`: purchases within the horizon, the same discounted, and P(at least one)."""

    purchases: Array
    discounted: Array
    p_active: Array


def expected(fitted: Fitted, rows: Purchases, horizon: Horizon) -> Expected:
    """The conditional expectations of the fitted model."""
    assert fitted.purchases is not None
    model, parameters = fitted.model, fitted.purchases.parameters
    x, T, row = rows.distinct_x_T  # t_x matters only for whether someone is alive

    def if_alive(weeks: float) -> Array:
        return model.purchases_if_alive(parameters, weeks, x, T)

    purchases, whole = model.expected_each(parameters, horizon.weeks, rows), if_alive(horizon.weeks)
    later = np.divide(_discounted(if_alive, whole, horizon), whole, out=np.ones_like(whole), where=whole > 0)
    return Expected(
        purchases=purchases,
        discounted=purchases * later[row],
        p_active=model.are_active(parameters, horizon.weeks, rows),
    )


def purchase_draws(fitted: Fitted, rows: Purchases, weeks: float) -> np.ndarray:
    """Expected purchases under parameters drawn around the estimate: DRAWS × rows. Of a model whose expectation is a long sum, by its near
    form, relative to that at the estimate."""
    assert fitted.purchases is not None
    model, estimate = fitted.model, fitted.purchases.parameters
    x, T, row = rows.distinct_x_T

    def under(parameters: Array) -> Array:
        return model.are_alive(parameters, rows) * model.purchases_if_alive(parameters, weeks, x, T)[row]

    drawn = np.array(_side_by_side(under, parameter_draws(fitted.purchases, SEED)))
    if model.has_closed_form:
        return drawn
    near = under(estimate)
    return drawn * np.divide(model.expected_each(estimate, weeks, rows), near, out=np.ones_like(near), where=near > 0)


def parameter_draws(fit: Fit, seed: int = SEED) -> np.ndarray:
    """DRAWS × parameters, from the Laplace approximation: their logarithms are normal around the estimate.

    In pairs on either side of it, and stretched so that their covariance is the fit's own and not only near it.
    """
    assert fit.covariance is not None
    half = np.random.default_rng(seed).standard_normal((DRAWS // 2, len(fit.parameters)))
    drawn = np.concatenate([half, -half])
    standard = np.linalg.solve(np.linalg.cholesky(drawn.T @ drawn / DRAWS), drawn.T).T
    return fit.parameters * np.exp(standard @ np.linalg.cholesky(fit.covariance).T)


def log_deviation(draws: np.ndarray) -> Array:
    """Standard deviation of the logarithm over draws (rows)."""

    def of_some(some: np.ndarray) -> Array:
        return np.log(np.maximum(some, np.finfo(float).tiny)).std(axis=0)

    blocks = np.array_split(draws, draws.shape[1] // COLUMNS_AT_ONCE + 1, axis=1)
    return np.concatenate(_side_by_side(of_some, blocks))


def history(rows: Purchases, horizon: Horizon) -> Array:
    """Purchases within the horizon if the past is repeated: x · H/max(T, 52), the rate so far for each week of the horizon.

    What stands in for the model where it cannot be believed. Who was first seen less than a year ago is taken to have bought in a year
    what they did since. The rate does not depend on the horizon, so a longer one never holds fewer purchases.
    """
    return rows.x * horizon.weeks / np.maximum(rows.T, LEAST_WEEKS_WATCHED)


def _side_by_side(work: Callable[[np.ndarray], Array], pieces: Iterable[np.ndarray]) -> list[Array]:
    """What the work gives for each piece, in as many threads as there are processors: NumPy lets others run while it computes."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, pieces))


def _discounted(purchases: Callable[[float], Array], whole: Array, horizon: Horizon) -> Array:
    """∫ e^(−δu) dM(u) over the horizon, M being the expected purchases; by parts e^(−δH) M(H) + δ ∫ e^(−δu) M(u) du."""
    rate = horizon.weekly
    if rate == 0:
        return whole
    further_years = max(horizon.weeks / WEEKS_PER_YEAR - 1, 0)
    nodes, weights = np.polynomial.legendre.leggauss(NODES + math.ceil(NODES_PER_YEAR * further_years))
    times = horizon.weeks * (nodes + 1) / 2
    each = zip(times, weights / 2, strict=True)
    integral = sum(weight * np.exp(-rate * time) * purchases(time) for time, weight in each)
    return np.exp(-rate * horizon.weeks) * whole + rate * horizon.weeks * integral
