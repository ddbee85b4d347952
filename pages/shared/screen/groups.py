"""A measure split into groups: one line per group with its interval and n; groups with too few are named, not drawn."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import polars as pl

from data.questions.ask import find, observed
from data.questions.changes import difference
from data.text.labels import TIER_ORDER, label, named
from metrics.dimension import TIER, Dimension, Noun
from metrics.statistics.verdict import confidence_of_each_pair
from pages.feedback import findings
from pages.shared.model import blocks, charts, choices, marks
from pages.shared.model.charts import ForestRow
from pages.shared.readings.measures import Measure
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, date, listed, number, sentences, spaced

NEWEST_COHORTS, MOST_GROUPS = 8, 10

# (dimension, rows with a value from high to low, lower end of highest minus lowest) → the title
Title = Callable[[Dimension, pl.DataFrame, float | None], str]


def chosen(view: View, dimensions: Sequence[Dimension], option: str) -> Dimension:
    """The dimension that the view names; the first that the data know where they do not know that one."""
    known = _known(dimensions) or dimensions
    return next((each for each in known if each.code == view.options[option]), known[0])


def _known(dimensions: Sequence[Dimension]) -> list[Dimension]:
    """The dimensions of which the data hold a value."""
    return [dimension for dimension in dimensions if held(dimension)]


def held(dimension: Dimension) -> bool:
    """Whether the data hold a value of it."""
    if dimension.source == "first_order":
        return cached.extent().orders_first is not None
    return bool(cached.values(dimension.column))


def _picker(dimensions: Sequence[Dimension], option: str, code: str) -> None:
    """The choice of the dimension among those that the data know, if any; the view keeps it under `option`."""
    if known := _known(dimensions):
        choices.one(
            option,
            {each.code: each.label for each in known},
            _("Split by"),
            chosen=code,
            side_by_side=choices.IN_A_COLUMN,
        )


def section(
    view: View,
    measure: Measure,
    *,
    dimensions: Sequence[Dimension] = (),
    noun: Noun = "answer",
    option: str = "by",
    title: Title = findings.groups,
) -> None:
    """The groups of the dimension that is chosen, with the choice above them."""
    dimensions = dimensions or cached.dimensions_of(noun)
    dimension = chosen(view, dimensions, option)
    code = dimension.code
    rows = cached.answer(measure.metric, replace(view.question, by=(dimension.column,)), **measure.arguments)
    if not rows[dimension.column].drop_nulls().len():
        blocks.section(spaced(_("{name} {by}").format(name=_(measure.name), by=named(dimension.by, dimension))))
        _picker(dimensions, option, code)
        missing = dimension.lacking(noun)
        blocks.empty(_(missing.title), _(missing.remedy), icon=":material/label_off:")
        return
    known = rows.drop_nulls([measure.value, dimension.column]).sort(measure.value, descending=True)
    shown = _shown(known, dimension, measure.n)
    ranked = shown.sort(measure.value, descending=True)
    told = _("{name} {by}, with 95% interval.") if measure.bounded else _("{name} {by}.")
    note = sentences(
        spaced(told.format(name=_(measure.name), by=named(dimension.by, dimension))),
        _left_out(known.height, shown.height, dimension),
        tiers_of(view, measure.metric) if dimension is TIER else "",
    )
    blocks.section(
        title(dimension, ranked, _apart(view, ranked, measure, dimension.column)),
        note,
        table=rows,
        file=f"{measure.metric}_by_{code}",
        metric=measure.metric,
    )
    _picker(dimensions, option, code)
    if shown.height:
        lines = [_line(row, dimension.column, measure) for row in shown.iter_rows(named=True)]
        ticks = measure.ticks(max(line.high for line in lines)) if measure.kind in ("money", "count") else None
        figure = charts.forest(lines, change=False, bars=not measure.bounded, unit=measure.unit, ticks=ticks)
        points = [marks.of_group(dimension, line.id, charts.says(line, bounded=measure.bounded)) for line in lines]
        blocks.chart(figure, key=f"{measure.metric}-by-{code}", alt=alt(lines), marks=points)
    _quiet_groups(rows, dimension.column, measure)


def _shown(known: pl.DataFrame, dimension: Dimension, n: str) -> pl.DataFrame:
    """The groups that are drawn, in their order: tiers from the highest, cohorts from the newest, others from high to low."""
    if dimension.order == "time":
        return known.sort(dimension.column, descending=True).head(NEWEST_COHORTS)
    if dimension.order == "ladder":
        return in_order(known, dimension, dimension.column)
    return known.filter(pl.col(n).rank("ordinal", descending=True) <= MOST_GROUPS)


def in_order(rows: pl.DataFrame, dimension: Dimension, column: str) -> pl.DataFrame:
    """Rows of the usual tiers from the highest, then those of any other as they were; of other dimensions as they are."""
    if dimension.order != "ladder":
        return rows
    places = pl.col(column).replace_strict(TIER_ORDER, range(len(TIER_ORDER)), default=99, return_dtype=pl.Int64)
    return rows.sort(places, maintain_order=True)


def tiers_of(view: View, metric: str) -> str:
    """Of which day the tiers are that a metric is split by: the view's own, or the last that the metric's kind of data covers."""
    return _("Tiers are those of {date}.").format(date=date(observed(cached.extent(), find(metric), view.as_of)))


def _left_out(known: int, shown: int, dimension: Dimension) -> str:
    if known == shown:
        return ""
    if dimension.order == "time" and dimension.step == "month":
        return _("The {shown} newest of {known} months.").format(shown=shown, known=known)
    if dimension.order == "time":
        return _("The {shown} newest of {known} quarters.").format(shown=shown, known=known)
    return _("The {shown} largest of {known} groups.").format(shown=shown, known=known)


def _apart(view: View, ranked: pl.DataFrame, measure: Measure, column: str) -> float | None:
    """The lower end of the highest minus the lowest. Both were picked from all pairs, so the interval is as wide as that asks for."""
    if ranked.height < 2:
        return None
    question = replace(view.question, by=(column,))
    top, bottom = ranked[column][0], ranked[column][-1]
    confidence = confidence_of_each_pair(ranked.height)
    apart = cached.compared(
        difference, measure.metric, question, top, bottom, confidence=confidence, **measure.arguments
    )
    low: float | None = apart["low"][0]
    return low


def _line(row: dict, column: str, measure: Measure) -> ForestRow:
    value, low, high = (measure.scaled(row[name]) for name in (measure.value, *measure.ends))
    low = low if measure.bounded else min(0.0, low)  # a bar begins at zero
    counted = measure.counted(row[measure.n]) if measure.n != measure.value else ""
    return line(row[column], value, low, high, measure.shown(row[measure.value]), counted)


def line(code: str, value: float, low: float, high: float, shown: str, counted: str) -> ForestRow:
    """A group as a line of the interval plot: its name, its value as it is shown, and whom it rests on."""
    return ForestRow(label(code), value, low, high, "none", shown, f"· {counted}" if counted else "", code)


def alt(lines: Sequence[ForestRow]) -> str:
    """The text alternative of the interval plot."""
    return listed([f"{line.name}: {line.shown}" for line in lines])


def _quiet_groups(rows: pl.DataFrame, column: str, measure: Measure) -> None:
    """Groups below the minimum, all in one line with their counts; and how many belong to no known group."""
    few = rows.filter(pl.col(measure.value).is_null(), pl.col(column).is_not_null()).sort(measure.n, descending=True)
    if few.height:
        counts = [
            f"{label(code)} {number(n)}" for code, n in few.select(column, measure.n).head(MOST_GROUPS).iter_rows()
        ]
        more = [_("{n} more").format(n=number(few.height - MOST_GROUPS))] if few.height > MOST_GROUPS else []
        reason = _("too few to show: fewer than {minimum}").format(minimum=number(measure.minimum))
        blocks.quiet(f"{markup.plain(listed([*counts, *more]))} · {markup.attention(reason, '')}")
    for row in rows.filter(pl.col(column).is_null(), pl.col(measure.n) > 0).iter_rows(named=True):
        blocks.quiet(f"{label(None)} · {measure.counted(row[measure.n])}")
