"""Periods as numbers, for engines, are the periods of the calendar."""

import datetime as dt

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.engine.periods import EVERY, start_of
from metrics.engine.reduce import first_day, period_number


def first_days(days: list[dt.date], period: str) -> list[dt.date]:
    frame = nw.from_native(pl.DataFrame({"day": days}, schema={"day": pl.Date}))
    numbers = frame.with_columns(number=period_number(nw.col("day"), period)).to_native()
    return numbers.select(first_day(pl.col("number"), period).alias("first"))["first"].to_list()


@pytest.mark.parametrize("period", EVERY)
def test_no_day_has_no_period(period: str) -> None:
    assert first_days([], period) == []


@pytest.mark.parametrize("period", EVERY)
@given(days=st.lists(st.dates(dt.date(1, 1, 8), dt.date(9999, 12, 31)), min_size=1))
def test_the_first_day_is_that_of_the_calendar(period: str, days: list[dt.date]) -> None:
    assert first_days(days, period) == [start_of(day, period) for day in days]


@pytest.mark.parametrize("period", EVERY)
@given(day=st.dates(dt.date(1, 1, 8), dt.date(9999, 12, 30)))
def test_numbers_go_up_by_one(period: str, day: dt.date) -> None:
    later = day + dt.timedelta(days=1)
    frame = nw.from_native(pl.DataFrame({"day": [day, later]}))
    now, then = frame.select(period_number(nw.col("day"), period)).to_native().to_series().to_list()
    assert then - now == (start_of(later, period) != start_of(day, period))
