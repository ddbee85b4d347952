"""Maximum likelihood over the logarithms of positive parameters, and how far the data determine them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from metrics.clv.models.statistics import Array

# A log-likelihood (a sum over customers) and its gradient by the logarithms of the parameters
Likelihood = Callable[[Array], tuple[float, Array]]

LOG_BOUND = 12.0  # parameters lie within e^±12 of the unit; one that ends there has no maximum
GRADIENT_AT_MAXIMUM = 1e-6  # per customer
ROUNDED = 1e-12  # a gradient per customer that is 0 but for rounding
NEWTON_STEPS = 3  # at most, after the optimiser has come near
STEP = 1e-5  # of a finite difference of the gradient


@dataclass(frozen=True)
class Fit:
    """Parameters at the maximum. `covariance` is that of their logarithms, None where the curvature is not that of a maximum;
    `gradient` is the largest component of the gradient per customer there, which is 0 at a true maximum."""

    parameters: Array
    log_likelihood: float
    customers: float
    covariance: Array | None
    gradient: float
    at_bound: bool

    @property
    def standard_errors(self) -> Array:
        """Of the logarithms of the parameters; infinite where there is no covariance."""
        if self.covariance is None:
            return np.full(len(self.parameters), np.inf)
        return np.sqrt(np.diag(self.covariance))

    @property
    def found(self) -> bool:
        """Whether this is a maximum inside the bounds, judged by gradient and curvature, whatever the optimiser says of itself."""
        return self.covariance is not None and self.gradient < GRADIENT_AT_MAXIMUM and not self.at_bound

    def rescaled(self, factors: Array, log_likelihood: float) -> "Fit":
        """The same fit in other units: parameters times the factors. Their logarithms keep their covariance."""
        return replace(self, parameters=self.parameters * factors, log_likelihood=log_likelihood)


def maximise(likelihood: Likelihood, *, parameters: int, customers: float, near: Fit | None = None) -> Fit:
    """The fit by L-BFGS-B and then Newton’s method. Time and money must be in units of about their means.

    It begins with all parameters 1, or with those of a fit to a part of the same customers, by whose curvature a few steps lead most of
    the way: the maximum is the same.
    """

    def cost(theta: Array) -> tuple[float, Array]:
        value, gradient = likelihood(np.exp(theta))
        return -value / customers, -gradient / customers

    limits = [(-LOG_BOUND, LOG_BOUND)] * parameters
    options = {"ftol": 1e-13, "gtol": 1e-5, "maxiter": 500, "maxcor": 20}
    start = np.zeros(parameters)
    if near is not None and near.found:
        assert near.covariance is not None
        start = np.log(near.parameters)
        start, _, _ = _newton(cost, start, *cost(start), np.linalg.inv(near.covariance * near.customers))
    ended = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=limits, options=options)
    theta, value, gradient = ended.x, ended.fun, ended.jac
    hessian = _hessian(cost, theta, gradient)
    positive = bool((np.linalg.eigvalsh(hessian) > 0).all())
    if positive:
        theta, value, gradient = _newton(cost, theta, value, gradient, hessian)
    return Fit(
        parameters=np.exp(theta),
        log_likelihood=-value * customers,
        customers=customers,
        covariance=np.linalg.inv(hessian) / customers if positive else None,
        gradient=float(np.abs(gradient).max()),
        at_bound=bool((np.abs(theta) > LOG_BOUND - 1e-3).any()),
    )


def _newton(
    cost: Likelihood, theta: Array, value: float, gradient: Array, hessian: Array
) -> tuple[Array, float, Array]:
    """Where steps by one matrix of second derivatives lead, as long as they are short and the gradient falls: place, cost, gradient."""
    for _ in range(NEWTON_STEPS):
        if np.abs(gradient).max() < ROUNDED:
            break
        step = np.linalg.solve(hessian, gradient)
        if np.abs(step).max() > 0.1:
            break
        nearer, steepness = cost(theta - step)
        if np.abs(steepness).max() >= np.abs(gradient).max():
            break
        theta, value, gradient = theta - step, nearer, steepness
    return theta, value, gradient


def _hessian(cost: Likelihood, theta: Array, gradient: Array) -> Array:
    """Second derivatives, by differences from the gradient there."""
    rows = np.array([(cost(theta + step)[1] - gradient) / STEP for step in np.eye(len(theta)) * STEP])
    return (rows + rows.T) / 2
