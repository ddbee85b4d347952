"""What the rule for falling silent says for the view: its days, and the share of customers who are inactive by it, as a reading."""

import datetime as dt
from dataclasses import dataclass, replace

import polars as pl

from data.ask import Question, find
from metrics.hiatus import inactive_share_change
from metrics.verdict import verdict
from pages.shared import cached, periods
from pages.shared.readings import INACTIVE, SPARK_MONTHS, Points, Reading
from pages.shared.view import View

MINIMUM = int(find("inactive_share").arguments["minimum"].default)
DAYS_UNTIL_STEADY = 365  # that the data must reach back before a share is compared
QUANTILE_PERCENT = 80  # where the page has no choice of it


@dataclass(frozen=True)
class Threshold:
    """After how many days without an order a customer counts as inactive (None: not known), and the row of `hiatus` about it."""

    days: int | None
    quantile_percent: int
    row: dict


def threshold(view: View) -> Threshold:
    """The rule of the view: from the gaps of all customers up to the as-of date, or days of one's own.

    Filters do not change it: a group that is told to be gone by its own habit could not be compared with another.
    """
    own = int(view.options["hiatus"]) if view.options.get("threshold") == "own" else 0
    percent = int(view.options.get("quantile", QUANTILE_PERCENT))
    row = cached.answer("hiatus", everybody(view), hiatus_days=own, quantile=percent / 100).row(0, named=True)
    return Threshold(row["hiatus_days"], percent, row)


def everybody(view: View) -> Question:
    """All customers up to the as-of date; the period plays no part."""
    return Question(view.as_of, view.as_of, view.as_of)


def young(view: View) -> bool:
    """Whether the data begin so shortly before the period compared with that the share rises by itself: nobody is inactive at first."""
    first = cached.extent().orders_first
    return view.before is None or first is None or view.before.end - first < dt.timedelta(days=DAYS_UNTIL_STEADY)


def inactive(view: View) -> Reading:
    """The share of customers who are inactive at the end of the period, by one threshold for all dates; lower is better. While the data
    are young it is not compared."""
    days = threshold(view).days
    if days is None:
        known = cached.answer("inactive_share", _at(view.question))
        return _reading(known, None, None, ([], [], []))
    now = share_at_end(view.question, days)
    before = share_at_end(view.before, days) if view.before else None
    change = inactive_share_change(now, before) if before is not None else None
    return replace(_reading(now, before, change, _months(view, days)), compares=not young(view))


def share_at_end(question: Question, days: int) -> pl.DataFrame:
    """`inactive_share` at the end of the question's period."""
    return cached.answer("inactive_share", _at(question), hiatus_days=days)


def _at(question: Question) -> Question:
    """The question as of the end of its period: nothing after it is seen."""
    end = min(question.end, question.as_of)
    return replace(question, start=end, end=end, as_of=end)


def _months(view: View, days: int) -> Points:
    dates = periods.back(view.end, SPARK_MONTHS)
    trend = cached.answer("inactive_share_trend", view.asked(*dates), hiatus_days=days)
    ended = trend.filter("complete")
    return tuple(_scaled(ended[name].to_list()) for name in ("inactive_share", "low", "high"))  # type: ignore[return-value]


def _scaled(shares: list[float | None]) -> list[float | None]:
    return [None if share is None else 100 * share for share in shares]


def _reading(now: pl.DataFrame, before: pl.DataFrame | None, change: pl.DataFrame | None, months: Points) -> Reading:
    row = now.row(0, named=True)
    moved = change.row(0, named=True) if change is not None else dict.fromkeys(("change", "low", "high"))
    value, low, high = _scaled([row["inactive_share"], row["low"], row["high"]])
    shift, change_low, change_high = _scaled([moved["change"], moved["low"], moved["high"]])
    (earlier,) = _scaled([before["inactive_share"][0] if before is not None else None])
    return Reading(
        metric="inactive_share",
        name=INACTIVE,
        noun="customers",
        percent=True,
        value=value,
        low=low,
        high=high,
        n=row["customers"] or 0,
        minimum=MINIMUM,
        change=shift,
        change_low=change_low,
        change_high=change_high,
        before=earlier,
        verdict=verdict(change_low, change_high, find("inactive_share").higher_is_better),
        months=months,
    )
