"""Periods of the calendar as the filter bar uses them: which unit two dates make, and what lies before them."""

import datetime as dt
from collections.abc import Mapping

from metrics.engine.periods import months_before, start_of

MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS_BACK = {"30d": 30, "90d": 90}
PRESETS = (*DAYS_BACK, "week", "mtd", "qtd", "ytd", "12m", "fiscal", "fiscal_before")
JANUARY, MONDAY = 1, 0
Dates = tuple[dt.date, dt.date]


def holding(day: dt.date, unit: str) -> Dates:
    """First and last day of the calendar month, quarter or year that holds the day."""
    start = start_of(day, unit)
    return start, months_before(start, -MONTHS[unit]) - dt.timedelta(days=1)


def unit_of(start: dt.date, end: dt.date) -> str:
    """The unit that the two dates make: month, quarter, year, or own."""
    return next((unit for unit in MONTHS if holding(start, unit) == (start, end)), "own")


def shifted(start: dt.date, end: dt.date, steps: int) -> Dates:
    """The period of the same unit so many steps later (negative: earlier); own dates move by their length."""
    unit = unit_of(start, end)
    if unit != "own":
        return holding(months_before(start, -MONTHS[unit] * steps), unit)
    whole_months = start.day == 1 and (end + dt.timedelta(days=1)).day == 1
    if whole_months:
        months = (end.year - start.year) * 12 + end.month - start.month + 1
        first = months_before(start, -months * steps)
        return first, months_before(first, -months) - dt.timedelta(days=1)
    days = ((end - start).days + 1) * steps
    return start + dt.timedelta(days=days), end + dt.timedelta(days=days)


def year_before(start: dt.date, end: dt.date) -> Dates:
    """The same dates one year earlier; the end of a month stays one."""
    last = end + dt.timedelta(days=1)
    if start.day == last.day == 1:
        return months_before(start, 12), months_before(last, 12) - dt.timedelta(days=1)
    return _minus_year(start), _minus_year(end)


def last_complete(as_of: dt.date, unit: str) -> Dates:
    """The newest month, quarter or year that has ended by the date."""
    start, end = holding(as_of, unit)
    return (start, end) if end <= as_of else shifted(start, end, -1)


def default(first: dt.date, as_of: dt.date) -> Dates:
    """The newest quarter that has ended; while the data began only after it, the quarter that is running."""
    start, end = last_complete(as_of, "quarter")
    return (start, end) if first <= end else holding(as_of, "quarter")


def back(end: dt.date, count: int, unit: str = "month") -> Dates:
    """The last `count` weeks, months, quarters or years up to the one that holds `end`: first day, and `end` itself."""
    if unit == "week":
        return start_of(end, unit) - dt.timedelta(weeks=count - 1), end
    return months_before(start_of(end, unit), (count - 1) * MONTHS[unit]), end


def through_running(last: dt.date, as_of: dt.date, months: int) -> Dates:
    """The last `months` months up to `last`, and the running one besides where `last` is the as-of date within a month."""
    running = last == as_of and last_complete(last, "month")[1] != last
    return back(last, months + running)


def earlier(start: dt.date, end: dt.date, months: int) -> Dates:
    """The whole months so many months before those that the two dates lie in."""
    return months_before(start, months), months_before(end, months - 1) - dt.timedelta(days=1)


def preset(code: str, last: dt.date, *, fiscal_month: int = JANUARY, week_start: int = MONDAY) -> Dates:
    """First and last day of a period that is counted from the last day of the data.

    "30d" and "90d" end on that day, and so do the twelve months of "12m". "mtd", "qtd", "ytd" and "fiscal" are the month, quarter, year and
    fiscal year that hold it, to their end: what has not come yet is not seen, and the comparison is with as many days. "week" is the newest
    whole week, "fiscal_before" the newest fiscal year that has ended. `fiscal_month` is 1 to 12; `week_start` 0 for Monday, 6 for Sunday.
    """
    if code in DAYS_BACK:
        return last - dt.timedelta(days=DAYS_BACK[code] - 1), last
    if code == "12m":
        return max(_minus_year(last) + dt.timedelta(days=1), _minus_year(last + dt.timedelta(days=1))), last
    if code == "week":
        end = last - dt.timedelta(days=(last.weekday() - week_start + 1) % 7)
        return end - dt.timedelta(days=6), end
    if code in ("fiscal", "fiscal_before"):
        start = last.replace(year=last.year - (last.month < fiscal_month), month=fiscal_month, day=1)
        start = months_before(start, 12) if code == "fiscal_before" else start
        return start, months_before(start, -12) - dt.timedelta(days=1)
    return holding(last, {"mtd": "month", "qtd": "quarter", "ytd": "year"}[code])


def preset_of(start: dt.date, end: dt.date, offered: Mapping[str, Dates]) -> str | None:
    """Which of the presets these dates are; the first where two are alike."""
    return next((code for code, dates in offered.items() if dates == (start, end)), None)


def _minus_year(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def up_to(start: dt.date, end: dt.date, as_of: dt.date) -> dt.date:
    """Where a trend around the period ends: with the data when nothing complete came after the period, else with the period."""
    unit = unit_of(start, end)
    newest = last_complete(as_of, "month" if unit == "own" else unit)
    return as_of if end >= newest[1] else end
