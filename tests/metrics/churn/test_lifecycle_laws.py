"""Laws of the lifecycle that hold for every input."""

import datetime as dt

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from metrics.churn.hiatus import hiatus, inactive_share
from metrics.churn.lifecycle import inactive_share_trend, lifecycle
from metrics.engine.periods import EVERY, calendar, start_of
from metrics.engine.rollups import with_neighbours
from metrics.retention.rolling import rolling_retention
from tests.metrics.frames import lazy
from tests.metrics.statistics.test_survival_laws import AS_OF, FIRST, visits
from tests.metrics.test_laws import holds, law

DATES = {"as_of": AS_OF, "start": FIRST, "end": AS_OF}
PERIODS, THRESHOLDS = st.sampled_from(list(EVERY)), st.integers(1, 120)


def active_at(rows: pl.DataFrame, end: dt.date, days: int) -> int:
    """Customers with an order in the `days` days before `end`, or on it."""
    recent = pl.col("day").is_between(end - dt.timedelta(days=days), end)
    return rows.filter(recent)["customer_key"].n_unique()


@law
@given(visits(), PERIODS, THRESHOLDS)
def test_new_plus_resurrected_minus_dormant_is_the_net_change_of_actives(
    rows: pl.DataFrame, period: str, days: int
) -> None:
    result = lifecycle(lazy(rows), **DATES, period=period, hiatus_days=days, stock=True)
    before = 0
    ends = dict(calendar(FIRST, AS_OF, period).select("start", "end").iter_rows())
    for row in result.iter_rows(named=True):
        active = active_at(rows, min(ends[row["period"]], AS_OF), days)
        assert row["new"] + row["resurrected"] - row["dormant"] == active - before
        assert row["active"] == active
        before = active


@law
@given(visits(), PERIODS, THRESHOLDS, st.dates(FIRST, AS_OF + dt.timedelta(days=40)))
def test_what_is_asked_for_is_the_same_part_of_the_whole(
    rows: pl.DataFrame, period: str, days: int, start: dt.date
) -> None:
    asked = {"as_of": AS_OF, "end": AS_OF, "period": period, "hiatus_days": days, "stock": True, "by": ["region"]}
    whole = lifecycle(lazy(rows), start=FIRST, **asked).filter(pl.col("period") >= start_of(start, period))
    assert_frame_equal(lifecycle(lazy(rows), start=start, **asked), whole)


@law
@given(visits(), PERIODS, THRESHOLDS)
def test_new_returning_and_resurrected_are_all_who_ordered(rows: pl.DataFrame, period: str, days: int) -> None:
    result = lifecycle(lazy(rows), **DATES, period=period, hiatus_days=days)
    buyers = rows.group_by(period=pl.col("day").dt.truncate(EVERY[period])).agg(
        buyers=pl.col("customer_key").n_unique().cast(pl.Int64)
    )
    found = result.select("period", buyers=pl.sum_horizontal("new", "returning", "resurrected"))
    assert_frame_equal(found.filter(pl.col("buyers") > 0), buyers.sort("period"))
    assert result["new"].sum() == rows["customer_key"].n_unique()


@law
@given(visits(), THRESHOLDS)
def test_the_trend_ends_with_the_share_at_as_of(rows: pl.DataFrame, days: int) -> None:
    options = {"hiatus_days": days, "minimum": 0}
    trend = inactive_share_trend(lazy(rows), **DATES, **options)
    holds(trend, "inactive_share", 0, 1)
    if rows.height:
        assert_frame_equal(trend.tail(1).drop("period", "complete"), inactive_share(lazy(rows), as_of=AS_OF, **options))


@law
@given(visits(), st.floats(0.01, 0.99))
def test_the_threshold_is_a_gap_that_was_seen_and_by_then_so_many_have_ended(
    rows: pl.DataFrame, quantile: float
) -> None:
    row = hiatus(lazy(rows), as_of=AS_OF, quantile=quantile, minimum=0).row(0, named=True)
    following = pl.col("day").shift(-1).over("customer_key", order_by="day")
    ended = rows.select(gap=(following - pl.col("day")).dt.total_days()).drop_nulls()["gap"]
    assert (row["hiatus_days"] is None) == ended.is_empty()
    assert row["hiatus_days"] is None or row["hiatus_days"] in ended.to_list()
    assert (row["gaps"], row["open_gaps"]) == (rows.height, rows["customer_key"].n_unique())
    assert row["came_back"] <= row["flagged"]


@law
@given(visits(), THRESHOLDS, st.randoms(use_true_random=False))
def test_row_order_changes_nothing_and_groups_add_up(rows: pl.DataFrame, days: int, random) -> None:
    places = list(range(rows.height))
    random.shuffle(places)
    options = {**DATES, "hiatus_days": days, "stock": True}
    shuffled, groups = (lifecycle(lazy(r), **options, by=["region"]) for r in (rows[places], rows))
    assert_frame_equal(shuffled, groups, check_exact=True)
    sums = ["new", "returning", "resurrected", "dormant", "active"]
    whole = lifecycle(lazy(rows), **options)
    assert_frame_equal(groups.group_by("period").agg(pl.col(sums).sum()).sort("period"), whole.select("period", *sums))
    parts = hiatus(lazy(rows), as_of=AS_OF, hiatus_days=days, by=["region"])
    counts = ["gaps", "open_gaps", "flagged", "came_back"]
    assert_frame_equal(
        parts.select(pl.col(counts).sum()), hiatus(lazy(rows), as_of=AS_OF, hiatus_days=days).select(counts)
    )


@law
@given(visits(), st.dates(FIRST, AS_OF))
def test_saved_neighbours_change_nothing(rows: pl.DataFrame, as_of: dt.date) -> None:
    """They may know of orders after `as_of`, which must not be seen."""
    saved = with_neighbours(lazy(rows))
    assert_frame_equal(hiatus(saved, as_of=as_of), hiatus(lazy(rows), as_of=as_of))
    dates = {"as_of": as_of, "start": FIRST, "end": AS_OF, "stock": True}
    assert_frame_equal(lifecycle(saved, **dates), lifecycle(lazy(rows), **dates))
    for kind in ("on", "on_or_after"):
        windows = {"as_of": as_of, "kind": kind}
        assert_frame_equal(rolling_retention(saved, **windows), rolling_retention(lazy(rows), **windows))
