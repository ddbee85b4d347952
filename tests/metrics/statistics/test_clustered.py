"""Intervals where customers answer several times: against sums over customers in plain Python, and as tables of how often they answer."""

import math
from collections import defaultdict
from collections.abc import Callable
from random import Random

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.special import stdtrit

from metrics.feedback.nps import nps
from metrics.feedback.reach import match_rate, score_mean
from metrics.feedback.satisfaction import ces, csat
from metrics.statistics.clustered import MOMENTS, moments, with_design
from metrics.statistics.intervals import z_value
from tests.examples import examples
from tests.metrics.frames import answer_rows, lazy

CSAT = {"survey": "csat", "scale_low": 1.0, "scale_high": 5.0}
CES = {"survey": "ces", "scale_low": 1.0, "scale_high": 7.0}
Answer = tuple[int | None, float, float]  # customer, value, weight


def found(answers: list[Answer], *, weighted: bool = False, confidence: float = 0.95) -> dict[str, float]:
    rows = pl.DataFrame(answers, schema={"customer_key": pl.Int64, "s": pl.Float64, "w": pl.Float64}, orient="row")
    weight = nw.col("w") if weighted else None
    sums = moments(lazy(rows), (), value=nw.col("s"), weight=weight, fractions=True)
    return with_design(sums, confidence=confidence).row(0, named=True)


def by_hand(answers: list[Answer]) -> tuple[float, float, float]:
    """θ, the design effect and the standard error, from residuals summed customer by customer."""
    size = sum(w for _, _, w in answers)
    theta = sum(w * s for _, s, w in answers) / size
    own: dict[object, float] = defaultdict(float)
    for place, (customer, s, w) in enumerate(answers):
        own[f"nobody {place}" if customer is None else customer] += w * (s - theta)
    squares, groups = sum(e * e for e in own.values()), len(own)
    return (
        theta,
        squares / sum((w * (s - theta)) ** 2 for _, s, w in answers),
        math.sqrt(groups / (groups - 1) * squares) / size,
    )


def test_no_answers_give_no_interval() -> None:
    empty = found([])
    assert [empty[name] for name in MOMENTS] == [0] * len(MOMENTS)
    assert [empty[name] for name in ("estimate", "design", "n_star", "se")] == [None] * 4


@pytest.mark.parametrize("weighted", [False, True])
def test_sums_over_customers_give_what_residuals_give(weighted: bool) -> None:
    random = Random(7)
    answers: list[Answer] = [
        (random.choice([None, *range(25)]), random.choice([-1.0, 0.0, 0.37, 1.0]), random.uniform(0.2, 3))
        for _ in range(150)
    ]
    row = found(answers, weighted=weighted)
    theta, design, se = by_hand(answers if weighted else [(customer, s, 1.0) for customer, s, _ in answers])
    assert row["estimate"] == pytest.approx(theta, rel=1e-8)
    assert row["design"] == pytest.approx(design, rel=1e-7)
    assert row["se"] == pytest.approx(se, rel=1e-7)
    if not weighted:
        assert row["n_star"] == pytest.approx(150 / design, rel=1e-8)
    assert row["clusters"] == len({c for c, _, _ in answers if c is not None}) + sum(c is None for c, _, _ in answers)
    assert row["reach"] == pytest.approx(float(stdtrit(row["clusters"] - 1, 0.975)))


EACH_ONCE: list[Answer] = [(key, float(key % 3 == 0), 1.0) for key in range(40)]


