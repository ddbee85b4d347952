"""A model fitted to all but the last weeks, and everything that says how its forecast of them compares with what happened."""

import datetime as dt

import narwhals.stable.v2 as nw
import polars as pl

from metrics.clv.fitted import DEFAULT_MODEL, MODELS, OK, Fits, purchase_state
from metrics.clv.holdout import (
    FREQUENCY_TYPES,
    HELD_OUT_TYPES,
    PAST_RATE,
    TRACKING_TYPES,
    accuracy,
    activity_auc,
    by_frequency,
    grouped,
    held_out,
    holdout_split,
    tracking,
)
from metrics.clv.lifetime import calibration_end
from metrics.clv.models.statistics import DAYS_PER_WEEK
from metrics.engine.periods import at_least, checked
from metrics.engine.reduce import collected, folded

USUAL_WEEKS = 26
TOO_SHORT = "too_short"  # no week is left to fit to, or none to judge by


def usual_weeks(weeks: int) -> int:
    """How many of so many weeks of data are held out: 26, or half of them (rounded down) when there are fewer than 52."""
    return min(USUAL_WEEKS, weeks // 2)


def judged(
    order_days: nw.LazyFrame, *, as_of: dt.date, model: str = DEFAULT_MODEL, holdout_weeks: int = 0
) -> pl.DataFrame:
    """Exactly one row: first_on, state (ok; too_few_customers or weakly_identified, where the model cannot be fitted to what came before,
    and the past rate is judged in its stead; too_short), calibration_end, holdout_weeks, customers (who had bought by then), forecast (the
    model's name or past_rate), actual and expected repeat purchases in the holdout, bias (expected/actual − 1), rmse, auc (see
    `holdout.activity_auc`; null without a model); and lists of rows, to be read by `reduce.unfolded`: tracking, held_out and by_frequency
    (see `holdout`; empty without a model), accuracy. The last row of held_out holds actual and expected.

    With `holdout_weeks` 0 their number is `usual_weeks`. Where it is too short, nobody is judged and the sums are 0.

    `order_days` are rows of `rollups.order_days` up to `as_of`, best with the saved columns of `rollups.with_neighbours`.
    """
    chosen = MODELS[checked("model", model, MODELS)]
    (first,) = collected(order_days.select(first=nw.col("day").min()))["first"].cast(pl.Date).to_list()
    known = (as_of - first).days // DAYS_PER_WEEK if first else 0
    weeks = at_least("holdout_weeks", holdout_weeks, 0) or usual_weeks(known)
    end = calibration_end(as_of, weeks)
    split = holdout_split(order_days, calibration_end=end, holdout_weeks=max(weeks, 1))
    if not 0 < weeks < known:
        split = split.clear()
    rows = grouped(split)
    fits = Fits(rows)
    state = purchase_state(chosen, fits) if 0 < weeks < known else TOO_SHORT
    fit = fits.of(chosen) if state == OK else None
    off = accuracy(split, model=chosen, fit=fit, holdout_weeks=weeks)
    area = None
    followed, later, frequency = (
        pl.DataFrame(schema=types) for types in (TRACKING_TYPES, HELD_OUT_TYPES, FREQUENCY_TYPES)
    )
    if fit:
        followed = tracking(order_days, model=chosen, fit=fit, calibration_end=end, holdout_weeks=weeks)
        later = held_out(followed, rows, model=chosen, fit=fit, calibration_end=end)
        frequency = by_frequency(split, model=chosen, fit=fit, holdout_weeks=weeks)
        area = activity_auc(split, model=chosen, fit=fit, holdout_weeks=weeks)
    return off.filter(pl.col("forecast") == (chosen.name if fit else PAST_RATE)).select(
        pl.lit(first, pl.Date).alias("first_on"),
        *(pl.lit(value).alias(name) for name, value in (("state", state), ("calibration_end", end))),
        *(pl.lit(n, pl.Int64).alias(name) for name, n in (("holdout_weeks", weeks), ("customers", split.height))),
        *off.columns,
        pl.lit(area, pl.Float64).alias("auc"),
        *(
            folded(rows).alias(name)
            for name, rows in (
                ("tracking", followed),
                ("held_out", later),
                ("by_frequency", frequency),
                ("accuracy", off),
            )
        ),
    )
