"""Cohort retention: the triangle, its average row, and the pooled figure of one period."""

import datetime as dt

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.engine.rollups import with_neighbour_months
from metrics.retention.retention import (
    TYPES,
    retention,
    retention_at,
    retention_average,
    retention_change,
    retention_trend,
)
from tests.metrics.frames import day, periods

# customer, month, orders                        cohort   0  1  2  3
EVENTS = [
    *[(1, "2026-01", 1), (1, "2026-02", 2)],  # January   x  x  .  .
    *[(2, "2026-01", 1), (2, "2026-04", 1)],  # January   x  .  .  x
    *[(3, "2026-02", 1), (3, "2026-04", 3)],  # February     x  .  x
    *[(4, "2026-01", 0), (4, "2026-04", 1)],  # April              x   (January holds only a refund)
]


def cells(triangle: pl.DataFrame) -> dict[tuple[str, int], tuple[int, int]]:
    return {
        (f"{row['cohort']:%Y-%m}", row["period"]): (row["active"], row["customers"])
        for row in triangle.iter_rows(named=True)
    }


def test_no_orders_give_no_row() -> None:
    empty = retention(periods([]), as_of=day("2026-04-15"))
    assert empty.height == 0
    assert dict(empty.schema) == TYPES


def test_a_refund_alone_makes_no_cohort() -> None:
    assert retention(periods([(1, "2026-01", 0)]), as_of=day("2026-04-15")).height == 0


def test_triangle_on() -> None:
    assert cells(retention(periods(EVENTS), as_of=day("2026-04-15"))) == {
        ("2026-01", 0): (2, 2), ("2026-01", 1): (1, 2), ("2026-01", 2): (0, 2), ("2026-01", 3): (1, 2),
        ("2026-02", 0): (1, 1), ("2026-02", 1): (0, 1), ("2026-02", 2): (1, 1),
        ("2026-04", 0): (1, 1),
    }  # fmt: skip


