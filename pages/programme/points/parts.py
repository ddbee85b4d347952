"""The parts of the page Points: what is out, what it will cost, what moved by month, points by age, and members by balance."""

from dataclasses import dataclass, replace

import polars as pl

from data.questions.ask import Question, find
from data.text.labels import label, named
from metrics.dimension import TIER
from metrics.statistics.verdict import confidence_of_each
from metrics.texts import N_
from pages.programme import charts as bar_charts
from pages.programme.charts import Bar
from pages.shared.model import blocks, charts, choices
from pages.shared.model.cards import Card
from pages.shared.model.charts import ForestRow, Line
from pages.shared.model.theme import SERIES
from pages.shared.readings.measures import at_end
from pages.shared.screen import groups, states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup, periods
from pages.shared.words.axes import money_axis
from pages.shared.words.texts import (
    _,
    date,
    listed,
    money,
    money_span,
    month,
    ngettext,
    number,
    percent,
    sentences,
    signed,
    span,
)
from pages.shared.words.whom import whom

LIABILITY, FLOWS, AGES = "points_liability", "points", "points_by_age"
BEYOND = {"spent": N_("The oldest points count as spent"), "expired": N_("The oldest points count as expired")}
MONTHS, YEAR_DAYS, MOST_GROUPS = 12, 360, 10
UNBROKEN = "\u2011"  # a hyphen at which no line ends
COLUMNS = {
    "earned": N_("Earned"),
    "adjusted": N_("Adjusted"),
    "spent": N_("Spent"),
    "expired": N_("Expired"),
    "cancelled": N_("Cancelled"),
    "outstanding": N_("Outstanding"),
}


@dataclass(frozen=True)
class Look:
    """What the page rests on: the question as of the end of the period, what a point costs, and the answers."""

    question: Question
    arguments: dict[str, object]
    liability: dict
    flows: dict
    trend: pl.DataFrame
    ages: pl.DataFrame


def look(view: View) -> Look:
    """The ledger at the end of the period."""
    question = at_end(view.question)
    arguments: dict[str, object] = {"point_value": float(view.options["point_value"]), "beyond": view.options["beyond"]}
    last = periods.up_to(view.start, view.end, view.as_of)
    months = view.asked(*periods.through_running(last, view.as_of, MONTHS))
    return Look(
        question,
        arguments,
        cached.answer(LIABILITY, question, **arguments).row(0, named=True),
        cached.answer(FLOWS, view.question).row(0, named=True),
        cached.answer("points_trend", months),
        cached.answer(AGES, question),
    )


def options() -> None:
    """What a point costs, and what is assumed of points older than any that was seen to its end."""
    with choices.row(labelled=True):
        choices.amount(
            "point_value",
            _("Cost of a point"),
            within=(0.0, 1_000.0),
            step=0.005,
            help=_("What a point costs when it is spent, in the currency of the orders."),
        )
        choices.one("beyond", BEYOND, _("Points older than any seen so far"))


def finding(seen: Look) -> str:
    """What the points that are out will cost."""
    row = seen.liability
    out = _points(row["outstanding"])
    if row["breakage"] is None:
        return _("{points} are out").format(points=out)
    return _("{points} are out: they will cost {cost}, and {share} of them will never be spent").format(
        points=out, cost=_money(row["liability"]), share=percent(row["breakage"], 0)
    )


def shown(view: View, seen: Look) -> str:
    """Whose points, and of which day."""
    n = seen.liability["members"]
    counted = ngettext("{n} member with points", "{n} members with points", n).format(n=number(n))
    text = _("**{counted}**, {who}, on **{date}**.")
    return text.format(counted=counted, who=whom(view.whom), date=date(seen.question.as_of))


def cards(seen: Look) -> None:
    """What is out, what it costs, how much of it is never spent, and how much is spent within a year."""
    row, minimum = seen.liability, find(LIABILITY).minimum
    out: Card = {
        "id": FLOWS, "name": _("Points outstanding"), "define": _("Definition"), "value": number(seen.flows["outstanding"]),
        "size": _members(row["members"]), "detail": _("{change} in the period").format(change=_change(seen.flows)),
    }  # fmt: skip
    few: Card = {"few": states.few_text(row["members"], minimum), "detail": states.few_remedy()}
    cost: Card = {"id": LIABILITY, "name": _("What they will cost"), "define": _("Definition"), **few}
    lost: Card = {"id": f"{LIABILITY}:breakage", "name": _("Never spent"), "define": _("Definition"), **few}
    if row["breakage"] is not None:
        reach = money_span(row["liability_low"], row["liability_high"], cached.extent().currency)
        cost = {**_bare(cost), "value": _money(row["liability"]), "range": reach, "size": _members(row["members"])}
        lost = {
            **_bare(lost), "value": number(100 * row["breakage"], 1), "unit": "%", "range": span(100 * row["low"], 100 * row["high"]),
            "size": _members(row["members"]),
        }  # fmt: skip
    blocks.cards([out, cost, lost, *_within_a_year(seen)], key="points")
    beyond = row["beyond_share"]
    further = (
        _("{share} of the points outlive every award seen so far.").format(share=percent(beyond)) if beyond else ""
    )
    blocks.quiet(sentences(_("Under each estimate its 95% interval and n; what is booked has none."), further))


