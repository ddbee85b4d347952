"""Net Promoter Score: counts, withholding, weights, change and trend."""

import datetime as dt

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.feedback.nps import nps, nps_shares, nps_sums, nps_trend
from metrics.statistics.paired import paired_change
from tests.metrics.frames import answer_rows, day, lazy, scores

NOTHING = answer_rows([])


def test_no_answers_is_one_row_without_a_score() -> None:
    assert nps(lazy(NOTHING)).rows() == [(0, 0, 0, 0, None, None, None)]


def test_no_answers_split_by_a_column_is_no_row() -> None:
    assert nps(lazy(NOTHING), by=["region"]).columns == [
        "region",
        "n",
        "promoters",
        "passives",
        "detractors",
        "nps",
        "low",
        "high",
    ]
    assert nps(lazy(NOTHING), by=["region"]).height == 0


@pytest.mark.parametrize(
    ("answers", "counts", "score"),
    [
        ([10], (1, 1, 0, 0), 100),
        ([0], (1, 0, 0, 1), -100),
        ([7, 8], (2, 0, 2, 0), 0),
        ([9, 6], (2, 1, 0, 1), 0),
        (range(11), (11, 2, 2, 7), -100 * 5 / 11),
    ],
)
def test_score(answers: list[float], counts: tuple[int, ...], score: float) -> None:
    row = nps(scores(*answers), minimum=1).row(0)
    assert row[:4] == counts
    assert row[4] == pytest.approx(score)


@pytest.mark.parametrize(
    "other",
    [
        {"survey": "csat"},
        {"scale_low": 1.0},
        {"scale_high": 5.0},
        {"score": None},
    ],
)
def test_only_the_recommendation_question_on_0_to_10_counts(other: dict[str, object]) -> None:
    rows = answer_rows([{"score": 10.0}, {"score": 0.0, **other}])
    assert nps(lazy(rows), minimum=1).row(0)[:5] == (1, 1, 0, 0, 100.0)


@pytest.mark.parametrize(("answers", "withheld"), [(29, True), (30, False)])
def test_below_the_minimum_the_counts_stand_and_the_score_is_withheld(answers: int, withheld: bool) -> None:
    row = nps(scores(*[9] * answers)).row(0, named=True)
    assert (row["n"], row["promoters"]) == (answers, answers)
    assert [row[name] is None for name in ("nps", "low", "high")] == [withheld] * 3


