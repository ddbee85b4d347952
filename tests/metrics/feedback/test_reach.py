"""Match rate, customers who answered, and means on their scales."""

import polars as pl
import pytest

from metrics.feedback.reach import answered_share, match_rate, score_mean
from tests.metrics.frames import answer_rows, lazy, periods, scores

CUSTOMERS = lazy(pl.DataFrame({"customer_key": [1, 2, 3], "orders": [2, 0, 1]}))
NOTHING = answer_rows([])


def keyed(*keys: int | None, **more: object):
    return lazy(answer_rows({"customer_key": key, "score": 9.0, **more} for key in keys))


def test_without_answers_or_buyers_there_is_no_share() -> None:
    assert match_rate(lazy(NOTHING), customers=CUSTOMERS).rows() == [(0, 0, None, None, None)]
    assert match_rate(lazy(NOTHING), customers=CUSTOMERS, by=["region"]).height == 0
    assert answered_share(periods([]), answers=keyed(1)).rows() == [(0, 0, None, None, None)]
    assert score_mean(lazy(NOTHING)).height == 0


def test_an_answer_is_matched_when_its_customer_has_ordered() -> None:
    """Customer 1 answered twice and has ordered; 2 is known but has not; 9 and the nameless one are unknown."""
    found = match_rate(keyed(1, 1, 2, 9, None), customers=CUSTOMERS, minimum=1)
    assert found.select("n", "matched", "match_rate").row(0) == (5, 2, 0.4)


@pytest.mark.parametrize("customers", [[], [(1, 0), (2, 0)]])
def test_without_any_order_nobody_can_tell_who_has_ordered(customers: list[tuple[int, int]]) -> None:
    known = pl.DataFrame(customers, schema={"customer_key": pl.Int64, "orders": pl.Int64}, orient="row")
    said = keyed(1, 2, region="a")
    assert match_rate(said, customers=lazy(known), minimum=1).rows() == [(2, 0, None, None, None)]
    assert match_rate(said, customers=lazy(known), by=["region"], minimum=1).rows() == [("a", 2, 0, None, None, None)]
    of_others = pl.concat([known, pl.DataFrame({"customer_key": [9], "orders": [1]})])
    assert match_rate(said, customers=lazy(of_others), minimum=1)["match_rate"].item() == 0


def test_only_the_question_asked_for_counts() -> None:
    said = answer_rows(
        [
            {"customer_key": 1, "score": 9.0},
            {"customer_key": 3, "score": 5.0, "survey": "csat", "scale_low": 1.0, "scale_high": 5.0},
        ]
    )
    for survey, key in (("nps", 1), ("csat", 3)):
        assert match_rate(lazy(said), customers=CUSTOMERS, survey=survey)["n"].item() == 1
        bought = periods([(key, "2026-01-01", 1), (7, "2026-01-01", 2)])
        assert answered_share(bought, answers=lazy(said), survey=survey)["answered"].item() == 1
    with pytest.raises(ValueError, match="survey is “ces2”"):
        match_rate(lazy(said), customers=CUSTOMERS, survey="ces2")


def test_a_buyer_counts_once_however_often_they_bought_and_answered() -> None:
    """Customer 9 answered but has only sent something back, which is no purchase."""
    bought = periods(
        [(1, "2026-01-01", 3), (1, "2026-02-01", 1), (2, "2026-01-01", 1), (3, "2026-01-01", 1), (9, "2026-01-01", 0)],
        region=["a", "a", None, "a", "a"],
    )
    said = keyed(1, 1, 9, None, 3)
    assert answered_share(bought, answers=said, minimum=1).select("buyers", "answered").row(0) == (3, 2)
    split = answered_share(bought, answers=said, by=["region"], minimum=1)
    assert split.select("region", "buyers", "answered", "answered_share").rows() == [
        ("a", 2, 2, 1.0),
        (None, 1, 0, 0.0),
    ]


def test_rates_have_the_wilson_interval_of_newcombe_1998() -> None:
    """81 of 263: .2553 to .3662."""
    customers = lazy(pl.DataFrame({"customer_key": range(81), "orders": [1] * 81}))
    found = match_rate(keyed(*range(81), *[None] * 182), customers=customers)
    assert found.select("low", "high").row(0) == pytest.approx((0.2553, 0.3662), abs=0.00005)
    bought = periods([(key, "2026-01-01", 1) for key in range(263)])
    found = answered_share(bought, answers=keyed(*range(81)))
    assert found.select("low", "high").row(0) == pytest.approx((0.2553, 0.3662), abs=0.00005)


@pytest.mark.parametrize(("n", "withheld"), [(29, True), (30, False)])
def test_below_the_minimum_the_counts_stand(n: int, withheld: bool) -> None:
    for found in (
        match_rate(keyed(*[1] * n), customers=CUSTOMERS),
        answered_share(periods([(key, "2026-01-01", 1) for key in range(n)]), answers=keyed(1)),
    ):
        assert found.row(0)[0] == n
        assert [value is None for value in found.row(0)[2:]] == [withheld] * 3
    mean = score_mean(scores(*[4.0] * n, survey="csat", scale_low=1.0, scale_high=5.0))
    assert mean.row(0)[:3] == (1.0, 5.0, n)
    assert [value is None for value in mean.row(0)[3:]] == [withheld] * 4


def test_each_scale_has_its_mean_with_students_interval() -> None:
    """3 and 5: mean 4, standard error 1; Student’s t with one degree of freedom is 1 at three quarters."""
    five, ten = ({"survey": "csat", "scale_low": low, "scale_high": high} for low, high in ((1.0, 5.0), (0.0, 10.0)))
    said = lazy(
        answer_rows([{**five, "score": 3.0}, {**five, "score": 5.0}, {**ten, "score": 10.0}, {**ten, "score": 10.0}])
    )
    assert score_mean(said, minimum=1, confidence=0.5).rows() == [
        (0, 10, 2, 10, 0, 10, 10),
        pytest.approx((1, 5, 2, 4, 1, 3, 5)),
    ]
    assert score_mean(said, minimum=1, confidence=0.95).select("low", "high").row(1) == (1, 5)  # within the scale
    assert score_mean(said, survey="ces").height == 0