def test_triangle_on_or_after() -> None:
    assert cells(retention(periods(EVENTS), as_of=day("2026-04-15"), kind="on_or_after")) == {
        ("2026-01", 0): (2, 2), ("2026-01", 1): (2, 2), ("2026-01", 2): (1, 2), ("2026-01", 3): (1, 2),
        ("2026-02", 0): (1, 1), ("2026-02", 1): (1, 1), ("2026-02", 2): (1, 1),
        ("2026-04", 0): (1, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("as_of", "last_complete"),
    [("2026-04-29", "2026-03"), ("2026-04-30", "2026-04"), ("2026-05-01", "2026-04")],
)
def test_a_cell_is_complete_when_its_period_has_ended(as_of: str, last_complete: str) -> None:
    triangle = retention(periods(EVENTS), as_of=day(as_of))
    ends = triangle.filter("complete").select(pl.col("cohort").dt.offset_by(pl.format("{}mo", "period"))).to_series()
    assert ends.max() == day(last_complete)


def test_rows_after_as_of_are_not_seen() -> None:
    assert cells(retention(periods(EVENTS), as_of=day("2026-02-28"))) == {
        ("2026-01", 0): (2, 2), ("2026-01", 1): (1, 2), ("2026-02", 0): (1, 1),
    }  # fmt: skip


def test_a_quarter_in_which_a_customer_came_twice_counts_once() -> None:
    assert cells(retention(periods(EVENTS), as_of=day("2026-04-15"), period="quarter")) == {
        ("2026-01", 0): (3, 3), ("2026-01", 1): (2, 3), ("2026-04", 0): (1, 1),
    }  # fmt: skip


def test_years() -> None:
    events = [(1, "2024-05", 1), (1, "2026-01", 1), (2, "2025-12", 1)]
    assert cells(retention(periods(events), as_of=day("2026-01-31"), period="year")) == {
        ("2024-01", 0): (1, 1), ("2024-01", 1): (0, 1), ("2024-01", 2): (1, 1),
        ("2025-01", 0): (1, 1), ("2025-01", 1): (0, 1),
    }  # fmt: skip


def test_weeks_cross_the_year_and_need_a_frame_by_week() -> None:
    events = [(1, "2025-12-22", 1), (1, "2026-01-05", 1)]
    triangle = retention(periods(events, column="week"), as_of=day("2026-01-08"), period="week")
    assert triangle.select("period", "active", "complete").rows() == [(0, 1, True), (1, 0, True), (2, 1, False)]
    with pytest.raises(ValueError, match="Retention by week needs the column “week”"):
        retention(periods(EVENTS), as_of=day("2026-04-15"), period="week")


def test_cohorts_are_limited_but_old_customers_do_not_become_new() -> None:
    limited = retention(
        periods(EVENTS), as_of=day("2026-04-15"), cohorts_from=day("2026-02-14"), cohorts_to=day("2026-03")
    )
    assert cells(limited) == {("2026-02", 0): (1, 1), ("2026-02", 1): (0, 1), ("2026-02", 2): (1, 1)}


@pytest.mark.parametrize("kind", ["on", "on_or_after"])
def test_split_by_an_attribute(kind: str) -> None:
    regions = ["a", "a", None, None, "a", "a", "a", "a"]
    triangle = retention(periods(EVENTS, region=regions), as_of=day("2026-04-15"), by=["region"], kind=kind)
    assert triangle.filter(pl.col("cohort") == day("2026-01")).select("region", "period", "active", "customers").rows() == [
        ("a", 0, 1, 1), ("a", 1, 1, 1), ("a", 2, 0, 1), ("a", 3, 0, 1),
        (None, 0, 1, 1), (None, 1, kind == "on_or_after", 1), (None, 2, kind == "on_or_after", 1), (None, 3, 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["on", "on_or_after"])
@pytest.mark.parametrize("period", ["month", "quarter", "year"])
@pytest.mark.parametrize("cohorts_from", [None, "2026-02"])
def test_saved_first_months_change_nothing(kind: str, period: str, cohorts_from: str | None) -> None:
    asked = {
        "as_of": day("2026-04-15"),
        "kind": kind,
        "period": period,
        "cohorts_from": cohorts_from and day(cohorts_from),
    }
    saved = with_neighbour_months(periods(EVENTS))
    assert_frame_equal(retention(saved, **asked), retention(periods(EVENTS), **asked))  # type: ignore[arg-type]


def test_small_cohorts_are_withheld_when_asked_for() -> None:
    triangle = retention(periods(EVENTS), as_of=day("2026-04-15"), minimum=2)
    withheld = triangle.filter(pl.col("retention").is_null())
    assert withheld["cohort"].unique(maintain_order=True).to_list() == [day("2026-02"), day("2026-04")]
    assert withheld["customers"].to_list() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ({"period": "day"}, "period is “day”; it must be one of week, month, quarter, year"),
        ({"kind": "after"}, "kind is “after”; it must be one of on, on_or_after"),
        ({"by": ["cohort"]}, "a row per cohort already; split it by another column"),
        ({"confidence": 95}, "confidence is 95; it must lie between 0 and 1"),
    ],
)
def test_an_unknown_value_is_named_with_those_allowed(argument: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        retention(periods(EVENTS), as_of=day("2026-04-15"), **argument)  # type: ignore[arg-type]


def test_average_is_weighted_and_leaves_out_unfinished_cells() -> None:
    average = retention_average(retention(periods(EVENTS), as_of=day("2026-04-15")))
    assert average.select("period", "active", "customers").rows() == [(0, 3, 3), (1, 1, 3), (2, 0, 2)]
    assert average["retention"].to_list() == pytest.approx([1, 1 / 3, 0])


def test_average_of_nothing_has_no_row() -> None:
    assert retention_average(retention(periods([]), as_of=day("2026-04-15"))).height == 0


def test_pooled_figure_takes_cohorts_that_have_reached_the_period() -> None:
    triangle = retention(periods(EVENTS), as_of=day("2026-04-15"))
    assert retention_at(triangle, period=1, minimum=3).row(0)[:4] == (1, 2, 3, 1)
    assert retention_at(triangle, period=1, minimum=1, cohorts_to=day("2026-01")).row(0)[:5] == (1, 1, 2, 1, 0.5)
    assert retention_at(triangle, period=1).row(0) == (1, 2, 3, 1, None, None, None)


def test_pooled_figure_of_a_period_that_no_cohort_has_reached_is_unknown_not_0() -> None:
    triangle = retention(periods(EVENTS), as_of=day("2026-04-15"))
    assert retention_at(triangle, period=3, minimum=0).row(0) == (3, 0, 0, 0, None, None, None)


def test_change_between_cohort_windows() -> None:
    events = [(key, "2025-01" if key < 50 else "2025-06", 1) for key in range(100)]
    events += [(key, "2025-02", 1) for key in range(10)] + [(key, "2025-07", 1) for key in range(50, 90)]
    triangle = retention(periods(events), as_of=day("2025-12-31"))
    now = retention_at(triangle, period=1, cohorts_from=day("2025-02"))
    before = retention_at(triangle, period=1, cohorts_to=day("2025-01"))
    change, low, high = retention_change(now, before).row(0)
    assert change == pytest.approx(0.8 - 0.2)
    assert 0 < low < change < high < 1
    assert retention_change(now, retention_at(triangle, period=11, cohorts_from=day("2025-06"))).row(0) == (
        None,
        None,
        None,
    )


def test_trend_holds_the_last_cohorts_that_have_reached_the_period() -> None:
    triangle = retention(periods(EVENTS), as_of=dt.date(2026, 4, 15))
    assert retention_trend(triangle, period=1, minimum=2).rows()[1] == (day("2026-02"), 1, 0, None, None, None)
    assert retention_trend(triangle, period=1, cohorts=1)["cohort"].to_list() == [day("2026-02")]
    assert retention_trend(triangle, period=9).height == 0
