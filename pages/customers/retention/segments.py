"""Two groups of customers beside each other: their average curves, and whether they differ in a period that is named beforehand."""

from dataclasses import dataclass

import polars as pl

from data.questions.changes import difference
from data.text.labels import label, named
from metrics.dimension import FIRST_MONTH, TIER, Dimension
from metrics.statistics.verdict import Verdict, confidence_of_each_pair, pairs, verdict
from metrics.texts import N_
from pages.customers import findings
from pages.customers.retention.cohort_measures import (
    Asked,
    answered,
    arguments,
    averaged,
    drawn,
    own_columns,
    question,
)
from pages.customers.retention.curve import as_line, draw, later_can_rise, what_is_drawn
from pages.shared.model import blocks, choices
from pages.shared.readings.measures import percent_points
from pages.shared.readings.readings import RETENTION_MINIMUM
from pages.shared.screen import groups, states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, sentences, span

JUDGED_IN = {
    "week": 4,
    "month": 3,
    "quarter": 2,
    "year": 1,
    "rolling": 3,
}  # the one period in which a difference is judged


@dataclass(frozen=True)
class Judged:
    """The difference of two groups in one period, in points; the interval holds for all pairs together."""

    period: int
    pairs: int
    verdict: Verdict
    low: float | None
    high: float | None


def choose() -> None:
    """The choice of what is compared: a cohort with the others, or groups of a dimension."""
    groups = {dimension.code: named(dimension.plural, dimension) for dimension in cached.filters()}
    compared = {FIRST_MONTH.code: N_("a cohort"), **groups}
    choices.one("against", compared, _("Compare"), side_by_side=choices.IN_A_COLUMN)


def compared_by(current: View) -> Dimension | None:
    """The dimension whose groups are compared; None where cohorts are."""
    return next((dimension for dimension in cached.filters() if dimension.code == current.options["against"]), None)


def segments_section(current: View, what: Asked) -> None:
    """The curves of two groups, to be chosen, and the sentence about their difference."""
    against = compared_by(current)
    if against is None:
        return
    dimension = against.column
    triangle = answered(current, what, by=(dimension,))
    average = drawn(averaged(triangle, what, by=(dimension,)), what).drop_nulls(["value", dimension])
    later = average.filter(pl.col("period") >= 1)
    sizes = (
        later.group_by(dimension).agg(pl.col("customers").max()).sort("customers", dimension, descending=[True, False])
    )
    names = sizes[dimension].to_list()
    if len(names) < 2:
        _too_few_groups(drawn(triangle, what), against)
        return
    one, other = _two(current, names)
    first, second = (average.filter(pl.col(dimension) == name).drop(dimension) for name in (one, other))
    judged = _judged(current, dimension, (one, other), what, len(names))
    title = _title(judged, against, one, other, what)
    note = sentences(what_is_drawn(what), _difference(judged, what), _tiers(current, against), later_can_rise(what))
    table = own_columns(average.filter(pl.col(dimension).is_in([one, other])))
    blocks.section(markup.plain(title), note, table=table, file=f"retention_by_{dimension}", metric=what.metric)
    with choices.row():
        for name, chosen in (("group", one), ("beside", other)):
            choices.listed(name, sorted(names), named(against.plural, against), called=label, chosen=chosen)
    draw(as_line(first, label(one)), as_line(second, label(other)), what, alt=title)


def _two(current: View, names: list[str]) -> tuple[str, str]:
    """The groups of the view where they are shown, else the largest."""
    one = current.options["group"] if current.options["group"] in names else names[0]
    rest = [name for name in names if name != one]
    other = current.options["beside"] if current.options["beside"] in rest else rest[0]
    return one, other


def _judged(current: View, dimension: str, two: tuple[str, str], what: Asked, groups: int) -> Judged | None:
    """Judged by orders in the period only, in one period named beforehand, and so that all pairs together err once in twenty times."""
    if (what.measure, what.kind) != ("customers", "on"):
        return None
    at = JUDGED_IN[what.unit]
    asked, sure = question(current, what, by=(dimension,)), confidence_of_each_pair(groups)
    counted = {"row": {"period": at}, "minimum": RETENTION_MINIMUM, "confidence": sure, **arguments(what)}
    low, high = cached.compared(difference, what.metric, asked, *two, **counted).select("low", "high").row(0)
    return Judged(at, pairs(groups), verdict(low, high, True), *percent_points([low, high]))


def _title(judged: Judged | None, against: Dimension, one: str, other: str, what: Asked) -> str:
    if judged is None:
        return _("{one} beside {other}").format(one=label(one), other=label(other))
    where = findings.period(what.unit, judged.period)
    return findings.segments(against, judged.verdict, one, other, where)


def _difference(judged: Judged | None, what: Asked) -> str:
    """Where the difference is judged, its interval, and for how many comparisons it holds."""
    if judged is None or judged.low is None or judged.high is None:
        return ""
    text = _("Judged in {period} alone: difference {interval} points.")
    if judged.pairs > 1:
        text = _(
            "Judged in {period} alone: difference {interval} points, an interval that holds for all {pairs} pairs at once."
        )
    where = findings.period(what.unit, judged.period)
    return text.format(period=where, interval=span(judged.low, judged.high, sign=True), pairs=judged.pairs)


def _tiers(current: View, against: Dimension) -> str:
    if against is not TIER:
        return ""
    making = _("Customers who order often move up a tier, so higher tiers always come back more.")
    return sentences(groups.tiers_of(current, "retention"), making)


def _too_few_groups(cells: pl.DataFrame, against: Dimension) -> None:
    blocks.section(_("Two groups beside each other"))
    dimension = against.column
    if not cells[dimension].drop_nulls().len():
        missing = against.lacking("customer")
        blocks.empty(_(missing.title), _(missing.remedy), icon=":material/label_off:")
        return
    sizes = cells.drop_nulls(dimension).filter(pl.col("period") == pl.col("period").min()).group_by(dimension)
    largest = sizes.agg(pl.col("customers").sum())["customers"].sort(descending=True).to_list()[1:2] or [0]
    why = _("A comparison needs two groups with {minimum} new customers each. Widen the filters.")
    states.too_few(largest[0], RETENTION_MINIMUM, why.format(minimum=RETENTION_MINIMUM))
