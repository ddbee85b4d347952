"""BG/NBD and MBG/NBD: purchases are Poisson, and after each of them the customer may die; in MBG/NBD also right after the first.

Fader, Hardie & Lee 2005, Marketing Science 24(2):275–284 (equations numbered so); Batislam, Denizel & Filiztekin 2007, International
Journal of Research in Marketing 24(3):201–209.
"""

import numpy as np
from scipy.special import betaln, digamma, hyp2f1

from metrics.clv.models.model import LikelihoodModel, rising
from metrics.clv.models.statistics import Array, Purchases, total

NEAR_ONE = 1e-5  # a − 1 stands below in eq. (10); at a = 1 the limit is finite, and is taken from this near it
NEAR_WHOLE = 1e-10

LARGEST = 700.0  # e to it is still a number


class BetaGeometricNBD(LikelihoodModel):
    """λ ~ Gamma(r, α), p ~ Beta(a, b). `dies_at_once`: one more chance to die, right after the first purchase (MBG/NBD)."""

    letters = ("r", "alpha", "a", "b")
    times = ("alpha",)

    def __init__(self, name: str, *, dies_at_once: bool) -> None:
        self.name = name
        self.dies_at_once = dies_at_once

    def log_likelihood(self, parameters: Array, rows: Purchases) -> tuple[float, Array]:
        """Eq. (6): alive at T, or dead at t_x, which differ by the odds a/(b + x − 1) · ((α + T)/(α + t_x))^(r + x)."""
        r, alpha, a, b = parameters
        values, row, customers = rows.distinct_x
        survived = b + values + self.dies_at_once  # b + the chances to die that were survived by someone alive
        gamma, gamma_by_r = rising(r, values)
        customers_by_T, ever_by_T = rows.by_T
        exposed = r * customers_by_T + ever_by_T
        to_T, to_t_x = (alpha + distinct for distinct, _ in (rows.distinct_T, rows.distinct_t_x))
        log_T = np.log(to_T)
        log_odds, gap, rx = self._each_log_odds(parameters, rows, log_T)
        log_sum, dead = _softplus(log_odds)
        n_dead = np.multiply(rows.n, dead, out=dead)
        n_dead_by_x = np.bincount(row, n_dead, len(values))
        value = (
            rows.customers * (r * np.log(alpha) - betaln(a, b))
            + total(customers, gamma + betaln(a, survived))
            + total(rows.n, log_sum)
            - total(exposed, log_T)
        )
        both, both_survived = digamma(a + b), digamma(a + survived)
        sooner = _each(1 / to_t_x, rows.distinct_t_x)
        sooner -= _each(1 / to_T, rows.distinct_T)
        gradient = (
            rows.customers * np.log(alpha)
            + total(customers, gamma_by_r)
            - total(customers_by_T, log_T)
            + total(n_dead, gap),
            rows.customers * r / alpha - total(exposed, 1 / to_T) - total(np.multiply(n_dead, rx, out=rx), sooner),
            rows.customers * both - total(customers, both_survived) + n_dead_by_x.sum() / a,
            rows.customers * (both - digamma(b))
            + total(customers, digamma(survived) - both_survived)
            - total(n_dead_by_x, self._odds_per_a(b, values)),
        )
        return value, np.array(gradient) * parameters

    def log_history(self, parameters: Array, x: Array, t_x: Array, T: Array) -> Array:
        r, alpha, a, b = parameters
        log_T = np.log(alpha + T)
        log_odds = self._log_odds(a, b, x) + (r + x) * (log_T - np.log(alpha + t_x))
        return _softplus(log_odds)[0] - (r + x) * log_T

    def p_alive(self, parameters: Array, x: Array, t_x: Array, T: Array) -> Array:
        r, alpha, a, b = parameters
        return _none_of(self._log_odds(a, b, x) + (r + x) * np.log((alpha + T) / (alpha + t_x)))

    def are_alive(self, parameters: Array, rows: Purchases) -> Array:
        return _none_of(self._each_log_odds(parameters, rows, np.log(parameters[1] + rows.distinct_T[0]))[0])

    def are_active(self, parameters: Array, t: float, rows: Purchases) -> Array:
        now, then = (np.log(parameters[1] + rows.distinct_T[0] + later) for later in (0.0, t))
        (odds_now, _, rx), (odds_then, _, _) = (self._each_log_odds(parameters, rows, log_T) for log_T in (now, then))
        longer = _softplus(odds_then)[0] - _softplus(odds_now)[0] - rx * _each(then - now, rows.distinct_T)
        return -np.expm1(np.minimum(longer, 0.0))

    def purchases_if_alive(self, parameters: Array, t: float | Array, x: Array, T: Array) -> Array:
        """Eq. (10) over P(alive), its ₂F₁ in Euler's form, in which x stands in the third argument only and nothing overflows."""
        r, alpha, a, b = parameters
        return _growth(a, a + b + self.dies_at_once + x - 1, t / (alpha + T + t), r + x)

    def unconditional_purchases(self, parameters: Array, t: float | Array) -> Array:
        """Eq. (9); in MBG/NBD those who survive the first purchase, of which b/(a + b) do, have one more chance survived."""
        r, alpha, a, b = parameters
        z = np.asarray(t, dtype=float) / (alpha + t)
        return (b / (a + b) if self.dies_at_once else 1.0) * _growth(a, a + b + self.dies_at_once - 1, z, r)

    def _each_log_odds(self, parameters: Array, rows: Purchases, log_T: Array) -> tuple[Array, Array, Array]:
        """Of each row the logarithm of the odds to be dead at T, ln (α + T)/(α + t_x) and r + x, from `log_T`, the ln (α + T) of each
        distinct T."""
        r, alpha, a, b = parameters
        values, row, _ = rows.distinct_x
        gap = _each(log_T, rows.distinct_T)
        gap -= _each(np.log(alpha + rows.distinct_t_x[0]), rows.distinct_t_x)
        rx = r + rows.x
        log_odds = rx * gap
        log_odds += self._log_odds(a, b, values)[row]
        return log_odds, gap, rx

    def _odds_per_a(self, b: float, x: Array) -> Array:
        """1/(b + x − 1), or 1/(b + x) in MBG/NBD; 0 for who had no chance to die yet."""
        chances = x + self.dies_at_once
        return np.where(chances > 0, 1 / np.where(chances > 0, b + chances - 1, 1.0), 0.0)

    def _log_odds(self, a: float, b: float, x: Array) -> Array:
        with np.errstate(divide="ignore"):  # ln 0: certainly alive
            return np.log(a * self._odds_per_a(b, x))


