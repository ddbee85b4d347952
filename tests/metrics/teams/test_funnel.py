"""Funnel: limits hold what chance leaves in them, with units that differ and without; nobody is placed below the minimum."""

import numpy as np
import polars as pl
import pytest

from metrics.teams.funnel import LIMITS, curve, dispersion, nps_funnel
from tests.metrics.frames import answer_rows, lazy


def stores(*counts: tuple[str | None, int, int, int]) -> pl.DataFrame:
    """Store with so many promoters, passives and detractors, each of a customer of their own."""
    scores = [
        (store, score) for store, *each in counts for score, n in zip((10, 8, 2), each, strict=True) for _ in range(n)
    ]
    rows = answer_rows([{"customer_key": key, "score": float(score)} for key, (_store, score) in enumerate(scores)])
    return rows.with_columns(store=pl.Series([store for store, _score in scores], dtype=pl.String))


def test_no_answers() -> None:
    assert nps_funnel(lazy(stores())).row(0)[:2] == (0, None)
    assert nps_funnel(lazy(stores()), by=["store"]).is_empty()
    assert curve(nps_funnel(lazy(stores()))).is_empty()


def test_limits_by_hand() -> None:
    """Three stores of 100, of which the same score: limits ±1.96·√(σ²/n·(1 − 1/3)), and each is drawn wholly to the others."""
    found = nps_funnel(lazy(stores(*[(name, 50, 30, 20) for name in "abc"])), by=["store"])
    half = 1.959964 * (100**2 * (0.7 - 0.3**2) / 100 * 2 / 3) ** 0.5
    for row in found.iter_rows(named=True):
        assert (row["nps"], row["expected"], row["shrunk"], row["z"], row["between"]) == pytest.approx(
            (30, 30, 30, 0, 0)
        )
        assert (row["limit_low"], row["limit_high"]) == pytest.approx((30 - half, 30 + half), abs=1e-3)
    lines = curve(found)
    assert lines.columns == ["n", "expected", *LIMITS]


def test_below_the_minimum_and_without_a_name_nobody_is_placed() -> None:
    rows = stores(("a", 50, 30, 20), ("b", 40, 30, 30), ("c", 45, 30, 25), ("few", 29, 0, 0), (None, 0, 0, 90))
    found = nps_funnel(lazy(rows), by=["store"])
    placed = found.drop_nulls("expected")
    assert placed["store"].to_list() == ["a", "b", "c"]
    assert found.filter(pl.col("store") == "few").select("n", "nps", "shrunk", "limit_low").row(0) == (
        29,
        None,
        None,
        None,
    )
    assert found.filter(pl.col("store").is_null())["shrunk"].to_list() == [None]


def test_two_stores_have_no_limits() -> None:
    found = nps_funnel(lazy(stores(("a", 50, 30, 20), ("b", 10, 30, 60))), by=["store"])
    assert found["nps"].null_count() == 0
    assert found["limit_low"].null_count() == 2


def test_where_all_say_the_same_there_are_no_limits() -> None:
    found = nps_funnel(lazy(stores(*[(name, 40, 0, 0) for name in "abc"])), by=["store"])
    assert found["nps"].to_list() == [100] * 3
    assert found["limit_low"].null_count() == 3


def test_dispersion_by_hand() -> None:
    """Equal weights: τ² is the variance of the scores less that of chance."""
    assert dispersion(pl.Series([0.0, 10.0, 20.0]), pl.Series([25.0] * 3)) == pytest.approx(75)
    assert dispersion(pl.Series([0.0, 1.0, 2.0]), pl.Series([25.0] * 3)) == 0


@pytest.mark.parametrize("between", [0, 12])
def test_the_95_limits_hold_95_of_100_stores(between: float) -> None:
    """40 stores of 40 to 400 answers, 60 times: without any difference, and with stores that differ by chance of their own."""
    random, inside = np.random.default_rng(7), 0
    for _round in range(60):
        sizes, shift = random.integers(40, 400, 40), random.normal(0, between, 40) / 200
        store = np.repeat(np.arange(40), sizes)
        luck = random.random(store.size)
        score = np.where(luck < 0.45 + shift[store], 10.0, np.where(luck > 0.8 + shift[store], 2.0, 8.0))
        answers = {"customer_key": np.arange(store.size), "survey": "nps", "scale_low": 0.0, "scale_high": 10.0}
        rows = pl.DataFrame({**answers, "score": score, "store": store})
        found = nps_funnel(lazy(rows), by=["store"])
        inside += found.filter(pl.col("nps").is_between("limit_low", "limit_high")).height
    assert 0.94 <= inside / 2_400 <= 0.96
