"""Who came back and who did not: the customers behind one cell of the cohort table, or behind its average row."""

import datetime as dt
from dataclasses import dataclass, replace

import polars as pl

from data.questions.behind import cohort_customers
from data.text.labels import label
from metrics.texts import N_
from pages.customers import findings as findings_retention
from pages.customers.retention import findings
from pages.customers.retention.cohort_measures import PERIODS_SHOWN, WINDOW_DAYS, Asked, answered, in_words
from pages.customers.retention.segments import JUDGED_IN, compared_by
from pages.shared.behind import lists
from pages.shared.behind.lists import Who
from pages.shared.model import choices
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, date, period_name, sentences

AUTO, ALL = "auto", "all"
RETURNED = {
    "no": N_("who has not come back since"),
    "missed": N_("who did not come back in it"),
    "yes": N_("who came back"),
}
RULES = {  # whether they came back, and by which count
    (True, "on"): N_("an order in {period} after the first one, known to {date}"),
    (True, "on_or_after"): N_("an order in {period} after the first one or later, known to {date}"),
    (False, "on"): N_("no order in {period} after the first one, known to {date}"),
    (False, "on_or_after"): N_("no order in {period} after the first one, nor later, up to {date}"),
}
LATER = "on_or_after"  # who came back in a period or in a later one


@dataclass(frozen=True)
class Cell:
    """What is listed: a cohort (None: all that have completed the period), a period and a group, with the counts of the metric.

    `customers` is None where the cell is not yet observable.
    """

    cohort: dt.date | None
    number: int
    group: str
    start: dt.date | None = None
    end: dt.date | None = None
    customers: int | None = None
    active: int = 0
    complete: bool = True


def who_section(current: View, what: Asked) -> None:
    """The customers of the cell that is chosen. Whatever the table shows of the cohorts, they are counted as customers."""
    returned = current.options["returned"]
    kind = LATER if returned == "no" else what.kind if what.measure == "customers" else "on"
    counted = replace(what, measure="customers", kind=kind)
    groups = _groups(current, counted)
    group = current.options["listed_group"] if current.options["listed_group"] in groups else ALL
    triangle = _triangle(current, counted, group)
    cell = _cell(current, triangle, counted, group)
    came_back = returned == "yes"
    n = 0 if cell.customers is None else cell.active if came_back else cell.customers - cell.active
    lists.section(
        _title(cell, counted, came_back, n),
        _how(current, cell, counted, came_back),
        _who(current, cell, counted, came_back, n),
        file="retention_customers",
        options=lambda: _options(triangle, cell, counted, groups),
        nobody=_nobody(current, cell, counted, came_back),
    )


def _triangle(current: View, what: Asked, group: str) -> pl.DataFrame:
    """The cells of everybody, or of the group that is chosen."""
    against = compared_by(current)
    if group == ALL or against is None:
        return answered(current, what)
    return answered(current, what, by=(against.column,)).filter(pl.col(against.column) == group)


def _groups(current: View, what: Asked) -> list[str]:
    """The groups that the page compares, where it compares groups."""
    against = compared_by(current)
    if against is None:
        return []
    return answered(current, what, by=(against.column,))[against.column].drop_nulls().unique().sort().to_list()


def _cell(current: View, triangle: pl.DataFrame, what: Asked, group: str) -> Cell:
    """The cell that the view asks for; by default the usual period of the newest cohort that has completed it, or begun it."""
    chosen, period = current.options["listed_cohort"], current.options["listed_period"]
    number = JUDGED_IN[what.unit] if period == AUTO else int(period)
    of_period = triangle.filter(pl.col("period") == number)
    whole = of_period.filter("complete")
    cohorts: list[dt.date] = triangle["cohort"].unique().sort().to_list()
    if chosen == ALL:
        if not whole.height:
            return Cell(None, number, group)
        customers, active = (int(whole[name].sum()) for name in ("customers", "active"))
        return Cell(None, number, group, cohorts[0], max(whole["cohort"].to_list()), customers, active)
    known = {day.isoformat(): day for day in cohorts}
    newest = max(whole["cohort"].to_list() or of_period["cohort"].to_list() or cohorts, default=None)
    cohort = known.get(chosen, newest)
    row = of_period.filter(pl.col("cohort") == cohort)
    if cohort is None or not row.height:
        return Cell(cohort, number, group)
    customers, active, complete = row.select("customers", "active", "complete").row(0)
    return Cell(cohort, number, group, cohort, cohort, customers, active, complete)


