"""How honest the models are: fitted to what was known at a date, and compared with what happened after it."""

import datetime as dt

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.clv.models.fitting import Fit
from metrics.clv.models.model import PurchaseModel
from metrics.clv.models.statistics import DAYS_PER_WEEK, Purchases, with_weeks
from metrics.engine.periods import at_least
from metrics.engine.reduce import collected, one_if
from metrics.engine.rollups import seen_by

RECENT_WEEKS = 13
PAST_RATE, RECENT_ONLY = "past_rate", "last_13_weeks"  # forecasts that need no model
TRACKING_TYPES: dict[str, pl.DataType] = {
    "ends_on": pl.Date(),
    "holdout": pl.Boolean(),
    "actual": pl.Int64(),
    "expected": pl.Float64(),
    "actual_cumulative": pl.Int64(),
    "expected_cumulative": pl.Float64(),
}
HELD_OUT_TYPES: dict[str, pl.DataType] = {"ends_on": pl.Date(), "actual": pl.Int64(), "expected": pl.Float64()}
FREQUENCY_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("x", "customers"), pl.Int64()),
    **dict.fromkeys(("actual", "expected", "se"), pl.Float64()),
}
SPLIT_TYPES: dict[str, pl.DataType] = {
    "customer_key": pl.Int64(),
    **dict.fromkeys(("x", "t_x", "T"), pl.Float64()),
    "holdout_purchases": pl.Int64(),
}


def holdout_split(order_days: nw.LazyFrame, *, calibration_end: dt.date, holdout_weeks: int) -> pl.DataFrame:
    """One row per customer who had bought by `calibration_end`: customer_key, x, t_x, T (in weeks, up to that day), holdout_purchases
    (order-days in the `holdout_weeks` after it). `order_days` are rows of `rollups.order_days`. Without orders there is no row.
    """
    last = _last_day(calibration_end, holdout_weeks)
    days = order_days.filter(nw.col("day") <= nw.lit(last))
    before = nw.col("day") <= nw.lit(calibration_end)
    counted = (
        days.with_columns(seen=nw.when(before).then(nw.col("day")), known=one_if(before), later=one_if(~before))
        .group_by("customer_key")
        .agg(
            first_on=nw.col("day").min(),
            last_on=nw.col("seen").max(),
            order_days=nw.col("known").sum(),
            holdout_purchases=nw.col("later").sum(),
        )
        .filter(nw.col("order_days") > 0)
    )
    found = with_weeks(collected(counted), calibration_end, whole=False)
    return found.select(pl.col(name).cast(kind) for name, kind in SPLIT_TYPES.items()).sort("customer_key")


def grouped(split: pl.DataFrame) -> Purchases:
    """What a model is fitted on, from rows of `holdout_split`."""
    counts = split.group_by("x", "t_x", "T").agg(n=pl.len()).sort("x", "t_x", "T")
    x, t_x, T, n = (counts[name].cast(pl.Float64).to_numpy() for name in ("x", "t_x", "T", "n"))
    return Purchases(x, t_x, T, n)


