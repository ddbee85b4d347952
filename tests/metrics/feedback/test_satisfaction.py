"""Customer satisfaction and effort: top boxes of each scale, means, withholding, change and trend."""

import datetime as dt

import polars as pl
import pytest

from metrics.feedback.satisfaction import box_shares, ces, ces_sums, ces_trend, csat, csat_sums, csat_trend
from metrics.statistics.paired import paired_change
from tests.metrics.frames import answer_rows, day, lazy, scores

NOTHING = answer_rows([])


def rated(*values: float, low: float = 1.0, high: float = 5.0, survey: str = "csat", **same: object):
    return scores(*values, survey=survey, scale_low=low, scale_high=high, **same)


@pytest.mark.parametrize("metric", [csat, ces])
def test_no_answers_is_one_row_without_a_share_and_no_row_when_split(metric) -> None:
    assert metric(lazy(NOTHING)).rows() == [(0, 0, None, None, None, None)]
    split = metric(lazy(NOTHING), by=["region"])
    assert split.height == 0
    assert split.columns[:2] == ["region", "n"]


@pytest.mark.parametrize(
    ("low", "high", "satisfied", "not_satisfied"),
    [
        (1, 5, [4, 5], [1, 2, 3, 3.9]),
        (1, 7, [6, 7], [1, 4, 5]),
        (1, 10, [9, 10], [1, 8]),
        (0, 10, [9, 10], [0, 8]),
        (1, 4, [3, 4], [1, 2]),
        (0, 1, [1], [0]),
        (1, 2, [2], [1]),
        (1, 3, [3], [1, 2]),
        (0, 100, [80, 99.5, 100], [0, 79]),
    ],
)
def test_top_boxes_of_a_scale(low: float, high: float, satisfied: list[float], not_satisfied: list[float]) -> None:
    for values, expected in ((satisfied, len(satisfied)), (not_satisfied, 0)):
        result = csat(rated(*values, low=float(low), high=float(high)), minimum=1).row(0, named=True)
        assert (result["n"], result["satisfied"]) == (len(values), expected)


def test_each_answer_is_read_on_its_own_scale_and_mixed_scales_have_no_mean() -> None:
    five, ten = ({"survey": "csat", "scale_low": 1.0, "scale_high": high} for high in (5.0, 10.0))
    rows = answer_rows(
        [
            {**five, "score": 5.0, "region": "a"},
            {**five, "score": 2.0, "region": "a"},
            {**ten, "score": 5.0, "region": "b"},
            {**ten, "score": 10.0, "region": "b"},
        ]
    )
    assert csat(lazy(rows), minimum=1).select("n", "satisfied", "csat", "mean").rows() == [(4, 2, 0.5, None)]
    assert csat(lazy(rows), minimum=1, by=["region"]).select("region", "csat", "mean").rows() == [
        ("a", 0.5, 3.5),
        ("b", 0.5, 7.5),
    ]


@pytest.mark.parametrize("other", [{"survey": "nps"}, {"survey": "ces"}, {"score": None}])
def test_only_scored_satisfaction_questions_count(other: dict[str, object]) -> None:
    asked = {"survey": "csat", "scale_low": 1.0, "scale_high": 5.0, "score": 5.0}
    assert csat(lazy(answer_rows([asked, {**asked, **other}])), minimum=1)["n"].item() == 1


@pytest.mark.parametrize(
    "other", [{"survey": "csat"}, {"scale_high": 5.0}, {"scale_low": 0.0}, {"score": None}], ids=str
)
def test_only_the_effort_question_on_1_to_7_counts(other: dict[str, object]) -> None:
    asked = {"survey": "ces", "scale_low": 1.0, "scale_high": 7.0, "score": 5.0}
    assert ces(lazy(answer_rows([asked, {**asked, **other}])), minimum=1)["n"].item() == 1


