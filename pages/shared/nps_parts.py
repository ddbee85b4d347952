"""The parts of pages about the score: its trend, its groups, how the answers divide, what was written."""

from dataclasses import replace

import polars as pl
import streamlit as st

from data.ask import find
from metrics.nps import nps_change
from metrics.verdict import verdict
from pages.shared import blocks, cached, charts, findings, periods, states
from pages.shared.charts import ForestRow, Line
from pages.shared.labels import TIER_ORDER, label
from pages.shared.readings import SPARK_MONTHS
from pages.shared.texts import _, date, listed, month, ngettext, number, sentences
from pages.shared.view import View

COMMENTS_SHOWN = 8


def trend_section(view: View, *, height: int = 330) -> None:
    """NPS by month with its interval, the year before behind it, the running month marked."""
    if states.missing("answers"):
        blocks.section(_("NPS by month"))
        states.no_source("answers")
        return
    last = periods.up_to(view.start, view.end, view.as_of)
    extra = int(last == view.as_of and periods.last_complete(last, "month")[1] != last)
    dates = periods.back(last, SPARK_MONTHS + extra)
    now = cached.answer("nps_trend", view.asked(*dates))
    before = cached.answer("nps_trend", view.asked(*periods.earlier(*dates, 12)))
    shown = now.filter(pl.col("n") > 0)
    complete = shown.filter(pl.col("complete")).drop_nulls("nps")
    first = complete.head(1)
    change = nps_change(complete.tail(1), first) if complete.height > 1 else None
    kind = verdict(change["low"][0], change["high"][0], True) if change is not None else "too_few"
    title = findings.trend(kind, month(first["period"][0]) if first.height else "")
    unfinished = [month(day) for day in now.filter(~pl.col("complete"))["period"]]
    note = sentences(
        _("NPS by month (−100 to 100), with 95% interval; dashed: the year before."),
        _("Hollow: the month is unfinished.") if unfinished else "",
    )
    blocks.section(title, note, table=now, file="nps_by_month")
    places = [month(day) for day in now["period"]]
    line = Line(_years(dates), places, *(now[name].to_list() for name in ("nps", "low", "high", "n")))
    known = before["nps"].drop_nulls().len() > 1
    year_before = Line(_("year before"), places, before["nps"].to_list()[: len(places)]) if known else None
    figure = charts.trend(
        line,
        year_before,
        unfinished=unfinished,
        unfinished_name=_("unfinished"),
        height=height,
    )
    blocks.chart(figure, key="trend", alt=_alt(title, line))


def _years(dates: periods.Dates) -> str:
    first, last = dates
    return str(last.year) if first.year == last.year else f"{first.year}–{last.year % 100}"


def _alt(title: str, line: Line) -> str:
    known = [(x, y) for x, y in zip(line.x, line.y, strict=True) if y is not None]
    if not known:
        return title
    (first, low), (last, high) = known[0], known[-1]
    return _("{title}. NPS {value} in {month}, {before} in {first}.").format(
        title=title, value=number(high, 1), month=last, before=number(low, 1), first=first
    )


def distribution_section(view: View) -> None:
    """How many gave each score."""
    row = cached.answer("nps", view.question).row(0, named=True)
    title = findings.scores(row)
    counts = cached.scores(view.question)
    how = _("Answers by score: 9–10 promoters, 7–8 passives, 0–6 detractors.")
    blocks.section(title, how, table=counts, file="nps_scores")
    read = [
        ngettext("Score {score}: {n} answer", "Score {score}: {n} answers", n).format(score=score, n=number(n))
        for score, n in counts.iter_rows()
    ]
    blocks.chart(
        charts.distribution(counts.with_columns(read=pl.Series(read))),
        key="distribution",
        alt=f"{title}. {listed(read)}",
    )


def group_section(view: View, dimension: str, name: str) -> None:
    """The score of each group with its interval; groups with too few answers are named."""
    rows = cached.answer("nps", replace(view.question, by=(dimension,)))
    known = rows.drop_nulls(["nps", dimension]).sort("nps", descending=True)
    how = _("NPS {by}, with 95% interval.").format(by=name)
    blocks.section(_group_title(dimension, known), how, table=rows, file=f"nps_by_{dimension}")
    if known.height:
        shown = (
            known.sort(
                pl.col(dimension).replace_strict(TIER_ORDER, range(len(TIER_ORDER)), default=99, return_dtype=pl.Int64)
            )
            if dimension == "tier"
            else known
        )
        lines = [_line(row, dimension) for row in shown.iter_rows(named=True)]
        alt = listed([f"{line.name}: {line.shown}" for line in lines])
        blocks.chart(charts.forest(lines, change=False), key=f"by-{dimension}", alt=alt)
    few = rows.filter(pl.col("nps").is_null())
    minimum = int(find("nps").arguments["minimum"].default)
    for row in few.iter_rows(named=True):
        reason = states.few_text(row["n"], minimum)
        blocks.quiet(f"{blocks.plain(label(row[dimension]))} · {blocks.attention(reason, '')}")


def _group_title(dimension: str, known: pl.DataFrame) -> str:
    if known.height < 2:
        return findings.groups(dimension, known, (None, None))
    difference = nps_change(known.drop(dimension).head(1), known.drop(dimension).tail(1))
    return findings.groups(dimension, known, (difference["low"][0], difference["high"][0]))


def _line(row: dict, dimension: str) -> ForestRow:
    answers = ngettext("{n} answer", "{n} answers", row["n"]).format(n=number(row["n"]))
    return ForestRow(
        label(row[dimension]),
        row["nps"],
        row["low"],
        row["high"],
        "none",
        number(row["nps"], 1),
        f"· {answers}",
        row[dimension],
    )


def comments_section(view: View) -> None:
    """What was written last, as it was written."""
    found = cached.comments(view.question, COMMENTS_SHOWN)
    how = _("The newest answers with a comment, word for word.")
    blocks.section(_("Latest comments"), how, table=found if found.height else None, file="nps_comments")
    if not found.height:
        blocks.empty(
            _("No comments here"),
            _("The answers of this period have none. Choose another period, or import answers with a comment column."),
            icon=":material/chat_bubble:",
        )
        return
    left, right = st.columns(2, gap="medium")
    for place, row in enumerate(found.iter_rows(named=True)):
        with (left, right)[place % 2], st.container(horizontal=True, wrap=False, gap="small"):
            st.markdown(f"**{row['score']:.0f}**", width=28, text_alignment="right")
            with st.container(gap="xxsmall"):
                st.text(row["comment"])
                about = [
                    date(row["responded_at"].date()),
                    *(label(row[name]) for name in ("touchpoint", "region") if row[name]),
                ]
                blocks.quiet(blocks.plain(" · ".join(about)))
