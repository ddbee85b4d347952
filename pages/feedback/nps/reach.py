"""The parts of the NPS page about the customers behind the answers: whose answers they are, and what their givers spend later."""

import datetime as dt

import polars as pl

from data.questions.ask import find, shared_days
from data.text.labels import answers, customers
from metrics.engine.periods import months_before
from metrics.feedback.promoter_value import all_kinds, observable_to, spend_difference
from metrics.texts import N_
from pages.feedback import findings
from pages.shared.model import blocks, charts, choices
from pages.shared.model.cards import Card
from pages.shared.model.charts import ForestRow
from pages.shared.screen import states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup, periods
from pages.shared.words.axes import money_axis
from pages.shared.words.texts import _, dates, listed, money, number, percent, sentences, span

KINDS = {"promoter": N_("Promoters"), "passive": N_("Passives"), "detractor": N_("Detractors")}
YEAR_MONTHS = 12


def later_spend_section(view: View) -> None:
    """Net spend in the year after the answer, by kind of answer, from the newest answers that are a year old."""
    if states.missing("customers"):
        blocks.section(_("What promoters spend later is not known without orders"))
        states.no_source("customers")
        return
    start, end = _a_year_old(view)
    values = cached.answer("promoter_value", view.asked(start, end))
    difference = spend_difference(values).row(0, named=True)
    title = findings.later_spend(values, difference)
    blocks.section(title, _how(values, start, end), table=values, file="promoter_value", metric="promoter_value")
    if not values["answers"].sum():
        blocks.empty(
            _("Not observable yet"),
            _("A year of orders after the answer is needed. The oldest answers here are younger than that."),
            icon=":material/hourglass_empty:",
        )
        return
    known = values.drop_nulls("spend")
    if known.height:
        lines = [_line(row) for row in known.iter_rows(named=True)]
        alt = listed([f"{line.name}: {line.shown}" for line in lines])
        ticks = money_axis(max(line.high for line in lines), cached.extent().currency)
        blocks.chart(charts.forest(lines, change=False, ticks=ticks), key="later-spend", alt=alt)
    minimum = find("promoter_value").minimum
    for row in values.filter(pl.col("spend").is_null()).iter_rows(named=True):
        blocks.quiet(f"{_(KINDS[row['kind']])} · {markup.attention(states.few_text(row['customers'], minimum), '')}")
    blocks.quiet(_apart(difference))
    choices.definition("promoter_value")


def _a_year_old(view: View) -> periods.Dates:
    """The twelve months of answers up to the end of the period, or up to a year before the orders end; not before the first answer."""
    orders_last = cached.extent().orders_last or view.as_of
    end = min(view.end, observable_to(min(orders_last, view.as_of)))
    start = months_before(end + dt.timedelta(days=1), YEAR_MONTHS)
    first = cached.extent().feedback_first or start
    return max(start, min(first, end)), end


def _how(values: pl.DataFrame, start: dt.date, end: dt.date) -> str:
    together = all_kinds(values).row(0, named=True)
    if not together["answers"]:
        return ""
    return sentences(
        _("Net spend per customer in the 365 days after the answer, with 95% interval; answers of {dates}.").format(
            dates=dates(start, end)
        ),
        _("{share} of these {n} answers belong to a customer who had ordered.").format(
            share=percent(together["match_rate"]), n=number(together["answers"])
        ),
        _("It does not show that recommending is the cause."),
    )


def _line(row: dict) -> ForestRow:
    shown = money(row["spend"], cached.extent().currency)
    return ForestRow(
        _(KINDS[row["kind"]]),
        row["spend"],
        row["low"],
        row["high"],
        "none",
        shown,
        f"· {customers(row['customers'])}",
        row["kind"],
    )


def _apart(difference: dict) -> str:
    if difference["low"] is None:
        return ""
    return _("Promoters minus detractors: {difference}, 95% interval {span}.").format(
        difference=money(difference["difference"], cached.extent().currency),
        span=span(difference["low"], difference["high"], 0, sign=True),
    )


def known_section(view: View, survey: str = "nps") -> None:
    """How many answers belong to known customers, and how many of the buyers answered."""
    match = cached.answer("match_rate", view.question, survey=survey)
    orders = not states.missing("customers")
    title = findings.known(match.row(0, named=True), orders=orders)
    if not orders:
        blocks.section(title, _("Upload orders with the customer ids that the survey uses."))
        return
    heard = cached.answer("answered_share", view.question, survey=survey)
    days = cached.table(shared_days, view.question, survey=survey).row(0, named=True)
    note = _(
        "A response rate would need who was invited: no import holds a column for invitations yet, so it is not shown."
    )
    blocks.section(title, note)
    drawn = [
        _card("match_rate", _("Match rate"), match.row(0, named=True), "n", "match_rate"),
        _heard_card(days["start"], heard.row(0, named=True)),
    ]
    blocks.cards(drawn, key="known")
    blocks.quiet(
        sentences(
            _("Match rate: answers of customers with orders. Buyers who answered: of those who ordered in the period."),
            _only(view, days),
        )
    )


def _heard_card(first_shared: dt.date | None, row: dict) -> Card:
    """The buyers who answered; where orders and answers share no day of the period, that nobody can tell, rather than that none did."""
    name = _("Buyers who answered")
    if first_shared:
        return _card("answered_share", name, row, "buyers", "answered_share")
    why = _("Orders and answers that name a customer share no day of this period.")
    return {
        "id": "answered_share",
        "name": name,
        "define": _("Definition"),
        "few": _("Not observable here"),
        "detail": why,
    }


def _only(view: View, days: dict) -> str:
    """Which days the buyers are those of, where orders or answers do not cover the whole period."""
    if days["start"] is None or (days["start"], days["end"]) == (view.start, view.end):
        return ""
    said = _("Buyers of {dates} only: the days that orders and answers both cover.")
    return said.format(dates=dates(days["start"], days["end"]))


def _card(metric: str, name: str, row: dict, n: str, value: str) -> Card:
    head: Card = {"id": metric, "name": name, "define": _("Definition")}
    if row[value] is None:
        minimum = find(metric).minimum
        return {**head, "few": states.few_text(row[n], minimum), "detail": states.few_remedy()}
    return {
        **head,
        "value": number(100 * row[value], 1),
        "unit": "%",
        "range": span(100 * row["low"], 100 * row["high"]),
        "size": answers(row[n]) if n == "n" else customers(row[n]),
    }
