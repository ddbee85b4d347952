"""The Kaplan–Meier curve, and the curve of second purchases."""

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.engine.reduce import day_number
from metrics.statistics.survival import CURVE_TYPES, REPEAT_TYPES, kaplan_meier, repeat_curve, time_by_which
from tests.metrics.frames import day, lazy, order_days


def waits(rows: list[tuple[int, int, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"time": pl.Int64, "events": pl.Int64, "censored": pl.Int64}, orient="row")


def test_no_waits_give_no_curve_and_no_time() -> None:
    curve = kaplan_meier(waits([]))
    assert curve.height == 0
    assert dict(curve.schema) == CURVE_TYPES
    assert time_by_which(curve, 0.8) is None


@pytest.mark.parametrize(
    ("rows", "survival"),
    [
        ([(3, 1, 0)], [0.0]),
        ([(3, 0, 1)], [1.0]),
        ([(1, 1, 1), (2, 1, 1)], [0.75, 0.375]),
        ([(1, 0, 2), (2, 1, 1)], [1.0, 0.5]),  # those who left early say nothing about later times
        ([(1, 1, 0), (1, 1, 1), (2, 0, 1)], [0.5, 0.5]),  # rows of one time are added
        ([(2, 1, 0), (1, 1, 0)], [0.5, 0.0]),
    ],
)
def test_survival(rows: list[tuple[int, int, int]], survival: list[float]) -> None:
    assert kaplan_meier(waits(rows))["survival"].to_list() == pytest.approx(survival)


def test_without_censoring_the_error_is_that_of_a_share() -> None:
    row = kaplan_meier(waits([(1, 30, 0), (2, 70, 0)])).row(0, named=True)
    assert row["se"] == pytest.approx((0.7 * 0.3 / 100) ** 0.5)
    assert row["low"] < row["survival"] < row["high"]


def test_the_interval_is_empty_where_it_is_not_defined() -> None:
    curve = kaplan_meier(waits([(1, 0, 1), (2, 1, 0), (3, 1, 0)]))
    assert curve.select("survival", pl.col("se", "low", "high").is_null()).rows() == [
        (1.0, False, True, True),
        (0.5, False, False, False),
        (0.0, True, True, True),
    ]


def test_curves_of_groups_are_those_of_each_alone() -> None:
    a, b = waits([(1, 1, 1), (2, 1, 1)]), waits([(1, 0, 2), (5, 1, 1)])
    both = pl.concat([b.with_columns(region=None), a.with_columns(region=pl.lit("a"))], how="vertical_relaxed")
    curves = kaplan_meier(both, by=["region"])
    assert_frame_equal(curves.filter(pl.col("region") == "a").drop("region"), kaplan_meier(a))
    assert_frame_equal(curves.filter(pl.col("region").is_null()).drop("region"), kaplan_meier(b))


@pytest.mark.parametrize(("share", "time"), [(0.25, 1), (0.26, 2), (0.625, 2), (0.63, None)])
def test_time_by_which_a_share_has_ended(share: float, time: int | None) -> None:
    assert time_by_which(kaplan_meier(waits([(1, 1, 1), (2, 1, 1)])), share) == time


def test_a_share_outside_0_and_1_is_refused() -> None:
    with pytest.raises(ValueError, match="share is 80; it must lie between 0 and 1"):
        time_by_which(kaplan_meier(waits([])), 80)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2024-02-28", "2024-03-01", 2),
        ("2023-12-31", "2024-12-31", 366),
        ("1999-12-31", "2001-01-01", 367),
        ("2026-01-05", "2026-01-05", 0),
    ],
)
def test_days_between_dates(start: str, end: str, days: int) -> None:
    frame = lazy(pl.DataFrame({"a": [day(start)], "b": [day(end)]}))
    found = frame.select(days=day_number(nw.col("b")) - day_number(nw.col("a"))).collect("polars")
    assert found.to_native().item() == days


# customer, days with an order                 first       second
VISITS = [
    *[(1, "2026-01-01"), (1, "2026-01-08")],  # 1 January   7 days later
    *[(2, "2026-01-01"), (2, "2026-01-09")],  # 1 January   8 days later
    *[(3, "2026-01-01")],  #                    1 January   not by the 22nd: followed for 21 days
    *[(4, "2026-01-15"), (4, "2026-01-30")],  # 15 January  not by the 22nd: followed for 7 days
]


def test_no_orders_give_no_repeat_curve() -> None:
    curve = repeat_curve(order_days([]), as_of=day("2026-01-22"))
    assert curve.height == 0
    assert dict(curve.schema) == REPEAT_TYPES
    assert repeat_curve(order_days([], region=[]), as_of=day("2026-01-22"), by=["region"]).height == 0


