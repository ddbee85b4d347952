"""The number that a rule asks for, in one period: a row of the metric, by the same functions as the pages."""

import datetime as dt
from dataclasses import dataclass, replace

import polars as pl

from data.alerts.judge import Change, Reading, Why, judge
from data.alerts.periods import Period, last_complete
from data.alerts.rules import Asked, Rule
from data.questions.ask import Question, ask, find, observed
from data.questions.changes import COLUMNS, change, number
from data.questions.tiering import uploaded_tiers
from data.segment import EVERYBODY
from data.store.extent import Extent
from data.store.snapshot import Snapshot
from metrics.engine.periods import months_before
from metrics.metric import OF_ANSWERS
from metrics.tiers.rules import known_from

DAY = dt.timedelta(days=1)
DAYS_UNTIL_STEADY = 365  # that orders must reach back before an inactive share is compared: at first nobody is inactive
PAST = 12


@dataclass(frozen=True)
class Judged:
    """A rule in one period: the numbers of the period and of the one before, the change, and the verdict."""

    period: Period
    now: Reading
    before: Reading
    change: Change
    why: Why
    currency: str | None = None


def covered(extent: Extent, asked: Asked, unit: str) -> Period | None:
    """The last period that the metric's kind of data cover to its end; None when there is none."""
    first, last = _reach(extent, asked)
    if first is None or last is None:
        return None
    period = last_complete(last, unit)
    return period if period.start >= first else None


def _reach(extent: Extent, asked: Asked) -> tuple[dt.date | None, dt.date | None]:
    """First and last day that the metric's kind of data cover."""
    metric = find(asked.metric)
    if asked.metric == "answered_share":
        firsts, lasts = (extent.orders_first, extent.feedback_first), (extent.orders_last, extent.feedback_last)
        if None in (*firsts, *lasts):
            return None, None
        return max(day for day in firsts if day), min(day for day in lasts if day)
    if metric.frame == "tier_changes":
        return extent.first, observed(extent, metric, extent.last) if extent.last else None
    if metric.frame == "points":
        return extent.points_first, extent.points_last
    if metric.frame in OF_ANSWERS:
        return extent.feedback_first, observed(extent, metric, extent.feedback_last) if extent.feedback_last else None
    return extent.orders_first, extent.orders_last


def judged(snap: Snapshot, rule: Rule, period: Period) -> Judged:
    """The rule in one period. Nothing after the period is seen, so that later data change nothing but rows of the period itself."""
    return _judged(snap, rule, period, rows(snap, rule.asked, period), None)


def past(snap: Snapshot, rule: Rule, unit: str, count: int = PAST) -> list[Judged]:
    """The rule in the last complete periods, oldest first: those for which it would have been judged."""
    first, _last = _reach(snap.extent(), rule.asked)
    newest = covered(snap.extent(), rule.asked, unit)
    if newest is None or first is None:
        return []
    periods = [period for steps in range(-count, 1) if (period := newest.moved(steps)).start >= first]
    frames = [rows(snap, rule.asked, period) for period in periods]
    found = [
        _judged(snap, rule, period, frame, frames[place - 1] if place else None)
        for place, (period, frame) in enumerate(zip(periods, frames, strict=True))
    ]
    return found[-count:]


def _judged(snap: Snapshot, rule: Rule, period: Period, now: pl.DataFrame, before: pl.DataFrame | None) -> Judged:
    asked, extent = rule.asked, snap.extent()
    first, _last = _reach(extent, asked)
    if first is not None and period.before.start >= first and (before is None or asked.metric == "inactive_share"):
        before = rows(snap, asked, period.before, like=period)
    earlier = reading(before, asked) if before is not None else Reading()
    moved = _change(snap, asked, period) if before is not None else Change()
    here = reading(now, asked)
    return Judged(period, here, earlier, moved, judge(rule.condition, here, moved), extent.currency)


def _change(snap: Snapshot, asked: Asked, period: Period) -> Change:
    if not find(asked.metric).compares(asked.column) or _young(snap.extent(), asked, period):
        return Change()
    now, before = (_wanted(snap, asked, each, period) for each in (period, period.before))
    if now is None or before is None:
        return Change()
    moved = change(snap, asked.metric, now.question, before.question, row=now.row, **now.arguments)  # type: ignore[arg-type]
    return Change(**moved.select(COLUMNS).row(0, named=True))