def tracking(
    order_days: nw.LazyFrame, *, model: PurchaseModel, fit: Fit, calibration_end: dt.date, holdout_weeks: int
) -> pl.DataFrame:
    """One row per week, from the first order to the end of the holdout, of the customers who had bought by `calibration_end`.

    ends_on (its last day; weeks are counted back and forth from `calibration_end`), holdout (whether it lies after that), actual and
    expected repeat purchases, actual_cumulative, expected_cumulative. Expected are the sums over customers of E[X(t)], t since their
    first order: the tracking plot of Fader, Hardie & Lee 2005, figures 4 and 5. `order_days` are rows of `rollups.order_days`, best with
    the saved columns of `rollups.with_neighbours`. Without orders there is no row.
    """
    days = seen_by(order_days, _last_day(calibration_end, holdout_weeks))
    known = days.filter(nw.col("first_day") <= nw.lit(calibration_end))
    counted = collected(
        known.group_by("day").agg(days=nw.len(), first=one_if(nw.col("day") == nw.col("first_day")).sum())
    )
    counts = counted.select("day", pl.col("first").cast(pl.Int64), pl.col("days").cast(pl.Int64)).sort("day")
    cohorts = counts.filter(pl.col("first") > 0).select("day", n="first")
    bought = counts.select("day", n=pl.col("days") - pl.col("first"))
    since = _days_after(cohorts["day"], calibration_end)
    first_week = -(-since.min() // DAYS_PER_WEEK) if len(since) else holdout_weeks + 1
    weeks = np.arange(first_week, holdout_weeks + 1)
    # the week that each day lies in: 0 is the last of the calibration
    of = -(-_days_after(bought["day"], calibration_end) // DAYS_PER_WEEK)
    actual = np.array([bought["n"].to_numpy()[of == week].sum() for week in weeks], dtype=np.int64)
    # whole days: far fewer than there are pairs of a week and a first day
    days_since = np.maximum(weeks[:, None] * DAYS_PER_WEEK - since, 0)
    times = np.arange(days_since.max(initial=0) + 1) / DAYS_PER_WEEK
    expected = model.unconditional_purchases(fit.parameters, times)
    cumulative = expected[days_since] @ cohorts["n"].to_numpy().astype(float)
    return pl.DataFrame(
        {
            "ends_on": [calibration_end + dt.timedelta(weeks=int(week)) for week in weeks],
            "holdout": weeks > 0,
            "actual": actual,
            "expected": np.diff(cumulative, prepend=0.0),
            "actual_cumulative": actual.cumsum(),
            "expected_cumulative": cumulative,
        },
        schema=TRACKING_TYPES,
    )


def held_out(
    tracked: pl.DataFrame, rows: Purchases, *, model: PurchaseModel, fit: Fit, calibration_end: dt.date
) -> pl.DataFrame:
    """One row per week of the holdout of `tracked` (rows of `tracking`), and one before it with zeros: ends_on, actual and expected,
    repeat purchases since `calibration_end`. Expected are the sums over customers of E[purchases | x, t_x, T], which `accuracy` judges:
    what each of them had done is known, other than in `tracking`. `rows` are what the model was fitted to.
    """
    weeks = tracked.filter("holdout")
    expected = [
        float(rows.n @ model.expected_each(fit.parameters, float(week), rows)) for week in range(1, weeks.height + 1)
    ]
    return pl.DataFrame(
        {
            "ends_on": [calibration_end, *weeks["ends_on"]] if weeks.height else [],
            "actual": [0, *weeks["actual"].cum_sum()] if weeks.height else [],
            "expected": [0.0, *expected] if weeks.height else [],
        },
        schema=HELD_OUT_TYPES,
    )


def by_frequency(
    split: pl.DataFrame, *, model: PurchaseModel, fit: Fit, holdout_weeks: int, most: int = 7
) -> pl.DataFrame:
    """One row per number of repeat purchases in the calibration, `most` and more being one: x, customers, actual and expected purchases
    per customer in the holdout, and se, the standard error of the actual ones (null of one customer). Fader, Hardie & Lee 2005, figure 6.
    """
    forecast = _forecast(split, model, fit, holdout_weeks)
    return (
        split.with_columns(expected=forecast, x=pl.col("x").clip(upper_bound=most).cast(pl.Int64))
        .group_by("x")
        .agg(
            customers=pl.len().cast(pl.Int64),
            actual=pl.col("holdout_purchases").mean(),
            expected=pl.col("expected").mean(),
            se=pl.col("holdout_purchases").std() / pl.len().sqrt(),
        )
        .sort("x")
    )


def accuracy(split: pl.DataFrame, *, model: PurchaseModel, fit: Fit | None, holdout_weeks: int) -> pl.DataFrame:
    """How far three forecasts of each customer's holdout purchases were off; exactly three rows, two without a fit.

    forecast: the model's name; "past_rate" (x/T goes on, for everybody); "last_13_weeks" (it goes on for those who bought in the last 13
    weeks, and the others buy nothing: the hiatus rule of Wübben & Wangenheim 2008, Journal of Marketing 72(3):82–93). Then actual and
    expected (sums), bias (expected/actual − 1; 0 is best, −0.12 is 12 % low; null when nobody bought) and rmse (per customer; lower is
    better; null without customers).
    """
    x, t_x, T = (split[name].to_numpy() for name in ("x", "t_x", "T"))
    rate = np.divide(x, T, out=np.zeros_like(x), where=T > 0) * holdout_weeks
    forecasts = {
        **({model.name: _forecast(split, model, fit, holdout_weeks)} if fit else {}),
        PAST_RATE: rate,
        RECENT_ONLY: np.where(T - t_x < RECENT_WEEKS, rate, 0.0),
    }
    actual = split["holdout_purchases"].to_numpy()
    total = float(actual.sum())
    rows = [
        {
            "forecast": name,
            "actual": int(total),
            "expected": float(expected.sum()),
            "bias": float(expected.sum()) / total - 1 if total else None,
            "rmse": float(np.sqrt(np.mean((expected - actual) ** 2))) if len(actual) else None,
        }
        for name, expected in forecasts.items()
    ]
    types = {"forecast": pl.String, "actual": pl.Int64, "expected": pl.Float64, "bias": pl.Float64, "rmse": pl.Float64}
    return pl.DataFrame(rows, schema=types)


def activity_auc(split: pl.DataFrame, *, model: PurchaseModel, fit: Fit, holdout_weeks: int) -> float | None:
    """The chance that of two customers, one who bought in the holdout and one who did not, the first had the higher P(active); ties
    count half. 0.5 is a coin, 1 is best. None unless there are both.
    """
    chance = model.p_active(
        fit.parameters, float(holdout_weeks), *(split[name].to_numpy() for name in ("x", "t_x", "T"))
    )
    return area_under_curve(chance, split["holdout_purchases"].to_numpy() > 0)


def area_under_curve(score: np.ndarray, happened: np.ndarray) -> float | None:
    """Of the receiver operating characteristic, as the rank statistic of Mann and Whitney; None unless both outcomes occur."""
    hits, misses = int(happened.sum()), int((~happened).sum())
    if not (hits and misses):
        return None
    ranks = pl.Series(score).rank("average").to_numpy()
    return float((ranks[happened].sum() - hits * (hits + 1) / 2) / (hits * misses))


def _forecast(split: pl.DataFrame, model: PurchaseModel, fit: Fit, holdout_weeks: int) -> np.ndarray:
    x, t_x, T = (split[name].to_numpy() for name in ("x", "t_x", "T"))
    return model.expected_purchases(fit.parameters, float(holdout_weeks), x, t_x, T)


def _last_day(calibration_end: dt.date, holdout_weeks: int) -> dt.date:
    return calibration_end + dt.timedelta(weeks=at_least("holdout_weeks", holdout_weeks, 1))


def _days_after(dates: pl.Series, date: dt.date) -> np.ndarray:
    """Whole days from the date; negative before it."""
    return (dates.cast(pl.Date) - date).dt.total_days().to_numpy()
