"""Forecasts of tiers are held against what happened, widened by how far they were off, and withheld where moves are not steady."""

import math

import numpy as np
import pytest

from metrics.tiers import backtest
from metrics.tiers.outlook import tier_outlook, tier_stationarity
from metrics.tiers.value import tier_value
from tests.metrics.frames import day, periods, tier_changes

DATES = {"as_of": day("2026-04-30"), "start": day("2026-01-01"), "end": day("2026-04-30"), "lapse_days": 0}

# January and February: of 100 silver members 10 rise to gold and 10 lapse in each; then nobody moves any more
MOVES = [
    *[(key, "2025-06-01", "silver") for key in range(100)],
    *[(key, "2026-01-15", "gold") for key in range(10)],
    *[(10 + key, "2026-01-15", "lapsed") for key in range(10)],
    *[(20 + key, "2026-02-15", "gold") for key in range(8)],
    *[(30 + key, "2026-02-15", "lapsed") for key in range(8)],
]


@pytest.mark.parametrize(("periods", "fitted"), [(0, 0), (1, 1), (2, 1), (3, 2), (12, 6), (13, 7)])
def test_at_most_half_of_the_periods_are_held_out(periods: int, fitted: int) -> None:
    assert backtest.fitted_periods(periods) == fitted


def test_the_outlook_of_the_first_half_stands_beside_what_happened_in_the_other() -> None:
    """Fitted to 180 steps with 18 up and 18 out: within two months 0.1 + 0.8 · 0.1 of the 64 who are left would rise; nobody does."""
    row = tier_outlook(tier_changes(MOVES), **DATES, least_p=0).row(0, named=True)
    assert (row["held_out_periods"], row["held_out_members"], row["reached_share"]) == (2, 64, 0)
    assert row["expected_share"] == pytest.approx(0.18)
    assert row["state"] == "ok"


def test_who_reaches_the_top_only_after_lapsing_has_not_reached_it() -> None:
    rows = [(key, "2025-06-01", "silver") for key in range(40)] + [(99, "2025-06-01", "gold")]
    rows += [
        (1, "2026-03-10", "lapsed"),
        (1, "2026-04-10", "gold"),
        (2, "2026-03-10", "gold"),
        (2, "2026-04-10", "lapsed"),
    ]
    row = tier_outlook(tier_changes(rows), **DATES, least_p=0).row(0, named=True)
    assert (row["held_out_members"], row["reached_share"]) == (40, 1 / 40)


def test_moves_that_are_not_steady_give_no_forecast_and_keep_the_backtest() -> None:
    dates = dict(DATES)
    assert tier_stationarity(tier_changes(MOVES), **dates)["p_value"].item() < 0.001
    bought = periods([(key, f"2026-{month:02}", 1) for key in range(100) for month in range(1, 5)])
    worth = {"customer_periods": bought}
    for function, more, value, tested in (
        (tier_outlook, {}, "reach_top", "expected_share"),
        (tier_value, worth, "value", "expected_spend"),
    ):
        row, shown = (function(tier_changes(MOVES), **dates, **more, **asked).to_dicts()[-2 if more else 0]
                      for asked in ({}, {"least_p": 0}))  # fmt: skip
        assert (row["state"], shown["state"]) == ("unsteady", "ok")
        assert [row[name] for name in (value, "low", "high")] == [None] * 3
        assert shown["low"] < shown[value] < shown["high"]
        assert row[tested] == shown[tested] is not None


def test_the_worth_of_the_first_half_stands_beside_what_was_spent_in_the_other() -> None:
    """All stay in gold; who spent 10 a month spends 5, so that the interval reaches to half of the forecast and to twice of it at least."""
    rows = tier_changes([(key, "2025-06-01", "gold") for key in range(40)])
    bought = [(key, f"2026-{month:02}", 2 if month < 3 else 1) for key in range(40) for month in range(1, 5)]
    row = tier_value(rows, **DATES, customer_periods=periods(bought)).row(0, named=True)
    assert (row["held_out_months"], row["held_out_members"]) == (2, 40)
    assert (row["expected_spend"], row["actual_spend"]) == (pytest.approx(40), pytest.approx(20))
    assert row["low"] <= row["value"] / 2 and row["high"] >= row["value"] * 2
    steady = periods([(key, at, 2) for key, at, _ in bought])
    same = tier_value(rows, **DATES, customer_periods=steady).row(0, named=True)
    assert same["expected_spend"] == pytest.approx(same["actual_spend"])
    assert row["low"] / row["value"] < same["low"] / same["value"]


def test_a_single_month_has_no_backtest() -> None:
    dates = {**DATES, "start": day("2026-04-01")}
    rows = tier_changes([(key, "2025-06-01", "silver" if key < 40 else "gold") for key in range(80)])
    outlook = tier_outlook(rows, **dates).row(0, named=True)
    worth = tier_value(rows, **dates, customer_periods=periods([(1, "2026-04", 1)])).row(0, named=True)
    assert (outlook["state"], outlook["held_out_periods"], outlook["reached_share"]) == ("ok", None, None)
    assert (worth["state"], worth["held_out_months"], worth["actual_spend"]) == ("ok", None, None)


def test_a_small_tier_takes_the_largest_error_of_the_others() -> None:
    n = np.array([100.0, 100.0, 5.0])
    errors = backtest.ratio_error(np.array([10.0, 10.0, 10.0]), np.array([5.0, 20.0 / 3, 10.0]), n, 30)
    assert errors == pytest.approx([math.log(2), math.log(1.5), math.log(2)])
    assert np.isnan(backtest.share_error(n, n, n, 1000)).all()
    odds = backtest.share_error(np.array([0.2]), np.array([0.2]), np.array([50.0]), 30)
    assert odds == pytest.approx([0])


@pytest.mark.parametrize("error", [0.0, 0.5, 2.0])
def test_squares_of_distances_add_up(error: float) -> None:
    low, high = backtest.widened_ratio(100, 80, 125, error)
    assert math.log(100 / low) == pytest.approx(math.hypot(math.log(1.25), error))
    assert math.log(high / 100) == pytest.approx(math.hypot(math.log(1.25), error))
    below, above = backtest.widened_share(0.5, 0.4, 0.6, error)
    assert math.log(above / (1 - above)) == pytest.approx(math.hypot(math.log(1.5), error))
    assert below == pytest.approx(1 - above)


def test_what_cannot_be_widened_stays() -> None:
    assert backtest.widened_share(1.0, 0.9, 1.0, 2.0) == (0.9, 1.0)
    assert backtest.widened_share(0.5, 0.4, 0.6, math.nan) == (0.4, 0.6)
    assert backtest.widened_ratio(0.0, -1.0, 1.0, 2.0) == (-1.0, 1.0)
    assert backtest.widened_ratio(10.0, -1.0, 20.0, 1.0)[0] == -1
