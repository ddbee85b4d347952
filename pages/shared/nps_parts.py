"""The parts of pages about the score: its trend, its groups, how the answers divide, what was written."""

from dataclasses import replace

import polars as pl
import streamlit as st

from data.ask import find
from data.feedback import latest_comments, score_counts
from metrics.nps import nps_change
from metrics.texts import N_
from metrics.verdict import verdict
from pages.shared import blocks, cached, charts, findings, periods, states
from pages.shared.charts import ForestRow, Line
from pages.shared.labels import TIER_ORDER, label
from pages.shared.readings import SPARK_MONTHS
from pages.shared.texts import _, date, listed, month, ngettext, number, sentences
from pages.shared.view import View

COMMENTS_SHOWN = 8
MONTHS_OF_A_TREND = 2
# By what answers are grouped: the title, what is said when no answer has it, and how to mend that.
UNNAMED = {
    "touchpoint": (
        N_("NPS by touchpoint"),
        N_("The answers name no touchpoint."),
        N_("Upload answers with a column for the touchpoint."),
    ),
    "region": (
        N_("NPS by region"),
        N_("No region is known, neither of the answers nor of their customers."),
        N_("Upload answers with a region, or members with a region and the customer ids that the survey uses."),
    ),
    "tier": (
        N_("NPS by tier"),
        N_("No answer belongs to a customer with a tier."),
        N_("Upload the members’ tiers with the customer ids that the survey uses."),
    ),
}


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
    if shown.drop_nulls("nps").height < MONTHS_OF_A_TREND:
        blocks.section(title, table=now, file="nps_by_month")
        _too_few_months(shown["n"])
        return
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


def _too_few_months(answers: pl.Series) -> None:
    """How many answers the fullest month has that still lacks some, and what to do."""
    minimum = _minimum()
    texts = (
        _("A trend needs two months with {minimum} answers each; the fullest has {n}. {remedy}"),
        _("A trend needs two months with {minimum} answers each; the second fullest has {n}. {remedy}"),
    )
    scored = int((answers >= minimum).sum())
    n = answers.sort(descending=True).to_list()[scored : scored + 1] or [0]
    remedy = _("Widen the filters, or upload more answers.")
    states.too_few(n[0], minimum, texts[scored].format(minimum=minimum, n=n[0], remedy=remedy))


def _minimum() -> int:
    return int(find("nps").arguments["minimum"].default)


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
    counts = cached.table(score_counts, view.question)
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
    if not rows[dimension].drop_nulls().len():
        title, what, remedy = UNNAMED[dimension]
        blocks.section(_(title))
        blocks.empty(_(what), _(remedy), icon=":material/label_off:")
        return
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
    for row in rows.filter(pl.col("nps").is_null()).iter_rows(named=True):
        reason = states.few_text(row["n"], _minimum())
        blocks.quiet(f"{blocks.plain(label(row[dimension]))} · {blocks.attention(reason, '')}")
    for row in rows.filter(pl.col(dimension).is_null(), pl.col("nps").is_not_null()).iter_rows(named=True):
        blocks.quiet(f"{label(None)} · {_answers(row['n'])}")


def _group_title(dimension: str, known: pl.DataFrame) -> str:
    if known.height < 2:
        return findings.groups(dimension, known, (None, None))
    difference = nps_change(known.drop(dimension).head(1), known.drop(dimension).tail(1))
    return findings.groups(dimension, known, (difference["low"][0], difference["high"][0]))


def _line(row: dict, dimension: str) -> ForestRow:
    return ForestRow(
        label(row[dimension]),
        row["nps"],
        row["low"],
        row["high"],
        "none",
        number(row["nps"], 1),
        f"· {_answers(row['n'])}",
        row[dimension],
    )


def _answers(n: int) -> str:
    return ngettext("{n} answer", "{n} answers", n).format(n=number(n))


def comments_section(view: View) -> None:
    """What was written last, as it was written."""
    found = cached.table(latest_comments, view.question, limit=COMMENTS_SHOWN)
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
