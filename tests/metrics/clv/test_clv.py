"""Lifetime value: what a row holds, what happens when the models cannot be believed, and that nothing depends on how rows come."""

import datetime as dt
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.integrate import quad

from metrics.clv.fitted import DEPENDENT, OK, TOO_FEW, WEAK, fit_models
from metrics.clv.holdout import accuracy, activity_auc, area_under_curve, by_frequency, holdout_split, tracking
from metrics.clv.lifetime import clv, clv_average, clv_model
from metrics.clv.models import statistics
from metrics.clv.models.bg_nbd import MBG_NBD
from metrics.clv.models.statistics import (
    Purchases,
    as_purchases,
    as_spends,
    purchase_statistics,
    put_together,
    spend_statistics,
)
from metrics.clv.predictions import Horizon, expected, history, parameter_draws
from metrics.engine.rollups import order_days
from tests.examples import examples
from tests.metrics.buying import LAST, buying, customer_rows, no_customers
from tests.metrics.frames import lazy

law = examples(15)

ORDERS = buying(seed=11, customers=1500)
BUYERS = customer_rows(ORDERS)
HALVES = BUYERS.with_columns(half=pl.when(pl.col("customer_key") < 700).then(pl.lit("one")))  # and null


def test_without_orders_there_is_no_value_and_one_model_that_says_too_few() -> None:
    assert clv(lazy(no_customers()), as_of=LAST).is_empty()
    assert clv_average(lazy(no_customers()), as_of=LAST).is_empty()
    (row,) = clv_model(lazy(no_customers()), as_of=LAST).to_dicts()
    assert (row["customers"], row["state"], row["r"], row["p"], row["log_likelihood"]) == (0, TOO_FEW, None, None, None)
    nobody = lazy(HALVES.clear())
    assert clv(nobody, as_of=LAST, by=["half"]).is_empty()
    assert clv_model(nobody, as_of=LAST, by=["half"]).is_empty()


def test_statistics_count_days_after_the_first_in_weeks() -> None:
    orders = pl.DataFrame(
        [
            (1, dt.datetime(2026, 6, 2, 9), 10.0),
            (1, dt.datetime(2026, 6, 2, 20), 5.0),
            (1, dt.datetime(2026, 6, 9), 8.0),
            (1, dt.datetime(2026, 6, 16, 23, 59), 4.0),
            (2, dt.datetime(2026, 6, 30), 7.0),
            (3, dt.datetime(2026, 6, 30, 1), 0.0),
        ],
        schema=ORDERS.schema,
        orient="row",
    )
    found = purchase_statistics(lazy(customer_rows(orders)), as_of=LAST)
    assert found.rows() == [(0.0, 0.0, 0.0, 2), (2.0, 2.0, 4.0, 1)]
    assert spend_statistics(lazy(customer_rows(orders))).drop("log_m").rows() == [(2.0, 6.0, 1)]


