"""CDNOW (Fader & Hardie), from the raw log: the figures of the papers, to the last digit that they print."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from data.questions.ask import Question, ask
from data.store.store import Store
from metrics.clv.holdout import accuracy, activity_auc, area_under_curve, by_frequency, grouped, holdout_split, tracking
from metrics.clv.lifetime import clv, clv_model
from metrics.clv.models import gamma_gamma
from metrics.clv.models.bg_nbd import BG_NBD, MBG_NBD
from metrics.clv.models.statistics import as_purchases, as_spends, purchase_statistics, spend_statistics
from metrics.engine.rollups import order_days
from tests.data.rows import order, take
from tests.metrics.buying import customer_rows
from tests.metrics.frames import lazy

CALIBRATION_END = dt.date(1997, 9, 30)
HOLDOUT_WEEKS = 39
THROUGH_THE_PAPERS = {
    "bg_nbd": ({"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}, -9582.43),
    "pareto_nbd": ({"r": 0.5533, "alpha": 10.578, "s": 0.6062, "beta": 11.668}, -9594.97),
}


@pytest.fixture(scope="module")
def log(shared: Path) -> pl.DataFrame:
    """The 6,919 orders of the 1/10 sample."""
    lines = (shared / "data" / "cdnow" / "CDNOW_sample.txt").read_text().splitlines()
    records = [
        (int(key), dt.datetime.strptime(day, "%Y%m%d"), float(dollars))
        for _, key, day, _, dollars in map(str.split, lines)
    ]
    assert len(records) == 6919
    return pl.DataFrame(records, schema=["customer_key", "ordered_at", "amount"], orient="row")


@pytest.fixture(scope="module")
def calibration(log: pl.DataFrame) -> pl.DataFrame:
    return customer_rows(log.filter(pl.col("ordered_at").dt.date() <= CALIBRATION_END))


@pytest.fixture(scope="module")
def split(log: pl.DataFrame) -> pl.DataFrame:
    return holdout_split(order_days(lazy(log)), calibration_end=CALIBRATION_END, holdout_weeks=HOLDOUT_WEEKS)


@pytest.fixture(scope="module")
def bg_parameters(calibration: pl.DataFrame) -> np.ndarray:
    return BG_NBD.fit(as_purchases(purchase_statistics(lazy(calibration), as_of=CALIBRATION_END))).parameters


def test_inputs_are_2457_repeat_purchases_of_946_repeaters_and_1882_in_the_holdout(split: pl.DataFrame) -> None:
    assert (split.height, split["x"].sum(), (split["x"] > 0).sum(), split["holdout_purchases"].sum()) == (
        2357,
        2457,
        946,
        1882,
    )


def test_inputs_are_those_of_the_published_summary(split: pl.DataFrame, shared: Path) -> None:
    published = pl.read_csv(shared / "data" / "cdnow" / "cdnow_customers_summary.csv")
    assert split["x"].to_list() == published["frequency"].to_list()
    np.testing.assert_allclose(split["t_x"], published["recency"], atol=0.006)
    np.testing.assert_allclose(split["T"], published["T"], atol=0.006)


@pytest.mark.parametrize("model", THROUGH_THE_PAPERS)
def test_parameters_are_those_of_fader_hardie_lee_2005_tables_1_and_2(calibration: pl.DataFrame, model: str) -> None:
    (row,) = clv_model(lazy(calibration), as_of=CALIBRATION_END, model=model).to_dicts()
    parameters, log_likelihood = THROUGH_THE_PAPERS[model]
    for letter, value in parameters.items():
        last_digit = 10 ** -len(str(value).partition(".")[2])
        assert row[letter] == pytest.approx(value, abs=last_digit)
    assert row["log_likelihood"] == pytest.approx(log_likelihood, abs=0.01)
    assert (row["customers"], row["state"]) == (2357, "ok")


def test_gamma_gamma_is_that_of_fader_hardie_note_025(calibration: pl.DataFrame) -> None:
    (row,) = clv_model(lazy(calibration), as_of=CALIBRATION_END).to_dicts()
    assert [row[letter] for letter in ("p", "q", "v")] == pytest.approx([6.2496, 3.7442, 15.4435], abs=5e-5)
    assert row["spend_log_likelihood"] == pytest.approx(-4055.92, abs=0.01)
    assert row["correlation"] == pytest.approx(0.11, abs=0.005)


def test_first_ten_gamma_gamma_spends(calibration: pl.DataFrame) -> None:
    spend = clv(lazy(calibration), as_of=CALIBRATION_END)["spend"].head(10)
    published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    np.testing.assert_allclose(spend, published, atol=0.006)


def test_conditional_expectation_is_that_of_fader_hardie_lee_2005(bg_parameters: np.ndarray) -> None:
    history = np.array([2.0]), np.array([30.43]), np.array([38.86])
    assert BG_NBD.expected_purchases(bg_parameters, 39.0, *history)[0] == pytest.approx(1.226, abs=5e-4)


def test_unconditional_expectations(bg_parameters: np.ndarray) -> None:
    weeks = np.array([0.1429, 1, 3, 31.8571, 32, 78])
    published = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8580]
    np.testing.assert_allclose(BG_NBD.unconditional_purchases(bg_parameters, weeks), published, atol=6e-5)


def test_mbg_nbd_misses_the_holdout_by_16_percent(split: pl.DataFrame) -> None:
    """And says which customers buy far better than their past rate does."""
    options = {"model": MBG_NBD, "fit": MBG_NBD.fit(grouped(split)), "holdout_weeks": HOLDOUT_WEEKS}
    rows = {row["forecast"]: row for row in accuracy(split, **options).to_dicts()}
    assert rows["mbg_nbd"]["rmse"] == pytest.approx(1.607, abs=5e-4)
    assert rows["mbg_nbd"]["bias"] == pytest.approx(-0.16, abs=5e-3)
    assert rows["mbg_nbd"]["rmse"] < min(rows["past_rate"]["rmse"], rows["last_13_weeks"]["rmse"])
    assert activity_auc(split, **options) >= 0.75
    table = by_frequency(split, **options)
    assert table["x"].to_list() == list(range(8))
    assert table["customers"].sum() == 2357
    once = split.filter(pl.col("x") == 0)["holdout_purchases"]
    assert table["se"][0] == pytest.approx(once.std() / len(once) ** 0.5)
    for column, total in (("actual", 1882), ("expected", rows["mbg_nbd"]["expected"])):
        assert (table["customers"] * table[column]).sum() == pytest.approx(total)


def test_p_alive_of_bg_nbd_says_nothing_of_who_buys(split: pl.DataFrame, bg_parameters: np.ndarray) -> None:
    """It is 1 for whoever bought once: an area of .316, worse than a coin. This is why P(active) is shown."""
    alive = BG_NBD.p_alive(bg_parameters, *(split[name].to_numpy() for name in ("x", "t_x", "T")))
    assert alive[(split["x"] == 0).to_numpy()] == pytest.approx(1)
    assert area_under_curve(alive, split["holdout_purchases"].to_numpy() > 0) == pytest.approx(0.316, abs=5e-4)


def test_tracking_adds_up_to_all_repeat_purchases(log: pl.DataFrame, split: pl.DataFrame) -> None:
    fit = BG_NBD.fit(grouped(split))
    rows = tracking(
        order_days(lazy(log)), model=BG_NBD, fit=fit, calibration_end=CALIBRATION_END, holdout_weeks=HOLDOUT_WEEKS
    )
    assert rows.height == 78
    assert rows.filter(~pl.col("holdout"))["actual"].sum() == 2457
    assert rows.filter("holdout")["actual"].sum() == 1882
    assert (rows["ends_on"][38], rows["ends_on"][-1]) == (CALIBRATION_END, dt.date(1998, 6, 30))
    assert rows["expected_cumulative"][38] == pytest.approx(2457, rel=0.02)  # fitted to them
    assert rows["expected"].sum() == pytest.approx(rows["expected_cumulative"][-1])


def test_the_store_gives_the_same_model_with_the_holdout_held_out(log: pl.DataFrame, tmp_path: Path) -> None:
    rows = [
        order(str(number), f"{key:04}", at.isoformat(), amount)
        for number, (key, at, amount) in enumerate(log.iter_rows())
    ]
    with Store.open(tmp_path / "cdnow.duckdb") as store:
        take(store, orders=rows)
        with store.snapshot() as snap:
            last = dt.date(1998, 6, 30)
            for as_of, weeks in ((CALIBRATION_END, 0), (last, HOLDOUT_WEEKS)):
                question = Question(dt.date(1997, 1, 1), last, as_of)
                (row,) = ask(snap, "clv_model", question, model="bg_nbd", holdout_weeks=weeks).to_dicts()
                assert [row[letter] for letter in ("r", "alpha", "a", "b")] == pytest.approx(
                    [0.2426, 4.4136, 0.7929, 2.4259], abs=5e-5
                )
            whole = ask(snap, "clv", Question(dt.date(1997, 1, 1), last, last))
            assert whole["customer_id"].to_list() == [f"{key:04}" for key in range(1, 2358)]
            (now,) = ask(snap, "clv_model", Question(dt.date(1997, 1, 1), last, last)).to_dicts()
            assert (now["customers"], now["state"]) == (2357, "ok")


def test_spends_of_the_sample_are_946(calibration: pl.DataFrame) -> None:
    spends = as_spends(spend_statistics(lazy(calibration)))
    assert spends.customers == 946
    assert gamma_gamma.fit(spends).found
