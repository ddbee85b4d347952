"""The parts of the page Recovery: what is asked, the cards, the comparison with others, and groups."""

import datetime as dt
from dataclasses import dataclass, replace

import polars as pl

from data.questions.ask import Question, find
from data.text.labels import customers, label, named
from metrics.engine.periods import months_before
from metrics.feedback.promoter_value import observable_to
from metrics.feedback.recovery import recovery_difference
from metrics.statistics.verdict import confidence_of_each
from metrics.texts import N_
from pages.feedback.recovery import findings
from pages.shared.model import blocks, charts, choices
from pages.shared.model.cards import Card
from pages.shared.model.charts import ForestRow
from pages.shared.readings.findings import first_up
from pages.shared.screen import groups, states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, dates, listed, number, percent, sentences, signed, span
from pages.shared.words.whom import whom

METRIC = "recovery"
QUESTIONS = {"nps": N_("Recommendation (NPS)"), "csat": N_("Satisfaction (CSAT)")}
NOUNS = {"nps": "answers", "csat": "csat"}
WITHIN = {"30": N_("30 days"), "90": N_("90 days"), "180": N_("180 days")}
LOW = {"nps": N_("Low: 0–6 of 0–10."), "csat": N_("Low: the bottom two boxes of the scale, such as 1–2 of 1–5.")}
YEAR_MONTHS, MOST_GROUPS = 12, 10


@dataclass(frozen=True)
class Look:
    """What the page rests on: the question with its dates and arguments, and the answer."""

    question: Question
    survey: str
    days: int
    rows: pl.DataFrame

    @property
    def of_kind(self) -> dict[str, dict]:
        """The three rows by their kind."""
        return {row["kind"]: row for row in self.rows.iter_rows(named=True)}

    @property
    def customers(self) -> int:
        """Customers with an answer whose follow-up is over."""
        return sum(self.of_kind[kind]["customers"] for kind in ("low", "other"))

    @property
    def arguments(self) -> dict[str, object]:
        return {"survey": self.survey, "horizon_days": self.days}


def asked() -> list[str]:
    """The questions that the data hold answers to, whatever the period."""
    return [survey for survey in QUESTIONS if not states.missing(NOUNS[survey])]


def look(view: View) -> Look:
    """The answers of a year up to the end of the period whose follow-up is over."""
    known = asked()
    survey = view.options["scored"] if view.options["scored"] in known else known[0]
    days = int(view.options["followed"])
    question = view.asked(*_followed_up(view, days))
    return Look(question, survey, days, cached.answer(METRIC, question, survey=survey, horizon_days=days))


def _followed_up(view: View, days: int) -> tuple[dt.date, dt.date]:
    extent = cached.extent()
    end = min(view.end, observable_to(min(extent.orders_last or view.as_of, view.as_of), days))
    start = months_before(end + dt.timedelta(days=1), YEAR_MONTHS)
    first = extent.feedback_first or start
    return max(start, min(first, end)), end


def options() -> None:
    """Which question, and within how many days."""
    known = asked()
    with choices.row():
        if len(known) > 1:
            choices.one("scored", QUESTIONS, _("Question"))
        choices.one("followed", WITHIN, _("Followed for"))


def finding(seen: Look) -> str:
    """The title of the page."""
    return findings.returned(seen.of_kind, recovery_difference(seen.rows).row(0, named=True))


def shown(view: View, seen: Look) -> str:
    """Who, and when they answered."""
    counted = customers(seen.of_kind["low"]["customers"])
    text = _("**{counted}** with a low score, {who}, answers of **{dates}**, each followed for {days} days.")
    return text.format(
        counted=counted, who=whom(view.whom), dates=dates(seen.question.start, seen.question.end), days=seen.days
    )


def nothing(seen: Look) -> None:
    """No answer of a buyer has been followed up for long enough."""
    blocks.empty(
        _("Not observable yet"),
        _("It takes answers of customers who had ordered, and {days} days of orders after them.").format(
            days=seen.days
        ),
        icon=":material/hourglass_empty:",
    )


def cards(seen: Look) -> None:
    """What becomes of customers after a low score."""
    row = seen.of_kind["low"]
    back = _card("recovery", _("Ordered again"), row, ("customers", "returned_share", "low", "high"))
    content = ("answered_again", "recovered_share", "recovered_low", "recovered_high")
    drawn = [back, _card("recovery:next", _("Next score not low"), row, content)]
    if row["days"] is not None and row["returned_share"] is not None:
        drawn.append(
            {
                "id": "recovery:days", "name": _("Days until the next order"), "define": _("Definition"),
                "value": number(row["days"]), "unit": _("days"), "size": customers(row["returned"]),
            }
        )  # fmt: skip
    blocks.cards(drawn, key="recovery")
    blocks.quiet(
        sentences(
            _("Customers with a low score; under each share its 95% interval and n."),
            _("Days: the median of those who came back."),
            _(LOW[seen.survey]),
        )
    )


