"""How good the forecasts of several days in the past were, together: which model was best, and by how much its level was off."""

import datetime as dt

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.clv.origins import past_forecasts

CLEARLY_OFF = 3.0  # standard errors of one total: origins see much the same purchases, so many are no surer than one
RECORD_TYPES: dict[str, pl.DataType] = {
    "forecast": pl.String(),
    **dict.fromkeys(("origins", "actual"), pl.Int64()),
    **dict.fromkeys(("expected", "bias", "deviance", "mae", "rmse", "brier", "auc", "level"), pl.Float64()),
}


def forecast_accuracy(order_days: nw.LazyFrame, *, as_of: dt.date) -> pl.DataFrame:
    """One row per model and simple rule, least deviance first: how good its forecasts on four days of the past were, each made of what was
    known then and judged by the weeks after it (half of the data, or a year); see `records`. `order_days` are rows of
    `rollups.order_days`; of more than 10,000 customers every so-manieth is looked at. No row where there are less than 12 weeks of data.
    """
    return records(past_forecasts(order_days, as_of=as_of))


def records(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per forecast that was made at every origin, of rows of `origins.past_forecasts`, least deviance first: forecast,
    origins, actual and expected (sums), bias, deviance, mae, rmse, brier and auc (means over customers and origins), and level (null
    of rules, which have none).

    The level is what actual purchases were of the expected ones over all origins, where that of the other origins would have lowered the
    deviance of each, and where it is off by more than chance makes one total; else 1. expected, bias and deviance are those of each
    origin with the level of the others; the further scores are without it.
    """
    origins = rows["calibration_end"].n_unique()
    made = [own for (_,), own in rows.group_by("forecast", maintain_order=True) if own.height == origins]
    found = pl.DataFrame([_record(own) for own in made], schema=RECORD_TYPES)
    return found.sort("deviance", "forecast")


def _record(own: pl.DataFrame) -> dict[str, object]:
    n, actual, expected = (own[name].to_numpy().astype(float) for name in ("customers", "actual", "expected"))
    deviance = own["deviance"].to_numpy()
    is_model = own["variance"].null_count() == 0
    # the level that the other origins would have given each
    others = (actual.sum() - actual) / np.maximum(expected.sum() - expected, 1e-9)
    leveled = deviance + 2 * (-actual * np.log(np.maximum(others, 1e-9)) + (others - 1) * expected) / n
    dispersion = float(own["squares"].to_numpy().sum() / own["variance"].to_numpy().sum()) if is_model else 1.0
    chance = dispersion * own["variance"].fill_null(0).to_numpy() / np.maximum(expected, 1) ** 2
    clear = abs(np.log(expected.sum() / actual.sum())) > CLEARLY_OFF * np.sqrt(chance.mean())
    helps = is_model and len(own) > 1 and clear and bool((n * leveled).sum() < (n * deviance).sum())
    factors = others if helps else np.ones_like(actual)
    told = factors * expected
    found = {
        "forecast": own["forecast"][0],
        "origins": own.height,
        "actual": int(actual.sum()),
        "expected": float(told.sum()),
        "bias": float(told.sum() / actual.sum() - 1),
        "deviance": float((n * (leveled if helps else deviance)).sum() / n.sum()),
        **{name: _mean(own[name], n) for name in ("mae", "brier", "auc")},
        "rmse": float(np.sqrt((n * own["rmse"].to_numpy() ** 2).sum() / n.sum())),
    }
    if not is_model:
        return found
    return found | {"level": float(actual.sum() / expected.sum()) if helps else 1.0}


def _mean(values: pl.Series, n: np.ndarray) -> float | None:
    known = values.to_numpy().astype(float)
    return float((n * known).sum() / n.sum()) if values.null_count() == 0 else None
