"""Calendar periods: what they are called, where they begin and end, and how a metric argument is checked against a list."""

import datetime as dt
from collections.abc import Collection

import polars as pl

# Name → how long, in the notation that Polars and Narwhals share. Weeks begin on Monday.
EVERY = {"week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS_PER_WEEK = 7
MOST = 36_525  # days in a century: more days, weeks or months than any question is about


def checked(name: str, value: str, allowed: Collection[str]) -> str:
    """The value, when it is among those allowed; else ValueError names the argument, the value and the list."""
    if value not in allowed:
        raise ValueError(f"{name} is “{value}”; it must be one of {', '.join(allowed)}.")
    return value


def at_least(name: str, value: int, least: int) -> int:
    """The value, when it lies between the least and MOST; else ValueError names the argument, the value and the bound."""
    if value < least:
        raise ValueError(f"{name} is {value}; it must be {least} or more.")
    if value > MOST:
        raise ValueError(f"{name} is {value}; it must be {MOST} or less.")
    return value


def start_of(day: dt.date, period: str) -> dt.date:
    """The first day of the period that the day lies in."""
    if period == "week":
        return day - dt.timedelta(days=day.weekday())
    months = MONTHS[period]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def months_before(day: dt.date, months: int) -> dt.date:
    """The first day of the month that lies so many months before the day's own."""
    index = day.year * 12 + day.month - 1 - months
    return dt.date(index // 12, index % 12 + 1, 1)


def periods_before(day: dt.date, period: str, count: int) -> dt.date:
    """The first day of the period that lies so many periods before the day's own."""
    if period == "week":
        return start_of(day, period) - dt.timedelta(weeks=count)
    return months_before(start_of(day, period), MONTHS[period] * count)


def length(period: str, count: int) -> str:
    """So many periods in the notation that Polars and Narwhals share, by units that every engine can add to a date."""
    return f"{DAYS_PER_WEEK * count}d" if period == "week" else f"{MONTHS[period] * count}mo"


def calendar(first: dt.date, last: dt.date, period: str) -> pl.DataFrame:
    """One row per period from the one that holds `first` to the one that holds `last`: start, end (its last day), index (from 0)."""
    every = EVERY[period]
    starts = pl.date_range(start_of(first, period), start_of(last, period), every, eager=True).alias("start")
    return pl.select(start=starts, end=starts.dt.offset_by(every).dt.offset_by("-1d")).with_columns(
        index=pl.int_range(pl.len(), dtype=pl.Int64)
    )
