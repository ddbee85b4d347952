"""The parts of the page Stores and teams: the units, the funnel, the table."""

from dataclasses import replace

import polars as pl

from data.text.labels import answers, label, named
from metrics.dimension import STORE, Dimension
from metrics.engine.reduce import most
from metrics.teams.funnel import curve
from metrics.texts import N_
from pages.feedback import charts
from pages.feedback.teams.entry import FIRST, UNITS
from pages.shared.model import blocks, choices
from pages.shared.readings.measures import NPS
from pages.shared.screen import groups, states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words.texts import _, joined, listed, number, sentences, spaced, span

MOST_NAMED = 3
BOTH = N_("Higher than chance explains: {better}; lower: {worse}")
HIGHER = N_("Higher than chance explains: {names}")
LOWER = N_("Lower than chance explains: {names}")
PLACES = {
    "far_above": N_("above the 99.8% limit"),
    "above": N_("above the 95% limit"),
    "within": N_("within the limits"),
    "below": N_("below the 95% limit"),
    "far_below": N_("below the 99.8% limit"),
}


def units() -> tuple[Dimension, ...]:
    """By what answers can be split here: the usual units, and the further columns of members."""
    return (*UNITS, *(each for each in cached.dimensions_of("answer") if each.source == "member"))


def chosen(view: View) -> Dimension:
    """The unit of the address; without one, the first that has limits, else the one with the largest group."""
    if view.options["teams"] == FIRST:
        held = [each for each in UNITS if groups.held(each)] or [STORE]
        return next((each for each in held if is_told(rows(view, each))), max(held, key=lambda each: _most(view, each)))
    return groups.chosen(view, units(), "teams")


def rows(view: View, dimension: Dimension) -> pl.DataFrame:
    """The units with their limits."""
    return cached.answer("nps_funnel", replace(view.question, by=(dimension.column,)))


def is_told(found: pl.DataFrame) -> bool:
    """Whether there are limits."""
    return bool(found["expected"].drop_nulls().len())


def _most(view: View, dimension: Dimension) -> int:
    known = rows(view, dimension).drop_nulls(dimension.column)
    return most(known["n"])


def counted(found: pl.DataFrame) -> str:
    """How many answers there are."""
    return answers(int(found["n"].sum()))


def options(dimension: Dimension) -> None:
    """Which units are compared."""
    known = {each.code: each.label for each in units() if groups.held(each)}
    if known:
        with choices.row():
            choices.one("teams", known, _("Split by"), chosen=dimension.code)


def finding(found: pl.DataFrame, dimension: Dimension) -> str:
    """The units beyond the outer limits, which chance alone leaves in two of a thousand."""
    known = found.drop_nulls("expected")
    if not known.height:
        return _("Too few answers to compare groups")
    better, worse = (
        _names(known.filter(where), dimension)
        for where in (pl.col("nps") > pl.col("far_high"), pl.col("nps") < pl.col("far_low"))
    )
    if better and worse:
        return spaced(_(BOTH).format(better=better, worse=worse))
    if better or worse:
        return spaced(_(HIGHER if better else LOWER).format(names=better or worse))
    return _("No group scores otherwise than chance explains")


def _names(found: pl.DataFrame, dimension: Dimension) -> str:
    names = [label(code) for code in found.sort(pl.col("z").abs(), descending=True)[dimension.column]]
    more = len(names) - MOST_NAMED
    return joined([*names[:MOST_NAMED], *([_("{n} more").format(n=number(more))] if more > 0 else [])])


def funnel_section(found: pl.DataFrame, dimension: Dimension) -> None:
    """Each unit by its answers and its score, between the limits."""
    known = found.drop_nulls(["expected", dimension.column])
    title = spaced(_("NPS {by}, beside chance").format(by=named(dimension.by, dimension)))
    between = known["between"][0]
    how = sentences(
        _(
            "Across: number of answers; up: NPS. Lines: what all score together, 95% (dashed) and 99.8% limits of chance."
        ),
        _(
            "The groups differ by {points} points (standard deviation) beyond chance, which the limits allow for."
        ).format(points=number(between, 1))
        if between
        else _("Together the groups differ no more than chance explains."),
    )
    blocks.section(title, how)
    points = known.with_columns(
        name=pl.Series([label(code) for code in known[dimension.column]], dtype=pl.String),
        place=pl.Series([_place(row) for row in known.iter_rows(named=True)], dtype=pl.String),
    )
    read = [_read(row) for row in points.iter_rows(named=True)]
    figure = charts.funnel(points.with_columns(read=pl.Series(read)), curve(known))
    blocks.chart(figure, key="funnel", alt=listed(read))


def _read(row: dict) -> str:
    return _("{name}: {value}, {n}, {place}").format(
        name=row["name"], value=number(row["nps"], 1), n=answers(row["n"]), place=_(PLACES[row["place"]])
    )


def _place(row: dict) -> str:
    """Where a unit lies: a code of PLACES."""
    if row["nps"] > row["far_high"]:
        return "far_above"
    if row["nps"] < row["far_low"]:
        return "far_below"
    if row["nps"] > row["limit_high"]:
        return "above"
    return "below" if row["nps"] < row["limit_low"] else "within"


def without_limits(view: View, dimension: Dimension) -> None:
    """The groups with their own intervals, where there are too few for limits."""
    why = _("Limits need three groups with {minimum} answers each. Widen the period or the filters.")
    blocks.quiet(why.format(minimum=NPS.minimum))
    others = [each for each in units() if each is not dimension]
    groups.section(view, NPS, dimensions=(dimension, *others), option="teams")


def table_section(found: pl.DataFrame, dimension: Dimension) -> None:
    """The units as a table; those below the minimum stand at the end, without a score."""
    how = _(
        "Drawn towards the others: the score less what chance is likely to have added; the fairest single number of a group."
    )
    blocks.section(_("All groups"), how, table=found, file="nps_funnel", metric="nps_funnel")
    order = [pl.col("expected").is_null(), pl.col("nps"), pl.col("n")]
    ordered = found.sort(order, descending=[False, True, True], nulls_last=True, maintain_order=True)
    lines = list(ordered.iter_rows(named=True))
    blocks.lines(
        pl.DataFrame(
            {
                named(dimension.label, dimension): [label(row[dimension.column]) for row in lines],
                _("Answers"): [number(row["n"]) for row in lines],
                _("NPS"): [_score(row) for row in lines],
                _("Drawn towards the others"): [_or_dash(row["shrunk"]) for row in lines],
                _("Beside chance"): [_(PLACES[_place(row)]) if row["expected"] is not None else "—" for row in lines],
            }
        )
    )


def _score(row: dict) -> str:
    if row["nps"] is None:
        return states.few_text(row["n"], NPS.minimum)
    return _("{value} ({interval})").format(value=number(row["nps"], 1), interval=span(row["low"], row["high"]))


def _or_dash(value: float | None) -> str:
    return "—" if value is None else number(value, 1)