def _who(current: View, cell: Cell, what: Asked, came_back: bool, n: int) -> Who | None:
    """The list, asked for with the arguments of the table."""
    if cell.start is None or cell.end is None:
        return None
    question = current.asked(cell.start, cell.end)
    against = compared_by(current)
    if cell.group != ALL and against is not None:
        question = replace(question, segment=current.segment.choosing(against.column, (cell.group,)))
    period = {"window_days": WINDOW_DAYS} if what.unit == "rolling" else {"period": what.unit}
    arguments = {"metric": what.metric, "number": cell.number, "active": came_back, "kind": what.kind, **period}
    return Who(cohort_customers, question, arguments, n, _rule(current, cell, what, came_back))


def _rule(current: View, cell: Cell, what: Asked, came_back: bool) -> str:
    """Why somebody is listed, with the date."""
    text = RULES[came_back, what.kind]
    last = min(current.as_of, cached.extent().orders_last or current.as_of)
    return _(text).format(period=findings_retention.period(what.unit, cell.number), date=date(last))


def _options(triangle: pl.DataFrame, cell: Cell, what: Asked, groups: list[str]) -> None:
    cohorts = triangle["cohort"].unique().sort(descending=True).to_list()
    names = {day.isoformat(): period_name(day, what.calendar) for day in cohorts} | {ALL: _("all cohorts")}
    choices.listed(
        "listed_cohort",
        list(names),
        _("Cohort"),
        called=names.__getitem__,
        chosen=cell.cohort.isoformat() if cell.cohort else ALL,
    )
    choices.listed(
        "listed_period",
        [str(number) for number in range(1, PERIODS_SHOWN + 1)],
        _("Period"),
        called=lambda code: findings_retention.period(what.unit, int(code)),
        chosen=str(cell.number),
    )
    if groups:
        choices.listed(
            "listed_group",
            [ALL, *groups],
            _("Group"),
            called=lambda code: _("all groups") if code == ALL else label(code),
            chosen=cell.group,
        )
    choices.one("returned", RETURNED, _("Who is listed"))


def _title(cell: Cell, what: Asked, came_back: bool, n: int) -> str:
    if cell.customers is None:
        return _("Who came back and who did not")
    name = in_words(cell.cohort, what) if cell.cohort else None
    return findings.cohort(
        name, what.unit, cell.number, kind=what.kind, came_back=came_back, n=n, all_of_them=cell.customers
    )


def _how(current: View, cell: Cell, what: Asked, came_back: bool) -> str:
    return sentences(
        _("Listed: {rule}.").format(rule=_rule(current, cell, what, came_back)),
        _("The most valuable first: net revenue up to {date}.").format(date=date(current.as_of)),
        "" if cell.complete else _("The period is unfinished: some may still come back in it."),
        _("Only cohorts that have completed it.") if cell.cohort is None else "",
        _("Group: {name}.").format(name=markup.plain(label(cell.group))) if cell.group != ALL else "",
    )


def _nobody(current: View, cell: Cell, what: Asked, came_back: bool) -> tuple[str, str]:
    """Why there is no list: the cell is not yet observable, or everybody is on the other side."""
    if cell.customers is not None:
        other = _("All of them came back.") if not came_back else _("None of them came back.")
        return _("Nobody here"), other
    last = min(current.as_of, cached.extent().orders_last or current.as_of)
    period = findings_retention.period(what.unit, cell.number)
    reason = _("Orders are known to {date}, and {period} of these customers lies after that. Choose an earlier one.")
    return _("Not yet observable"), reason.format(date=date(last), period=period)