def test_orders_after_the_date_are_refused() -> None:
    with pytest.raises(ValueError, match=r"hold an order of 2026-.*, after the as-of date 2026-01-01"):
        clv(lazy(BUYERS), as_of=dt.date(2026, 1, 1))
    with pytest.raises(ValueError, match="after the as-of date"):
        clv_model(lazy(BUYERS), as_of=LAST, holdout_weeks=13)


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ({"horizon_weeks": 0}, "horizon_weeks is 0; it must be 1 or more"),
        ({"holdout_weeks": -1}, "holdout_weeks is -1; it must be 0 or more"),
        ({"discount_rate": -0.1}, "discount_rate is -0.1; it must be 0 or more"),
        ({"margin": float("nan")}, "margin is nan; it must be 0 or more"),
        ({"model": "bgnbd"}, "model is “bgnbd”; it must be one of mbg_nbd, bg_nbd, pareto_nbd"),
        ({"confidence": 95}, "confidence is 95; it must lie between 0 and 1"),
    ],
)
def test_an_option_out_of_range_is_named(option: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        clv(lazy(BUYERS), as_of=LAST, **option)


def test_one_row_per_customer_between_its_limits() -> None:
    rows = clv(lazy(BUYERS), as_of=LAST)
    assert rows["customer_id"].to_list() == BUYERS["customer_id"].to_list()
    assert rows.null_count().sum_horizontal().item() == 0
    assert rows.filter((pl.col("low") > pl.col("clv")) | (pl.col("clv") > pl.col("high"))).is_empty()
    assert rows.filter(~pl.col("p_active").is_between(0, 1)).is_empty()
    assert rows.filter(pl.col("clv") > pl.col("purchases") * pl.col("spend")).is_empty()  # discounted


def test_value_is_proportional_to_margin_and_undiscounted_without_a_rate() -> None:
    whole = clv(lazy(BUYERS), as_of=LAST, discount_rate=0.0)
    np.testing.assert_allclose(whole["clv"], whole["purchases"] * whole["spend"], rtol=1e-12)
    third = clv(lazy(BUYERS), as_of=LAST, discount_rate=0.0, margin=1 / 3)
    np.testing.assert_allclose(third["high"] * 3, whole["high"], rtol=1e-12)


def test_group_values_are_the_means_of_their_customers() -> None:
    each = clv(lazy(HALVES), as_of=LAST).with_columns(HALVES["half"])
    groups = clv(lazy(HALVES), as_of=LAST, by=["half"])
    means = (
        each.group_by("half").agg(pl.col("purchases", "spend", "clv", "p_active").mean()).sort("half", nulls_last=True)
    )
    assert_frame_equal(groups.drop("low", "high"), means, rel_tol=1e-9)
    (average,) = clv_average(lazy(BUYERS), as_of=LAST).to_dicts()
    assert average["clv"] == pytest.approx(each["clv"].mean(), rel=1e-9)
    assert average["low"] < average["clv"] < average["high"]


def test_a_model_by_group_is_fitted_on_its_own_customers() -> None:
    rows = clv_model(lazy(HALVES), as_of=LAST, by=["half"])
    assert rows.select("half", "customers", "state").rows() == [("one", 700, TOO_FEW), (None, 800, TOO_FEW)]
    (alone,) = clv_model(lazy(BUYERS.head(700)), as_of=LAST).to_dicts()
    assert rows["log_likelihood"][0] == pytest.approx(alone["log_likelihood"], rel=1e-12)


@cache
def in_order() -> pl.DataFrame:
    return clv(lazy(BUYERS), as_of=LAST)


@law
@given(st.integers(0, 10_000))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    shuffled = BUYERS.sample(fraction=1, shuffle=True, seed=seed)
    assert_frame_equal(clv(lazy(shuffled), as_of=LAST), in_order(), rel_tol=1e-12)


def state(orders: pl.DataFrame) -> str:
    return clv_model(lazy(customer_rows(orders)), as_of=LAST)["state"].item()


def test_states() -> None:
    assert state(ORDERS) == OK
    assert state(buying(seed=12, customers=999)) == TOO_FEW
    assert state(buying(seed=13, customers=1500, leaving=False)) == WEAK
    assert state(buying(seed=14, customers=3000, frequent_spend_more=True)) == DEPENDENT
    once = ORDERS.group_by("customer_key").agg(pl.all().sort_by("ordered_at").first())
    assert state(once) == TOO_FEW  # nobody bought again: nothing says how often they would


def test_spend_that_depends_on_frequency_still_has_a_value_and_shows_the_correlation() -> None:
    buyers = lazy(customer_rows(buying(seed=14, customers=3000, frequent_spend_more=True)))
    assert clv_model(buyers, as_of=LAST)["correlation"].item() > 0.3
    assert clv(buyers, as_of=LAST)["low"].null_count() == 0


def test_refunds_that_are_documents_lower_the_forecast_as_refunds_of_orders_do() -> None:
    """Half of every order is given back on its day, and the shop is worth half as much."""
    documents = ORDERS.with_columns(-(pl.col("amount") / 2).round(2))
    net = ORDERS.with_columns((ORDERS["amount"] + documents["amount"]).round(2))
    (row,), (same,), (gross,) = (
        clv_average(lazy(rows), as_of=LAST).to_dicts()
        for rows in (customer_rows(ORDERS, documents), customer_rows(net), BUYERS)
    )
    assert row == pytest.approx(same, rel=1e-9)
    assert row["clv"] == pytest.approx(gross["clv"] / 2, rel=1e-3)


def test_too_few_fall_back_to_their_history() -> None:
    """Watched for longer than a year: their rate; for less: what they bought so far is taken for a year's."""
    few = BUYERS.head(50)
    rows = clv(lazy(few), as_of=LAST, horizon_weeks=26, discount_rate=0.0, margin=0.5)
    weeks = (pl.lit(LAST) - pl.col("first_order_at").dt.date()).dt.total_days() / 7
    purchases = few.select((pl.col("order_days") - 1) * 26 / pl.max_horizontal(weeks, 52)).to_series()
    np.testing.assert_allclose(rows["purchases"], purchases)
    np.testing.assert_allclose(rows["clv"], purchases * few["revenue"] / few["order_days"] * 0.5)
    assert rows.select("low", "high", "p_active").null_count().row(0) == (50, 50, 50)
    (average,) = clv_average(lazy(few), as_of=LAST, horizon_weeks=26, discount_rate=0.0, margin=0.5).to_dicts()
    assert average["clv"] == pytest.approx(rows["clv"].mean())
    assert average["purchases"] == pytest.approx(rows["purchases"].mean())


def test_history_never_makes_more_of_a_few_days_than_they_held() -> None:
    rows = Purchases(
        *(np.array(v, dtype=float) for v in ([0, 1, 4, 104], [0, 1 / 7, 20, 104], [0, 1 / 7, 26, 104], [1, 1, 1, 1]))
    )
    np.testing.assert_allclose(history(rows, Horizon(52, 0.1)), [0, 1, 4, 52])
    np.testing.assert_allclose(history(rows, Horizon(156, 0.1)), [0, 3, 12, 156])


FOLLOWED = as_purchases(purchase_statistics(lazy(BUYERS), as_of=LAST))
FITTED = {
    model: fit_models(FOLLOWED, as_spends(spend_statistics(lazy(BUYERS))), model=model)
    for model in ("mbg_nbd", "bg_nbd", "pareto_nbd")
}


@law
@given(
    horizons=st.tuples(st.integers(1, 520), st.integers(1, 520)).map(sorted),
    rate=st.sampled_from([0.0, 0.1, 1.0, 3.0]),
    people=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2000)), min_size=1, max_size=20),
)
def test_a_longer_horizon_never_holds_less(horizons: list[int], rate: float, people: list[tuple[int, int]]) -> None:
    """Of each customer, repeated as it was and by each model, discounted and not."""
    x, days = (np.array(values, dtype=float) for values in zip(*people, strict=True))
    past = Purchases(x, np.minimum(days, x) / 7, days / 7, np.ones(len(x)))
    short, long = (Horizon(weeks, rate) for weeks in horizons)
    assert (history(past, long) >= history(past, short)).all()
    worth = [history(past, horizon) * horizon.even_factor for horizon in (short, long)]
    assert (worth[1] >= worth[0] * (1 - 1e-12)).all()
    for fitted in FITTED.values():
        less, more = (expected(fitted, FOLLOWED, horizon) for horizon in (short, long))
        for name in ("purchases", "discounted", "p_active"):
            assert (getattr(more, name) >= getattr(less, name) * (1 - 1e-6)).all(), (fitted.model.name, name)


