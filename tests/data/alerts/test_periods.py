"""Which period is the last complete one, and that its code names it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.alerts.periods import UNITS, Period, holding, last_complete

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2199, 1, 1))


@pytest.mark.parametrize(
    ("last", "unit", "code", "end"),
    [
        ("2026-03-30", "month", "2026-02", "2026-02-28"),
        ("2026-03-31", "month", "2026-03", "2026-03-31"),
        ("2026-04-01", "month", "2026-03", "2026-03-31"),
        ("2026-01-15", "month", "2025-12", "2025-12-31"),
        ("2026-03-30", "quarter", "2025-Q4", "2025-12-31"),
        ("2026-03-31", "quarter", "2026-Q1", "2026-03-31"),
        ("2026-01-04", "week", "2026-W01", "2026-01-04"),  # a Sunday; the week began in 2025
        ("2026-01-03", "week", "2025-W52", "2025-12-28"),
        ("2024-02-29", "day", "2024-02-29", "2024-02-29"),
    ],
)
def test_last_complete(last: str, unit: str, code: str, end: str) -> None:
    period = last_complete(dt.date.fromisoformat(last), unit)
    assert (period.code, period.end.isoformat()) == (code, end)


@given(DAYS, st.sampled_from(UNITS), st.integers(-30, 30))
def test_a_code_names_one_period_and_periods_leave_no_gap(day: dt.date, unit: str, steps: int) -> None:
    period = holding(day, unit)
    assert period.start <= day <= period.end
    assert Period.of_code(period.code) == period
    assert period.moved(steps).moved(-steps) == period
    assert period.before.end + dt.timedelta(days=1) == period.start


@given(DAYS, st.sampled_from(UNITS))
def test_nothing_is_complete_before_its_last_day(day: dt.date, unit: str) -> None:
    period = last_complete(day, unit)
    assert period.end <= day < period.moved(1).end
