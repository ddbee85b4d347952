"""What a metric says for the view, in the units that people read: the number, its interval and n, its change, its last months.

Shares become percent here and changes of shares percentage points; nothing else is computed outside the metric functions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from data.questions import changes
from data.questions.ask import Question, find
from metrics.metric import Kind, Metric, Noun
from metrics.retention.retention import retention_at, retention_trend
from metrics.statistics.verdict import Verdict, verdict
from metrics.texts import N_
from pages.shared.readings.measures import DIGITS, of_day, percent_points
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import periods
from pages.shared.words.texts import coins

SPARK_MONTHS = 12
RETENTION_MONTH = 3
SURE = 0.95  # of the interval of a change that stands alone
RETENTION_MINIMUM = 30  # customers, of one cohort or of several together, below which their share is withheld

Points = tuple[list[float | None], list[float | None], list[float | None]]


@dataclass(frozen=True)
class Reading:
    """One number with all that belongs to it; None where it is withheld, not known or not asked for."""

    metric: str
    name: str  # to be translated
    noun: Noun  # what n counts
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
    bounded: bool = True  # a total has no interval
    digits: int = 1  # of the value, where it is no money
    holds: str = ""  # what its interval takes for granted, to be translated, with {span} in it

    @property
    def rising(self) -> bool:
        return (self.change or 0) > 0

    @property
    def change_digits(self) -> int:
        """How many digits after the point its change is shown with."""
        return coins(max(abs(self.change_low or 0), abs(self.change_high or 0))) if self.money else self.digits

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


def of_metric(view: View, name: str, *, confidence: float = SURE, **arguments: object) -> Reading:
    """The number of the period by the record of its metric, with its change and its last months where it has them."""
    metric = find(name)
    question = of_day(metric, view.question)
    now = cached.answer(name, question, **arguments)
    comparable = view.before is not None and (metric.bounded or _covered(metric, view.before))
    before = change = None
    if view.before and comparable:
        before = cached.before(name, question, of_day(metric, view.before), **arguments)
        change = changed(view, name, confidence, **arguments) if metric.change else None
    months = view.asked(*periods.back(view.end, SPARK_MONTHS))
    trend = cached.answer(metric.trend, months, **arguments) if metric.trend else None
    reading = of_frames(name, metric.called, metric.noun, metric.value, metric.n, now, before, change, trend)
    unknown = metric.unknown if reading.value is None and reading.n >= reading.minimum else None
    source = "customers" if metric.noun == "orders" else ""
    return replace(reading, source=source, withheld=unknown, compares=reading.compares and comparable)


def _covered(metric: Metric, before: Question) -> bool:
    """Whether the data reach back to the beginning of the period compared with: else a total of a part would stand for the whole."""
    first = cached.extent().orders_first
    return metric.dates == "day" or (first is not None and first <= before.start)


def nps(view: View, *, weighted: bool = False, confidence: float = SURE) -> Reading:
    """The score of the period."""
    return _of_answers(view, "nps", NPS, "nps", confidence, weighted=weighted)


def csat(view: View, *, confidence: float = SURE) -> Reading:
    """The share of satisfied answers in the period."""
    return replace(_of_answers(view, "csat", CSAT, "csat", confidence), source="csat")


def ces(view: View, *, confidence: float = SURE) -> Reading:
    """The share of answers in the period that say it was easy."""
    return replace(_of_answers(view, "ces", CES, "easy_share", confidence), source="ces")


def _of_answers(view: View, metric: str, name: str, column: str, confidence: float, **arguments: object) -> Reading:
    now = cached.answer(metric, view.question, **arguments)
    before = cached.answer(metric, view.before, **arguments) if view.before else None
    months = view.asked(*periods.back(view.end, SPARK_MONTHS))
    trend = cached.answer(f"{metric}_trend", months, **arguments)
    change = changed(view, metric, confidence, **arguments)
    return of_frames(metric, name, "answers", column, "n", now, before, change, trend)


def changed(view: View, metric: str, confidence: float = SURE, **arguments: object) -> pl.DataFrame | None:
    """How a metric changed since the period that the view compares with; None without one."""
    if view.before is None:
        return None
    now, before = (of_day(find(metric), question) for question in (view.question, view.before))
    return cached.compared(changes.change, metric, now, before, **surely(confidence), **arguments)


def surely(confidence: float) -> dict[str, object]:
    """The argument of a comparison, where it is not the usual one: answers are kept by what was asked."""
    return {} if confidence == SURE else {"confidence": confidence}


def repeat_rate(view: View, *, confidence: float = SURE) -> Reading:
    """The rate of the period; its months are trailing windows as long as the period, when that is whole months."""
    now = cached.answer("repeat_rate", view.question)
    # of as many days as the period, as its change is
    before = cached.before("repeat_rate", view.question, view.before) if view.before else None
    change = changed(view, "repeat_rate", confidence)
    length = periods.MONTHS.get(periods.unit_of(view.start, view.end))
    ends = replace(view.question, as_of=min(view.end, view.as_of))
    trend = cached.answer("repeat_rate_trend", ends, window_months=length) if length else None
    return of_frames("repeat_rate", REPEAT, "customers", "repeat_rate", "buyers", now, before, change, trend)


def retention(view: View, *, confidence: float = SURE) -> Reading:
    """Month-3 retention of the cohorts whose third month lies in the period, pooled.

    It is compared with that of other cohorts only: periods within a month, or that share one, have a cohort in common.
    """
    now = _of_cohorts(view.question)
    other = _of_cohorts(view.before) if view.before else None
    apart = other is None or other.end < now.start
    before = other if apart else None
    change = None
    if before:
        row, minimum = {"period": RETENTION_MONTH}, RETENTION_MINIMUM
        asked = {"row": row, "minimum": minimum, **surely(confidence)}
        change = cached.compared(changes.change, "retention", now, before, **asked)
    first, last = periods.earlier(*periods.back(view.end, SPARK_MONTHS), RETENTION_MONTH)
    triangle = cached.answer("retention", view.asked(first, last))
    trend = retention_trend(triangle, period=RETENTION_MONTH, cohorts=SPARK_MONTHS, minimum=RETENTION_MINIMUM)
    return replace(
        of_frames(
            "retention", RETENTION, "customers", "retention", "customers",
            _pooled(now), _pooled(before) if before else None, change, trend,
        ),
        minimum=RETENTION_MINIMUM,
        compares=apart,
    )  # fmt: skip


def _of_cohorts(question: Question) -> Question:
    """The question about the months of first orders whose third month lies in the period."""
    first, last = periods.earlier(question.start, question.end, RETENTION_MONTH)
    return replace(question, start=first, end=last)


def _pooled(asked: Question) -> pl.DataFrame:
    triangle, row = cached.answer("retention", asked), {"period": RETENTION_MONTH, "minimum": RETENTION_MINIMUM}
    return retention_at(triangle, **row, cohorts_from=asked.start, cohorts_to=asked.end)  # type: ignore[arg-type]


def of_frames(
    metric: str,
    name: str,
    noun: Noun,
    column: str,
    n: str,
    now: pl.DataFrame,
    before: pl.DataFrame | None,
    change: pl.DataFrame | None,
    trend: pl.DataFrame | None,
) -> Reading:
    """A reading from frames of one row and the months of a trend; None where there is none."""
    rows = now.row(0, named=True), row_of(before), row_of(change)
    return of_rows(metric, name, noun, column, n, *rows, months_of(trend, column, find(metric).kind))


def row_of(frame: pl.DataFrame | None) -> dict | None:
    """The only row of a frame."""
    return None if frame is None else frame.row(0, named=True)


def months_of(trend: pl.DataFrame | None, column: str, kind: Kind = "share") -> Points:
    """The complete months of a trend: value, low and high, in the units that people read; a total is its own low and high."""
    if trend is None:
        return [], [], []
    shown = trend.filter("complete") if "complete" in trend.columns else trend
    ends = ("low", "high") if "low" in shown.columns else (column, column)
    value, low, high = (_as_read(kind, shown[name].cast(pl.Float64)) for name in (column, *ends))
    return value, low, high


def of_rows(
    metric: str,
    name: str,
    noun: Noun,
    column: str,
    n: str,
    now: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    change: Mapping[str, Any] | None,
    months: Points = ([], [], []),
    *,
    higher_is_better: bool | None = None,
) -> Reading:
    """A reading from the rows of the period, of the one before and of the change; `higher_is_better` where it is not as for the metric."""
    moved = change or dict.fromkeys(("change", "low", "high"))
    record = find(metric)
    kind = record.columns[column].kind
    value, low, high = _as_read(kind, [now[column], now.get("low"), now.get("high")])
    (earlier,) = _as_read(kind, [before[column] if before else None])
    shift, change_low, change_high = _as_read(kind, [moved["change"], moved["low"], moved["high"]])
    better = record.higher_is_better if higher_is_better is None else higher_is_better
    return Reading(
        metric=metric,
        name=name,
        noun=noun,
        percent=kind == "share",
        value=value,
        low=low,
        high=high,
        n=now[n] or 0,
        minimum=record.minimum if "minimum" in record.arguments else 0,
        change=shift,
        change_low=change_low,
        change_high=change_high,
        before=earlier,
        verdict=verdict(change_low, change_high, better),
        months=months,
        currency=cached.extent().currency if kind == "money" else None,
        money=kind == "money",
        compares=record.change is not None,
        bounded="low" in now,
        digits=DIGITS.get(kind, 0),
    )


def _as_read(kind: Kind, values: Iterable[float | None]) -> list[float | None]:
    """Shares are read as percent."""
    return percent_points(values) if kind == "share" else list(values)