@pytest.mark.parametrize(("weeks", "rate"), [(52, 0.1), (104, 0.25), (156, 0.1), (156, 0.25), (260, 0.25), (520, 0.1)])
def test_discounting_is_the_integral_over_the_horizon(weeks: int, rate: float) -> None:
    """To 4.5e-9, over one year or many."""
    rows = as_purchases(purchase_statistics(lazy(BUYERS), as_of=LAST))
    fitted = fit_models(rows, as_spends(spend_statistics(lazy(BUYERS))))
    horizon = Horizon(weeks, rate)
    found = expected(fitted, rows, horizon)
    for i in (0, len(rows.x) // 2, len(rows.x) - 1):
        one = [v[i : i + 1] for v in (rows.x, rows.t_x, rows.T)]

        def made(weeks: float, one=one) -> float:
            return float(MBG_NBD.expected_purchases(fitted.purchases.parameters, weeks, *one)[0])

        later, _ = quad(lambda u: (1 + rate) ** (-u * 7 / 365.25) * made(u), 0, weeks, epsabs=0, epsrel=1e-12)
        value = (1 + rate) ** (-weeks * 7 / 365.25) * made(weeks) + horizon.weekly * later
        assert found.discounted[i] == pytest.approx(value, rel=4.5e-9)


def test_draws_have_the_covariance_of_the_fit_and_are_the_same_every_time() -> None:
    fit = MBG_NBD.fit(as_purchases(purchase_statistics(lazy(BUYERS), as_of=LAST)))
    logs = np.log(parameter_draws(fit) / fit.parameters)
    np.testing.assert_allclose(logs.T @ logs / len(logs), fit.covariance, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(logs.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_array_equal(parameter_draws(fit), parameter_draws(fit))


def test_whole_weeks_and_bins_move_no_parameter_by_a_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = fit_models(
        as_purchases(purchase_statistics(lazy(BUYERS), as_of=LAST)), as_spends(spend_statistics(lazy(BUYERS)))
    )
    monkeypatch.setattr(statistics, "EXACT_UP_TO_CUSTOMERS", 100)
    rows, spends = purchase_statistics(lazy(BUYERS), as_of=LAST), spend_statistics(lazy(BUYERS))
    assert (rows["T"] == rows["T"].round()).all()
    coarse = fit_models(as_purchases(rows), as_spends(spends))
    for before, after in ((exact.purchases, coarse.purchases), (exact.spend, coarse.spend)):
        assert (np.abs(np.log(after.parameters / before.parameters)) < before.standard_errors).all()
    np.testing.assert_allclose(coarse.spend.parameters, exact.spend.parameters, rtol=1e-4)


@law
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 70), st.integers(0, 70)), max_size=40), st.booleans())
def test_rows_put_together_keep_every_customer(drawn: list, whole: bool) -> None:
    unit = 1 if whole else 7
    rows = pl.DataFrame(
        [(x, min(a, b) / unit, max(a, b) / unit, 1) for x, a, b in drawn], schema=["x", "t_x", "T", "n"], orient="row"
    )
    together, which = put_together(rows)
    for name in ("x", "t_x", "T"):
        np.testing.assert_array_equal(getattr(together, name)[which], rows[name].cast(pl.Float64).to_numpy())
    assert together.n.sum() == len(drawn)
    assert len(set(zip(together.x, together.t_x, together.T, strict=True))) == len(together.x)