def _card(id: str, name: str, row: dict, columns: tuple[str, str, str, str]) -> Card:
    n, value, low, high = (row[column] for column in columns)
    head: Card = {"id": id, "name": name, "define": _("Definition")}
    if value is None:
        return {**head, "few": states.few_text(n, find(METRIC).minimum), "detail": states.few_remedy()}
    return {**head, "value": number(100 * value, 1), "unit": "%", "range": span(100 * low, 100 * high), "size": customers(n)}  # fmt: skip


def returned_section(seen: Look) -> None:
    """Who ordered again, beside the others."""
    how = sentences(
        _("Share who ordered again within {days} days after the answer, with 95% interval.").format(days=seen.days),
        _("Alike: others weighted to the same number of orders and days since the last one."),
        _matched(seen),
    )
    title = _("Who orders again after an answer")
    columns = ("customers", "returned_share", "low", "high")
    _kinds_section(seen, title, how, columns, key="returned", file="recovery")


def recovered_section(seen: Look) -> None:
    """Whose next score is better, beside the others."""
    difference = recovery_difference(seen.rows, column="recovered_share").row(0, named=True)
    how = _("Share whose next score is not a low one, of those who answered again by the last day, with 95% interval.")
    columns = ("answered_again", "recovered_share", "recovered_low", "recovered_high")
    _kinds_section(
        seen, findings.recovered(seen.of_kind, difference), how, columns, key="recovered", file="recovery_next"
    )


def _kinds_section(
    seen: Look, title: str, how: str, columns: tuple[str, str, str, str], *, key: str, file: str
) -> None:
    n, value = columns[:2]
    blocks.section(title, how, table=seen.rows, file=file, metric=METRIC)
    names = find(METRIC).row_names
    rows = [(first_up(_(names[kind])), row) for kind, row in seen.of_kind.items()]
    lines = [_line(row["kind"], name, row, columns) for name, row in rows if row[value] is not None]
    if lines:
        figure = charts.forest(lines, change=False, unit="%")
        blocks.chart(figure, key=key, alt=groups.alt(lines))
    minimum = find(METRIC).minimum
    for name, row in rows:
        if row[value] is None:
            blocks.quiet(f"{name} · {markup.attention(states.few_text(row[n], minimum), '')}")
    difference = recovery_difference(seen.rows, column=value).row(0, named=True)
    if difference["low"] is not None:
        text = _("After a low score minus customers alike: {difference} points, 95% interval {span}.")
        reach = span(100 * difference["low"], 100 * difference["high"], sign=True)
        blocks.quiet(text.format(difference=signed(100 * difference["difference"]), span=reach))


def _matched(seen: Look) -> str:
    matched = seen.of_kind["like"]["matched_share"]
    if matched is None:
        return ""
    return _("{share} of those with a low score have their like.").format(share=percent(matched, 0))


def _line(code: str, name: str, row: dict, columns: tuple[str, str, str, str]) -> ForestRow:
    n, value, low, high = (row[column] for column in columns)
    return ForestRow(name, 100 * value, 100 * low, 100 * high, "none", percent(value), f"· {customers(n)}", code)


def groups_section(view: View, seen: Look) -> None:
    """Who comes back after a low score, by the groups of a dimension."""
    dimensions = [dimension for dimension in cached.dimensions_of("answer") if groups.held(dimension)]
    if not dimensions:
        return
    dimension = groups.chosen(view, dimensions, "by")
    column = dimension.column
    question = replace(seen.question, by=(column,))
    first = cached.answer(METRIC, question, **seen.arguments).filter(pl.col("kind") == "low")
    enough = first.drop_nulls(["returned_share", column])
    confidence = confidence_of_each(max(enough.height, 1))
    rows = cached.answer(METRIC, question, **seen.arguments, confidence=confidence)
    known = rows.filter(pl.col("kind") == "low").drop_nulls(["returned_share", column])
    largest = known.filter(pl.col("customers").rank("ordinal", descending=True) <= MOST_GROUPS)
    ranked = largest.sort("returned_share", column, descending=[True, False])
    how = sentences(
        _(
            "Share who ordered again after a low score {by}, each interval so wide that all hold together in 95%."
        ).format(by=named(dimension.by, dimension)),
        _("The file also holds those after another score."),
    )
    title = findings.groups(ranked.to_dicts(), column)
    blocks.section(title, how, table=rows, file=f"recovery_by_{dimension.code}", metric=METRIC)
    choices.one(
        "by", {each.code: each.label for each in dimensions}, _("Split by"), chosen=dimension.code,
        side_by_side=choices.IN_A_COLUMN,
    )  # fmt: skip
    lines = [
        _line(row[column], label(row[column]), row, ("customers", "returned_share", "low", "high"))
        for row in ranked.iter_rows(named=True)
    ]
    if lines:
        blocks.chart(charts.forest(lines, change=False, unit="%"), key="recovery-by", alt=groups.alt(lines))
    few = first.filter(pl.col("returned_share").is_null(), pl.col(column).is_not_null()).sort(column)
    if few.height:
        text = _("Too few to show ({minimum} are needed): {names}.")
        names = listed([label(code) for code in few[column].head(MOST_GROUPS)])
        blocks.quiet(markup.plain(text.format(minimum=find(METRIC).minimum, names=names)))
