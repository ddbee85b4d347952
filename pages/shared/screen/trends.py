"""A measure by month with its interval, the year before behind it, the running month marked."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from data.questions.ask import find
from data.questions.changes import change
from metrics.statistics.verdict import Verdict, verdict
from metrics.texts import N_
from pages.feedback import findings
from pages.shared.model import blocks, charts, marks
from pages.shared.model.charts import Line
from pages.shared.readings.findings import first_up
from pages.shared.readings.measures import Measure, about, of_day
from pages.shared.readings.readings import SPARK_MONTHS
from pages.shared.screen import states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import periods
from pages.shared.words.texts import _, month, sentences, spaced

MONTHS_OF_A_TREND = 2
NOTES = {  # whether it has an interval, and whether the year before is known
    (True, True): N_("{what} by month, with 95% interval; dashed: the year before."),
    (True, False): N_("{what} by month, with 95% interval."),
    (False, True): N_("{what} by month; dashed: the year before."),
    (False, False): N_("{what} by month."),
}


def section(view: View, measure: Measure, *, height: int = 330) -> None:
    """The months up to the end of the period; too few, or no source, are said instead."""
    if states.missing(measure.noun):
        blocks.section(spaced(_("{name} by month").format(name=_(measure.name))))
        states.no_source(measure.noun)
        return
    last = periods.up_to(view.start, view.end, view.as_of)
    dates = periods.through_running(last, view.as_of, SPARK_MONTHS)
    now = cached.answer(measure.trend, view.asked(*dates), **measure.arguments)
    before = cached.answer(measure.trend, view.asked(*periods.earlier(*dates, 12)), **measure.arguments)
    shown = now.filter(pl.col(measure.n) > 0)
    title = _title(view, shown, measure)
    file = f"{measure.metric}_by_month"
    if shown.drop_nulls(measure.value).height < MONTHS_OF_A_TREND:
        blocks.section(title, table=now, file=file, metric=measure.trend)
        _too_few_months(shown[measure.n].drop_nulls(), measure)
        return
    places = [month(day) for day in now["period"]]
    unfinished = [month(day) for day in now.filter(~pl.col("complete"))["period"]]
    known = before[measure.value].drop_nulls().len() > 1
    note = sentences(
        spaced(_(NOTES[measure.bounded, known]).format(what=about(measure))),
        _("Hollow: the month is unfinished.") if unfinished else "",
    )
    blocks.section(title, note, table=now, file=file, metric=measure.trend)
    line, year_before = _line(_years(dates), places, now, measure), None
    if known:
        year_before = _line(_("year before"), places, before.head(len(places)), measure, alone=True)
    drawn = [value for each in (line, year_before) if each for value in each.y if value is not None]
    figure = charts.trend(
        line, year_before, unfinished=unfinished, unfinished_name=_("unfinished"), height=height, unit=measure.unit,
        ticks=None if measure.bounded else measure.ticks(max(drawn)),
    )  # fmt: skip
    points = [
        marks.of_month(day, f"{name}: {read}")
        for day, name, read in zip(now["period"], places, line.read, strict=True)
        if read
    ]
    blocks.chart(figure, key=f"trend-{measure.metric}", alt=_alt(title, measure, now), marks=points)


def _line(name: str, places: Sequence[str], rows: pl.DataFrame, measure: Measure, *, alone: bool = False) -> Line:
    """The months as a line, with its interval unless it stands `alone`."""
    y, low, high = (measure.points(rows, column) for column in (measure.value, *measure.ends))
    shown = ["" if value is None else measure.shown(value) for value in rows[measure.value]]
    if alone or not measure.bounded:
        low, high = [], []
    read = [] if alone else [_read(row, measure) for row in rows.iter_rows(named=True)]
    ids = [] if alone else [day.isoformat() for day in rows["period"]]
    return Line(name, places, y, low, high, shown=shown, read=read, ids=ids)


def _read(row: Mapping[str, Any], measure: Measure) -> str:
    """What pointing at a month says: its value with the interval, and what it rests on."""
    value, low, high = (row[column] for column in (measure.value, *measure.ends))
    if value is None:
        return ""
    interval = " (" + _("95% interval {span}").format(span=measure.reach(low, high)) + ")" if measure.bounded else ""
    counted = f" · {measure.counted(row[measure.n])}" if measure.n != measure.value else ""
    return f"{measure.shown(value)}{interval}{counted}"


def _title(view: View, shown: pl.DataFrame, measure: Measure) -> str:
    """The last finished month against the first one."""
    complete = shown.filter(pl.col("complete")).drop_nulls(measure.value)
    if not complete.height:
        return _trend("too_few", measure)
    first, last = (complete["period"][place] for place in (0, -1))
    if first == last:
        return _trend("too_few", measure)
    months = (view.asked(*periods.holding(day, "month")) for day in (last, first))
    now, before = (of_day(find(measure.metric), question) for question in months)
    moved = cached.compared(change, measure.metric, now, before, **measure.arguments)
    return _trend(verdict(moved["low"][0], moved["high"][0], True), measure, month(first), month(last))


def _trend(kind: Verdict, measure: Measure, first: str = "", last: str = "") -> str:
    if kind == "too_few" and measure.noun == "customers":
        return _("Too few orders to compare months")
    called = find(measure.metric).in_sentence or measure.name
    return first_up(findings.trend(kind, _(called), first, last))


def _too_few_months(answers: pl.Series, measure: Measure) -> None:
    """How many answers the fullest month has that still lacks some, and what to do."""
    if measure.noun == "customers":
        why = _("A trend needs two months that can be told. Widen the filters, or upload more orders.")
        blocks.empty(_("No trend yet"), why, icon=":material/hourglass_empty:")
        return
    minimum = measure.minimum
    texts = (
        _("A trend needs two months with {minimum} answers each; the fullest has {n}. {remedy}"),
        _("A trend needs two months with {minimum} answers each; the second fullest has {n}. {remedy}"),
    )
    scored = int((answers >= minimum).sum())
    n = answers.sort(descending=True).to_list()[scored : scored + 1] or [0]
    remedy = _("Widen the filters, or upload more answers.")
    states.too_few(n[0], minimum, texts[scored].format(minimum=minimum, n=n[0], remedy=remedy))


def _years(dates: periods.Dates) -> str:
    first, last = dates
    return str(last.year) if first.year == last.year else f"{first.year}–{last.year % 100}"


def _alt(title: str, measure: Measure, now: pl.DataFrame) -> str:
    known = now.drop_nulls(measure.value)
    ends = [(month(known["period"][place]), measure.shown(known[measure.value][place])) for place in (0, -1)]
    (first, before), (last, value) = ends
    text = _("{title}. {name} {value} in {month}, {before} in {first}.")
    return spaced(text.format(title=title, name=_(measure.name), value=value, month=last, before=before, first=first))
