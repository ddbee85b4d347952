"""Forecasts of the past: what was known on a day, what came after it, and what they say together."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from metrics.clv.origins import (
    LEAST_EXPECTED,
    MODELS,
    ORIGIN_TYPES,
    by_rules,
    judged_origin,
    order_log,
    origin,
    origin_days,
    past_forecasts,
    poisson_deviance,
)
from metrics.clv.past import forecast_accuracy, records
from metrics.engine.rollups import order_days
from tests.metrics.buying import LAST, ORDER_TYPES, buying
from tests.metrics.frames import lazy

NOTHING = pl.DataFrame(schema=ORDER_TYPES)
ORDERS = buying(seed=31, customers=600)


def days(*rows: tuple[int, str]) -> pl.DataFrame:
    records = [(key, dt.date.fromisoformat(day)) for key, day in rows]
    return pl.DataFrame(records, schema={"customer_key": pl.Int64, "day": pl.Date}, orient="row")


def test_without_orders_no_forecast_was_made() -> None:
    nothing = order_days(lazy(NOTHING))
    assert past_forecasts(nothing, as_of=LAST).is_empty()
    assert forecast_accuracy(nothing, as_of=LAST).is_empty()


@pytest.mark.parametrize(
    ("weeks", "ahead", "seen"),
    [
        (0, 0, []),
        (11, 0, []),
        (12, 6, [6, 5, 4, 3]),
        (52, 26, [26, 22, 17, 13]),
        (78, 39, [39, 32, 26, 19]),
        (208, 52, [156, 121, 87, 52]),
    ],
)
def test_days_that_forecasts_are_made_on(weeks: int, ahead: int, seen: list[int]) -> None:
    assert origin_days(weeks) == (ahead, [-7 * (weeks - week) for week in seen])


def test_what_was_known_on_a_day_and_what_came_in_the_weeks_after_it() -> None:
    log = order_log(
        lazy(
            days(
                (5, "2026-01-01"),
                (5, "2026-01-15"),
                (5, "2026-06-01"),
                (7, "2026-05-01"),
                (7, "2026-06-30"),
                (9, "2026-06-20"),
                (9, "2026-06-25"),
            )
        ),
        as_of=dt.date(2026, 6, 30),
    )
    made = origin(log, -14, 2)  # the 16th of June
    rows = made.purchases
    assert made.customer.tolist() == [0, 1]  # the third had not bought
    assert (rows.x.tolist(), made.later.tolist()) == ([2, 0], [0, 1])
    np.testing.assert_allclose(rows.t_x, [151 / 7, 0])
    np.testing.assert_allclose(rows.T, [166 / 7, 46 / 7])
    assert rows.log_gaps == pytest.approx(np.log(2) + np.log(137 / 7))
    found = by_rules(made)
    np.testing.assert_allclose(found["past_rate"], [2 / (166 / 7) * 2, 0])
    np.testing.assert_allclose(found["last_26_weeks"], [3 / 26 * 2, 1 / 26 * 2])
    np.testing.assert_allclose(found["last_13_weeks"], [2 / (166 / 7) * 2, 0])


def test_poisson_deviance_counts_no_forecast_as_a_thousandth() -> None:
    actual, expected = np.array([0.0, 2.0, 1.0]), np.array([0.5, 2.0, 0.0])
    missed = 2 * (np.log(1 / LEAST_EXPECTED) - 1 + LEAST_EXPECTED)
    assert poisson_deviance(actual, expected) == pytest.approx((2 * 0.5 + 0 + missed) / 3)


def made(*totals: tuple[int, float], forecast: str = "mbg_nbd", variance: float | None = 100.0) -> pl.DataFrame:
    """Rows of `past_forecasts`, of 100 customers each."""
    rows = [
        {
            "calibration_end": dt.date(2026, 1, 1) + dt.timedelta(days=place),
            "weeks": 4,
            "forecast": forecast,
            "model": forecast,
            "customers": 100,
            "actual": actual,
            "expected": expected,
            "bias": expected / actual - 1,
            "deviance": 1.0,
            "mae": 0.5,
            "rmse": 1.0,
            "squares": 100.0,
            "variance": variance,
        }
        for place, (actual, expected) in enumerate(totals)
    ]
    return pl.DataFrame(rows, schema=ORIGIN_TYPES)


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        (made(), None),
        (made((200, 200.0), (200, 210.0)), 1.0),  # right
        (made((200, 210.0), (200, 215.0)), 1.0),  # off by no more than chance
        (made((200, 400.0), (200, 100.0)), 1.0),  # off, not always to the same side
        (made((200, 400.0), (200, 400.0)), 0.5),
        (made((200, 400.0), (200, 400.0), forecast="past_rate", variance=None), None),
    ],
    ids=["none", "right", "by chance", "to and fro", "twice as high", "rule"],
)
def test_the_level_is_what_sets_forecasts_right_that_were_clearly_off(rows: pl.DataFrame, level: float | None) -> None:
    found = records(rows)
    assert found["level"].to_list() == ([level] if rows.height else [])
    if level == 0.5:
        assert found["bias"].item() == pytest.approx(0)
        assert found["deviance"].item() < 1


def test_a_forecast_that_was_not_made_every_time_is_left_out() -> None:
    rows = pl.concat([made((200, 200.0), (200, 200.0)), made((200, 200.0), forecast="pareto_nbd")])
    assert records(rows)["forecast"].to_list() == ["mbg_nbd"]


def test_the_true_model_errs_little_and_the_best_stands_first() -> None:
    found = forecast_accuracy(order_days(lazy(ORDERS)), as_of=LAST)
    assert set(found["forecast"]) == {*MODELS, "past_rate", "last_26_weeks", "last_13_weeks"}
    assert found["deviance"].is_sorted()
    (true,) = found.filter(pl.col("forecast") == "mbg_nbd").to_dicts()
    assert abs(true["bias"]) < 0.15
    assert true["deviance"] < 1.02 * found["deviance"][0]
    shuffled = ORDERS.sample(fraction=1, shuffle=True, seed=1)
    assert forecast_accuracy(order_days(lazy(shuffled)), as_of=LAST).equals(found)


def test_of_many_customers_some_are_looked_at_evenly() -> None:
    log = order_log(order_days(lazy(ORDERS)), as_of=LAST, most=100)
    assert log.customer.max() + 1 == 100
    scored = list(judged_origin(origin(log, -7 * 26, 26), ["nbd"]))
    assert [row["forecast"] for row in scored] == ["nbd", "past_rate", "last_26_weeks", "last_13_weeks"]