@pytest.mark.parametrize(
    ("answers", "design", "n_star", "reach"),
    [
        (EACH_ONCE, 1, 40, "z"),
        ([(None, s, w) for _, s, w in EACH_ONCE], 1, 40, "z"),
        (EACH_ONCE * 2, 2, 40, "z"),
        (EACH_ONCE * 5, 5, 40, "z"),
        (EACH_ONCE + EACH_ONCE[:1], None, None, 39),
        ([(key // 5, 1.0, 1.0) for key in range(100)], 5, 20, "z"),  # all say the same
        ([(1, 1.0, 1.0)] * 30, 30, 1, "z"),  # one customer is one voice
        ([(1, float(key % 2), 1.0) for key in range(30)], 30, 1, "z"),
        ([(key // 2, float(key % 2), 1.0) for key in range(80)], 1, 80, 39),  # answers that cancel out
    ],
)
def test_design_effect(answers: list[Answer], design: float | None, n_star: float | None, reach: int | str) -> None:
    row = found(answers)
    if design is not None:
        assert (row["design"], row["n_star"]) == pytest.approx((design, n_star), rel=1e-12)
    expected = z_value(0.95) if reach == "z" else float(stdtrit(reach, 0.975))
    assert row["reach"] == pytest.approx(expected, rel=1e-12)


METRICS: dict[str, tuple[Callable[..., pl.DataFrame], dict[str, object], tuple[float, float]]] = {
    "nps": (nps, {}, (10.0, 3.0)),
    "csat": (csat, CSAT, (5.0, 2.0)),
    "ces": (ces, CES, (6.0, 2.0)),
}


@pytest.mark.parametrize("times", [1, 2, 3, 5])
@pytest.mark.parametrize("name", METRICS)
def test_customers_who_say_the_same_again_tell_no_more_than_once(name: str, times: int) -> None:
    """100 customers with five equal answers each give the interval of 100 answers, not of 500."""
    metric, question, (good, bad) = METRICS[name]
    once = [{**question, "customer_key": key, "score": good if key < 63 else bad} for key in range(100)]
    interval = metric(lazy(answer_rows(once * times))).select("low", "high")
    assert_frame_equal(interval, metric(lazy(answer_rows(once))).select("low", "high"), rel_tol=1e-12)
    nobody = [{**row, "customer_key": None} for row in once]
    assert_frame_equal(interval, metric(lazy(answer_rows(nobody))).select("low", "high"), rel_tol=1e-12)


@pytest.mark.parametrize("times", [2, 3, 5])
def test_mean_of_customers_who_say_the_same_again_is_as_sure_as_of_one_answer_each(times: int) -> None:
    once = [{**CSAT, "customer_key": key, "score": float(1 + key % 5)} for key in range(100)]
    single, again = (score_mean(lazy(answer_rows(rows))) for rows in (once, once * times))
    assert_frame_equal(again.drop("n"), single.drop("n"), rel_tol=1e-9)
    alone = score_mean(lazy(answer_rows([{**CSAT, "customer_key": 1, "score": 4.0}] * 30)))
    assert alone.select("mean", "low", "high").row(0) == (4.0, 1.0, 5.0)


def test_one_customer_with_many_answers_makes_a_match_rate_unsure() -> None:
    customers = lazy(pl.DataFrame({"customer_key": range(81), "orders": [1] * 81}))
    many = match_rate(lazy(answer_rows({"customer_key": 1, "score": 9.0} for _ in range(81))), customers=customers)
    each = match_rate(lazy(answer_rows({"customer_key": key, "score": 9.0} for key in range(81))), customers=customers)
    assert many.select("n", "match_rate", "high").row(0) == each.select("n", "match_rate", "high").row(0)
    assert many["low"][0] < 0.21 < 0.95 < each["low"][0]


repeated = st.lists(
    st.fixed_dictionaries(
        {
            "customer_key": st.none() | st.integers(1, 12),
            "score": st.integers(0, 10).map(float),
            "region": st.sampled_from(["north", "south", None]),
            "weight": st.none() | st.floats(0.01, 100),
            "survey": st.sampled_from(["nps", "csat"]),
        }
    ),
    max_size=60,
).map(answer_rows)


@examples(25)
@given(repeated, st.randoms(use_true_random=False))
def test_row_order_changes_nothing_and_groups_add_up(rows: pl.DataFrame, random: Random) -> None:
    places = list(range(rows.height))
    random.shuffle(places)
    for metric in (nps, csat, lambda frame, **by: score_mean(frame, minimum=1, **by)):
        for by in ([], ["region"]):
            assert_frame_equal(metric(lazy(rows[places]), by=by), metric(lazy(rows), by=by), check_exact=True)
    whole, parts = (moments(lazy(rows), by, value=nw.col("score").cast(nw.Int64)) for by in ((), ("region",)))
    of_answers = ["weight", "total", "total_total"]  # a customer may be in several groups, an answer is in one
    assert_frame_equal(parts.select(pl.col(of_answers).sum()), whole.select(of_answers))


@examples(25)
@given(repeated, st.floats(0.5, 0.999))
def test_intervals_hold_the_number_and_stay_on_the_scale(rows: pl.DataFrame, confidence: float) -> None:
    for result, value, least, most in (
        (nps(lazy(rows), minimum=0, confidence=confidence), "nps", -100, 100),
        (nps(lazy(rows), minimum=0, confidence=confidence, weighted=True), "nps", -100, 100),
        (csat(lazy(rows), minimum=0, confidence=confidence), "csat", 0, 1),
        (score_mean(lazy(rows), minimum=0, confidence=confidence, survey="nps"), "mean", 0, 10),
    ):
        known = result.drop_nulls(value)
        inside = pl.col("low").is_between(least, pl.col(value)) & pl.col("high").is_between(pl.col(value), most)
        assert known.select(inside.all()).item() in (True, None)
