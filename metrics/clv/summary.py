"""Lifetime value of all customers asked for, reduced to what a page shows: models fitted once, no row per customer kept."""

import datetime as dt
from collections.abc import Mapping, Sequence

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
from scipy.special import expit, logit

from metrics.clv.fitted import DEFAULT_MODEL
from metrics.clv.keeping import TYPES as KEPT
from metrics.clv.keeping import keepers
from metrics.clv.lifetime import Valued, value_customers
from metrics.clv.spread import bands, deciles, histogram
from metrics.clv.values import VALUES, Forecast, of_customers, of_groupings
from metrics.engine.reduce import folded, in_order
from metrics.statistics.intervals import skewed_mean, z_value

SLOPE_STEP = 1e-4  # of the logarithm of a parameter


def clv_summary(
    customers: nw.LazyFrame,
    *,
    as_of: dt.date,
    dimensions: Sequence[str] = (),
    model: str = DEFAULT_MODEL,
    horizon_weeks: int = 52,
    discount_rate: float = 0.1,
    margin: float = 1.0,
    top_share: float = 0.2,
    below: float = 0.5,
    shown: int = 50,
) -> pl.DataFrame:
    """Exactly one row: customers (with an order), state and correlation (see `clv_model`), predicts (whether the models are believed);
    purchases, spend, clv, low, high, p_active (means over customers, as `clv_average` gives them), p_active_low, p_active_high,
    active_customers (how many are expected to order within the horizon); and lists of rows, to be read by `reduce.unfolded`:

    histogram, deciles: of the predicted value per customer, or, without models, of the value to date. bands: of p_active.
    groups: dimension (each of `dimensions`), code, customers, clv, low, high, squares and cubes (sums over its customers of the powers of
    what is expected of each, for `group_intervals`); predicted means, none without models.
    keeping: the first `shown` rows of `worth_keeping`, of which there are keeping_customers.

    Everything but the counts and the lists is null without an order.
    """
    valued = value_customers(
        customers,
        as_of=as_of,
        model=model,
        horizon_weeks=horizon_weeks,
        discount_rate=discount_rate,
        margin=margin,
        keep=("orders", "revenue", *dimensions),
    )
    fitted, rows = valued.forecast.fitted, valued.rows
    each = of_customers(valued.forecast)
    spread = each["clv"] if fitted.predicts else rows["revenue"] * margin
    kept = keepers(valued, each, top_share=top_share, below=below)
    everybody = pl.DataFrame({"everybody": pl.repeat(1, rows.height, eager=True)})
    average, *groups = of_groupings(valued.forecast, [everybody, *(rows.select(name) for name in dimensions)])
    return pl.DataFrame(
        {
            "customers": [rows.height],
            "state": [fitted.state],
            "predicts": [fitted.predicts],
            "correlation": [fitted.correlation],
            **_average(valued, average),
            "histogram": folded(histogram(spread)),
            "deciles": folded(deciles(spread)),
            "bands": folded(bands(each["p_active"])),
            "groups": folded(_groups(valued, each["clv"], dict(zip(dimensions, groups, strict=True)))),
            "keeping": folded(in_order(kept.head(shown), (), KEPT)),
            "keeping_customers": [kept.height],
        }
    )


def _average(valued: Valued, average: pl.DataFrame) -> dict[str, list[float | None]]:
    """The mean over all customers, the interval of the mean chance, and how many that chance makes."""
    unknown = dict.fromkeys((*VALUES, "p_active_low", "p_active_high", "active_customers"))
    if not valued.rows.height:
        return {name: [None] for name in unknown}
    (means,) = average.drop("everybody").to_dicts()
    if valued.forecast.fitted.predicts:
        means |= dict(zip(("p_active_low", "p_active_high"), active_interval(valued.forecast), strict=True))
        means["active_customers"] = means["p_active"] * valued.rows.height
    return {name: [(unknown | means)[name]] for name in unknown}


def active_interval(forecast: Forecast) -> tuple[float, float]:
    """Of the mean chance of an order within the horizon over all customers: Laplace's, to first order in the logarithms of the parameters,
    on the scale of log-odds, so that it stays between 0 and 1."""
    fitted, rows, n = forecast.fitted, forecast.cells.purchases, forecast.cells.purchases.n
    fit = fitted.purchases
    assert fit is not None and fit.covariance is not None

    def log_odds(parameters: np.ndarray) -> float:
        chance = fitted.model.p_active(parameters, forecast.terms.horizon.weeks, rows.x, rows.t_x, rows.T)
        return float(logit(np.average(chance, weights=n)))

    steps = np.exp(SLOPE_STEP * np.eye(len(fit.parameters)))
    slopes = np.array([log_odds(fit.parameters * step) - log_odds(fit.parameters / step) for step in steps]) / (
        2 * SLOPE_STEP
    )
    half = forecast.terms.z * float(np.sqrt(slopes @ fit.covariance @ slopes))
    middle = log_odds(fit.parameters)
    return float(expit(middle - half)), float(expit(middle + half))


def group_intervals(groups: pl.DataFrame, *, confidence: float = 0.95) -> pl.DataFrame:
    """Rows of `groups` with low and high of each mean as one of several groups that are compared: for what is not known about the model
    (as `clv` gives them) and, which that leaves out, for who happens to be in the group. Customers put into groups by chance differ by
    no more than this.

    Both are taken as independent: their distances from the mean add up as squares (Zou & Donner 2008, Statistics in Medicine
    27(10):1693–1702). The second is that of a skewed mean, see `intervals.skewed_mean`.
    """
    clv, n = pl.col("clv"), pl.col("customers")
    stretched = z_value(confidence) / z_value(0.95)
    ends = skewed_mean(n, clv * n, pl.col("squares"), pl.col("cubes"), confidence=confidence)
    (down, up) = (
        ((clv - clv * (end / clv) ** stretched) ** 2 + (clv - sampled) ** 2).sqrt()
        for end, sampled in zip((pl.col("low"), pl.col("high")), ends, strict=True)
    )
    some = clv > 0  # a group of whom nothing is expected has no ratio
    return groups.with_columns(low=pl.when(some).then(clv - down), high=pl.when(some).then(clv + up))


def _groups(valued: Valued, each: pl.Series, means: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The predicted means of each dimension's groups, below each other; none where nothing is predicted."""
    types = {
        "dimension": pl.String,
        "code": pl.String,
        "customers": pl.Int64,
        **dict.fromkeys(("clv", "low", "high", "squares", "cubes"), pl.Float64),
    }
    if not valued.forecast.fitted.predicts:
        return pl.DataFrame(schema=types)
    found, rows = [], valued.rows.with_columns(each.alias("value"))
    value = pl.col("value")
    for dimension, values in means.items():
        sizes = rows.group_by(dimension).agg(
            customers=pl.len().cast(pl.Int64), squares=(value**2).sum(), cubes=(value**3).sum()
        )
        joined = values.join(sizes, on=dimension, nulls_equal=True).rename({dimension: "code"})
        found.append(
            joined.sort("code", nulls_last=True).select(pl.lit(dimension).alias("dimension"), *list(types)[1:])
        )
    return pl.concat([pl.DataFrame(schema=types), *found])
