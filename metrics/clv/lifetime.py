"""Customer lifetime value: what each customer is expected to bring within a horizon, and the models that say so."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.clv import gamma_gamma
from metrics.clv.fitted import DEFAULT_MODEL, MODELS, Fitted, fit_models
from metrics.clv.predictions import (
    SEED,
    Horizon,
    expected,
    history,
    log_deviation,
    parameter_draws,
    purchase_draws,
    spend_of,
)
from metrics.clv.statistics import (
    EXACT_UP_TO_CUSTOMERS,
    Purchases,
    as_purchases,
    as_spends,
    buyers,
    purchase_statistics,
    put_together,
    spend_statistics,
    with_weeks,
)
from metrics.intervals import z_value
from metrics.periods import at_least, checked
from metrics.reduce import collected, in_order, one_if

PURCHASE_LETTERS = ("r", "alpha", "a", "b", "s", "beta")
MODEL_TYPES: dict[str, pl.DataType] = {
    "model": pl.String(),
    **dict.fromkeys((*PURCHASE_LETTERS, *gamma_gamma.LETTERS, "log_likelihood"), pl.Float64()),
    "customers": pl.Int64(),
    "state": pl.String(),
    **dict.fromkeys(("spend_log_likelihood", "correlation"), pl.Float64()),
}
VALUES: dict[str, pl.DataType] = dict.fromkeys(("purchases", "spend", "clv", "low", "high", "p_active"), pl.Float64())


def clv_model(
    customers: nw.LazyFrame,
    *,
    as_of: dt.date,
    by: Sequence[str] = (),
    model: str = DEFAULT_MODEL,
    holdout_weeks: int = 0,
) -> pl.DataFrame:
    """The fitted models: exactly one row, or one per combination of `by`, each fitted on its own customers.

    model, r, alpha, a, b (BG/NBD and MBG/NBD) or r, alpha, s, beta (Pareto/NBD) with the week as unit of time, p, q, v (Gamma-Gamma),
    log_likelihood (of the purchases), customers (with an order), state (see `fitted.STATES`), spend_log_likelihood, correlation (of
    frequency and mean spend). Parameters are null where the likelihood has no maximum, and where there is nobody to fit them to.

    `customers` are rows of `rollups.customers` that hold nothing after the calibration's end, `holdout_weeks` before `as_of`.

    Batislam 2007; Fader, Hardie & Lee 2005; Schmittlein 1987; Fader & Hardie 2013, note 025. See the files of each.
    """
    end = calibration_end(as_of, holdout_weeks)
    purchases = purchase_statistics(customers, as_of=end, by=by)
    spends = spend_statistics(customers, by=by)
    groups = purchases.select(by).unique().to_dicts() if by else [{}]
    rows = []
    for group in groups:
        fitted = fit_models(as_purchases(_of(purchases, group)), as_spends(_of(spends, group)), model=model)
        rows.append({**group, **_described(fitted)})
    schema = {name: purchases.schema[name] for name in by} | MODEL_TYPES
    return in_order(pl.DataFrame(rows, schema=schema), by, MODEL_TYPES)


def clv(
    customers: nw.LazyFrame,
    *,
    as_of: dt.date,
    by: Sequence[str] = (),
    model: str = DEFAULT_MODEL,
    horizon_weeks: int = 52,
    discount_rate: float = 0.1,
    margin: float = 1.0,
    holdout_weeks: int = 0,
    confidence: float = 0.95,
) -> pl.DataFrame:
    """One row per customer with an order, or with `by` one per group: the mean over its customers. The higher the better.

    customer_id (not with `by`), purchases (expected within the horizon), spend (expected per purchase), clv (expected purchases, each
    discounted to today at the yearly `discount_rate`, × spend × `margin`), low, high (for the expectation, from what is not known about
    the parameters; what one customer will do varies far more), p_active (chance of at least one purchase within the horizon).
    Without orders there is no row.

    The models are fitted once, to all customers given. Where their state is too few or weakly identified, history stands in
    (`predictions.history`, each customer's own net revenue per order-day) and low, high and p_active are null.

    `customers` are rows of `rollups.customers`, with customer_id, that hold nothing after the calibration's end, `holdout_weeks` before
    `as_of`; the horizon begins there.
    """
    horizon = Horizon(at_least("horizon_weeks", horizon_weeks, 1), _not_negative("discount_rate", discount_rate))
    _not_negative("margin", margin)
    end = calibration_end(as_of, holdout_weeks)
    rows = _cells(customers, end, by)
    purchases, alike = put_together(rows)
    known = nw.from_native(rows.lazy()) if not by else customers
    fitted = fit_models(purchases, as_spends(spend_statistics(known)), model=model)
    rows = rows.with_columns(alike=alike)
    z = z_value(confidence)
    if by:
        return in_order(_averages(rows, purchases, fitted, horizon, margin, z, by), by, VALUES)
    return _valued(rows, purchases, fitted, horizon, margin, z).select("customer_id", *VALUES)


def clv_average(customers: nw.LazyFrame, *, as_of: dt.date, **options: object) -> pl.DataFrame:
    """The mean over all customers, as `clv` gives it for a group: exactly one row of purchases, spend, clv, low, high, p_active, or none
    without orders."""
    together = customers.with_columns(everybody=nw.lit(1))
    return clv(together, as_of=as_of, by=["everybody"], **options).drop("everybody")  # type: ignore[arg-type]


def calibration_end(as_of: dt.date, holdout_weeks: int) -> dt.date:
    """The last day that a model sees which is judged by the weeks after it."""
    return as_of - dt.timedelta(weeks=at_least("holdout_weeks", holdout_weeks, 0))


def _of(frame: pl.DataFrame, group: dict[str, object]) -> pl.DataFrame:
    for name, value in group.items():
        frame = frame.filter(pl.col(name).eq_missing(pl.lit(value)))
    return frame


def _described(fitted: Fitted) -> dict[str, object]:
    found: dict[str, object] = {
        "model": fitted.model.name,
        "customers": fitted.buyers,
        "state": fitted.state,
        "correlation": fitted.correlation,
    }
    for fit, letters, likelihood in (
        (fitted.purchases, fitted.model.letters, "log_likelihood"),
        (fitted.spend, gamma_gamma.LETTERS, "spend_log_likelihood"),
    ):
        if fit is not None and fit.found:
            found |= dict(zip(letters, fit.parameters.tolist(), strict=True)) | {likelihood: fit.log_likelihood}
    return found


def _cells(customers: nw.LazyFrame, end: dt.date, by: Sequence[str]) -> pl.DataFrame:
    """One row per customer, or with `by` per group of customers who are alike: x, t_x, T, repeat_spend_days, n, and of the n customers
    together repeat_spend (not below 0) and per_day (net revenue per order-day)."""
    money = buyers(customers).with_columns(
        repeat_spend=nw.when(nw.col("repeat_spend") > 0).then(nw.col("repeat_spend")).otherwise(nw.lit(0.0)),
        per_day=nw.col("revenue") / nw.col("order_days"),
        one=one_if(nw.col("order_days") > 0),
    )
    same = ["order_days", "first_on", "last_on", "repeat_spend_days"]
    if by:
        found = collected(
            money.group_by(*by, *same).agg(nw.col("repeat_spend").sum(), nw.col("per_day").sum(), n=nw.col("one").sum())
        )
        total = int(found["n"].sum())
    else:
        found = collected(money.select("customer_key", "customer_id", *same, "repeat_spend", "per_day"))
        found = found.with_columns(n=pl.lit(1))
        if not found["customer_key"].is_sorted():
            found = found.sort("customer_key")
        total = found.height
    found = found.with_columns(pl.col("n").cast(pl.Int64))
    return with_weeks(found, end, whole=total > EXACT_UP_TO_CUSTOMERS)


def _valued(
    rows: pl.DataFrame, purchases: Purchases, fitted: Fitted, horizon: Horizon, margin: float, z: float
) -> pl.DataFrame:
    """The rows with VALUES, each of them one customer."""
    alike = rows["alike"].to_numpy()
    if not fitted.predicts:
        return _from_history(rows, history(purchases, horizon)[alike], horizon, margin)
    known = expected(fitted, purchases, horizon)
    x = rows["repeat_spend_days"].to_numpy().astype(float)
    m = rows["repeat_spend"].to_numpy() / np.maximum(x, 1)
    spend = spend_of(fitted, x, m)
    value = known.discounted[alike] * spend * margin
    deviation = log_deviation(purchase_draws(fitted, purchases, horizon.weeks))[alike]
    width = np.exp(z * np.hypot(deviation, _spend_deviation(fitted, x, m)))
    return rows.with_columns(
        purchases=known.purchases[alike],
        spend=spend,
        clv=value,
        low=value / width,
        high=value * width,
        p_active=known.p_active[alike],
    )


def _averages(
    rows: pl.DataFrame,
    purchases: Purchases,
    fitted: Fitted,
    horizon: Horizon,
    margin: float,
    z: float,
    by: Sequence[str],
) -> pl.DataFrame:
    """One row per group with VALUES. The draws are those of the whole group, so that what its customers share is not averaged out."""
    if not fitted.predicts:
        single = _from_history(rows, history(purchases, horizon)[rows["alike"].to_numpy()], horizon, margin)
        n = pl.col("n")
        return single.group_by(by).agg(
            purchases=(pl.col("purchases") * n).sum() / n.sum(),
            spend=pl.col("spend").sum() / n.sum(),
            clv=pl.col("clv").sum() / n.sum(),
            **dict.fromkeys(("low", "high", "p_active"), pl.lit(None, pl.Float64)),
        )
    assert fitted.spend is not None
    groups = rows.select(by).unique(maintain_order=True).with_row_index("group")
    group = rows.select(by).join(groups, on=list(by), how="left", nulls_equal=True, maintain_order="left")["group"]
    index, alike, n = group.to_numpy(), rows["alike"].to_numpy(), rows["n"].to_numpy().astype(float)
    x, total = rows["repeat_spend_days"].to_numpy().astype(float), rows["repeat_spend"].to_numpy()

    def mean(values: np.ndarray) -> np.ndarray:
        return np.bincount(index, values, groups.height) / np.bincount(index, n, groups.height)

    def spends(parameters: np.ndarray) -> np.ndarray:
        """Σ expected spend over the n customers of a row, which is linear in what they spent."""
        p, q, v = parameters
        return p * (n * v + total) / (p * x + q - 1)

    known = expected(fitted, purchases, horizon)
    spend = spends(fitted.spend.parameters)
    value = mean(known.discounted[alike] * spend) * margin
    drawn = purchase_draws(fitted, purchases, horizon.weeks)
    discount = known.discounted / np.maximum(known.purchases, np.finfo(float).tiny)
    drawn_spends = parameter_draws(fitted.spend, SEED + 1)
    totals = [mean((one * discount)[alike] * spends(other)) for one, other in zip(drawn, drawn_spends, strict=True)]
    width = np.exp(z * log_deviation(np.array(totals)))
    return groups.with_columns(
        purchases=mean(n * known.purchases[alike]),
        spend=mean(spend),
        clv=value,
        low=value / width,
        high=value * width,
        p_active=mean(n * known.p_active[alike]),
    )


def _from_history(rows: pl.DataFrame, purchases: np.ndarray, horizon: Horizon, margin: float) -> pl.DataFrame:
    """The rows with VALUES from the past. `spend` and `clv` are sums over the n customers of a row."""
    spend = pl.col("per_day").clip(0)
    return rows.with_columns(purchases=purchases).with_columns(
        spend=spend,
        clv=pl.col("purchases") * spend * margin * horizon.even_factor,
        **dict.fromkeys(("low", "high", "p_active"), pl.lit(None, pl.Float64)),
    )


def _spend_deviation(fitted: Fitted, x: np.ndarray, m: np.ndarray) -> np.ndarray:
    """Standard deviation of ln expected spend, to first order in the logarithms of p, q, v."""
    assert fitted.spend is not None and fitted.spend.covariance is not None
    slopes = gamma_gamma.log_spend_slopes(fitted.spend.parameters, x, m)
    factors = np.linalg.cholesky(fitted.spend.covariance).T
    return np.sqrt(sum(sum(f * slope for f, slope in zip(row, slopes, strict=True)) ** 2 for row in factors))


def _not_negative(name: str, value: float) -> float:
    if not value >= 0:
        raise ValueError(f"{name} is {value}; it must be 0 or more, for example 0.1.")
    return value
