"""The sections of the page Drivers: weights, the map of importance and performance, what a point more goes with, and groups."""

import polars as pl

from data.questions.feedback import item_scores
from data.text.labels import answers, label, named
from metrics.statistics.verdict import Verdict
from metrics.survey.responses import DRAWS
from metrics.texts import N_
from pages.feedback.drivers import charts, findings
from pages.feedback.drivers.charts import Spot
from pages.feedback.drivers.parts import drivers, outcome
from pages.feedback.questionnaire import number_codes
from pages.shared.model import blocks, choices
from pages.shared.model import charts as shared_charts
from pages.shared.model.charts import ForestRow
from pages.shared.screen import groups, states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, listed, number, percent, sentences, signed, spaced, span

QUADRANTS = {
    "concentrate": N_("Concentrate here"),
    "keep": N_("Keep it up"),
    "low": N_("Low priority"),
    "overkill": N_("Possible overkill"),
}
LONGEST_NAME, MOST_NAMES = 18, 9
GROUPS_SHOWN, ITEMS_RATED = 6, 12


def weights_section(rows: pl.DataFrame, view: View) -> None:
    """Relative weights with their intervals."""
    known = rows.drop_nulls("importance")
    note = _(
        "Relative weights: shares of what the items explain together, with 95% interval from {draws} draws of customers."
    )
    blocks.section(
        findings.leading(rows, outcome(view)) if not known.height else _("What weighs how much"),
        sentences(note.format(draws=number(DRAWS)), _explained(known)),
        table=rows,
        file="drivers",
        metric="drivers",
    )
    if not known.height:
        _refused(rows, view)
        return
    codes = _codes(known)
    lines = [
        ForestRow(
            _coded(row["item"], codes), 100 * row["importance"], 100 * row["low"], 100 * row["high"], "none",
            percent(row["importance"], 1), _("· first in {share} of draws").format(share=percent(row["first"], 0)), row["item"],
        )
        for row in known.iter_rows(named=True)
    ]  # fmt: skip
    alt = listed([f"{line.name}: {line.shown}" for line in lines])
    blocks.chart(shared_charts.forest(lines, change=False, unit="%"), key="drivers", alt=alt)
    if known["shapley"].count():
        apart = known.select((pl.col("shapley") - pl.col("importance")).abs().max()).item()
        blocks.quiet(
            _("Shapley values, as a check, differ from these shares by at most {points} points.").format(
                points=number(100 * apart, 1)
            )
        )


def _explained(known: pl.DataFrame) -> str:
    if not known.height:
        return ""
    return _("Together the items explain {share} of the differences (R²).").format(share=percent(known["r2"][0], 0))


def _refused(rows: pl.DataFrame, view: View) -> None:
    """Why there are no weights, and what to do; the ratings themselves need fewer answers."""
    rated = cached.table(item_scores, view.question).drop_nulls("csat").sort("csat", "item", descending=[True, False])
    if rated.height:
        blocks.quiet(_("Meanwhile, how each item is rated: share of answers in the top two boxes, with 95% interval."))
        lines = [
            ForestRow(
                label(row["item"]), 100 * row["csat"], 100 * row["low"], 100 * row["high"], "none", percent(row["csat"], 1),
                f"· {answers(row['n'])}", row["item"],
            )
            for row in rated.head(ITEMS_RATED).iter_rows(named=True)
        ]  # fmt: skip
        alt = listed([f"{line.name}: {line.shown}" for line in lines])
        blocks.chart(shared_charts.forest(lines, change=False, unit="%"), key="ratings", alt=alt)
    if findings.reason(rows) == "few":
        states.too_few(rows["n"][0], findings.needed(rows), states.few_remedy())
        return
    blocks.empty(
        findings.leading(rows, "nps"),
        _("Choose other items, a longer period or more customers."),
        icon=":material/hourglass_empty:",
    )


def map_section(rows: pl.DataFrame, view: View) -> None:
    """Importance against performance."""
    known = rows.drop_nulls("quadrant")
    stated = view.options["importance"] == "stated"
    note = sentences(
        _("Across: performance, the mean on 0–100 of the scale. Up: importance as stated, 0–100.")
        if stated
        else _("Across: performance, the mean on 0–100 of the scale. Up: importance, the relative weight."),
        _("Cut at the means; how sure a quadrant is, the share of draws says in which the item stays there."),
    )
    blocks.section(findings.to_fix(rows), note, table=known, file="importance_map", metric="drivers")
    if not known.height:
        return
    codes = _codes(known)
    spots = []
    for row in known.iter_rows(named=True):
        importance = row["stated"] if stated else 100 * row["importance"]
        read = _("{item}: {quadrant} in {share} of draws").format(
            item=label(row["item"]), quadrant=_(QUADRANTS[row["quadrant"]]), share=percent(row["quadrant_share"], 0)
        )
        name = codes.get(row["item"]) or label(row["item"])
        spots.append(Spot(name, row["performance"], importance, row["quadrant"], read))
    names = [_(QUADRANTS[code]) for code in ("concentrate", "keep", "low", "overkill")]
    figure = charts.importance_map(spots, names=names)
    blocks.chart(figure, key="importance-map", alt=listed([spot.read for spot in spots]))


