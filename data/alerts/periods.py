"""The periods that alerts are judged by: days, weeks, months, quarters, each with the code under which its delivery is kept."""

import datetime as dt
from dataclasses import dataclass

from metrics.engine.periods import months_before, start_of

UNITS = ("day", "week", "month", "quarter")
MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Period:
    """A whole day, week (from Monday), month or quarter, by its first day."""

    unit: str
    start: dt.date

    @property
    def end(self) -> dt.date:
        """The last day."""
        return self.moved(1).start - dt.timedelta(days=1)

    @property
    def before(self) -> "Period":
        """The period before this one."""
        return self.moved(-1)

    def moved(self, steps: int) -> "Period":
        """The period so many later (negative: earlier)."""
        if self.unit in MONTHS:
            return Period(self.unit, months_before(self.start, -MONTHS[self.unit] * steps))
        return Period(self.unit, self.start + dt.timedelta(days=steps * (7 if self.unit == "week" else 1)))

    @property
    def code(self) -> str:
        """2026-03-31, 2026-W13, 2026-03 or 2026-Q1: what it is called in the file, alike in all languages."""
        if self.unit == "week":
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02}"
        if self.unit == "quarter":
            return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
        return f"{self.start:%Y-%m}" if self.unit == "month" else self.start.isoformat()

    @classmethod
    def of_code(cls, code: str) -> "Period":
        """The period that a code names; ValueError for any other text."""
        if "-W" in code:
            year, week = code.split("-W")
            return cls("week", dt.date.fromisocalendar(int(year), int(week), 1))
        if "-Q" in code:
            year, quarter = code.split("-Q")
            return cls("quarter", dt.date(int(year), 3 * int(quarter) - 2, 1))
        if len(code) == len("2026-03"):
            return cls("month", dt.date.fromisoformat(f"{code}-01"))
        return cls("day", dt.date.fromisoformat(code))


def holding(day: dt.date, unit: str) -> Period:
    """The period of the unit that holds the day."""
    return Period(unit, day if unit == "day" else start_of(day, unit))


def last_complete(last: dt.date, unit: str) -> Period:
    """The newest period that ended on or before the day."""
    period = holding(last, unit)
    return period if period.end <= last else period.before
