"""MBG/CNBD-k and NBD: purchases come every k-th stage of a Poisson process, the more regularly the larger k, and after each of them, the
first included, the customer may die; or nobody does.

Reutterer, Platzer & Schröder 2021, International Journal of Research in Marketing 38(1):194–215 (MBG/CNBD-k); Ehrenberg 1959, Applied
Statistics 8(1):26–41 (NBD). With k = 1 the first is MBG/NBD. Each gap between purchases is Erlang(k, λ), λ ~ Gamma(r, α), p ~ Beta(a, b).
"""

from itertools import pairwise

import numpy as np
from scipy.special import betaln, digamma, gammainccinv, gammaln

from metrics.clv.models.bg_nbd import MBG_NBD
from metrics.clv.models.model import LikelihoodModel
from metrics.clv.models.statistics import Array, Purchases, total

# The expectation adds up over the number of stages. Up to so many expected ones term by term, to 1e-9; beyond, over quantiles of λ, with
# the
# stages as if they were continuous, to 1e-4 of the expectation.
MOST_STAGES = 300.0
BLOCKS, ROWS_IN_BLOCK = 24, 256  # of rows with about as many stages
QUANTILES = 32
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(QUANTILES)
NODES, WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2
DEVIATIONS = 9.0  # beyond which the number of stages is not followed
NEAR_ONE = 1e-6
ROWS_AT_ONCE = 16_384