def worth_section(rows: pl.DataFrame, view: View) -> None:
    """What a point more on each item goes with."""
    known = rows.drop_nulls("one_more").sort("one_more", descending=True)
    unit = {
        "nps": _("Points of NPS that go with one scale point more, the other items as they are, with 95% interval."),
        "csat": _("Points of CSAT that go with one scale point more, the other items as they are, with 95% interval."),
    }[outcome(view)]
    inflated = rows.filter(pl.col("importance").is_not_null(), pl.col("one_more").is_null())
    blocks.section(
        findings.worth(rows, outcome(view)),
        sentences(unit, _("No promise that raising it would do so.")),
        table=rows.select("item", "n", "answered", "mean", "one_more", "one_more_low", "one_more_high", "inflation"),
        file="one_point_more",
        metric="drivers",
    )
    if known.height:
        lines = [_worth(row) for row in known.iter_rows(named=True)]
        alt = listed([f"{line.name}: {line.shown}" for line in lines])
        blocks.chart(shared_charts.forest(lines), key="one-more", alt=alt)
    for row in inflated.iter_rows(named=True):
        text = _("{item}: answered so much like the others that a point of it alone cannot be told.")
        blocks.quiet(text.format(item=markup.plain(label(row["item"]))))


def _worth(row: dict) -> ForestRow:
    low, high = row["one_more_low"], row["one_more_high"]
    verdict: Verdict = "better" if low > 0 else "worse" if high < 0 else "none"
    word = "· " + span(low, high, 1, sign=True)
    return ForestRow(
        label(row["item"]), row["one_more"], low, high, verdict, signed(row["one_more"], 1), word, row["item"]
    )


def groups_section(view: View) -> None:
    """The weights in each group of a dimension, side by side."""
    dimensions = [each for each in cached.dimensions_of("customer") if each.source != "first_order"]
    dimension = groups.chosen(view, dimensions, "by")
    title = spaced(_("Weights {by}").format(by=named(dimension.by, dimension)))
    known = {each.code: each.label for each in dimensions if groups.held(each)}
    rows = drivers(view, (dimension.column,)).drop_nulls(dimension.column)
    told = rows.drop_nulls("importance")
    blocks.section(
        title,
        _(
            "Relative weight with 95% interval of the items in each group; the largest groups. "
            "Groups without enough respondents are not shown."
        ),
        table=rows,
        file=f"drivers_by_{dimension.code}",
        metric="drivers",
    )
    if known:
        choices.one("by", known, _("Split by"), chosen=dimension.code, side_by_side=choices.IN_A_COLUMN)
    if not told.height:
        blocks.quiet(_("Too few respondents to compare groups"))
        return
    largest = (
        told.group_by(dimension.column).agg(pl.col("n").first()).sort("n", dimension.column, descending=[True, False])
    )
    shown = largest[dimension.column].head(GROUPS_SHOWN).to_list()
    items = (
        told.group_by("item")
        .agg(pl.col("importance").mean())
        .sort("importance", "item", descending=[True, False])["item"]
    )
    table: dict[str, list[str]] = {_("Item"): [label(item) for item in items]}
    for group in shown:
        own = told.filter(pl.col(dimension.column) == group)
        cells = {row["item"]: row for row in own.iter_rows(named=True)}
        name = _("{group} (n {n})").format(group=label(group), n=number(own["n"][0]))
        table[name] = [_cell(cells.get(item)) for item in items]
    blocks.lines(pl.DataFrame(table))


def _cell(row: dict | None) -> str:
    if row is None:
        return "—"
    return f"{percent(row['importance'], 0)} ({span(100 * row['low'], 100 * row['high'], 0)})"


def _codes(rows: pl.DataFrame) -> dict[str, str]:
    """Numbers in the place of names on a map, where these are many or long; none where the names themselves fit."""
    names = [label(item) for item in rows["item"]]
    if len(names) <= MOST_NAMES and max(map(len, names)) <= LONGEST_NAME:
        return {}
    return number_codes(rows["item"].to_list())


def _coded(item: str, codes: dict[str, str]) -> str:
    return f"{codes[item]} · {label(item)}" if item in codes else label(item)