@pytest.mark.parametrize(("answers", "shares"), [(9, (9, None, None)), (30, (30, 2 / 3, 1 / 3)), (0, (0, None, None))])
def test_shares_are_withheld_with_the_score(answers: int, shares: tuple) -> None:
    rows = nps(scores(*[9, 9, 0] * (answers // 3)))
    assert nps_shares(rows).row(0) == pytest.approx(shares)


def test_groups_are_sorted_and_an_unknown_group_comes_last() -> None:
    rows = answer_rows({"score": 9.0, "region": region} for region in ("b", None, "a", "b"))
    assert nps(lazy(rows), by=["region"]).select("region", "n").rows() == [("a", 1), ("b", 2), (None, 1)]


def test_weights_change_score_and_interval_but_not_counts() -> None:
    rows = answer_rows([{"score": 10.0, "weight": 3.0}, {"score": 0.0, "weight": 1.0}, {"score": 8.0, "weight": None}])
    row = nps(lazy(rows), weighted=True, minimum=1).row(0, named=True)
    assert (row["n"], row["promoters"], row["passives"], row["detractors"]) == (3, 1, 1, 1)
    assert row["nps"] == pytest.approx(100 * (3 - 1) / 5)
    assert row["n_eff"] == pytest.approx(25 / 11)
    assert (row["promoter_share"], row["detractor_share"]) == pytest.approx((0.6, 0.2))


def test_equal_weights_give_the_plain_score_and_interval() -> None:
    plain = nps(scores(*[10] * 20, *[8] * 10, *[2] * 5))
    weighted = nps(scores(*[10] * 20, *[8] * 10, *[2] * 5, weight=0.37), weighted=True)
    assert_frame_equal(weighted.select(plain.columns), plain)


def test_change_of_a_withheld_score_is_unknown() -> None:
    now, before = nps_sums(scores(*[9] * 40)), nps_sums(scores(*[9] * 29))
    assert paired_change(now, before, is_net=True).rows() == [(None, None, None)]


def test_change_is_the_difference_of_the_scores_shown_and_its_variance_the_sum() -> None:
    said = scores(*[10] * 60, *[8] * 20, *[0] * 20), scores(*[10] * 40, *[8] * 30, *[0] * 30)
    change, low, high = paired_change(*map(nps_sums, said), is_net=True).row(0)
    now, before = map(nps, said)
    assert change == pytest.approx(40 - 10)
    half = [(row[6] - row[5]) / 2 for row in (now.row(0), before.row(0))]
    assert (high - low) / 2 == pytest.approx((half[0] ** 2 + half[1] ** 2) ** 0.5)
    assert low < change < high


def test_change_by_group_meets_its_own_group() -> None:
    now = lazy(answer_rows({"score": 9.0, "region": r} for r in ("a", "b", None)))
    before = lazy(answer_rows({"score": 0.0, "region": r} for r in (None, "a")))
    sides = [nps_sums(frame, by=["region"]) for frame in (now, before)]
    found = paired_change(*sides, by=["region"], minimum=1, is_net=True)
    assert found.select("region", "change").rows() == [
        ("a", 200),
        ("b", None),
        (None, 200),
    ]


def test_trend_has_a_row_for_every_period_that_has_begun() -> None:
    times = [
        dt.datetime(2026, 1, 10),
        dt.datetime(2026, 1, 31, 23, 59, 59),
        dt.datetime(2026, 3, 10),
        dt.datetime(2026, 3, 11),
    ]
    rows = answer_rows({"score": 9.0, "responded_at": time} for time in times)
    trend = nps_trend(lazy(rows), as_of=day("2026-03-10"), start=day("2026-01-05"), end=day("2026-06-30"), minimum=1)
    assert trend.select("period", "complete", "n", "nps").rows() == [
        (day("2026-01"), False, 2, 100.0),
        (day("2026-02"), True, 0, None),
        (day("2026-03"), False, 1, 100.0),
    ]


@pytest.mark.parametrize(
    ("period", "first"),
    [("week", "2026-02-16"), ("month", "2026-02-01"), ("quarter", "2026-01-01"), ("year", "2026-01-01")],
)
def test_trend_periods_begin_on_calendar_days(period: str, first: str) -> None:
    rows = scores(9, responded_at=dt.datetime(2026, 2, 22, 23))
    date = day("2026-02-22")
    trend = nps_trend(rows, as_of=date, start=date, end=date, period=period)
    assert trend.select("period", "n").rows() == [(day(first), 1)]


def test_trend_that_ends_before_it_starts_is_empty() -> None:
    trend = nps_trend(scores(9), as_of=day("2025-12-31"), start=day("2026-01-01"), end=day("2026-01-31"))
    assert trend.height == 0
    assert trend.schema["period"] == pl.Date()


def test_trend_by_group_fills_each_group() -> None:
    rows = answer_rows(
        [{"score": 9.0, "region": "a"}, {"score": 9.0, "region": None, "responded_at": dt.datetime(2026, 2, 1)}]
    )
    trend = nps_trend(
        lazy(rows), by=["region"], as_of=day("2026-02-28"), start=day("2026-01-01"), end=day("2026-02-28")
    )
    assert trend.select("region", "period", "n").rows() == [
        ("a", day("2026-01"), 1),
        ("a", day("2026-02"), 0),
        (None, day("2026-01"), 0),
        (None, day("2026-02"), 1),
    ]


def test_an_unknown_period_is_named_with_those_allowed() -> None:
    with pytest.raises(ValueError, match="period is “day”; it must be one of week, month, quarter, year"):
        nps_trend(scores(9), as_of=day("2026"), start=day("2026"), end=day("2026"), period="day")
