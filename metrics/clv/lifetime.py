"""Customer lifetime value: what each customer is expected to bring within a horizon, and the models that say so."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import polars as pl

from metrics.clv.fitted import DEFAULT_MODEL, Fitted, fit_models
from metrics.clv.models import gamma_gamma
from metrics.clv.models.statistics import (
    EXACT_UP_TO_CUSTOMERS,
    as_purchases,
    as_spends,
    buyers,
    purchase_statistics,
    put_together,
    spend_statistics,
    with_weeks,
)
from metrics.clv.predictions import Horizon
from metrics.clv.values import VALUES, Cells, Forecast, Terms, of_customers, of_groups
from metrics.engine.exact import FINE, money, plain
from metrics.engine.periods import at_least
from metrics.engine.reduce import collected, in_order, one_if
from metrics.statistics.intervals import z_value

PURCHASE_LETTERS = ("r", "alpha", "a", "b", "s", "beta")
MODEL_TYPES: dict[str, pl.DataType] = {
    "model": pl.String(),
    **dict.fromkeys((*PURCHASE_LETTERS, *gamma_gamma.LETTERS, "log_likelihood"), pl.Float64()),
    "customers": pl.Int64(),
    "state": pl.String(),
    **dict.fromkeys(("spend_log_likelihood", "correlation"), pl.Float64()),
}


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
    valued = value_customers(
        customers,
        as_of=as_of,
        by=by,
        model=model,
        horizon_weeks=horizon_weeks,
        discount_rate=discount_rate,
        margin=margin,
        holdout_weeks=holdout_weeks,
        confidence=confidence,
    )
    if by:
        return in_order(of_groups(valued.forecast, valued.rows.select(by)), by, VALUES)
    return valued.rows.select("customer_id").hstack(of_customers(valued.forecast))


@dataclass(frozen=True)
class Valued:
    """The rows that were valued, one per customer with an order (or with `by`, one per group of those alike), and what is expected of
    each, in the same order."""

    rows: pl.DataFrame
    forecast: Forecast


def value_customers(
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
    keep: Sequence[str] = (),
) -> Valued:
    """What `clv` makes its rows of, for those who ask for more than one of them: models fitted once. With `keep` (and without `by`), the
    rows hold these columns of `customers` too."""
    horizon = Horizon(at_least("horizon_weeks", horizon_weeks, 1), _not_negative("discount_rate", discount_rate))
    terms = Terms(horizon, _not_negative("margin", margin), z_value(confidence))
    rows = _alike(customers, by, keep)
    weeks = with_weeks(rows, calibration_end(as_of, holdout_weeks), whole=rows["n"].sum() > EXACT_UP_TO_CUSTOMERS)
    purchases, alike = put_together(weeks)
    measures = (rows[name].to_numpy().astype(float) for name in ("n", "repeat_spend_days", "repeat_spend", "per_day"))
    cells = Cells(purchases, alike, *measures)
    # rows of customers are at hand already; groups of them do not tell one mean spend from another
    spends = as_spends(spend_statistics(customers if by else nw.from_native(rows.lazy())))
    return Valued(rows, Forecast(cells, fit_models(purchases, spends, model=model), terms))


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
        if fit is not None and fit.found and letters:
            found |= dict(zip(letters, fit.parameters.tolist(), strict=True)) | {likelihood: fit.log_likelihood}
    return found


def _alike(customers: nw.LazyFrame, by: Sequence[str], keep: Sequence[str]) -> pl.DataFrame:
    """One row per customer with an order, by key, or with `by` one per group of customers with the same order_days, first_on, last_on and
    repeat_spend_days, in the engine: n, and sums over the n of repeat_spend and per_day (net revenue per order-day), neither below 0.
    What is reckoned over the rows is the same to the bit, since each has its place."""
    worth = buyers(customers).with_columns(
        repeat_spend=_not_below_0(money("repeat_spend")),
        per_day=_not_below_0(plain("revenue")) / nw.col("order_days"),
        n=one_if(nw.col("order_days") > 0),
    )
    shared = ["order_days", "first_on", "last_on", "repeat_spend_days"]
    if by:
        sums = [nw.col("n", "repeat_spend").sum(), nw.col("per_day").cast(FINE).sum()]
        found = collected(worth.group_by(*by, *shared).agg(*sums)).sort(*by, *shared, nulls_last=True)
    else:
        told = ("customer_key", "customer_id", *shared, "n", "repeat_spend", "per_day")
        found = collected(worth.select(*told, *(name for name in keep if name not in told)))
        found = found if found["customer_key"].is_sorted() else found.sort("customer_key")
    return found.with_columns(pl.col("n").cast(pl.Int64))


def _not_below_0(amount: nw.Expr) -> nw.Expr:
    return nw.when(amount > 0).then(amount).otherwise(nw.lit(0))


def _not_negative(name: str, value: float) -> float:
    if not value >= 0:
        raise ValueError(f"{name} is {value}; it must be 0 or more, for example 0.1.")
    return value
