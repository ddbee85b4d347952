"""What every model of repeat purchases tells: a likelihood to be fitted, and the expectations that follow from it."""

from abc import ABC, abstractmethod

import numpy as np
from scipy.special import digamma, gammaln

from metrics.clv.models.fitting import Fit, maximise
from metrics.clv.models.statistics import Array, Purchases, total

# From so many rows on the fit begins where that of one customer in so many ended, which takes half the time
MANY_ROWS, SAMPLE_STEP = 50_000, 32


class PurchaseModel(ABC):
    """A customer buys at random while alive, and dies at random. Times are in the unit of the parameters: weeks after `fit`.

    Parameters are arrays in the order of `letters`, all above 0. P(alive) enters expectations; it is not shown as a chance of churn, since
    BG/NBD has it at 1 for everyone without a repeat purchase. `p_active` is.
    """

    name: str
    letters: tuple[str, ...]
    times: tuple[str, ...]  # the letters that bear the unit of time

    @abstractmethod
    def log_likelihood(self, parameters: Array, rows: Purchases) -> tuple[float, Array]:
        """Σ n ln L(x, t_x, T), and its gradient by the logarithms of the parameters."""

    @abstractmethod
    def log_history(self, parameters: Array, x: Array, t_x: Array, T: Array) -> Array:
        """ln L(x, t_x, T) without the terms in which neither t_x nor T stands."""

    @abstractmethod
    def p_alive(self, parameters: Array, x: Array, t_x: Array, T: Array) -> Array:
        """P(alive at T | x, t_x, T)."""

    def are_alive(self, parameters: Array, rows: Purchases) -> Array:
        """`p_alive` of each row."""
        return self.p_alive(parameters, rows.x, rows.t_x, rows.T)

    @abstractmethod
    def purchases_if_alive(self, parameters: Array, t: float | Array, x: Array, T: Array) -> Array:
        """E[purchases in (T, T + t] | x, T, alive at T]."""

    @abstractmethod
    def unconditional_purchases(self, parameters: Array, t: float | Array) -> Array:
        """E[X(t)]: repeat purchases of a new customer within t of the first."""

    def expected_purchases(self, parameters: Array, t: float | Array, x: Array, t_x: Array, T: Array) -> Array:
        """E[purchases in (T, T + t] | x, t_x, T], the conditional expectation."""
        return self.p_alive(parameters, x, t_x, T) * self.purchases_if_alive(parameters, t, x, T)

    def p_active(self, parameters: Array, t: float | Array, x: Array, t_x: Array, T: Array) -> Array:
        """P(at least one purchase in (T, T + t] | x, t_x, T) = 1 − L(x, t_x, T + t)/L(x, t_x, T), for any of the models: the same
        history, with no purchase until later, is that much less likely."""
        longer = self.log_history(parameters, x, t_x, T + t) - self.log_history(parameters, x, t_x, T)
        return -np.expm1(np.minimum(longer, 0.0))

    def are_active(self, parameters: Array, t: float, rows: Purchases) -> Array:
        """`p_active` of each row."""
        return self.p_active(parameters, t, rows.x, rows.t_x, rows.T)

    def fit(self, rows: Purchases) -> Fit:
        """By maximum likelihood, with the mean T as the unit of time inside and the rows' own outside."""
        unit = float(np.average(rows.T, weights=rows.n)) or 1.0
        factors = np.array([unit if letter in self.times else 1.0 for letter in self.letters])
        found = None
        for some in (rows.one_in(SAMPLE_STEP), rows) if len(rows.x) > MANY_ROWS else (rows,):
            found = maximise(
                lambda parameters, some=some: self.log_likelihood(parameters * factors, some),  # type: ignore[misc]
                parameters=len(self.letters),
                customers=some.customers,
                near=found,
            )
        assert found is not None
        return found.rescaled(factors, found.log_likelihood)


def rising(r: float, x: Array) -> tuple[Array, Array]:
    """ln Γ(r + x)/Γ(r), and its derivative by r."""
    return gammaln(r + x) - gammaln(r), digamma(r + x) - digamma(r)


def fit_without_dropout(rows: Purchases) -> Fit:
    """The NBD, in which nobody dies: what a model of dropout must beat. Parameters r, α.

    Ehrenberg 1959; ln L = ln Γ(r + x)/Γ(r) + r ln α − (r + x) ln(α + T), the first factor of BG/NBD's eq. (6).
    """
    unit = float(np.average(rows.T, weights=rows.n)) or 1.0
    times = rows.distinct_T[0] / unit
    customers_by_T, ever = rows.by_T
    values, _, customers = rows.distinct_x

    def likelihood(parameters: Array) -> tuple[float, Array]:
        r, alpha = parameters
        gamma, by_r = rising(r, values)
        log_T = np.log(alpha + times)
        exposed = r * customers_by_T + ever
        value = total(customers, gamma) + rows.customers * r * np.log(alpha) - total(exposed, log_T)
        gradient_r = total(customers, by_r) + rows.customers * np.log(alpha) - total(customers_by_T, log_T)
        gradient_alpha = rows.customers * r / alpha - total(exposed, 1 / (alpha + times))
        return value, np.array([gradient_r * r, gradient_alpha * alpha])

    found = maximise(likelihood, parameters=2, customers=rows.customers)
    # the density of x purchase times has the unit of time to the power −x
    return found.rescaled(np.array([1.0, unit]), found.log_likelihood - total(rows.n, rows.x) * np.log(unit))
