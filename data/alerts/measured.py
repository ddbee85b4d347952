"""The number that a rule asks for, in one period: a row of the metric, by the same functions as the pages."""

import datetime as dt
from dataclasses import dataclass, replace

import polars as pl

from data.alerts.judge import Change, Reading, Why, judge
from data.alerts.periods import Period, holding, last_complete
from data.alerts.rules import Asked, Rule
from data.questions.ask import Question, ask, find, observed
from data.questions.tiering import uploaded_tiers
from data.segment import EVERYBODY
from data.store.extent import Extent
from data.store.snapshot import Snapshot
from metrics.engine.periods import months_before
from metrics.retention.retention import retention_at
from metrics.tiers.rules import known_from
from metrics.watch import WATCHED

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
    if metric.frame == "feedback":
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
    change = _change(extent, asked, period, now, before)
    here = reading(now, asked)
    return Judged(period, here, earlier, change, judge(rule.condition, here, change), extent.currency)


def _change(extent: Extent, asked: Asked, period: Period, now: pl.DataFrame, before: pl.DataFrame | None) -> Change:
    compare = WATCHED[asked.metric].change
    if compare is None or before is None or now.height != 1 or before.height != 1:
        return Change()
    if asked.column != WATCHED[asked.metric].value or _young(extent, asked, period):
        return Change()
    return Change(**compare(now, before).select("change", "low", "high").row(0, named=True))


def _young(extent: Extent, asked: Asked, period: Period) -> bool:
    first = extent.orders_first
    if asked.metric != "inactive_share":
        return False
    return first is None or (period.before.end - first).days < DAYS_UNTIL_STEADY


def reading(row: pl.DataFrame, asked: Asked) -> Reading:
    """The number in a frame of one row; without a row it is not known."""
    if row.height != 1:
        return Reading()
    watch, found = WATCHED[asked.metric], row.row(0, named=True)
    n = found[watch.n] if watch.n else None
    if asked.column != watch.value:
        return Reading(found[asked.column], n=n)
    return Reading(found[asked.column], found["low"], found["high"], n)


def rows(snap: Snapshot, asked: Asked, period: Period, *, like: Period | None = None) -> pl.DataFrame:
    """The row that the rule watches: one, or none where the metric has no such row in the period.

    An inactive share is counted with the same days of silence as that of the period `like`, with which it is compared.
    """
    watch = WATCHED[asked.metric]
    arguments: dict[str, object] = {**watch.arguments, **asked.arguments}
    wanted = dict(asked.row)
    question = Question(period.start, period.end, period.end, asked.segment)
    if watch.reads == "cohorts":
        return _retention(snap, question, int(wanted["period"]), arguments, weekly=period.unit == "week")
    if watch.reads == "day":
        question = replace(question, start=period.end)
        if asked.metric == "inactive_share" and not arguments.get("hiatus_days"):
            arguments["hiatus_days"] = _days_of_silence(snap, like or period, arguments)
    elif watch.reads in ("eve", "tiers"):
        since = _tiers_since(snap, question, arguments)
        start = period.start - DAY if watch.reads == "eve" else since
        if since is None or start is None or start < since or start >= period.end:
            return pl.DataFrame()
        question = replace(question, start=start)
    elif watch.reads == "after":
        horizon = dt.timedelta(
            days=int(str(arguments.get("horizon_days", find(asked.metric).options["horizon_days"].default)))
        )
        question = replace(question, start=period.start - horizon, end=period.end - horizon)
    elif watch.reads == "all":
        question = replace(question, start=snap.extent().first or period.start)
    elif watch.reads == "row":
        arguments["period"], wanted["period"] = period.unit, period.start  # type: ignore[assignment]
    elif watch.reads == "cohort":
        cohort = period.moved(-int(wanted["period"]))
        arguments["period"], wanted["cohort"] = period.unit, cohort.start  # type: ignore[assignment]
        question = replace(question, start=cohort.start, end=cohort.end)
    found = ask(snap, asked.metric, question, **arguments)
    for name, value in wanted.items():
        found = found.filter(pl.col(name) == value)
    return found


def _retention(
    snap: Snapshot, question: Question, k: int, arguments: dict[str, object], *, weekly: bool
) -> pl.DataFrame:
    """Retention in the k-th month (week) of the cohorts for which it lies in the period, pooled, as on the overview."""
    minimum = int(str(arguments.pop("minimum", 30)))
    if weekly:
        first = holding(question.start, "week").moved(-k)
        dates, unit = (first.start, first.end), "week"
    else:
        dates, unit = (months_before(question.start, k), months_before(question.end, k - 1) - DAY), "month"
    question = replace(question, start=dates[0], end=dates[1])
    triangle = ask(snap, "retention", question, **{**arguments, "period": unit})
    return retention_at(triangle, period=k, cohorts_from=dates[0], cohorts_to=dates[1], minimum=minimum)


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