def test_holdout_of_nothing() -> None:
    nothing = order_days(lazy(ORDERS.clear()))
    split = holdout_split(nothing, calibration_end=LAST, holdout_weeks=13)
    fit = MBG_NBD.fit(as_purchases(purchase_statistics(lazy(BUYERS), as_of=LAST)))
    options = {"model": MBG_NBD, "fit": fit, "holdout_weeks": 13}
    assert split.is_empty()
    assert by_frequency(split, **options).is_empty()
    assert tracking(nothing, calibration_end=LAST, **options).is_empty()
    assert activity_auc(split, **options) is None
    assert accuracy(split, **options)["rmse"].to_list() == [None] * 3


def test_holdout_splits_the_orders_at_the_date() -> None:
    split = holdout_split(order_days(lazy(ORDERS)), calibration_end=dt.date(2026, 3, 31), holdout_weeks=13)
    days = ORDERS.select("customer_key", day=pl.col("ordered_at").dt.date()).unique()
    assert split["holdout_purchases"].sum() == days.filter(pl.col("day") > dt.date(2026, 3, 31)).height
    assert (split["x"] + 1).sum() == days.filter(pl.col("day") <= dt.date(2026, 3, 31)).height


@pytest.mark.parametrize(
    ("scores", "happened", "area"),
    [
        ([], [], None),
        ([1, 2], [True, True], None),
        ([1, 2, 3, 4], [0, 0, 1, 1], 1.0),
        ([1, 1], [0, 1], 0.5),
        ([3, 1, 2], [0, 1, 1], 0.0),
    ],
)
def test_area_under_the_curve(scores: list, happened: list, area: float | None) -> None:
    assert area_under_curve(np.array(scores, dtype=float), np.array(happened, dtype=bool)) == area


def test_p_active_within_a_longer_horizon_is_no_lower() -> None:
    short, long = (clv(lazy(BUYERS), as_of=LAST, horizon_weeks=weeks) for weeks in (4, 52))
    assert (short["p_active"] <= long["p_active"]).all()
