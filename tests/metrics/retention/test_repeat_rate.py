"""Repeat purchase rate, its change and its trailing windows."""

import pytest

from metrics.retention.repeat_rate import repeat_rate, repeat_rate_trend, repeat_sums
from metrics.statistics.paired import paired_change
from tests.metrics.frames import day, periods


def test_no_orders_is_one_row_without_a_rate() -> None:
    assert repeat_rate(periods([])).rows() == [(0, 0, None, None, None)]


def test_no_orders_split_by_a_column_is_no_row() -> None:
    assert repeat_rate(periods([], region=[]), by=["region"]).height == 0


@pytest.mark.parametrize(
    ("events", "buyers", "repeat_buyers"),
    [
        ([(1, "2026-01", 1)], 1, 0),
        ([(1, "2026-01", 2)], 1, 1),
        ([(1, "2026-01", 1), (1, "2026-02", 1)], 1, 1),
        ([(1, "2026-01", 1), (1, "2026-02", 0)], 1, 0),
        ([(1, "2026-01", 0)], 0, 0),
        ([(1, "2026-01", 1), (2, "2026-01", 3)], 2, 1),
    ],
)
def test_counts(events: list[tuple[int, str, int]], buyers: int, repeat_buyers: int) -> None:
    assert repeat_rate(periods(events), minimum=1).row(0)[:2] == (buyers, repeat_buyers)


@pytest.mark.parametrize(("buyers", "withheld"), [(29, True), (30, False)])
def test_below_the_minimum_the_counts_stand_and_the_rate_is_withheld(buyers: int, withheld: bool) -> None:
    row = repeat_rate(periods([(key, "2026-01", 1) for key in range(buyers)])).row(0)
    assert row[:2] == (buyers, 0)
    assert row[2] is None if withheld else row[2] == 0


def test_groups() -> None:
    frame = periods([(1, "2026-01", 2), (2, "2026-01", 1), (3, "2026-01", 1)], region=["b", None, "a"])
    assert repeat_rate(frame, by=["region"]).select("region", "buyers", "repeat_buyers").rows() == [
        ("a", 1, 0),
        ("b", 1, 1),
        (None, 1, 0),
    ]


def test_change() -> None:
    """Of different people, as Newcombe 1998 has it; of the same ones what they share drops out."""
    now = repeat_sums(periods([(key, "2026-01", 1 + (key < 56)) for key in range(70)]))
    before, same = (
        repeat_sums(periods([(key + shift, "2025-01", 1 + (key < 48)) for key in range(80)])) for shift in (100, 0)
    )
    apart = paired_change(now, before).row(0)
    assert apart == pytest.approx((0.2, 0.0524, 0.3339), abs=0.00005)
    change, low, high = paired_change(now, same).row(0)
    assert change == apart[0]
    assert apart[1] < low < high < apart[2]
    assert paired_change(now, repeat_sums(periods([]))).row(0) == (None, None, None)


EVENTS = [(1, "2026-01", 1), (1, "2026-02", 1), (2, "2026-01", 2), (3, "2026-03", 1), (3, "2026-04", 1)]


def test_trend_counts_the_trailing_window_of_each_month() -> None:
    trend = repeat_rate_trend(periods(EVENTS), as_of=day("2026-04-15"), months=4, window_months=2, minimum=1)
    assert trend.select("month", "complete", "buyers", "repeat_buyers", "repeat_rate").rows() == [
        (day("2026-01"), True, 2, 1, None),  # the window begins in December, before the data
        (day("2026-02"), True, 2, 2, 1.0),
        (day("2026-03"), True, 2, 0, 0.0),
        (day("2026-04"), False, 1, 1, 1.0),
    ]


def test_last_point_of_the_trend_is_the_rate_of_that_window() -> None:
    trend = repeat_rate_trend(periods(EVENTS), as_of=day("2026-04-30"), months=1, window_months=4, minimum=1)
    assert trend.drop("month", "complete").rows() == repeat_rate(periods(EVENTS), minimum=1).rows()


def test_trend_of_nothing_has_its_months_and_no_rate() -> None:
    trend = repeat_rate_trend(periods([]), as_of=day("2026-02-28"), months=2, minimum=0)
    assert trend.select("month", "buyers", "repeat_rate").rows() == [
        (day("2026-01"), 0, None),
        (day("2026-02"), 0, None),
    ]


def test_trend_by_group_fills_each_group_that_has_an_order_in_some_window() -> None:
    frame = periods([*EVENTS, (9, "2025-01", 1)], region=["b", "b", "a", "a", "a", "c"])
    trend = repeat_rate_trend(frame, as_of=day("2026-04-30"), months=3, window_months=1, by=["region"], minimum=1)
    assert trend.select("region", "month", "buyers").rows() == [
        ("a", day("2026-02"), 0),
        ("a", day("2026-03"), 1),
        ("a", day("2026-04"), 1),
        ("b", day("2026-02"), 1),
        ("b", day("2026-03"), 0),
        ("b", day("2026-04"), 0),
    ]
