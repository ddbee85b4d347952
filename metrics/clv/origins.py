"""Forecasts of the past: each made of what was known at one of several dates, by every model and by simple rules, and judged by what came.

Tashman 2000, International Journal of Forecasting 16(4):437–450 (rolling origins).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.clv.fitted import MODELS, Fits
from metrics.clv.holdout import PAST_RATE, RECENT_ONLY, RECENT_WEEKS, area_under_curve
from metrics.clv.models.model import PurchaseModel
from metrics.clv.models.statistics import DAYS_PER_WEEK, Array, Purchases
from metrics.engine.reduce import collected

LAST_HALF_YEAR, HALF_YEAR_WEEKS = "last_26_weeks", 26
MOST_CUSTOMERS = 10_000  # who are looked at: every so-manieth by key
ORIGINS = 4
MOST_WEEKS = 52  # that a past forecast is made for
LEAST_WEEKS = 12  # of data
LEAST_ALIVE = 1e-9
LEAST_EXPECTED = (
    1e-3  # purchases: a forecast of none counts as this, else one purchase would make its deviance infinite
)
ORIGIN_TYPES: dict[str, pl.DataType] = {
    "calibration_end": pl.Date(),
    "weeks": pl.Int64(),
    "forecast": pl.String(),
    "model": pl.String(),
    "customers": pl.Int64(),
    "actual": pl.Int64(),
    **dict.fromkeys(
        ("expected", "bias", "deviance", "mae", "rmse", "brier", "auc", "squares", "variance"), pl.Float64()
    ),
}


@dataclass(frozen=True)
class Log:
    """The days with an order of some customers, by customer and day: whose (0, 1, …), and the days from the last one that is known (≤
    0)."""

    customer: Array
    day: Array
    as_of: dt.date

    @property
    def weeks(self) -> int:
        """Whole weeks from the first order on."""
        return int(-self.day.min(initial=0)) // DAYS_PER_WEEK


@dataclass(frozen=True)
class Origin:
    """What was known of the customers who had bought by a day, and what they did in the `weeks` after it; an entry per customer. `recent`:
    order-days within the last 26 weeks before the day; `customer`: their numbers in the log."""

    customer: Array
    purchases: Purchases
    recent: Array
    later: Array
    weeks: int


def order_log(order_days: nw.LazyFrame, *, as_of: dt.date, most: int = MOST_CUSTOMERS) -> Log:
    """Of about so many customers at most, evenly by key. `order_days` are rows of `rollups.order_days`."""
    seen = order_days.filter(nw.col("day") <= nw.lit(as_of)).select("customer_key", "day")
    known = int(collected(seen.select(n=nw.col("customer_key").n_unique()))["n"].item() or 0)  # null of no row
    step = max(-(-known // most), 1)
    days = collected(seen.filter(nw.col("customer_key") % step == 0) if step > 1 else seen).sort("customer_key", "day")
    since = (days["day"].cast(pl.Date) - as_of).dt.total_days().to_numpy().astype(np.int64)
    return Log(days["customer_key"].rle_id().to_numpy().astype(np.int64), since, as_of)


def origin_days(weeks: int) -> tuple[int, list[int]]:
    """For so many weeks of data, how many weeks each past forecast is made for, and the days it is made on, counted from the last one that
    is known, newest first: half of the data or a year, from ORIGINS days that lie evenly between a quarter of the data and the last
    that leaves so many weeks. What is asked for is a forecast of a year, so the weeks are as many as they can be, and they overlap."""
    ahead = min(MOST_WEEKS, weeks // 2)
    if weeks < LEAST_WEEKS:
        return 0, []
    seen = np.linspace(weeks - ahead, weeks // 4, ORIGINS).round().astype(int)
    return ahead, [-DAYS_PER_WEEK * (weeks - int(each)) for each in dict.fromkeys(seen.tolist())]


def origin(log: Log, day: int, weeks: int) -> Origin:
    """What was known on a day, and what came in the weeks after it."""
    seen = log.day <= day
    customer, days = log.customer[seen], log.day[seen]
    begins = np.flatnonzero(np.diff(customer, prepend=-1))
    number, first = customer[begins], days[begins]
    count = np.diff(np.append(begins, len(customer)))
    last = days[begins + count - 1]
    gaps = np.diff(days)[np.diff(customer) == 0] / DAYS_PER_WEEK
    entry = np.full(int(log.customer.max(initial=-1)) + 1, -1)
    entry[number] = np.arange(len(number))
    after = (log.day > day) & (log.day <= day + DAYS_PER_WEEK * weeks)
    later = entry[log.customer[after]]
    half = days > day - DAYS_PER_WEEK * HALF_YEAR_WEEKS
    rows = Purchases(
        count - 1.0,
        (last - first) / DAYS_PER_WEEK,
        (day - first) / DAYS_PER_WEEK,
        np.ones(len(number)),
        float(np.log(gaps).sum()),
    )
    return Origin(
        customer=number,
        purchases=rows,
        recent=np.bincount(entry[customer[half]], minlength=len(number)).astype(float),
        later=np.bincount(later[later >= 0], minlength=len(number)).astype(float),
        weeks=weeks,
    )


def by_rules(made: Origin) -> dict[str, Array]:
    """What forecasts that need no model say: the rate since the first order goes on; that of the last 26 weeks, first orders included; the
    first of these for those alone who ordered in the last 13 weeks (Wübben & Wangenheim 2008, Journal of Marketing 72(3):82–93)."""
    rows = made.purchases
    rate = np.divide(rows.x, rows.T, out=np.zeros_like(rows.x), where=rows.T > 0) * made.weeks
    half = made.recent / HALF_YEAR_WEEKS * made.weeks
    return {
        PAST_RATE: rate,
        LAST_HALF_YEAR: half,
        RECENT_ONLY: np.where(rows.T - rows.t_x < RECENT_WEEKS, rate, 0.0),
    }


def poisson_deviance(actual: Array, expected: Array) -> float:
    """Mean of 2 (y ln y/ŷ − y + ŷ) over customers, the proper score of a mean of counts. Lower is better, 0 best."""
    mean = np.maximum(expected, LEAST_EXPECTED)
    logs = np.where(actual > 0, actual * np.log(np.where(actual > 0, actual, 1.0) / mean), 0.0)
    return float(np.mean(2 * (logs - actual + mean))) if len(actual) else float("nan")


def judged_origin(
    made: Origin, models: Sequence[str] = tuple(MODELS), *, level: float = 1.0
) -> Iterator[dict[str, object]]:
    """One row per forecast, see `past_forecasts`; a model that the data of the time did not determine is judged by what stands in.
    What models expect is multiplied by the level."""
    rows, fits = made.purchases, Fits(made.purchases)
    fitted: dict[str, tuple[str, Array, Array, Array]] = {}
    for name in models:
        model, fit = fits.or_stand_in(MODELS[name])
        if fit is None:
            continue
        if model.name not in fitted:
            expected = level * model.expected_each(fit.parameters, float(made.weeks), rows)
            chance = model.are_active(fit.parameters, float(made.weeks), rows)
            variance = purchase_variance(model, fit.parameters, expected, rows)
            fitted[model.name] = (model.name, expected, chance, variance)
        yield {"forecast": name, **_scored(made, *fitted[model.name])}
    for name, expected in by_rules(made).items():
        yield {"forecast": name, **_scored(made, name, expected)}


def past_forecasts(
    order_days: nw.LazyFrame, *, as_of: dt.date, models: Sequence[str] = tuple(MODELS), most: int = MOST_CUSTOMERS
) -> pl.DataFrame:
    """One row per origin and forecast: calibration_end, weeks, forecast (a model asked for, or past_rate, last_26_weeks, last_13_weeks),
    model (that was used, NBD where the data did not determine the other), customers, actual and expected (sums of repeat purchases in
    the weeks), bias (expected/actual − 1), and per customer deviance, mae, rmse, brier and auc (of the chance of a purchase; null for
    rules), squares (sum of squared misses) and variance (their sum as the model has it; null for rules). No row where the data are too
    short.
    """
    log = order_log(order_days, as_of=as_of, most=most)
    return of_log(log, models=models)


def of_log(log: Log, *, models: Sequence[str] = tuple(MODELS)) -> pl.DataFrame:
    """`past_forecasts` of a log."""
    weeks, days = origin_days(log.weeks)
    rows = []
    for day in days:
        made = origin(log, day, weeks)
        if made.later.any():
            end = log.as_of + dt.timedelta(days=day)
            rows += [{"calibration_end": end, "weeks": weeks, **row} for row in judged_origin(made, models)]
    return pl.DataFrame(rows, schema=ORIGIN_TYPES)


def purchase_variance(model: PurchaseModel, parameters: Array, expected: Array, rows: Purchases) -> Array:
    """Variance of the purchases of each row, whose mean is `expected`: of a customer who is dead with probability 1 − q and else buys with
    mean g = m/q, at a rate that is Gamma(r + k x), of which each purchase takes k stages: q (g/k + g² (1 + 1/(r + k x))) − m².

    That a living customer may die within the time is left out; how far single customers were really off is measured beside it.
    """
    alive = np.maximum(model.are_alive(parameters, rows), LEAST_ALIVE)
    shape = parameters[0] + model.stages * rows.x
    return np.maximum(expected / model.stages + expected**2 * ((1 + 1 / shape) / alive - 1), 0.0)


def _scored(
    made: Origin, model: str, expected: Array, chance: Array | None = None, variance: Array | None = None
) -> dict[str, object]:
    actual = made.later
    bought = actual > 0
    happened, forecast = float(actual.sum()), float(expected.sum())
    return {
        "model": model,
        "customers": len(actual),
        "actual": int(happened),
        "expected": forecast,
        "bias": forecast / happened - 1 if happened else None,
        "deviance": poisson_deviance(actual, expected),
        "mae": float(np.mean(np.abs(actual - expected))),
        "rmse": float(np.sqrt(np.mean((actual - expected) ** 2))),
        "brier": None if chance is None else float(np.mean((chance - bought) ** 2)),
        "auc": None if chance is None else area_under_curve(chance, bought),
        "squares": float(np.sum((actual - expected) ** 2)),
        "variance": None if variance is None else float(variance.sum()),
    }
