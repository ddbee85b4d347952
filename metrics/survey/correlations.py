"""Correlations of items, some of which were not answered, and how they vary when other customers are drawn.

Sums over clusters of customers are made once; a draw is a weight for each cluster, so that a thousand draws are one product of matrices.
Bootstrap of clusters: Field & Welsh 2007, Journal of the Royal Statistical Society B 69:369–390.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from metrics.engine.periods import checked
from metrics.survey.responses import MISSING, SEED

ROWS_AT_ONCE = 20_000
LEAST_EIGENVALUE = 1e-6  # of a correlation matrix that is made positive definite


@dataclass(frozen=True)
class Matrices:
    """Per draw: correlations `r` and covariances (… × k × k), means and standard deviations (… × k), how many answered both of each pair
    (weighted)."""

    r: np.ndarray
    covariance: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    pairs: np.ndarray


@dataclass(frozen=True)
class Sums:
    """Per cluster: weights, sums, squares and products over those who answered both items of a pair, each cluster × k × k."""

    parts: np.ndarray  # clusters × 4 × k × k
    centre: np.ndarray

    @property
    def clusters(self) -> int:
        """How many clusters there are."""
        return len(self.parts)

    def whole(self) -> Matrices:
        """Of all who answered."""
        return self._matrices(self.parts.sum(axis=0, keepdims=True))

    def drawn(self, weights: np.ndarray) -> Matrices:
        """Of each draw, from a row of cluster weights."""
        k = self.parts.shape[-1]
        added = weights @ self.parts.reshape(self.clusters, -1)
        return self._matrices(added.reshape(len(weights), 4, k, k))

    def _matrices(self, added: np.ndarray) -> Matrices:
        n, total, square, product = (added[:, place] for place in range(4))
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = total / n
            variance = np.clip(square / n - mean**2, 0, None)
            covariance = product / n - mean * np.swapaxes(mean, 1, 2)
            spread = np.sqrt(variance * np.swapaxes(variance, 1, 2))
            r = np.where(spread > 0, covariance / spread, 0.0)
        k = r.shape[-1]
        r[:, np.arange(k), np.arange(k)] = 1.0
        own = np.diagonal(n, axis1=1, axis2=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            unbiased = np.diagonal(variance, axis1=1, axis2=2) * own / (own - 1)
            covariance = covariance * n / (n - 1)
        centre = np.diagonal(mean, axis1=1, axis2=2) + self.centre
        return Matrices(np.clip(r, -1, 1), covariance, centre, np.sqrt(np.clip(unbiased, 0, None)), n)


def sums(values: np.ndarray, weight: np.ndarray, cluster: np.ndarray, missing: str) -> Sums:
    """The sums that correlations are made of: of each pair those who answered both (“pairwise”), or those who answered all (“listwise”)."""
    if checked("missing", missing, MISSING) == "listwise":
        whole = ~np.isnan(values).any(axis=1)
        values, weight, cluster = values[whole], weight[whole], cluster[whole]
    there = ~np.isnan(values)
    count = there.sum(axis=0)
    centre = np.where(count > 0, np.where(there, values, 0.0).sum(axis=0) / np.maximum(count, 1), 0.0)
    known = np.unique(cluster)
    place = np.searchsorted(known, cluster)
    k = values.shape[1]
    parts = np.zeros((len(known), 4 * k * k))
    for start in range(0, len(values), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        m = there[part].astype(float)
        x = np.where(there[part], values[part] - centre, 0.0)
        w = weight[part, None]
        products = [np.einsum("ni,nj->nij", left * w, right) for left, right in ((m, m), (x, m), (x * x, m), (x, x))]
        rows = np.stack(products, axis=1).reshape(len(m), -1)
        belongs = sparse.csr_matrix((np.ones(len(m)), (place[part], np.arange(len(m)))), shape=(len(known), len(m)))
        parts += belongs @ rows
    return Sums(parts.reshape(len(known), 4, k, k), centre)


def draws(clusters: int, count: int) -> np.ndarray:
    """How often each cluster is in each draw with replacement: one row per draw."""
    random = np.random.default_rng([SEED, clusters])
    chosen = random.integers(0, max(clusters, 1), (count, clusters))
    flat = chosen + np.arange(count)[:, None] * clusters
    return np.bincount(flat.ravel(), minlength=count * clusters).reshape(count, clusters).astype(float)


def definite(r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Correlation matrices made positive definite, and which of them had to be: the eigenvalues below LEAST_EIGENVALUE are raised to it and
    the diagonal is made 1 again.

    Pairs that rest on different people need not fit together. Rousseeuw & Molenberghs 1993, Communications in Statistics 22:965–984, the
    eigenvalue method.
    """
    values, vectors = np.linalg.eigh(r)
    mended = values[..., 0] < LEAST_EIGENVALUE
    if not mended.any():
        return r, mended
    raised = np.clip(values, LEAST_EIGENVALUE, None)
    again = (vectors * raised[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    scale = np.sqrt(np.diagonal(again, axis1=-2, axis2=-1))
    again = again / (scale[..., :, None] * scale[..., None, :])
    return np.where(mended[..., None, None], again, r), mended
