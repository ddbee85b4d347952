"""Laws of waiting times that hold for every input."""

import datetime as dt

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from metrics.engine.rollups import with_neighbours
from metrics.statistics.survival import kaplan_meier, repeat_curve
from tests.metrics.frames import lazy, order_day_rows
from tests.metrics.test_laws import REGIONS, confidences, holds, law

AS_OF = dt.date(2026, 6, 10)
FIRST = dt.date(2026, 1, 1)


@st.composite
def visits(draw: st.DrawFn) -> pl.DataFrame:
    """Up to 50 days with an order, of up to 12 customers, each with one region."""
    days = st.integers(0, (AS_OF - FIRST).days).map(lambda number: str(FIRST + dt.timedelta(days=number)))
    rows = sorted(draw(st.sets(st.tuples(st.integers(1, 12), days), max_size=50)))
    return order_day_rows(rows, region=pl.Series([REGIONS[key % 3] for key, _ in rows], dtype=pl.String))


@law
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5), st.integers(0, 5)), max_size=12), confidences)
def test_a_curve_falls_from_1_within_its_interval_and_loses_whom_it_counts(
    rows: list[tuple[int, int, int]], confidence: float
) -> None:
    waits = pl.DataFrame(rows, schema={"time": pl.Int64, "events": pl.Int64, "censored": pl.Int64}, orient="row")
    waits = waits.filter(pl.col("events") + pl.col("censored") > 0)
    curve = kaplan_meier(waits, confidence=confidence)
    assert curve.filter(~pl.col("survival").is_between(0, 1)).is_empty()
    assert curve["survival"].is_sorted(descending=True)
    holds(curve.drop_nulls("low"), "survival", 0, 1)
    lost = pl.col("events") + pl.col("censored")
    assert (curve["at_risk"] - curve["at_risk"].shift(-1, fill_value=0)).to_list() == curve.select(
        lost
    ).to_series().to_list()
    assert_frame_equal(kaplan_meier(waits.reverse(), confidence=confidence), curve)


@law
@given(visits())
def test_the_curve_of_second_orders_never_falls_and_counts_every_customer(rows: pl.DataFrame) -> None:
    curve = repeat_curve(lazy(rows), as_of=AS_OF, unit="day", minimum=0)
    assert curve.filter(~pl.col("repeat_share").is_between(0, 1)).is_empty()
    assert curve["repeat_share"].is_sorted()
    assert curve["second_orders"].is_sorted()
    assert curve["customers"].eq(rows["customer_key"].n_unique()).all()
    last = curve.tail(1).select("second_orders", "at_risk").rows()
    assert last in ([], [((rows.group_by("customer_key").len()["len"] >= 2).sum(), 0)])


@law
@given(visits(), st.randoms(use_true_random=False))
def test_row_order_changes_nothing_and_groups_add_up(rows: pl.DataFrame, random) -> None:
    places = list(range(rows.height))
    random.shuffle(places)
    for by in ([], ["region"]):
        found, expected = (repeat_curve(lazy(r), as_of=AS_OF, minimum=0, by=by) for r in (rows[places], rows))
        assert_frame_equal(found, expected, check_exact=True)
    groups = repeat_curve(lazy(rows), as_of=AS_OF, minimum=0, by=["region"])
    first = pl.col("elapsed") == 0
    whole = repeat_curve(lazy(rows), as_of=AS_OF, minimum=0)
    assert groups.filter(first)["customers"].sum() == whole.filter(first)["customers"].sum()


@law
@given(visits(), st.dates(FIRST, AS_OF))
def test_saved_neighbours_change_nothing(rows: pl.DataFrame, as_of: dt.date) -> None:
    asked = {"as_of": as_of, "unit": "day", "minimum": 0, "by": ["region"]}
    expected = repeat_curve(lazy(rows), **asked)
    assert_frame_equal(repeat_curve(with_neighbours(lazy(rows)), **asked), expected)
