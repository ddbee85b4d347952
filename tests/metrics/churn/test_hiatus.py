"""The hiatus rule: its threshold, how often it was wrong, and the share of inactive customers."""

import pytest
from hypothesis import given

from metrics.churn.hiatus import (
    GAP_TYPES,
    HIATUS_TYPES,
    gap_curve,
    hiatus,
    hiatus_threshold,
    inactive_share,
    inactive_sums,
)
from metrics.statistics.paired import paired_change
from tests.metrics.frames import day, lazy, order_days
from tests.metrics.statistics.test_survival_laws import AS_OF as LAW_AS_OF
from tests.metrics.statistics.test_survival_laws import visits
from tests.metrics.test_laws import law

# customer, days with an order                                       gaps        open at 31 January
VISITS = [
    *[(1, "2026-01-01"), (1, "2026-01-03"), (1, "2026-01-30")],  # 2, 27       1
    *[(2, "2026-01-01"), (2, "2026-01-11")],  #                    10          20
    *[(3, "2026-01-29")],  #                                                   2
]
AS_OF = day("2026-01-31")


def row(frame, **options) -> dict[str, object]:
    return hiatus(frame, as_of=AS_OF, **options).row(0, named=True)


def test_no_orders_are_one_row_without_a_threshold_and_no_row_when_split() -> None:
    empty = hiatus(order_days([]), as_of=AS_OF)
    assert empty.rows() == [(None, None, 0, 0, None, 0, 0, *[None] * 7)]
    assert dict(empty.schema) == HIATUS_TYPES
    assert hiatus(order_days([], region=[]), as_of=AS_OF, by=["region"]).height == 0
    assert inactive_share(order_days([]), as_of=AS_OF).rows() == [(None, 0, None, None, None, None)]
    assert inactive_share(order_days([], region=[]), as_of=AS_OF, by=["region"]).height == 0


def test_while_no_gap_has_ended_there_is_no_threshold() -> None:
    once = [(1, "2026-01-01"), (2, "2026-01-02")]
    result = row(order_days(once))
    assert (result["hiatus_days"], result["basis"], result["gaps"], result["open_gaps"]) == (None, None, 2, 2)
    assert result["ended_share"] == 0
    shown = inactive_share(order_days(once), as_of=AS_OF, minimum=1).row(0, named=True)
    assert (shown["customers"], shown["inactive"], shown["inactive_share"]) == (2, None, None)


@pytest.mark.parametrize(
    ("quantile", "days", "basis"),
    [
        # Still open after 2 days: 1 − 1/5; after 10: × 1 − 1/3; after 27: 0
        (0.2, 2, "all_gaps"),
        (0.4, 10, "all_gaps"),
        (0.47, 27, "all_gaps"),
        (0.8, 27, "all_gaps"),
    ],
)
def test_the_threshold_is_the_quantile_of_all_gaps_with_the_open_ones(quantile: float, days: int, basis: str) -> None:
    result = row(order_days(VISITS), quantile=quantile)
    assert (result["hiatus_days"], result["basis"]) == (days, basis)
    assert (result["gaps"], result["open_gaps"], result["ended_share"]) == (6, 3, 1)


def test_where_most_never_come_back_the_quantile_is_that_of_the_gaps_that_end() -> None:
    """Of nine gaps two end, after 5 and 9 days, and seven are open for 40: the curve stops at 2/9 ended."""
    visits = [(key, "2025-12-22") for key in range(7)] + [(7, "2026-01-17"), (7, "2026-01-22"), (7, "2026-01-31")]
    result = row(order_days(visits), quantile=0.5)
    assert (result["hiatus_days"], result["basis"]) == (5, "ended_gaps")
    assert result["ended_share"] == pytest.approx(2 / 9)
    assert row(order_days(visits), quantile=0.51)["hiatus_days"] == 9


@pytest.mark.parametrize(("ending", "days", "basis"), [(2, None, "rare"), (3, 9, "ended_gaps")])
def test_where_fewer_than_a_tenth_of_the_gaps_ever_end_there_is_no_threshold(ending: int, days, basis: str) -> None:
    """Of twenty customers two or three come back, after 9 days: two gaps of 22, three of 23."""
    visits = [(key, "2025-12-22") for key in range(20)] + [(key, "2025-12-31") for key in range(ending)]
    frame = order_days(visits)
    found = row(frame)
    assert (found["hiatus_days"], found["basis"]) == (days, basis)
    shown = inactive_share(frame, as_of=AS_OF, minimum=1).row(0, named=True)
    assert (shown["customers"], shown["inactive"]) == (20, 20 if days else None)
    assert row(frame, hiatus_days=5)["basis"] == "given"
    if basis == "rare":
        assert (found["followed_days"], found["followed_share"], found["came_back_share"]) == (None, None, None)


def test_those_flagged_shortly_ago_count_as_long_as_they_were_followed() -> None:
    """Gaps over 9 days: 10 and 27 that ended, 20 that is open. At 10 days three are known, at 27 the one that ended."""
    found = row(order_days(VISITS), hiatus_days=9, minimum=1)
    assert (found["came_back"], found["flagged"], found["came_back_share"]) == (2, 3, 2 / 3)
    assert (found["followed_days"], found["followed_share"]) == (27, 1)
    assert (found["followed_low"], found["followed_high"]) == (None, None)
    two = row(order_days(VISITS), hiatus_days=9, minimum=2)
    assert (two["followed_days"], two["followed_share"]) == (20, pytest.approx(1 / 3))
    assert 0 < two["followed_low"] < 1 / 3 < two["followed_high"] <= 1
    none = row(order_days(VISITS), hiatus_days=9, minimum=4)
    assert (none["followed_days"], none["followed_share"], none["came_back_share"]) == (None, None, None)


