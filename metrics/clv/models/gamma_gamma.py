"""Gamma-Gamma: what a customer spends per purchase varies around a mean of their own, whatever their frequency.

Fader & Hardie 2013, note 025 (equations numbered so).
"""

import numpy as np
from scipy.special import digamma, gammaln

from metrics.clv.models.fitting import Fit, maximise
from metrics.clv.models.statistics import Array, Spends, total

LETTERS = ("p", "q", "v")


def log_likelihood(parameters: Array, rows: Spends) -> tuple[float, Array]:
    """Σ n ln f(m | x), eq. (1a), and its gradient by the logarithms of p, q, v."""
    p, q, v = parameters
    values, _, customers = rows.distinct_x
    everyone = rows.customers
    log_total = np.log(v + rows.x * rows.m)
    log_spends, log_sums = total(rows.n, rows.log_m), total(rows.n, rows.x * (rows.log_m + np.log(rows.x)))
    shape = digamma(p * values + q)
    value = (
        total(customers, gammaln(p * values + q) - gammaln(p * values))
        + everyone * (q * np.log(v) - gammaln(q))
        + p * log_sums
        - log_spends
        - total(rows.n, (p * rows.x + q) * log_total)
    )
    gradient = (
        total(customers, values * (shape - digamma(p * values))) + log_sums - total(rows.n, rows.x * log_total),
        total(customers, shape) + everyone * (np.log(v) - digamma(q)) - total(rows.n, log_total),
        everyone * q / v - total(rows.n, (p * rows.x + q) / (v + rows.x * rows.m)),
    )
    return value, np.array(gradient) * parameters


def fit(rows: Spends) -> Fit:
    """By maximum likelihood, with the mean of m as the unit of money inside and the rows' own outside."""
    unit = float(np.average(rows.m, weights=rows.n))
    inside = Spends(rows.x, rows.m / unit, rows.log_m - np.log(unit), rows.n)
    found = maximise(lambda parameters: log_likelihood(parameters, inside), parameters=3, customers=rows.customers)
    return found.rescaled(np.array([1.0, 1.0, unit]), found.log_likelihood - rows.customers * np.log(unit))


def expected_spend(parameters: Array, x: Array, m: Array) -> Array:
    """E[spend per purchase | x purchases of mean m], eq. (5): between m and everyone's mean, p v/(q − 1), nearer to m the larger x."""
    p, q, v = parameters
    return p * (v + x * m) / (p * x + q - 1)


def log_spend_slopes(parameters: Array, x: Array, m: Array) -> tuple[Array, Array, Array]:
    """Derivatives of ln `expected_spend` by ln p, ln q, ln v."""
    p, q, v = parameters
    denominator = p * x + q - 1
    return 1 - p * x / denominator, -q / denominator, v / (v + x * m)