def _within_a_year(seen: Look) -> list[Card]:
    row = next((row for row in seen.ages.iter_rows(named=True) if row["age_days"] == YEAR_DAYS), None)
    if row is None or row["spent"] is None:
        return []
    return [
        {
            "id": AGES, "name": _("Spent within {n} days").format(n=YEAR_DAYS), "define": _("Definition"),
            "value": number(100 * row["spent"], 1), "unit": "%", "range": span(100 * row["low"], 100 * row["high"]),
            "size": _members(row["members"]),
        }
    ]  # fmt: skip


def _bare(card: Card) -> Card:
    return {"id": card["id"], "name": card["name"], "define": card["define"]}


def _change(flows: dict) -> str:
    change = flows["outstanding"] - flows["opening"]
    return signed(change, 0) if change else "±0"


def months_section(seen: Look) -> None:
    """The points that are out at the end of each month."""
    rows = seen.trend
    if rows.height < 2:
        blocks.section(_("Points outstanding by month"), table=rows, file="points_by_month", metric="points_trend")
        blocks.empty(
            _("No trend yet"),
            _("A trend needs two months with movements of points."),
            icon=":material/hourglass_empty:",
        )
        return
    over = rows.filter("complete")  # a title speaks of months that have ended
    first, last = rows.row(0, named=True), (over if over.height > 1 else rows).row(-1, named=True)
    title = _("{now} points out at the end of {this}, against {before} at the end of {month}").format(
        now=number(last["outstanding"]),
        this=month(last["period"]),
        before=number(first["outstanding"]),
        month=month(first["period"]),
    )
    unfinished = [month(day) for day in rows.filter(~pl.col("complete"))["period"]]
    how = sentences(
        _("Points outstanding at the end of each month. All are counted, so there is no interval."),
        _("Hollow: the month is unfinished.") if unfinished else "",
    )
    blocks.section(title, how, table=rows, file="points_by_month", metric="points_trend")
    places, out = [month(day) for day in rows["period"]], rows["outstanding"].to_list()
    line = Line(
        str(last["period"].year),
        places,
        out,
        shown=[number(value) for value in out],
        read=[_points(value) for value in out],
    )
    figure = charts.trend(
        line, None, unfinished=unfinished, unfinished_name=_("unfinished"), ticks=money_axis(max(out), None)
    )
    blocks.chart(figure, key="points-by-month", alt=title)


def ages_section(seen: Look) -> None:
    """What becomes of points by the age of their award."""
    rows = seen.ages.drop_nulls("spent")
    if rows.height < 2:
        blocks.section(_(find(AGES).label), table=seen.ages, file=AGES, metric=AGES)
        n = max(seen.ages["members"].to_list(), default=0)
        states.too_few(n, find(AGES).minimum, states.few_remedy())
        return
    last = rows.row(-1, named=True)
    title = _("{spent} of points are spent within {days} days, {expired} expire").format(
        spent=percent(last["spent"], 0), expired=percent(last["expired"], 0), days=number(last["age_days"])
    )
    how = _(
        "% of points spent so many days after they were given, with 95% interval, estimated from awards of any age; dashed: expired."
    )
    blocks.section(title, how, table=seen.ages, file=AGES, metric=AGES)
    places = [number(age) for age in rows["age_days"]]
    spent, low, high, expired = ([100 * share for share in rows[name]] for name in ("spent", "low", "high", "expired"))
    line = Line(_("spent"), places, spent, low, high, rows["members"].to_list())
    figure = charts.trend(line, Line(_("expired"), places, expired), unit="%")
    blocks.chart(figure, key=AGES, alt=title)


