"""Periods: what two dates make, what lies before them, and which one is the default."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.shared.words import periods

D = dt.date.fromisoformat


@pytest.mark.parametrize(
    ("start", "end", "unit", "before", "year_before"),
    [
        ("2026-06-01", "2026-06-30", "month", ("2026-05-01", "2026-05-31"), ("2025-06-01", "2025-06-30")),
        ("2024-02-01", "2024-02-29", "month", ("2024-01-01", "2024-01-31"), ("2023-02-01", "2023-02-28")),
        ("2026-01-01", "2026-03-31", "quarter", ("2025-10-01", "2025-12-31"), ("2025-01-01", "2025-03-31")),
        ("2026-01-01", "2026-12-31", "year", ("2025-01-01", "2025-12-31"), ("2025-01-01", "2025-12-31")),
        ("2026-02-01", "2026-03-31", "own", ("2025-12-01", "2026-01-31"), ("2025-02-01", "2025-03-31")),
        ("2026-04-06", "2026-04-12", "own", ("2026-03-30", "2026-04-05"), ("2025-04-06", "2025-04-12")),
        ("2024-02-29", "2024-02-29", "own", ("2024-02-28", "2024-02-28"), ("2023-02-28", "2023-02-28")),
    ],
)
def test_what_lies_before(
    start: str, end: str, unit: str, before: tuple[str, str], year_before: tuple[str, str]
) -> None:
    dates = D(start), D(end)
    assert periods.unit_of(*dates) == unit
    assert periods.shifted(*dates, -1) == (D(before[0]), D(before[1]))
    assert periods.year_before(*dates) == (D(year_before[0]), D(year_before[1]))


@given(st.dates(dt.date(2000, 1, 1), dt.date(2030, 12, 31)), st.integers(0, 500), st.integers(-6, 6))
def test_moving_there_and_back_changes_nothing(start: dt.date, days: int, steps: int) -> None:
    dates = start, start + dt.timedelta(days=days)
    there = periods.shifted(*dates, steps)
    if _whole_months(*dates) == _whole_months(*there):  # days that happen to be months become such
        assert periods.shifted(*there, -steps) == dates


def _whole_months(start: dt.date, end: dt.date) -> bool:
    return start.day == 1 and (end + dt.timedelta(days=1)).day == 1


@given(st.dates(dt.date(2000, 1, 1), dt.date(2030, 12, 31)), st.integers(0, 500))
def test_the_period_before_ends_the_day_before(start: dt.date, days: int) -> None:
    assert periods.shifted(start, start + dt.timedelta(days=days), -1)[1] == start - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "as_of", "dates"),
    [
        ("2026-07-01", "2026-07-18", ("2026-07-01", "2026-09-30")),  # nothing has ended yet
        ("2023-07-19", "2026-07-18", ("2026-04-01", "2026-06-30")),
        ("1997-01-01", "1998-06-30", ("1998-04-01", "1998-06-30")),  # the quarter ends on the very day
    ],
)
def test_the_default(first: str, as_of: str, dates: tuple[str, str]) -> None:
    assert periods.default(D(first), D(as_of)) == (D(dates[0]), D(dates[1]))


@pytest.mark.parametrize(
    ("as_of", "until"),
    [("2026-07-18", "2026-07-18"), ("2026-06-30", "2026-06-30"), ("2026-12-01", "2026-06-30")],
)
def test_a_trend_goes_on_only_when_nothing_complete_follows(as_of: str, until: str) -> None:
    assert periods.up_to(D("2026-04-01"), D("2026-06-30"), D(as_of)) == D(until)


def test_back_counts_the_last_one() -> None:
    assert periods.back(D("2026-06-30"), 12) == (D("2025-07-01"), D("2026-06-30"))
    assert periods.back(D("2026-06-30"), 8, "quarter") == (D("2024-07-01"), D("2026-06-30"))


@pytest.mark.parametrize(
    ("last", "as_of", "first"),
    [
        ("2026-07-18", "2026-07-18", "2025-07-01"),  # the running month, besides twelve
        ("2026-06-30", "2026-06-30", "2025-07-01"),  # it has ended on the very day
        ("2026-06-30", "2026-07-18", "2025-07-01"),
    ],
)
def test_a_running_month_is_shown_besides(last: str, as_of: str, first: str) -> None:
    assert periods.through_running(D(last), D(as_of), 12) == (D(first), D(last))


@pytest.mark.parametrize(
    ("code", "last", "start", "end"),
    [
        ("30d", "2026-07-18", "2026-06-19", "2026-07-18"),
        ("90d", "2026-07-18", "2026-04-20", "2026-07-18"),
        ("week", "2026-07-18", "2026-07-06", "2026-07-12"),  # a Saturday: the week that runs has not ended
        ("week", "2026-07-19", "2026-07-13", "2026-07-19"),
        ("mtd", "2026-07-18", "2026-07-01", "2026-07-31"),
        ("qtd", "2026-07-18", "2026-07-01", "2026-09-30"),
        ("ytd", "2026-07-18", "2026-01-01", "2026-12-31"),
        ("12m", "2026-07-18", "2025-07-19", "2026-07-18"),
        ("12m", "2026-06-30", "2025-07-01", "2026-06-30"),
        ("12m", "2024-02-28", "2023-03-01", "2024-02-28"),
        ("12m", "2024-02-29", "2023-03-01", "2024-02-29"),
        ("12m", "2025-02-28", "2024-03-01", "2025-02-28"),
        ("fiscal", "2026-07-18", "2026-04-01", "2027-03-31"),
        ("fiscal", "2026-03-31", "2025-04-01", "2026-03-31"),
        ("fiscal_before", "2026-07-18", "2025-04-01", "2026-03-31"),
    ],
)
def test_presets_are_counted_from_the_last_day(code: str, last: str, start: str, end: str) -> None:
    assert periods.preset(code, D(last), fiscal_month=4) == (D(start), D(end))


@pytest.mark.parametrize(
    ("last", "start"), [("2026-07-18", "2026-07-12"), ("2026-07-17", "2026-07-05"), ("2026-07-19", "2026-07-12")]
)
def test_weeks_may_begin_on_sunday(last: str, start: str) -> None:
    begin, end = periods.preset("week", D(last), week_start=6)
    assert (begin, (end - begin).days) == (D(start), 6)


def test_a_preset_is_known_by_its_dates() -> None:
    offered = {code: periods.preset(code, D("2026-07-18")) for code in periods.PRESETS}
    assert periods.preset_of(D("2026-07-19"), D("2026-07-19"), {}) is None
    assert periods.preset_of(D("2026-06-19"), D("2026-07-18"), offered) == "30d"
    assert (
        periods.preset_of(D("2026-01-01"), D("2026-12-31"), offered) == "ytd"
    )  # also the fiscal year that begins in January