class ErlangNBD(LikelihoodModel):
    """λ ~ Gamma(r, α), and with `dropout` p ~ Beta(a, b). `stages` is k."""

    times = ("alpha",)

    def __init__(self, name: str, *, stages: int, dropout: bool) -> None:
        self.name = name
        self.stages = stages
        self.dropout = dropout
        self.has_closed_form = stages == 1
        self.letters = ("r", "alpha", "a", "b") if dropout else ("r", "alpha")

    def log_likelihood(self, parameters: Array, rows: Purchases) -> tuple[float, Array]:
        """Alive at T in one of the k stages, or dead at t_x. Of the rows' gaps the sum of logarithms stands in it, where it is known, and
        in no parameter."""
        r, alpha = parameters[:2]
        k = self.stages
        values, _, customers = rows.distinct_x
        rising, falling = gammaln(r + k * values) - gammaln(r), digamma(r + k * values) - digamma(r)
        shape = r + k * rows.x
        log_T = np.log(alpha + rows.T)
        terms, by_shape, by_u = self._stages(shape, _elapsed(alpha, rows.t_x, rows.T))
        alive = terms.sum(axis=0)
        value = (
            total(customers, rising - values * gammaln(k))
            + rows.customers * r * np.log(alpha)
            - total(rows.n, shape * log_T)
            + (k - 1) * rows.log_gaps
        )
        gradient_r = total(customers, falling) + rows.customers * np.log(alpha) - total(rows.n, log_T)
        gradient_alpha = rows.customers * r / alpha - total(rows.n, shape / (alpha + rows.T))
        if not self.dropout:
            value += total(rows.n, np.log(alive))
            gradient_r += total(rows.n, by_shape / alive)
            gradient_alpha -= total(rows.n, by_u / alive / (alpha + rows.T))
            return value, np.array([gradient_r, gradient_alpha]) * parameters
        a, b = parameters[2:]
        later = log_T - np.log(alpha + rows.t_x)
        odds = np.log(a) - np.log(b + rows.x) + shape * later - np.log(alive)
        n_dead = rows.n / (1 + np.exp(-np.clip(odds, -700, 700)))
        n_alive = rows.n - n_dead
        value += (
            total(rows.n, np.log(alive) + np.logaddexp(0.0, odds))
            + total(customers, betaln(a, b + values + 1))
            - rows.customers * betaln(a, b)
        )
        gradient_r += total(n_alive, by_shape / alive) + total(n_dead, later)
        gradient_alpha -= total(n_alive, by_u / alive / (alpha + rows.T))
        gradient_alpha += total(n_dead * shape, 1 / (alpha + rows.T) - 1 / (alpha + rows.t_x))
        both, both_survived = digamma(a + b), digamma(a + b + values + 1)
        gradient_a = rows.customers * both - total(customers, both_survived) + n_dead.sum() / a
        gradient_b = (
            rows.customers * (both - digamma(b))
            + total(customers, digamma(b + values + 1) - both_survived)
            - total(n_dead, 1 / (b + rows.x))
        )
        return value, np.array([gradient_r, gradient_alpha, gradient_a, gradient_b]) * parameters

    def log_history(self, parameters: Array, x: Array, t_x: Array, T: Array) -> Array:
        r, alpha = parameters[:2]
        shape = r + self.stages * x
        alive = np.log(self._stages(shape, _elapsed(alpha, t_x, T))[0].sum(axis=0)) - shape * np.log(alpha + T)
        if not self.dropout:
            return alive
        a, b = parameters[2:]
        return np.logaddexp(alive, np.log(a) - np.log(b + x) - shape * np.log(alpha + t_x))

    def p_alive(self, parameters: Array, x: Array, t_x: Array, T: Array) -> Array:
        return self._alive(parameters, x, t_x, T).sum(axis=0)

    def purchases_if_alive(self, parameters: Array, t: float | Array, x: Array, T: Array) -> Array:
        """Near the expectation for k > 1: that of MBG/NBD at one k-th of the rate, which has a closed form. `expected_purchases` is
        exact."""
        r, alpha = parameters[:2]
        if not self.dropout:
            return (r / self.stages + x) / (alpha + T) * t
        slower = np.array([r / self.stages, alpha, *parameters[2:]])
        return MBG_NBD.purchases_if_alive(slower, t, x, T)

    def expected_purchases(self, parameters: Array, t: float | Array, x: Array, t_x: Array, T: Array) -> Array:
        """E[purchases in (T, T + t] | x, t_x, T]: over the stage j that a living customer is in, and the number N of further stages,
        which is
        negative binomial, of the purchases ⌊(N + j)/k⌋ that these would be, less those that death forestalls."""
        x, t_x, T, t = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, dtype=float)) for v in (x, t_x, T, t)))
        alive = self._alive(parameters, x, t_x, T)
        return np.sum([alive[j] * self._in_stage(parameters, t, x, T, j) for j in range(self.stages)], axis=0)

    def expected_each(self, parameters: Array, t: float, rows: Purchases) -> Array:
        x, T, row = rows.distinct_x_T  # t_x matters only for the stage
        alive = self._alive(parameters, rows.x, rows.t_x, rows.T)
        later = np.full(len(x), t)
        return np.sum([alive[j] * self._in_stage(parameters, later, x, T, j)[row] for j in range(self.stages)], axis=0)

    def unconditional_purchases(self, parameters: Array, t: float | Array) -> Array:
        """Those of a customer of whom only the first purchase is known, at T = 0, and whom it did not see off."""
        times = np.asarray(t, dtype=float)
        nothing = np.zeros(times.size)
        return self.expected_purchases(parameters, times.ravel(), nothing, nothing, nothing).reshape(times.shape)

    def _stages(self, shape: Array, u: Array) -> tuple[Array, Array, Array]:
        """For each stage of a living customer (rows) the weight (s)_j u^j/j!, s = r + k x, u the share of α + T that has passed since
        t_x; and
        the derivatives of their sum by s, and by ln u."""
        terms, term, slope = [np.ones_like(u)], np.ones_like(u), np.zeros_like(u)
        by_shape, by_u = np.zeros_like(u), np.zeros_like(u)
        for j in range(1, self.stages):
            term = term * (shape + j - 1) / j * u
            slope = slope + 1 / (shape + j - 1)
            by_shape, by_u = by_shape + term * slope, by_u + j * term
            terms.append(term)
        return np.array(terms), by_shape, by_u

    def _alive(self, parameters: Array, x: Array, t_x: Array, T: Array) -> Array:
        """The chance of each row to be alive in each stage (stages × rows)."""
        r, alpha = parameters[:2]
        shape = r + self.stages * x
        terms = self._stages(shape, _elapsed(alpha, t_x, T))[0]
        both = np.log(terms.sum(axis=0))
        if self.dropout:
            a, b = parameters[2:]
            both = np.logaddexp(both, np.log(a) - np.log(b + x) + shape * np.log((alpha + T) / (alpha + t_x)))
        return terms * np.exp(-both)

    def _in_stage(self, parameters: Array, t: Array, x: Array, T: Array, stage: int) -> Array:
        """E[purchases in (T, T + t] | x, T, alive in the stage]."""
        r, alpha = parameters[:2]
        shape = r + self.stages * x + stage
        odds = t / (alpha + T)
        if not self.dropout and self.stages == 1:
            return shape * odds
        mean = shape * odds
        found = np.empty_like(mean)
        order = np.argsort(mean, kind="stable")
        few = order[: np.searchsorted(mean[order], MOST_STAGES, side="right")]
        for some in np.array_split(few, min(BLOCKS, len(few) // ROWS_IN_BLOCK + 1)):
            found[some] = self._term_by_term(parameters, shape[some], odds[some], x[some], stage)
        many = order[len(few) :]
        for start, end in pairwise([*range(0, len(many), ROWS_AT_ONCE), len(many)]):
            some = many[start:end]
            rates = gammainccinv(shape[some, None], NODES) * odds[some, None]
            whole = np.maximum(rates + stage - (self.stages - 1) / 2, 0.0) / self.stages
            found[some] = self._forestalled(parameters, whole, x[some, None]) @ WEIGHTS
        return found

    def _term_by_term(self, parameters: Array, shape: Array, odds: Array, x: Array, stage: int) -> Array:
        """Σ over m of P(N ≥ m k − j) · P(the first m − 1 purchases do not see the customer off)."""
        if not len(shape):
            return np.empty(0)
        z = odds / (1 + odds)
        chance = np.exp(-shape * np.log1p(odds))  # of N = n, from 0 on
        reaches = np.ones_like(shape)  # N ≥ n
        follows = np.ones_like(shape)
        found = np.zeros_like(shape)
        highest = np.max(shape * odds)
        spread = np.max(np.sqrt(shape * odds * (1 + odds)))
        # the tail of few successes falls by z with each stage
        most = int(highest + DEVIATIONS * spread + 30 / -np.log(np.max(z, initial=1e-9))) + self.stages
        purchase = 0
        for n in range(most):
            if n + stage and not (n + stage) % self.stages:
                found += follows * reaches
                purchase += 1
                if self.dropout:
                    a, b = parameters[2:]
                    follows = follows * (b + x + purchase) / (a + b + x + purchase)
            reaches = np.maximum(reaches - chance, 0.0)
            chance = chance * (shape + n) / (n + 1) * z
        return found

    def _forestalled(self, parameters: Array, purchases: Array, x: Array) -> Array:
        """How many of so many purchases to come, here any number, are made: Σ (B)_{m−1}/(A)_{m−1}, which telescopes to
        (A − 1 − (B)_n/(A)_{n−1})/(a − 1), A = a + b + x + 1, B = b + x + 1."""
        if not self.dropout:
            return purchases
        a, b = parameters[2:]
        a = a if abs(a - 1) > NEAR_ONE else 1 + NEAR_ONE
        first, second = a + b + x + 1, b + x + 1
        gone = gammaln(second + purchases) - gammaln(second) + gammaln(first) - gammaln(first + purchases - 1)
        return (first - 1 - np.exp(gone)) / (a - 1)


def _elapsed(alpha: float, t_x: Array, T: Array) -> Array:
    """The share of α + T that has passed since the last purchase."""
    return (T - t_x) / (alpha + T)


NBD = ErlangNBD("nbd", stages=1, dropout=False)
MBG_CNBD_2 = ErlangNBD("mbg_cnbd_2", stages=2, dropout=True)
MBG_CNBD_3 = ErlangNBD("mbg_cnbd_3", stages=3, dropout=True)