def balances_section(seen: Look) -> None:
    """Members by how many points they have."""
    rows = cached.answer("points_balances", seen.question)
    held = rows.filter(pl.col("band") != "0")
    most = held.sort("points", descending=True).row(0, named=True) if held["points"].sum() else None
    title = _("Members by points")
    if most:
        title = _("{share} of the points are with {n} who have {band} points").format(
            share=percent(most["points"] / held["points"].sum(), 0),
            n=_members(most["holding"]),
            band=_band(most["band"]),
        )
    how = _("Members who ever had points, by how many they have now. All are counted, so there is no interval.")
    blocks.section(title, how, table=rows, file="points_balances", metric="points_balances")
    bars = []
    for row in rows.iter_rows(named=True):
        share = percent(row["holding"] / row["members"]) if row["members"] else "—"
        shown_text = f"<b>{number(row['holding'])}</b> · {share}"
        read = _("{band} points: {n}, {points} together").format(
            band=_band(row["band"]), n=_members(row["holding"]), points=number(row["points"])
        )
        bars.append(
            Bar(_("{band} points").format(band=_band(row["band"])), row["holding"], shown_text, SERIES[0], read)
        )
    blocks.chart(bar_charts.bars(bars), key="points-balances", alt=listed([bar.read for bar in bars]))


def groups_section(view: View, seen: Look) -> None:
    """How much is never spent, by the groups of a dimension."""
    dimensions = [dimension for dimension in cached.dimensions_of("customer") if groups.held(dimension)]
    if not dimensions:
        return
    dimension = groups.chosen(view, dimensions, "groups")
    column, question = dimension.column, replace(seen.question, by=(dimension.column,))
    enough = cached.answer(LIABILITY, question, **seen.arguments).drop_nulls(["breakage", column]).height
    rows = cached.answer(LIABILITY, question, **seen.arguments, confidence=confidence_of_each(max(enough, 1)))
    known = rows.drop_nulls(["breakage", column])
    largest = known.filter(pl.col("members").rank("ordinal", descending=True) <= MOST_GROUPS)
    ranked = largest.sort("breakage", column, descending=[True, False])
    how = sentences(
        _(
            "Share of the points outstanding that is never spent {by}, each interval so wide that all hold together in 95%."
        ).format(by=named(dimension.by, dimension)),
        groups.tiers_of(view, LIABILITY) if dimension is TIER else "",
    )
    blocks.section(
        _groups_title(ranked, column), how, table=rows, file=f"{LIABILITY}_by_{dimension.code}", metric=LIABILITY
    )
    choices.one(
        "groups", {each.code: each.label for each in dimensions}, _("Split by"), chosen=dimension.code,
        side_by_side=choices.IN_A_COLUMN,
    )  # fmt: skip
    lines = [
        ForestRow(
            label(row[column]), 100 * row["breakage"], 100 * row["low"], 100 * row["high"], "none", percent(row["breakage"]),
            f"· {_members(row['members'])}", row[column],
        )
        for row in groups.in_order(ranked, dimension, column).iter_rows(named=True)
    ]  # fmt: skip
    if lines:
        blocks.chart(charts.forest(lines, change=False, unit="%"), key="points-groups", alt=groups.alt(lines))
    minimum = find(LIABILITY).minimum
    few = rows.filter(pl.col("breakage").is_null(), pl.col(column).is_not_null()).sort("members", descending=True)
    for row in few.head(MOST_GROUPS).iter_rows(named=True):
        blocks.quiet(f"{markup.plain(label(row[column]))} · {states.few_text(row['members'], minimum)}")


def _groups_title(ranked: pl.DataFrame, column: str) -> str:
    if ranked.height < 2:
        return _("Too few members with points to compare groups")
    top, bottom = ranked.row(0, named=True), ranked.row(-1, named=True)
    if top["low"] <= bottom["high"]:
        return _("No clear difference between groups in how much is never spent")
    return _("Most is never spent among {one}, least among {other}").format(
        one=label(top[column]), other=label(bottom[column])
    )


def flows_section(seen: Look) -> None:
    """What moved, month by month, the newest first."""
    rows = seen.trend.sort("period", descending=True)
    how = _(
        "Points by month, the newest first; outstanding = that of the month before + earned + adjusted − spent − expired − cancelled."
    )
    blocks.section(_("What moved, month by month"), how, table=rows, file="points_flows", metric="points_trend")
    texts = {_(name): [number(value) for value in rows[column]] for column, name in COLUMNS.items()}
    blocks.lines(pl.DataFrame({_("Month"): [month(day).replace("-", UNBROKEN) for day in rows["period"]], **texts}))


def _points(n: int) -> str:
    return ngettext("{n} point", "{n} points", n).format(n=number(n))


def _members(n: int) -> str:
    return ngettext("{n} member", "{n} members", n).format(n=number(n))


def _money(amount: float) -> str:
    return money(amount, cached.extent().currency)


def _band(code: str) -> str:
    """100-499 as people write it."""
    if code.endswith("+"):
        return _("{n} and more").format(n=number(int(code[:-1])))
    if "-" not in code:
        return number(int(code))
    low, high = (int(end) for end in code.split("-"))
    return span(low, high, 0)
