"""Pareto/NBD: purchases are Poisson until the customer dies, after a time that is exponential.

Schmittlein, Morrison & Colombo 1987, Management Science 33(1):1–24; equations as numbered in Fader & Hardie 2005, note 009.
"""

import numpy as np

from metrics.clv.models.model import LikelihoodModel, rising
from metrics.clv.models.statistics import Array, Purchases, total

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
NODES, WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2  # Gauss–Legendre on (0, 1)
DEPTH, CUTS = 40.0, 6  # beyond e^-40 of its beginning an integrand adds nothing
ROWS_AT_ONCE = 32_768  # each has 24 nodes: bounds the memory


class ParetoNBD(LikelihoodModel):
    """λ ~ Gamma(r, α), μ ~ Gamma(s, β)."""

    name = "pareto_nbd"
    letters = ("r", "alpha", "s", "beta")
    times = ("alpha", "beta")

    def log_likelihood(self, parameters: Array, rows: Purchases) -> tuple[float, Array]:
        """Eq. (15)–(18): alive at T, or dead at some time between t_x and T."""
        r, alpha, s, beta = parameters
        values, _, customers = rows.distinct_x
        gamma, gamma_by_r = rising(r, values)
        everyone = rows.customers
        value = everyone * (r * np.log(alpha) + s * np.log(beta)) + total(customers, gamma)
        gradient = np.array(
            [
                everyone * np.log(alpha) + total(customers, gamma_by_r),
                everyone * r / alpha,
                everyone * np.log(beta),
                everyone * s / beta,
            ]
        )
        for part in _parts(len(rows.x)):
            more, steepness = _history(parameters, rows.x[part], rows.t_x[part], rows.T[part], rows.n[part])
            value += more
            gradient += steepness
        return value, gradient * parameters

    def log_history(self, parameters: Array, x: Array, t_x: Array, T: Array) -> Array:
        _, log_alive, log_dead = self._alive_or_dead(parameters, x, t_x, T)
        return np.logaddexp(log_alive, log_dead)

    def p_alive(self, parameters: Array, x: Array, t_x: Array, T: Array) -> Array:
        """Eq. (37)."""
        _, log_alive, log_dead = self._alive_or_dead(parameters, x, t_x, T)
        return np.exp(-np.logaddexp(0, log_dead - log_alive))

    def purchases_if_alive(self, parameters: Array, t: float | Array, x: Array, T: Array) -> Array:
        """Eq. (41) over P(alive)."""
        r, alpha, s, beta = parameters
        return (r + x) / (alpha + T) * (beta + T) * _exponential_mean(s - 1, np.log1p(t / (beta + T)))

    def unconditional_purchases(self, parameters: Array, t: float | Array) -> Array:
        """Eq. (27)."""
        r, alpha, s, beta = parameters
        return r * beta / alpha * _exponential_mean(s - 1, np.log1p(np.asarray(t, dtype=float) / beta))

    @staticmethod
    def _alive_or_dead(parameters: Array, x: Array, t_x: Array, T: Array) -> tuple[Array, Array, Array]:
        r, alpha, s, beta = parameters
        x, t_x, T = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, dtype=float)) for v in (x, t_x, T)))
        dead = [_died_between(parameters, x[part], t_x[part], T[part])[0] for part in _parts(len(x))]
        log_dead = np.log(s) + (np.concatenate(dead) if dead else np.empty(0))
        return x, -(r + x) * np.log(alpha + T) - s * np.log(beta + T), log_dead


def _parts(rows: int) -> list[slice]:
    return [slice(start, start + ROWS_AT_ONCE) for start in range(0, rows, ROWS_AT_ONCE)]


def _history(parameters: Array, x: Array, t_x: Array, T: Array, n: Array) -> tuple[float, Array]:
    """What the rows add to the likelihood by t_x and T, and to its gradient by the parameters."""
    r, alpha, s, beta = parameters
    rx = r + x
    log_integral, share, a_t, log_a_t, log_ratio = _died_between(parameters, x, t_x, T)
    b_t, log_b_t = a_t + (beta - alpha), log_a_t + log_ratio
    log_a, log_b = np.log(alpha + T), np.log(beta + T)
    log_alive, log_dead = -rx * log_a - s * log_b, np.log(s) + log_integral
    both = np.logaddexp(log_alive, log_dead)
    n_alive = n * np.exp(log_alive - both)
    n_dead = n - n_alive
    gradient = (
        -total(n_alive, log_a) - total(n_dead, _mean(share, log_a_t)),
        -total(n_alive, rx / (alpha + T)) - total(n_dead * rx, _mean(share, 1 / a_t)),
        -total(n_alive, log_b) - total(n_dead, _mean(share, log_b_t)) + n_dead.sum() / s,
        -total(n_alive, s / (beta + T)) - total(n_dead * (s + 1), _mean(share, 1 / b_t)),
    )
    return total(n, both), np.array(gradient)


def _mean(share: Array, values: Array) -> Array:
    """Over the nodes of each row, by their shares."""
    return np.einsum("ij,ij->i", share, values)


def _died_between(parameters: Array, x: Array, t_x: Array, T: Array) -> tuple[Array, Array, Array, Array, Array]:
    """ln ∫ from t_x to T of (α + t)^−(r + x) (β + t)^−(s + 1) dt; at the nodes, their share of it, α + t, its logarithm and that of
    (β + t)/(α + t).

    By u = ln(m + t), m the smaller of α and β, the logarithm of the integrand is concave and has no singularity within π of the line:
    24 nodes give eight digits or more, for any x and any ratio of α and β, without ₂F₁ and without the difference of large numbers that
    eq. (17) and (18) have. Where it has fallen by DEPTH it is cut, so that the nodes lie where the mass is.
    """
    r, alpha, s, beta = parameters
    smaller, gap = min(alpha, beta), abs(alpha - beta)
    # exponents of the nearer and the further factor, after dt = e^u du; a column, so that a row of nodes can stand beside them
    near, far = (np.full_like(x, s), r + x) if beta <= alpha else (r + x - 1, np.full_like(x, s + 1))
    near, far = near[:, None], far[:, None]

    def logarithm(u: Array) -> Array:
        return -near * u - far * np.log(gap + np.exp(u))

    start, end = np.log(smaller + t_x)[:, None], np.log(smaller + T)[:, None]
    least = logarithm(start) - DEPTH
    for _ in range(CUTS):  # Newton from the right on a concave function: never cuts too much
        over = np.maximum(least - logarithm(end), 0.0)
        end = end - np.where(over > 0, over / (near + far * np.exp(end) / (gap + np.exp(end))), 0.0)
    u = start + (end - start) * NODES
    other = np.log(gap + np.exp(u))
    values = -near * u - far * other
    highest = values.max(axis=1)
    integrand = np.exp(values - highest[:, None])
    area = np.einsum("ij,j->i", integrand, WEIGHTS)
    span = (end - start)[:, 0]
    with np.errstate(divide="ignore"):  # ln 0 where T = t_x: no time to die in
        log_integral = highest + np.log(span) + np.log(area)
    log_a_t, log_b_t = (other, u) if beta <= alpha else (u, other)
    return log_integral, integrand * WEIGHTS / area[:, None], np.exp(log_a_t), log_a_t, log_b_t - log_a_t


def _exponential_mean(c: float, length: Array) -> Array:
    """(1 − e^(−c·length))/c, which is `length` at c = 0."""
    small = np.abs(c * length) < 1e-8
    return np.where(small, length * (1 - c * length / 2), -np.expm1(-c * length) / (c or 1.0))


PARETO_NBD = ParetoNBD()
