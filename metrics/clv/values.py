"""From what the models expect to money: of each customer, and on average over the customers of a group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from metrics.clv.fitted import Fitted
from metrics.clv.models import gamma_gamma
from metrics.clv.models.statistics import Array, Purchases
from metrics.clv.predictions import (
    SEED,
    Expected,
    Horizon,
    expected,
    history,
    log_deviation,
    parameter_draws,
    purchase_draws,
)

VALUES: dict[str, pl.DataType] = dict.fromkeys(("purchases", "spend", "clv", "low", "high", "p_active"), pl.Float64())


@dataclass(frozen=True)
class Terms:
    """What value means: within which horizon, which share of revenue, and how wide the interval (standard deviations)."""

    horizon: Horizon
    margin: float
    z: float


@dataclass(frozen=True)
class Cells:
    """Rows that each stand for n customers who share x, t_x, T and spend_days (order-days after the first, of known amount). `alike` is
    each row's place in the `purchases` that the model was fitted to; spent (on those days) and per_day (net revenue per order-day) are
    sums over the n.
    """

    purchases: Purchases
    alike: Array
    n: Array
    spend_days: Array
    spent: Array
    per_day: Array


@dataclass(frozen=True)
class Forecast:
    """What the fitted models expect of the cells, worked out once however often it is asked for."""

    cells: Cells
    fitted: Fitted
    terms: Terms

    @cached_property
    def known(self) -> Expected:
        return expected(self.fitted, self.cells.purchases, self.terms.horizon)

    @cached_property
    def purchase_draws(self) -> np.ndarray:
        return purchase_draws(self.fitted, self.cells.purchases, self.terms.horizon.weeks)


def of_customers(forecast: Forecast) -> pl.DataFrame:
    """One row per cell, each of which is one customer: VALUES."""
    cells, fitted, terms = forecast.cells, forecast.fitted, forecast.terms
    if not fitted.predicts:
        return _from_history(cells, terms)
    assert fitted.spend is not None
    known, alike = forecast.known, cells.alike
    mean_spend = cells.spent / np.maximum(cells.spend_days, 1)
    spend = gamma_gamma.expected_spend(fitted.spend.parameters, cells.spend_days, mean_spend)
    value = known.discounted[alike] * spend * terms.margin
    deviation = log_deviation(forecast.purchase_draws)[alike]
    deviation = np.sqrt(deviation**2 + _spend_variance(fitted, cells.spend_days, mean_spend))
    width = np.exp(terms.z * deviation)
    return pl.DataFrame(
        {
            "purchases": known.purchases[alike],
            "spend": spend,
            "clv": value,
            "low": value / width,
            "high": value * width,
            "p_active": known.p_active[alike],
        }
    )


def of_groups(forecast: Forecast, groups: pl.DataFrame) -> pl.DataFrame:
    """One row per distinct row of `groups` (as many as there are cells): its columns and VALUES, the means over its customers."""
    (means,) = of_groupings(forecast, [groups])
    return means


def of_groupings(forecast: Forecast, groupings: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """`of_groups` of each, for which every draw of the parameters is worked out once."""
    cells, fitted, terms = forecast.cells, forecast.fitted, forecast.terms
    groups = [_Groups.of(grouping, cells.n) for grouping in groupings]
    if not fitted.predicts:
        past = _from_history(cells, terms)
        sums = {
            "purchases": cells.n * past["purchases"].to_numpy(),
            **{name: past[name].to_numpy() for name in ("spend", "clv")},
        }
        return [group.with_means(sums).with_columns(**_unknown()) for group in groups]
    assert fitted.spend is not None
    known, alike = forecast.known, cells.alike
    spends = _sums_of_spend(cells, fitted.spend.parameters)
    sums = {
        "purchases": cells.n * known.purchases[alike],
        "spend": spends,
        "clv": known.discounted[alike] * spends * terms.margin,
        "p_active": cells.n * known.p_active[alike],
    }
    drawn = [[group.mean(values) for group in groups] for values in _drawn_values(forecast)]
    widths = [np.exp(terms.z * log_deviation(np.array(means))) for means in zip(*drawn, strict=True)]
    clv = pl.col("clv")
    return [
        group.with_means(sums).with_columns(low=clv / width, high=clv * width)
        for group, width in zip(groups, widths, strict=True)
    ]


@dataclass(frozen=True)
class _Groups:
    """The distinct rows of a grouping, which of them each cell is in, and how many customers each has."""

    found: pl.DataFrame
    index: Array
    customers: Array

    @classmethod
    def of(cls, grouping: pl.DataFrame, n: Array) -> "_Groups":
        index, found = _numbered(grouping)
        return cls(found, index, np.bincount(index, n, found.height))

    def mean(self, sums: Array) -> Array:
        """The mean per customer of each group, from sums over the customers of each cell."""
        return np.bincount(self.index, sums, self.found.height) / self.customers

    def with_means(self, sums: Mapping[str, Array]) -> pl.DataFrame:
        return self.found.with_columns(**{name: self.mean(values) for name, values in sums.items()})


def _numbered(groups: pl.DataFrame) -> tuple[Array, pl.DataFrame]:
    """Which of the distinct rows each row is, and these."""
    distinct = groups.unique(maintain_order=True)
    numbered = groups.join(
        distinct.with_row_index("number"), on=groups.columns, how="left", nulls_equal=True, maintain_order="left"
    )
    return numbered["number"].to_numpy().astype(np.int64), distinct


def _drawn_values(forecast: Forecast) -> Iterator[Array]:
    """The undiscounted value of each cell under one draw of the parameters after the other: what its customers share is not averaged
    out."""
    cells, spend = forecast.cells, forecast.fitted.spend
    assert spend is not None
    for bought, parameters in zip(forecast.purchase_draws, parameter_draws(spend, SEED + 1), strict=True):
        yield bought[cells.alike] * _sums_of_spend(cells, parameters)


def _sums_of_spend(cells: Cells, parameters: Array) -> Array:
    """Σ expected spend over the customers of each cell: `gamma_gamma.expected_spend` is linear in what they spent."""
    p, q, v = parameters
    return p * (cells.n * v + cells.spent) / (p * cells.spend_days + q - 1)


def _from_history(cells: Cells, terms: Terms) -> pl.DataFrame:
    """One row per cell: VALUES from the past, purchases per customer, spend and clv summed over its customers."""
    purchases = history(cells.purchases, terms.horizon)[cells.alike]
    value = purchases * cells.per_day * terms.margin * terms.horizon.even_factor
    past = pl.DataFrame({"purchases": purchases, "spend": cells.per_day, "clv": value})
    return past.with_columns(**_unknown())


def _unknown() -> dict[str, pl.Expr]:
    return dict.fromkeys(("low", "high", "p_active"), pl.lit(None, pl.Float64))


def _spend_variance(fitted: Fitted, x: Array, m: Array) -> Array:
    """Variance of ln expected spend, to first order in the logarithms of p, q, v."""
    assert fitted.spend is not None and fitted.spend.covariance is not None
    slopes = gamma_gamma.log_spend_slopes(fitted.spend.parameters, x, m)
    factors = np.linalg.cholesky(fitted.spend.covariance)  # a triangle: nothing stands above its diagonal
    parts = (
        sum(factor * slope for factor, slope in zip(factors[k:, k], slopes[k:], strict=True))
        for k in range(len(slopes))
    )
    return np.asarray(sum(part**2 for part in parts))
