"""What every model of repeat purchases tells: a likelihood to be fitted, and the expectations that follow from it."""

from abc import ABC, abstractmethod

import numpy as np
from scipy.special import digamma, gammaln

from metrics.clv.models.fitting import Fit, maximise
from metrics.clv.models.statistics import Array, Purchases

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
    stages = 1  # of a Poisson process from one purchase to the next: more of them are more regular
    has_closed_form = True  # whether `purchases_if_alive` is exact

    @abstractmethod
    def log_likelihood(self, parameters: Array, rows: Purchases) -> tuple[float, Array]:
        """Σ n ln L(x, t_x, T), and its gradient by the logarithms of the parameters."""

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

    def expected_each(self, parameters: Array, t: float, rows: Purchases) -> Array:
        """`expected_purchases` of each row."""
        x, T, row = rows.distinct_x_T  # t_x matters only for whether someone is alive
        return self.are_alive(parameters, rows) * self.purchases_if_alive(parameters, t, x, T)[row]

    @abstractmethod
    def p_active(self, parameters: Array, t: float | Array, x: Array, t_x: Array, T: Array) -> Array:
        """P(at least one purchase in (T, T + t] | x, t_x, T)."""

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


class LikelihoodModel(PurchaseModel):
    """A model of one likelihood, from which the chance of a purchase follows."""

    @abstractmethod
    def log_history(self, parameters: Array, x: Array, t_x: Array, T: Array) -> Array:
        """ln L(x, t_x, T) without the terms in which neither t_x nor T stands."""

    def p_active(self, parameters: Array, t: float | Array, x: Array, t_x: Array, T: Array) -> Array:
        """P(at least one purchase in (T, T + t] | x, t_x, T) = 1 − L(x, t_x, T + t)/L(x, t_x, T), for any of the models: the same
        history, with no purchase until later, is that much less likely."""
        longer = self.log_history(parameters, x, t_x, T + t) - self.log_history(parameters, x, t_x, T)
        return -np.expm1(np.minimum(longer, 0.0))


def rising(r: float, x: Array) -> tuple[Array, Array]:
    """ln Γ(r + x)/Γ(r), and its derivative by r."""
    return gammaln(r + x) - gammaln(r), digamma(r + x) - digamma(r)