def test_repeat_curve_by_week() -> None:
    curve = repeat_curve(order_days(VISITS), as_of=day("2026-01-22"), minimum=0)
    assert curve.select("elapsed", "customers", "second_orders", "at_risk").rows() == [
        (0, 4, 0, 4),
        (1, 4, 1, 2),
        (2, 4, 2, 1),
        (3, 4, 2, 0),
    ]
    assert curve["repeat_share"].to_list() == pytest.approx([0, 1 / 4, 1 - 3 / 4 * 1 / 2, 1 - 3 / 4 * 1 / 2])


def test_repeat_curve_by_day_agrees_with_weeks() -> None:
    weeks, days = (
        repeat_curve(order_days(VISITS), as_of=day("2026-01-22"), unit=unit, minimum=0) for unit in ("week", "day")
    )
    assert days["elapsed"].to_list() == list(range(22))
    same = days.filter(pl.col("elapsed") % 7 == 0).with_columns(pl.col("elapsed") // 7)
    assert_frame_equal(same, weeks)


def test_cohorts_are_chosen_by_first_order_and_followed_to_as_of() -> None:
    late = repeat_curve(order_days(VISITS), as_of=day("2026-01-30"), cohorts_from=day("2026-01-02"), minimum=0)
    assert late.select("elapsed", "customers", "second_orders").rows() == [(0, 1, 0), (1, 1, 0), (2, 1, 0)]
    early = repeat_curve(order_days(VISITS), as_of=day("2026-01-30"), cohorts_to=day("2026-01-14"), minimum=0)
    assert early["customers"].unique().to_list() == [3]


def test_the_share_is_withheld_where_few_are_still_followed() -> None:
    curve = repeat_curve(order_days(VISITS), as_of=day("2026-01-22"), minimum=2)
    assert curve["repeat_share"].is_null().to_list() == [False, False, True, True]
    assert curve["second_orders"].to_list() == [0, 1, 2, 2]


def test_repeat_curve_by_an_attribute() -> None:
    frame = order_days(VISITS, region=["a", "a", None, None, "a", "a", "a"])
    curve = repeat_curve(frame, as_of=day("2026-01-22"), by=["region"], minimum=0)
    last = (
        curve.group_by("region", maintain_order=True).last().select("region", "customers", "second_orders", "elapsed")
    )
    assert last.rows() == [("a", 3, 1, 3), (None, 1, 0, 1)]


def test_an_unknown_unit_is_named_with_those_allowed() -> None:
    with pytest.raises(ValueError, match="unit is “month”; it must be one of day, week"):
        repeat_curve(order_days(VISITS), as_of=day("2026-01-22"), unit="month")


WAITS = [(3, 1), (3, 0), (5, 1), (5, 1), (8, 0), (9, 1), (12, 0), (12, 1), (15, 0)]  # (time, 1 when it ended)


def _of_clusters(waits: list[tuple[int, int, int]]) -> pl.DataFrame:
    """The curve of waits (cluster, time, event), one row per wait."""
    rows = [(cluster, time, event, 1 - event) for cluster, time, event in waits]
    return kaplan_meier(pl.DataFrame(rows, schema=["cluster", "time", "events", "censored"], orient="row"))


def test_waits_that_are_clusters_of_their_own_have_greenwoods_error() -> None:
    plain = kaplan_meier(
        pl.DataFrame([(t, e, 1 - e) for t, e in WAITS], schema=["time", "events", "censored"], orient="row")
    )
    found = _of_clusters([(place, *wait) for place, wait in enumerate(WAITS)])
    factor = (len(WAITS) / (len(WAITS) - 1)) ** 0.5
    assert found["survival"].to_list() == plain["survival"].to_list()
    assert found["se"].to_list() == pytest.approx([se and se * factor for se in plain["se"]])


@pytest.mark.parametrize("times", [2, 3, 5])
def test_waits_that_come_again_in_their_cluster_tell_no_more(times: int) -> None:
    once, again = (_of_clusters([(place, *wait) for place, wait in enumerate(WAITS)] * k) for k in (1, times))
    assert again["se"].to_list() == pytest.approx(once["se"].to_list())
    assert again["high"].to_list() == pytest.approx(once["high"].to_list())


def test_clusters_by_group_are_those_of_the_group_and_one_alone_tells_nothing() -> None:
    rows = [("a", place, *wait) for place, wait in enumerate(WAITS)] + [
        ("b", 0, 4, 1),
        ("b", 0, 6, 0),
        (None, 7, 2, 1),
        (None, 8, 6, 0),
    ]
    counted = pl.DataFrame(rows, schema=["by", "cluster", "time", "events"], orient="row")
    found = kaplan_meier(counted.with_columns(censored=1 - pl.col("events")), by=["by"])
    of_a = _of_clusters([(place, *wait) for place, wait in enumerate(WAITS)])
    assert found.filter(by="a")["se"].to_list() == pytest.approx(of_a["se"].to_list())
    assert found.filter(pl.col("by").is_null())["se"][0] == pytest.approx((0.5 * 0.5 / 2) ** 0.5 * 2**0.5)
    assert found.filter(by="b").select("survival", "se", "low").row(0) == (0.5, None, None)
