"""Windows of as many days: the longer a window, the more customers order twice in it, or answer, though nobody does so more often."""

import datetime as dt
from dataclasses import replace

from data.questions.ask import Question, find, shared_days
from data.store.snapshot import Snapshot


def alike(snap: Snapshot, name: str, now: Question, before: Question, **arguments: object) -> tuple[Question, Question]:
    """Both questions over as many days, where the number of the metric grows with them; else as they are.

    What the later one covers decides: the earlier is cut at its end, or begins sooner. Where the data do not reach back so far, the later
    is cut at its end.
    """
    metric = find(name)
    if not metric.grows:
        return now, before
    first, last = _reach(snap, name, now, arguments)
    if first is None or last is None:
        return now, before
    begin, sooner = max(now.start, first), max(before.start, first)
    end, earlier_end = (min(question.end, question.as_of, last) for question in (now, before))
    days = min(end - begin, earlier_end - first)
    if days < dt.timedelta(0):
        return now, before
    if earlier_end - sooner < days:
        sooner = earlier_end - days
    return replace(now, start=begin, end=begin + days), replace(before, start=sooner, end=sooner + days)


def _reach(
    snap: Snapshot, name: str, question: Question, arguments: dict[str, object]
) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day that the metric's kind of data cover."""
    metric, extent = find(name), snap.extent()
    if "answers" not in metric.beside:
        return extent.orders_first, extent.orders_last
    survey = str(arguments.get("survey", metric.arguments["survey"].default))
    whole = replace(question, start=dt.date.min, end=dt.date.max)
    found: tuple[dt.date | None, dt.date | None] = shared_days(snap, whole, survey=survey).row(0)
    return found
