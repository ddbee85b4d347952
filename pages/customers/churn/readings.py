"""What the rule for falling silent says for the view: its days, and the share of customers who are inactive by it, as a reading."""

import datetime as dt
from dataclasses import dataclass, replace

import polars as pl

from data.questions.ask import Question, find
from data.questions.changes import change
from metrics.churn.hiatus import RARE_BASIS
from metrics.texts import N_
from pages.shared.readings.measures import at_end
from pages.shared.readings.readings import INACTIVE, SPARK_MONTHS, SURE, Reading, of_frames, surely
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import periods

MINIMUM = find("inactive_share").minimum
DAYS_UNTIL_STEADY = 365  # that the data must reach back before a share is compared
RARELY = (
    N_("Cannot be told"),
    N_("This shop’s customers rarely order again. The churn page takes a number of days of your own."),
)
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


def inactive(view: View, *, confidence: float = SURE) -> Reading:
    """The share of customers who are inactive at the end of the period, by one threshold for all dates; lower is better. While the data
    are young it is not compared."""
    rule = threshold(view)
    days = rule.days
    if days is None:
        known = _reading(cached.answer("inactive_share", at_end(view.question)), None, None, None)
        return replace(known, withheld=RARELY) if rule.row["basis"] == RARE_BASIS else known
    now = share_at_end(view.question, days)
    before = share_at_end(view.before, days) if view.before else None
    moved = None
    if view.before:
        asked = {"hiatus_days": days, **surely(confidence)}
        moved = cached.compared(change, "inactive_share", at_end(view.question), at_end(view.before), **asked)
    return replace(_reading(now, before, moved, _months(view, days)), compares=not young(view))


def share_at_end(question: Question, days: int) -> pl.DataFrame:
    """`inactive_share` at the end of the question's period."""
    return cached.answer("inactive_share", at_end(question), hiatus_days=days)


def _months(view: View, days: int) -> pl.DataFrame:
    dates = periods.back(view.end, SPARK_MONTHS)
    return cached.answer("inactive_share_trend", view.asked(*dates), hiatus_days=days)


def _reading(
    now: pl.DataFrame, before: pl.DataFrame | None, change: pl.DataFrame | None, trend: pl.DataFrame | None
) -> Reading:
    return of_frames("inactive_share", INACTIVE, "customers", "inactive_share", "customers", now, before, change, trend)
