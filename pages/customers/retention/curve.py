"""The average of all cohorts as a curve, with one cohort beside it."""

import datetime as dt

import polars as pl

from data.questions.changes import cohort_difference
from metrics.statistics.verdict import Verdict, verdict
from pages.customers import charts, findings
from pages.customers.charts import Curve
from pages.customers.retention.cohort_measures import (
    Asked,
    arguments,
    averaged,
    drawn,
    enough,
    in_words,
    own_columns,
    question,
    shown,
)
from pages.shared.model import blocks, choices
from pages.shared.model.charts import Line
from pages.shared.readings.readings import RETENTION_MINIMUM
from pages.shared.screen import states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, number, period_name, sentences, span

NEWEST, NOBODY = "newest", "none"
FULL_PERIODS = 3  # that a cohort needs before it is worth a line of its own


def averaged_periods(triangle: pl.DataFrame, what: Asked) -> pl.DataFrame:
    """What the curve of all cohorts is drawn from: the periods that rest on enough customers."""
    return drawn(averaged(triangle, what), what).drop_nulls("value")


def curve_section(current: View, triangle: pl.DataFrame, what: Asked) -> None:
    """The average and one cohort."""
    cells = drawn(triangle, what)
    average = averaged_periods(triangle, what)
    if not average.filter(pl.col("period") >= 1).height:
        no_curve(triangle, what)
        return
    later = enough(cells).filter(pl.col("period") >= 1)
    cohorts = {period_name(day, what.calendar): day for day in later["cohort"].unique().sort()}
    chosen = _chosen(current.options["cohort"], cells, cohorts)
    mine = cells.filter(pl.col("cohort") == cohorts[chosen]) if chosen else cells.clear()
    title = _title(current, cells, cohorts, chosen, what)
    named = {period_name(day, what.calendar): in_words(day, what) for day in triangle["cohort"]}
    note = sentences(
        what_is_drawn(what),
        later_can_rise(what),
        _mix(average, what),
        _absent(current.options["cohort"], cohorts, named),
    )
    blocks.section(title, note, table=own_columns(average), file="retention_average", metric=what.metric)
    if cohorts:
        _picker(list(cohorts), chosen)
    draw(as_line(average, _("all cohorts")), as_line(mine, chosen) if chosen else None, what, alt=title)


def draw(main: Line, other: Line | None, what: Asked, *, alt: str) -> None:
    """One or two curves in the unit of the measure."""

    def read(line: Line, place: int) -> str:
        value = line.y[place]
        if value is None:
            return ""
        low, high = line.low[place], line.high[place]
        digits = 2 if what.measure == "orders" else 1
        interval = f" ({span(low, high, digits)})" if low is not None and high is not None else ""
        return f"{shown(value, what)}{interval} · n {number(line.n[place])}"

    def curve(line: Line) -> Curve:
        end = shown(line.y[-1] or 0, what) if line.y else ""
        return Curve(line, end, [read(line, place) for place in range(len(line.x))])

    contrast = curve(other) if other else None
    figure = charts.curves(curve(main), contrast, suffix="%" if what.source.scale == 100 else "")
    blocks.chart(figure, key="curve", alt=alt)


def as_line(rows: pl.DataFrame, name: str) -> Line:
    """Rows of a triangle or its average as a series."""
    y, low, high = (rows[column].to_list() for column in ("value", "value_low", "value_high"))
    return Line(name, rows["period"].to_list(), y, low, high, rows["customers"].to_list())


def what_is_drawn(what: Asked) -> str:
    """Measure and interval of the curves."""
    text = {
        "customers": _("% with an order, by period since the first order, with 95% interval."),
        "orders": _("Orders per customer, by period since the first order, with 95% interval."),
        "revenue": _("Revenue as % of that of the first period. No interval."),
        "value": _("Net revenue per customer so far. No interval."),
    }
    return text[what.measure]


def later_can_rise(what: Asked) -> str:
    """What "or later" means for those who came lately."""
    return "" if what.kind == "on" else _("The older the cohort, the more time it had: newer ones can still rise.")


def no_curve(triangle: pl.DataFrame, what: Asked) -> None:
    """Nothing to draw: no period has ended, or too few customers have reached one."""
    blocks.section(_("All cohorts together"))
    reached = averaged(triangle.filter(pl.col("period") >= 1), what).head(1)
    if reached.height and reached["customers"][0] < RETENTION_MINIMUM:
        why = _("The average is drawn from {minimum} customers. Widen the filters, or choose a later period.")
        states.too_few(reached["customers"][0], RETENTION_MINIMUM, why.format(minimum=RETENTION_MINIMUM))
        return
    blocks.empty(
        _("No cohort has completed a period yet"),
        _("The curve begins when the first period after that of a first order has ended."),
        icon=":material/hourglass_empty:",
    )


def _title(current: View, cells: pl.DataFrame, cohorts: dict[str, dt.date], chosen: str | None, what: Asked) -> str:
    """A cohort is judged on orders in the period only: "or later" favours the older cohorts, and money has no interval."""
    if chosen is None:
        return _("All cohorts together")
    if (what.measure, what.kind) != ("customers", "on"):
        return _("Customers who first ordered in {cohort} beside all").format(cohort=in_words(cohorts[chosen], what))
    cohort = cohorts[chosen]
    last: int = cells.filter(pl.col("cohort") == cohort)["period"].max() or 0  # type: ignore[assignment]
    where = findings.period(what.unit, last)
    return findings.cohort(_against_others(current, cohort, last, what), in_words(cohort, what), where)


def _absent(option: str, cohorts: dict[str, dt.date], named: dict[str, str]) -> str:
    """Why the cohort that the view asks for is not drawn; `named`: all cohorts of the table, and what they are in a sentence."""
    if option in (NEWEST, NOBODY, *cohorts):
        return ""
    if option in named:
        return _("Fewer than {minimum} customers first ordered in {cohort}, or no period has ended since.").format(
            cohort=markup.plain(named[option]), minimum=RETENTION_MINIMUM
        )
    return _("Customers who first ordered in {cohort} are not among those shown.").format(cohort=markup.plain(option))


def _chosen(option: str, cells: pl.DataFrame, cohorts: dict) -> str | None:
    if option in cohorts:
        return option
    if option == NOBODY:
        return None
    full = enough(cells).filter(pl.col("period") >= FULL_PERIODS)["cohort"].max()
    return next((name for name, day in cohorts.items() if day == full), None)


def _against_others(current: View, cohort: dt.date, period: int, what: Asked) -> Verdict:
    """The cohort against all others together, in a period that it has completed."""
    row, minimum = {"period": period}, RETENTION_MINIMUM
    cells = {"row": row, "minimum": minimum, **arguments(what)}
    apart = cached.compared(cohort_difference, what.metric, question(current, what), cohort, **cells)
    return verdict(apart["low"][0], apart["high"][0], True)


def _picker(names: list[str], chosen: str | None) -> None:
    choices.listed(
        "cohort",
        [NOBODY, *reversed(names)],
        _("Compare a cohort"),
        called=lambda code: _("no cohort") if code == NOBODY else code,
        chosen=chosen or NOBODY,
    )


def _mix(average: pl.DataFrame, what: Asked) -> str:
    """From where on the average rests on fewer than half of the customers."""
    thin = average.filter(pl.col("customers") * 2 < pl.col("customers").max())
    if not thin.height:
        return ""
    where = findings.period(what.unit, thin["period"].min())  # type: ignore[arg-type]
    return _("From {period} on the average rests on less than half of the customers.").format(period=where)
