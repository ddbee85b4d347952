"""Whether the items of a block measure one thing: Cronbach’s α with Feldt’s interval, and McDonald’s ω of one factor."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import f

ROUNDS, CLOSE = 500, 1e-10
MOST_COMMON = 0.9999  # of an item’s variance: beyond, the factor is the item itself


@dataclass(frozen=True)
class Reliability:
    """α of a block with its interval."""

    alpha: float
    low: float
    high: float


def alpha(covariance: np.ndarray) -> np.ndarray:
    """Cronbach’s α of covariances (… × k × k); of correlations it is the standardized one. Cronbach 1951, Psychometrika 16:297–334."""
    k = covariance.shape[-1]
    own = np.trace(covariance, axis1=-2, axis2=-1)
    found: np.ndarray = k / (k - 1) * (1 - own / covariance.sum(axis=(-2, -1)))
    return found


def with_interval(value: float, n: int, k: int, confidence: float = 0.95) -> Reliability:
    """α of k items from n respondents with its interval: (1 − α) / (1 − α̂) is F with n − 1 and (n − 1)(k − 1) degrees of freedom.

    Feldt 1965, Psychometrika 30:357–370.
    """
    ends = (1 - confidence) / 2
    freedom = (n - 1, (n - 1) * (k - 1))
    low, high = (1 - (1 - value) * f.isf(end, *freedom) for end in (ends, 1 - ends))
    return Reliability(value, float(low), float(high))


def omega(r: np.ndarray) -> np.ndarray:
    """McDonald’s ω of correlations (… × k × k, k ≥ 3) under one factor, fitted by least squares (iterated principal axes).

    ω = (Σλ)² / ((Σλ)² + Σ(1 − λ²)). McDonald 1999, Test Theory, p. 89; Harman & Jones 1966, Psychometrika 31:351–368 (minres).
    """
    k = r.shape[-1]
    place = np.arange(k)
    common = 1 - 1 / np.diagonal(np.linalg.inv(r), axis1=-2, axis2=-1)
    for _round in range(ROUNDS):
        reduced = r.copy()
        reduced[..., place, place] = common
        values, vectors = np.linalg.eigh(reduced)
        loadings = vectors[..., -1] * np.sqrt(np.clip(values[..., -1:], 0, None))
        new = np.clip(loadings**2, 0, MOST_COMMON)
        moved = np.abs(new - common).max(initial=0.0)
        common = new
        if moved < CLOSE:
            break
    total = loadings.sum(axis=-1) ** 2
    found: np.ndarray = total / (total + (1 - common).sum(axis=-1))
    return found
