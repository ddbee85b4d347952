"""What a metric says for the view, in the units that people read: the number, its interval and n, its change, its last months.

Shares become percent here and changes of shares percentage points; nothing else is computed outside the metric functions.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl

from data.ask import Question, find
from metrics.nps import nps_change
from metrics.repeat_rate import repeat_rate_change
from metrics.retention import retention_at, retention_change, retention_trend
from metrics.satisfaction import ces_change, csat_change
from metrics.texts import N_
from metrics.verdict import Verdict, verdict
from pages.shared import cached, periods
from pages.shared.view import View

SPARK_MONTHS = 12
RETENTION_MONTH = 3
RETENTION_MINIMUM = 30  # customers, of one cohort or of several together, below which their share is withheld

Points = tuple[list[float | None], list[float | None], list[float | None]]


@dataclass(frozen=True)
class Reading:
    """One number with all that belongs to it; None where it is withheld, not known or not asked for."""

    metric: str
    name: str  # to be translated
    noun: str  # what n counts: answers, customers or members
    percent: bool
    value: float | None
    low: float | None
    high: float | None
    n: int
    minimum: int
    change: float | None
    change_low: float | None
    change_high: float | None
    before: float | None
    verdict: Verdict
    months: Points
    source: str = ""  # the data that it needs, for `states.missing`, where that is not its noun
    currency: str | None = None  # of money; a plain number when None, or when the data name none
    money: bool = False
    compares: bool = True  # whether a change can be told at all; else the card is silent about it
    withheld: tuple[str, str] | None = None  # why there is no value and what to do, to be translated; else too few

    @property
    def rising(self) -> bool:
        return (self.change or 0) > 0

    @property
    def half_width(self) -> float | None:
        """How far the interval of the change reaches from the change, to its further end."""
        if self.change is None or self.change_low is None or self.change_high is None:
            return None
        return max(self.change_high - self.change, self.change - self.change_low)


NPS, REPEAT, RETENTION = N_("NPS"), N_("Repeat rate"), N_("Month-3 retention")
VALUE = N_("52-week CLV")
CSAT, CES, INACTIVE = N_("CSAT"), N_("CES: found it easy"), N_("Inactive share")
UPGRADES = N_("Upgrade rate")
IN_SENTENCE = {
    NPS: NPS,
    CSAT: CSAT,
    CES: N_("CES"),
    REPEAT: N_("repeat rate"),
    RETENTION: N_("month-3 retention"),
    VALUE: N_("customer value over 52 weeks"),
    INACTIVE: N_("inactive share"),
    UPGRADES: N_("upgrade rate"),
}


def nps(view: View, *, weighted: bool = False) -> Reading:
    """The score of the period."""
    return _of_answers(view, "nps", NPS, "nps", nps_change, weighted=weighted)


def csat(view: View) -> Reading:
    """The share of satisfied answers in the period."""
    return replace(_of_answers(view, "csat", CSAT, "csat", csat_change), source="csat")


def ces(view: View) -> Reading:
    """The share of answers in the period that say it was easy."""
    return replace(_of_answers(view, "ces", CES, "easy_share", ces_change), source="ces")


def _of_answers(
    view: View, metric: str, name: str, column: str, change: Callable[..., pl.DataFrame], **arguments: object
) -> Reading:
    now = cached.answer(metric, view.question, **arguments)
    before = cached.answer(metric, view.before, **arguments) if view.before else None
    months = view.asked(*periods.back(view.end, SPARK_MONTHS))
    trend = cached.answer(f"{metric}_trend", months, **arguments)
    moved = change(now, before) if before is not None else None
    return _reading(metric, name, "answers", column, "n", now, before, moved, trend)


def repeat_rate(view: View) -> Reading:
    """The rate of the period; its months are trailing windows as long as the period, when that is whole months."""
    now = cached.answer("repeat_rate", view.question)
    before = cached.answer("repeat_rate", view.before) if view.before else None
    change = repeat_rate_change(now, before) if before is not None else None
    length = periods.MONTHS.get(periods.unit_of(view.start, view.end))
    ends = replace(view.question, as_of=min(view.end, view.as_of))
    trend = cached.answer("repeat_rate_trend", ends, window_months=length) if length else None
    return _reading("repeat_rate", REPEAT, "customers", "repeat_rate", "buyers", now, before, change, trend)


def retention(view: View) -> Reading:
    """Month-3 retention of the cohorts whose third month lies in the period, pooled."""
    now = _retention_in(view.question)
    before = _retention_in(view.before) if view.before else None
    change = retention_change(now, before) if before is not None else None
    first, last = periods.earlier(*periods.back(view.end, SPARK_MONTHS), RETENTION_MONTH)
    triangle = cached.answer("retention", view.asked(first, last))
    trend = retention_trend(triangle, period=RETENTION_MONTH, cohorts=SPARK_MONTHS, minimum=RETENTION_MINIMUM)
    return replace(
        _reading("retention", RETENTION, "customers", "retention", "customers", now, before, change, trend),
        minimum=RETENTION_MINIMUM,
    )


def _retention_in(question: Question) -> pl.DataFrame:
    cohorts = periods.earlier(question.start, question.end, RETENTION_MONTH)
    triangle = cached.answer("retention", replace(question, start=cohorts[0], end=cohorts[1]))
    return retention_at(
        triangle,
        period=RETENTION_MONTH,
        cohorts_from=cohorts[0],
        cohorts_to=cohorts[1],
        minimum=RETENTION_MINIMUM,
    )


def _reading(
    metric: str,
    name: str,
    noun: str,
    column: str,
    n: str,
    now: pl.DataFrame,
    before: pl.DataFrame | None,
    change: pl.DataFrame | None,
    trend: pl.DataFrame | None,
) -> Reading:
    percent = column != "nps"
    scale = 100 if percent else 1
    row = now.row(0, named=True)
    moved = change.row(0, named=True) if change is not None else dict.fromkeys(("change", "low", "high"))
    earlier = before.row(0, named=True)[column] if before is not None else None

    def scaled(value: float | None) -> float | None:
        return None if value is None else scale * value

    low, high = scaled(moved["low"]), scaled(moved["high"])
    months: Points = ([], [], [])
    if trend is not None:
        shown = trend.filter("complete") if "complete" in trend.columns else trend
        months = tuple([scaled(value) for value in shown[name]] for name in (column, "low", "high"))  # type: ignore[assignment]
    return Reading(
        metric=metric,
        name=name,
        noun=noun,
        percent=percent,
        value=scaled(row[column]),
        low=scaled(row["low"]),
        high=scaled(row["high"]),
        n=row[n] or 0,
        minimum=_minimum(metric),
        change=scaled(moved["change"]),
        change_low=low,
        change_high=high,
        before=scaled(earlier),
        verdict=verdict(low, high, find(metric).higher_is_better),
        months=months,
    )


def _minimum(metric: str) -> int:
    return int(find(metric).arguments["minimum"].default)