def _growth(a: float, c: Array | float, z: Array, s: Array | float) -> Array:
    """c/(a − 1) · [1 − (1 − z)^s ₂F₁(s, c + 1 − a; c; z)], with ₂F₁ in Euler's form: (1 − z)^(a − 1 − s) ₂F₁(a − 1, c − s; c; z)."""
    a = 1 + NEAR_ONE if abs(a - 1) < NEAR_ONE else a
    second = c - s
    # SciPy's ₂F₁ can be infinite where c − a − b of its arguments is a large whole number; beside it, it is right
    excess = c - (a - 1) - second
    second = np.where(np.abs(excess - np.rint(excess)) < NEAR_WHOLE, second + NEAR_WHOLE, second)
    return c / (a - 1) * (1 - np.exp((a - 1) * np.log1p(-z)) * hyp2f1(a - 1, second, c, z))


def _softplus(values: Array) -> tuple[Array, Array]:
    """ln(1 + e^v) and its derivative 1/(1 + e^−v), for any v, from one exponential."""
    power = np.exp(np.minimum(values, LARGEST))
    one_more = 1 + power
    power /= one_more
    log_sum = np.log(one_more, out=one_more)
    log_sum += np.maximum(values - LARGEST, 0)
    return log_sum, power


def _none_of(log_odds: Array) -> Array:
    """1 − p from the logarithm of the odds p/(1 − p)."""
    power = np.exp(np.minimum(log_odds, LARGEST))
    power += 1
    return 1 / power


def _each(values: Array, distinct: tuple[Array, Array]) -> Array:
    """What was worked out once per distinct time, for each row."""
    return values[distinct[1]]


BG_NBD = BetaGeometricNBD("bg_nbd", dies_at_once=False)
MBG_NBD = BetaGeometricNBD("mbg_nbd", dies_at_once=True)
