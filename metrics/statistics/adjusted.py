"""The difference between people who were treated and people who by lot were not, less what they already differed in before.

With y the outcome, x the same before and θ = Σ(x − x̄)(y − ȳ) / Σ(x − x̄)² within the arms, y − θx has 1 − ρ² times the variance of y, and
the lot leaves its difference unbiased: Deng, Xu, Kohavi & Walker 2013, Proceedings of WSDM, 123–132 (CUPED), which is the analysis of
covariance of Fisher 1932. Interval: Welch 1947, Biometrika 34:28–35.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit

from metrics.statistics.intervals import z_value

POWER = 0.8  # with which the smallest effect that could have been seen would have been


@dataclass(frozen=True)
class Difference:
    """Treated minus not treated: value, its standard error and interval, the smallest effect that would have been seen in four of five
    such trials, and how closely the outcome follows what was before (ρ within the arms)."""

    value: float
    se: float
    low: float
    high: float
    least: float
    correlation: float


def adjusted_difference(outcome: Any, before: Any, treated: Any, *, confidence: float = 0.95) -> Difference | None:
    """Of one number per person; None where an arm has fewer than two, or nobody differs from anybody."""
    y, x, arm = (np.asarray(values, dtype=float) for values in (outcome, before, treated))
    sides = [arm > 0, arm <= 0]
    sizes = [int(side.sum()) for side in sides]
    if min(sizes) < 2:
        return None
    within_x, within_y = (_centred(values, sides) for values in (x, y))
    spread = float(np.einsum("i,i->", within_x, within_x))
    together = float(np.einsum("i,i->", within_x, within_y))
    total = float(np.einsum("i,i->", within_y, within_y))
    theta = together / spread if spread > 0 else 0.0
    adjusted = y - theta * x
    means = [float(adjusted[side].mean()) for side in sides]
    errors = [float(adjusted[side].var(ddof=1)) / size for side, size in zip(sides, sizes, strict=True)]
    variance = sum(errors)
    if variance <= 0:
        return None
    freedom = variance**2 / sum(error**2 / (size - 1) for error, size in zip(errors, sizes, strict=True))
    se, reach = variance**0.5, float(stdtrit(freedom, (1 + confidence) / 2))
    value = means[0] - means[1]
    correlation = together / (spread * total) ** 0.5 if spread > 0 and total > 0 else 0.0
    return Difference(value, se, value - reach * se, value + reach * se, least_effect(se, reach), correlation)


def least_effect(se: float, reach: float) -> float:
    """The smallest effect whose interval (`reach` standard errors to either side) would exclude 0 in four of five trials."""
    return (reach + z_value(2 * POWER - 1)) * se


def _centred(values: np.ndarray, sides: list[np.ndarray]) -> np.ndarray:
    centred = values.copy()
    for side in sides:
        centred[side] -= values[side].mean()
    return centred
