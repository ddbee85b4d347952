"""Whether the items of a block measure one thing: Cronbach’s α with Feldt’s interval."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import f


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