def test_each_group_is_followed_from_its_own_threshold() -> None:
    frame = order_days(VISITS, region=["a", "a", "a", None, None, "a"])
    shown = hiatus(frame, as_of=AS_OF, by=["region"], quantile=0.1, minimum=1)
    assert shown.select("region", "hiatus_days", "flagged", "followed_days", "followed_share").rows() == [
        ("a", 2, 1, 27, 1.0),
        (None, 10, 1, 20, 0.0),
    ]


@pytest.mark.parametrize(("days", "flagged", "came_back"), [(1, 5, 3), (2, 3, 2), (9, 3, 2), (10, 2, 1), (27, 0, 0)])
def test_gaps_longer_than_the_threshold_are_flagged_and_some_end(days: int, flagged: int, came_back: int) -> None:
    result = row(order_days(VISITS), hiatus_days=days, minimum=1)
    assert (result["basis"], result["flagged"], result["came_back"]) == ("given", flagged, came_back)
    assert result["came_back_share"] == (came_back / flagged if flagged else None)


def test_a_negative_threshold_is_refused() -> None:
    with pytest.raises(ValueError, match="hiatus_days is -1; it must be 0 or more"):
        hiatus(order_days(VISITS), as_of=AS_OF, hiatus_days=-1)


def test_orders_after_as_of_are_not_seen() -> None:
    early = hiatus(order_days(VISITS), as_of=day("2026-01-29")).row(0, named=True)
    assert (early["gaps"], early["open_gaps"]) == (5, 3)


def test_groups_have_their_own_gaps() -> None:
    frame = order_days(VISITS, region=["a", "a", "a", None, None, "a"])
    rows = hiatus(frame, as_of=AS_OF, by=["region"]).select("region", "gaps", "open_gaps", "hiatus_days").rows()
    assert rows == [("a", 4, 2, 27), (None, 2, 1, 10)]


@pytest.mark.parametrize(("days", "inactive"), [(1, 2), (2, 1), (19, 1), (20, 0)])
def test_inactive_are_those_whose_last_order_is_older_than_the_threshold(days: int, inactive: int) -> None:
    result = inactive_share(order_days(VISITS), as_of=AS_OF, hiatus_days=days, minimum=1).row(0, named=True)
    assert (result["hiatus_days"], result["customers"], result["inactive"]) == (days, 3, inactive)
    assert result["inactive_share"] == pytest.approx(inactive / 3)


def test_the_threshold_of_a_split_share_is_that_of_everybody() -> None:
    frame = order_days(VISITS, region=["a", "a", "a", None, None, "a"])
    found = inactive_share(frame, as_of=AS_OF, by=["region"], quantile=0.4, minimum=1)
    assert found.select("region", "hiatus_days", "customers", "inactive").rows() == [("a", 10, 2, 0), (None, 10, 1, 1)]
    assert hiatus_threshold(frame, as_of=AS_OF, quantile=0.4) == 10


def test_change_of_the_inactive_share() -> None:
    old, fresh = "2025-06-01", "2026-01-30"
    now, before = (
        inactive_sums(
            order_days([(k + shift, old if k < gone else fresh) for k in range(n)]), as_of=AS_OF, hiatus_days=30
        )
        for shift, gone, n in ((0, 56, 70), (100, 48, 80))
    )
    assert paired_change(now, before).row(0) == pytest.approx((0.2, 0.0524, 0.3339), abs=0.00005)


def test_the_curve_of_gaps_counts_ended_and_open_ones() -> None:
    curve = gap_curve(order_days(VISITS), as_of=AS_OF, minimum=0)
    assert dict(curve.schema) == GAP_TYPES
    shown = {row["elapsed"]: row for row in curve.iter_rows(named=True)}
    assert list(shown) == list(range(28))
    # gaps 2, 10, 27 ended; 1, 2, 20 are open
    assert [(shown[at]["ended"], shown[at]["at_risk"]) for at in (0, 1, 2, 10, 20, 27)] == [
        (0, 6),
        (0, 5),
        (1, 3),
        (2, 2),
        (2, 1),
        (3, 0),
    ]
    assert shown[2]["ended_share"] == pytest.approx(1 / 5)
    assert shown[10]["ended_share"] == pytest.approx(1 - 4 / 5 * 2 / 3)
    assert shown[27]["ended_share"] == 1


def test_the_curve_of_gaps_is_empty_without_orders_and_withheld_below_the_minimum() -> None:
    assert gap_curve(order_days([]), as_of=AS_OF).height == 0
    assert gap_curve(order_days(VISITS), as_of=AS_OF)["ended_share"].null_count() == 28


@law
@given(visits())
def test_the_threshold_is_where_the_curve_reaches_its_share(rows) -> None:
    curve = dict(gap_curve(lazy(rows), as_of=LAW_AS_OF, minimum=0).select("elapsed", "ended_share").iter_rows())
    (found,) = hiatus(lazy(rows), as_of=LAW_AS_OF).iter_rows(named=True)
    if found["basis"] is None:
        return
    wanted = 0.8 if found["basis"] == "all_gaps" else 0.8 * found["ended_share"]
    assert curve[found["hiatus_days"]] >= wanted - 1e-12
    assert found["hiatus_days"] == 0 or curve[found["hiatus_days"] - 1] < wanted + 1e-12