def _young(extent: Extent, asked: Asked, period: Period) -> bool:
    first = extent.orders_first
    if asked.metric != "inactive_share":
        return False
    return first is None or (period.before.end - first).days < DAYS_UNTIL_STEADY


def reading(row: pl.DataFrame, asked: Asked) -> Reading:
    """The number in a frame of one row; without a row it is not known."""
    if row.height != 1:
        return Reading()
    metric, found = find(asked.metric), row.row(0, named=True)
    n = found[metric.n] if metric.n else None
    if asked.column != metric.value or not metric.bounded:
        return Reading(found[asked.column], n=n)
    return Reading(found[asked.column], found["low"], found["high"], n)


def rows(snap: Snapshot, asked: Asked, period: Period, *, like: Period | None = None) -> pl.DataFrame:
    """The row that the rule watches: one, or none where the metric has no such row in the period.

    An inactive share is counted with the same days of silence as that of the period `like`, with which it is compared.
    """
    wanted = _wanted(snap, asked, period, like or period)
    return number(snap, asked.metric, wanted.question, row=wanted.row, **wanted.arguments) if wanted else pl.DataFrame()


@dataclass(frozen=True)
class _Wanted:
    """How a rule's number of one period is asked for."""

    question: Question
    row: dict[str, object]
    arguments: dict[str, object]


def _wanted(snap: Snapshot, asked: Asked, period: Period, like: Period) -> _Wanted | None:
    """The question, row and arguments; None where tiers are not known in the period."""
    watch = find(asked.metric).watching
    arguments: dict[str, object] = {**watch.arguments, **asked.arguments}
    row: dict[str, object] = dict(asked.row)
    question = Question(period.start, period.end, period.end, asked.segment)
    if watch.reads == "cohorts":
        unit, first, last = _cohorts(period, int(str(row["period"])))
        arguments["period"] = unit
        question = replace(question, start=first, end=last)
    elif watch.reads == "day":
        question = replace(question, start=period.end)
        if asked.metric == "inactive_share" and not arguments.get("hiatus_days"):
            arguments["hiatus_days"] = _days_of_silence(snap, like, arguments)
    elif watch.reads in ("eve", "tiers"):
        since = _tiers_since(snap, question, arguments)
        start = period.start - DAY if watch.reads == "eve" else since
        if since is None or start is None or start < since or start >= period.end:
            return None
        question = replace(question, start=start)
    elif watch.reads == "after":
        horizon = dt.timedelta(
            days=int(str(arguments.get("horizon_days", find(asked.metric).options["horizon_days"].default)))
        )
        question = replace(question, start=period.start - horizon, end=period.end - horizon)
    elif watch.reads == "all":
        question = replace(question, start=snap.extent().first or period.start)
    elif watch.reads == "row":
        arguments["period"], row["period"] = period.unit, period.start
    elif watch.reads == "cohort":
        cohort = period.moved(-int(str(row["period"])))
        arguments["period"], row["cohort"] = period.unit, cohort.start
        question = replace(question, start=cohort.start, end=cohort.end)
    return _Wanted(question, row, arguments)


def _cohorts(period: Period, k: int) -> tuple[str, dt.date, dt.date]:
    """The cohorts whose k-th week or month lies in the period, as on the overview: their unit, and the first and last day of them."""
    if period.unit == "week":
        cohort = period.moved(-k)
        return "week", cohort.start, cohort.end
    return "month", months_before(period.start, k), months_before(period.end, k - 1) - DAY


def _days_of_silence(snap: Snapshot, period: Period, arguments: dict[str, object]) -> int:
    """After how many days everybody, whatever the segment, counts as inactive; 0, to be found by the metric, while it is not known."""
    quantile = {"quantile": arguments["quantile"]} if "quantile" in arguments else {}
    everybody = Question(period.end, period.end, period.end, EVERYBODY)
    return ask(snap, "hiatus", everybody, **quantile)["hiatus_days"].item() or 0


def _tiers_since(snap: Snapshot, question: Question, arguments: dict[str, object]) -> dt.date | None:
    """The first day on which tiers are known: of a rule when its window is full, else of the first uploaded change."""
    extent = snap.extent()
    if arguments.get("rule"):
        months = int(str(arguments.get("months", 12)))
        return known_from(extent.orders_first, months) if extent.orders_first else None
    if extent.orders_last is None:
        arguments["lapse_days"] = 0  # without any order everybody would have lapsed
    since: dt.date | None = uploaded_tiers(snap, question)["first"].item()
    return since
