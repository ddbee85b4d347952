"""Customers worth keeping, the summary that a page is made of, and the judgement of a model by its last weeks."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.clv.fitted import OK, TOO_FEW, WEAK
from metrics.clv.historical import historical_clv
from metrics.clv.judgement import TOO_SHORT, judged, usual_weeks
from metrics.clv.keeping import worth_keeping
from metrics.clv.lifetime import clv, clv_average, clv_model, value_customers
from metrics.clv.models.bg_nbd import MBG_NBD
from metrics.clv.models.statistics import with_weeks
from metrics.clv.predictions import parameter_draws
from metrics.clv.summary import active_interval, clv_summary
from metrics.engine.reduce import unfolded
from metrics.engine.rollups import order_days, with_neighbours
from tests.metrics.buying import LAST, buying, customer_rows, no_customers
from tests.metrics.frames import lazy

ORDERS = buying(seed=11, customers=1500)
BUYERS = customer_rows(ORDERS).with_columns(
    region=pl.when(pl.col("customer_key") < 1480).then(pl.lit("north")).otherwise(pl.lit("south"))
)


def with_days(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(first_on=pl.col("first_order_at").dt.date(), last_on=pl.col("last_order_at").dt.date())


def test_nobody_is_worth_keeping_where_nobody_bought_or_nothing_is_known() -> None:
    assert worth_keeping(lazy(no_customers()), as_of=LAST).is_empty()
    assert worth_keeping(lazy(BUYERS.head(200)), as_of=LAST).is_empty()  # too few for a model


def test_who_is_named_meets_the_rule_and_nobody_else_does() -> None:
    named = worth_keeping(lazy(BUYERS), as_of=LAST, horizon_weeks=26, margin=0.5, below=0.6, top_share=0.1)
    assert named.height > 0
    assert (named["p_active"] < 0.6).all()
    assert (named["p_active_then"] >= 0.6).all()
    worth = BUYERS.select("customer_id", worth=pl.col("revenue") * 0.5).sort("worth", descending=True)
    assert set(named["customer_id"]) <= set(worth["customer_id"].head(150))
    assert named["clv"].is_sorted(descending=True)
    (model,) = clv_model(lazy(BUYERS), as_of=LAST).to_dicts()
    parameters = np.array([model[letter] for letter in ("r", "alpha", "a", "b")])
    weeks = with_weeks(with_days(BUYERS), LAST, whole=False)
    x, t_x, T = (weeks[name].to_numpy() for name in ("x", "t_x", "T"))
    chances = pl.DataFrame(
        {
            "customer_id": weeks["customer_id"],
            "now": MBG_NBD.p_active(parameters, 26.0, x, t_x, T),
            "then": MBG_NBD.p_active(parameters, 26.0, x, t_x, t_x),
        }
    ).join(worth.head(150), on="customer_id")
    assert set(named["customer_id"]) == set(chances.filter(pl.col("now") < 0.6, pl.col("then") >= 0.6)["customer_id"])


def test_the_chance_on_the_day_of_the_last_order_is_that_of_someone_who_orders_today() -> None:
    """Someone whose last order is of today has the same chance now and then, so is never named."""
    today = customer_rows(
        pl.concat(
            [ORDERS, pl.DataFrame([(0, dt.datetime.combine(LAST, dt.time()), 9e6)], schema=ORDERS.schema, orient="row")]
        )
    )
    named = worth_keeping(lazy(today), as_of=LAST, below=1.0, top_share=0.01)
    assert "c0" not in named["customer_id"].to_list()


def test_attributes_stand_before_the_columns() -> None:
    named = worth_keeping(lazy(BUYERS), as_of=LAST, by=["region"])
    alone = worth_keeping(lazy(BUYERS), as_of=LAST)
    assert named.columns[0] == "region"
    assert_frame_equal(named.drop("region"), alone)


@pytest.mark.parametrize(("option", "value"), [("below", 0), ("top_share", 1.5)])
def test_a_share_out_of_range_is_named(option: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{option} is {value}; it must be above 0 and at most 1"):
        worth_keeping(lazy(BUYERS), as_of=LAST, **{option: value})


def test_the_summary_says_what_the_metrics_say() -> None:
    terms = {"as_of": LAST, "horizon_weeks": 26, "margin": 0.5}
    summary = clv_summary(lazy(BUYERS), dimensions=["region"], **terms)
    (row,) = summary.to_dicts()
    (average,) = clv_average(lazy(BUYERS), **terms).to_dicts()
    assert (row["state"], row["predicts"], row["customers"]) == (OK, True, 1500)
    for name, value in average.items():
        assert row[name] == pytest.approx(value, rel=1e-6)
    assert row["active_customers"] == pytest.approx(1500 * average["p_active"])
    assert 0 < row["p_active_low"] < row["p_active"] < row["p_active_high"] < 1
    groups = clv(lazy(BUYERS), by=["region"], **terms)
    found = unfolded(summary, "groups")
    assert found["customers"].to_list() == [1480, 20]
    assert found["clv"].to_list() == pytest.approx(groups["clv"].to_list(), rel=1e-6)
    each = clv(lazy(BUYERS), **terms)
    assert unfolded(summary, "deciles")["total"].sum() == pytest.approx(each["clv"].sum())
    assert unfolded(summary, "histogram")["customers"].sum() == 1500
    assert unfolded(summary, "bands")["customers"].sum() == 1500
    named = worth_keeping(lazy(BUYERS), **terms)
    assert row["keeping_customers"] == named.height
    assert_frame_equal(unfolded(summary, "keeping"), named.head(50))


def test_the_interval_of_the_mean_chance_is_that_of_drawn_parameters() -> None:
    """To first order; 24 draws that have the covariance of the fit give nearly the same."""
    forecast = value_customers(lazy(BUYERS), as_of=LAST).forecast
    rows, fit = forecast.cells.purchases, forecast.fitted.purchases
    assert fit is not None
    drawn = [
        np.average(forecast.fitted.model.p_active(p, 52, rows.x, rows.t_x, rows.T), weights=rows.n)
        for p in parameter_draws(fit)
    ]
    low, high = active_interval(forecast)
    assert high - low == pytest.approx(2 * 1.96 * np.std(drawn), rel=0.1)


def test_without_models_the_summary_is_of_the_past() -> None:
    few = BUYERS.head(300)
    summary = clv_summary(lazy(few), as_of=LAST, dimensions=["region"], margin=0.5)
    (row,) = summary.to_dicts()
    assert (row["state"], row["predicts"]) == (TOO_FEW, False)
    assert [row[name] for name in ("low", "high", "p_active", "p_active_low", "active_customers")] == [None] * 5
    total = historical_clv(lazy(few), margin=0.5)["historical_clv"].item() * 300
    assert unfolded(summary, "deciles")["total"].sum() == pytest.approx(total)
    for name in ("bands", "groups", "keeping"):
        assert unfolded(summary, name).is_empty()


def test_the_summary_of_nobody() -> None:
    summary = clv_summary(lazy(no_customers()), as_of=LAST)
    assert summary.select("customers", "state", "clv", "keeping_customers").row(0) == (0, TOO_FEW, None, 0)
    assert unfolded(summary, "histogram").is_empty()


@pytest.mark.parametrize(("weeks", "held_out"), [(0, 0), (1, 0), (9, 4), (51, 25), (52, 26), (200, 26)])
def test_half_a_year_is_held_out_or_half_of_less(weeks: int, held_out: int) -> None:
    assert usual_weeks(weeks) == held_out


def test_a_model_is_judged_by_the_last_weeks() -> None:
    report = judged(order_days(lazy(ORDERS)), as_of=LAST, holdout_weeks=13)
    (row,) = report.to_dicts()
    assert (row["state"], row["forecast"], row["calibration_end"]) == (OK, "mbg_nbd", dt.date(2026, 3, 31))
    assert row["bias"] == pytest.approx(row["expected"] / row["actual"] - 1)
    tracked = unfolded(report, "tracking")
    assert tracked.filter("holdout")["actual"].sum() == row["actual"]
    later = unfolded(report, "held_out")
    assert later.row(0) == (dt.date(2026, 3, 31), 0, 0.0)
    assert later["ends_on"][-1] == LAST
    assert later.select("actual", "expected").row(-1) == pytest.approx((row["actual"], row["expected"]))
    assert later.height == 14
    assert later["expected"].is_sorted()
    assert unfolded(report, "accuracy")["forecast"].to_list() == ["mbg_nbd", "past_rate", "last_13_weeks"]
    assert row["auc"] > 0.6


def test_saved_neighbours_of_days_change_nothing() -> None:
    days = order_days(lazy(ORDERS))
    assert_frame_equal(
        judged(with_neighbours(days), as_of=LAST, holdout_weeks=13), judged(days, as_of=LAST, holdout_weeks=13)
    )


def test_a_model_that_cannot_be_fitted_leaves_the_past_rate_to_be_judged() -> None:
    for orders, state in (
        (ORDERS.filter(pl.col("customer_key") < 300), TOO_FEW),
        (buying(seed=13, customers=1500, leaving=False), WEAK),
    ):
        report = judged(order_days(lazy(orders)), as_of=LAST)
        assert report.select("state", "forecast", "auc").row(0) == (state, "past_rate", None)
        assert unfolded(report, "accuracy")["forecast"].to_list() == ["past_rate", "last_13_weeks"]
        assert unfolded(report, "tracking").is_empty()
        assert unfolded(report, "held_out").is_empty()


@pytest.mark.parametrize("rows", [ORDERS.clear(), ORDERS.filter(pl.col("ordered_at") > dt.datetime(2026, 6, 25))])
def test_data_of_a_week_judge_nothing(rows: pl.DataFrame) -> None:
    report = judged(order_days(lazy(rows)), as_of=LAST)
    assert report.select("state", "customers", "actual", "bias").row(0) == (TOO_SHORT, 0, 0, None)


def test_more_weeks_than_there_are_judge_nothing() -> None:
    assert judged(order_days(lazy(ORDERS)), as_of=LAST, holdout_weeks=520)["state"].item() == TOO_SHORT
