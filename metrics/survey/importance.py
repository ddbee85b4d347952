"""How much each of several predictors has to do with an outcome when they hang together: relative weights, and Shapley values of R²."""

import itertools
import math

import numpy as np

MOST_FOR_SHAPLEY = 12  # 2¹² regressions


def relative_weights(r: np.ndarray, with_outcome: np.ndarray) -> np.ndarray:
    """Johnson’s relative weights, which add up to R²: of correlations of predictors (… × p × p) and with the outcome (… × p).

    Λ = R^½ are the correlations of the predictors with those uncorrelated variables that are closest to them; ε = Λ²(Λ⁻¹r)².
    Johnson 2000, Multivariate Behavioral Research 35:1–19.
    """
    values, vectors = np.linalg.eigh(r)
    root = np.sqrt(np.clip(values, np.finfo(float).tiny, None))
    turned = np.swapaxes(vectors, -1, -2)
    loadings = (vectors * root[..., None, :]) @ turned
    beta = ((vectors / root[..., None, :]) @ turned) @ with_outcome[..., None]
    found: np.ndarray = (loadings**2 @ beta**2)[..., 0]
    return found


def r_squared(r: np.ndarray, with_outcome: np.ndarray) -> float:
    """The share of the outcome’s variance that the predictors explain together."""
    return float(with_outcome @ np.linalg.solve(r, with_outcome)) if len(r) else 0.0


def shapley(r: np.ndarray, with_outcome: np.ndarray) -> np.ndarray:
    """What each predictor adds to R² on average over all orders in which they can be added; they add up to R².

    Lindeman, Merenda & Gold 1980, Introduction to Bivariate and Multivariate Analysis, p. 119 (LMG); all 2^p sets of predictors, so
    ValueError beyond MOST_FOR_SHAPLEY of them.
    """
    p = len(r)
    if p > MOST_FOR_SHAPLEY:
        raise ValueError(f"{p} predictors are too many for Shapley values; there can be {MOST_FOR_SHAPLEY}.")
    known = np.zeros(1 << p)
    for size in range(1, p + 1):
        chosen = np.array(list(itertools.combinations(range(p), size)))
        own = with_outcome[chosen]
        solved = np.linalg.solve(r[chosen[:, :, None], chosen[:, None, :]], own[..., None])[..., 0]
        known[(1 << chosen).sum(axis=1)] = (own * solved).sum(axis=1)
    sets = np.arange(1 << p)
    sizes = np.array([int(one).bit_count() for one in sets])
    share = np.array([math.factorial(m) * math.factorial(p - m - 1) / math.factorial(p) for m in range(p)])
    found = np.zeros(p)
    for place in range(p):
        without = sets[(sets >> place) & 1 == 0]
        found[place] = (share[sizes[without]] * (known[without | (1 << place)] - known[without])).sum()
    return found


def inflation(r: np.ndarray) -> np.ndarray:
    """The variance inflation factor of each predictor: 1 / (1 − R²) of it on the others; 1 where it stands alone."""
    return np.diagonal(np.linalg.inv(r), axis1=-2, axis2=-1) if len(r) else np.zeros(0)
