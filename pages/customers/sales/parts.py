"""The parts of the page Sales: the choice of a number, its groups, and the table of months."""

from functools import reduce

import polars as pl

from data.questions.ask import find
from data.text.labels import apart
from metrics.dimension import Dimension
from pages.customers.sales.entry import NUMBERS
from pages.shared.model import blocks, choices
from pages.shared.readings import measures
from pages.shared.readings.findings import first_up
from pages.shared.readings.measures import Measure, of_day
from pages.shared.readings.readings import Reading
from pages.shared.screen import groups
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import periods
from pages.shared.words.texts import _, month, sentences, spaced

MONTHS = 12
UNBROKEN = "\u2011"  # a hyphen at which no line ends


def options() -> None:
    """Which number is shown by month and by group."""
    with choices.row():
        choices.one("number", {name: find(name).called for name in NUMBERS}, _("Number"))


def of_a_year(reading: Reading) -> bool:
    """Whether the number looks back beyond the period."""
    return find(reading.metric).dates == "day"


def groups_section(current: View, measure: Measure) -> None:
    """The groups of a dimension, each with its number."""

    def title(dimension: Dimension, ranked: pl.DataFrame, low: float | None) -> str:
        return _group_title(measure, dimension, ranked, low)

    metric = find(measure.metric)
    asked = of_day(metric, current.question)
    seen = View(asked.start, asked.end, asked.as_of, current.vs, current.segment, current.options, current.scope)
    groups.section(
        seen, measure, dimensions=cached.dimensions_of("customer"), noun="customer", option="groups", title=title
    )


def _group_title(measure: Measure, dimension: Dimension, ranked: pl.DataFrame, low: float | None) -> str:
    """The group with the most against the one with the least."""
    name = _(find(measure.metric).in_sentence)
    if ranked.height < 2:
        return spaced(_("Too few orders to compare {name} of groups").format(name=name))
    if low is None or low <= 0:
        return spaced(_("No clear difference in {name} between groups").format(name=name))
    top, bottom = (ranked[dimension.column][place] for place in (0, -1))
    return first_up(apart(_("{name} is highest among {one}, lowest among {other}"), dimension, top, bottom, name=name))


def months_section(current: View) -> None:
    """All numbers, month by month, the newest first."""
    last = periods.up_to(current.start, current.end, current.as_of)
    asked = current.asked(*periods.through_running(last, current.as_of, MONTHS))
    shown = [measures.of_metric(name) for name in NUMBERS]
    rows = _months([cached.answer(each.trend, asked).select("period", "complete", each.value) for each in shown])
    unfinished = _("The last one is unfinished.") if rows.height and not rows["complete"][0] else ""
    blocks.section(
        _("Month by month"), sentences(_("Each number of this page, the newest month first."), unfinished),
        table=rows, file="sales_by_month",
    )  # fmt: skip
    texts = {_(each.name): [_text(each, value) for value in rows[each.value]] for each in shown}
    blocks.lines(pl.DataFrame({_("Month"): [month(day).replace("-", UNBROKEN) for day in rows["period"]], **texts}))


def _months(frames: list[pl.DataFrame]) -> pl.DataFrame:
    keys = ["period", "complete"]
    together = reduce(lambda left, right: left.join(right, on=keys, how="left"), frames)
    return together.sort("period", descending=True)


def _text(measure: Measure, value: float | None) -> str:
    return "—" if value is None else measure.shown(value)