def test_effort_has_a_mean_and_the_share_of_5_to_7() -> None:
    result = ces(rated(*range(1, 8), high=7.0, survey="ces"), minimum=1).row(0, named=True)
    assert (result["n"], result["easy"], result["mean"]) == (7, 3, 4.0)
    assert result["easy_share"] == pytest.approx(3 / 7)


@pytest.mark.parametrize(("answers", "withheld"), [(29, True), (30, False)])
@pytest.mark.parametrize(("metric", "survey", "high"), [(csat, "csat", 5.0), (ces, "ces", 7.0)])
def test_below_the_minimum_the_counts_stand_and_the_rest_is_withheld(
    metric, survey: str, high: float, answers: int, withheld: bool
) -> None:
    n, good, *rest = metric(rated(*[high] * answers, high=high, survey=survey)).row(0)
    assert (n, good) == (answers, answers)
    assert [value is None for value in rest] == [withheld] * 4


@pytest.mark.parametrize(
    ("low", "high", "shares"), [(4, 5, (9, None, None)), (10, 20, (30, 2 / 3, 1 / 3)), (0, 0, (0, None, None))]
)
def test_shares_of_a_scale_are_withheld_below_the_minimum(low: int, high: int, shares: tuple) -> None:
    boxes = pl.DataFrame({"box": [0, 0, 1, 2], "answers": [low, 0, 0, high]})
    assert box_shares(boxes).row(0) == pytest.approx(shares)


def test_change_is_newcombes_difference_of_the_shares() -> None:
    now, before = csat_sums(rated(*[5] * 56, *[1] * 14)), csat_sums(rated(*[5] * 48, *[1] * 32))
    assert paired_change(now, before).row(0) == pytest.approx((0.2, 0.0524, 0.3339), abs=0.00005)
    assert paired_change(now, csat_sums(lazy(NOTHING))).row(0) == (None, None, None)
    now, before = (
        ces_sums(rated(*[7] * good, *[1] * bad, high=7.0, survey="ces")) for good, bad in ((56, 14), (48, 32))
    )
    assert paired_change(now, before).row(0) == pytest.approx((0.2, 0.0524, 0.3339), abs=0.00005)


@pytest.mark.parametrize(("metric", "survey", "high"), [(csat_trend, "csat", 5.0), (ces_trend, "ces", 7.0)])
def test_trend_has_a_row_for_every_period_that_has_begun(metric, survey: str, high: float) -> None:
    asked = {"survey": survey, "scale_low": 1.0, "scale_high": high, "score": high}
    times = (dt.datetime(2026, 1, 31, 23, 59, 59), dt.datetime(2026, 3, 10), dt.datetime(2026, 3, 11))
    rows = lazy(answer_rows({**asked, "responded_at": time} for time in times))
    trend = metric(rows, as_of=day("2026-03-10"), start=day("2026-01-05"), end=day("2026-06-30"), minimum=1)
    assert [row[:3] + row[4:6] for row in trend.rows()] == [
        (day("2026-01"), False, 1, 1.0, high),
        (day("2026-02"), True, 0, None, None),
        (day("2026-03"), False, 1, 1.0, high),
    ]


def test_trend_by_group_fills_each_group_and_one_that_ends_before_it_starts_is_empty() -> None:
    asked = {"survey": "csat", "scale_low": 1.0, "scale_high": 5.0, "score": 5.0}
    rows = lazy(
        answer_rows([{**asked, "region": "a"}, {**asked, "region": None, "responded_at": dt.datetime(2026, 2, 1)}])
    )
    dates = {"as_of": day("2026-02-28"), "start": day("2026-01-01"), "end": day("2026-02-28")}
    assert csat_trend(rows, by=["region"], **dates).select("region", "period", "n").rows() == [
        ("a", day("2026-01"), 1),
        ("a", day("2026-02"), 0),
        (None, day("2026-01"), 0),
        (None, day("2026-02"), 1),
    ]
    assert csat_trend(rows, **{**dates, "end": day("2025-12-31")}).height == 0
