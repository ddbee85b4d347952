"""How a metric differs between two questions, between two groups of one question, or between a cohort and the others.

The one way to a comparison: whoever shows, tells or judges a change asks here, and never compares finished rows. Each function gives the
columns change, low and high in the unit of the metric, null where either side is withheld.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from data.errors import RapportError
from data.questions.ask import Question, ask, asked_with, find
from data.questions.windows import alike
from data.store.snapshot import Snapshot
from metrics.metric import MINIMUM, Change
from metrics.statistics.paired import CHANGE_TYPES, Pairing
from metrics.texts import N_

Row = Mapping[str, object]
COLUMNS = ("change", "low", "high")
NO_ROW: Row = {}
LIMITS = ("minimum", "confidence")  # of what is shown, not of what is asked for


def number(snap: Snapshot, name: str, question: Question, *, row: Row = NO_ROW, **arguments: object) -> pl.DataFrame:
    """What `ask` gives, of the row that `row` names by the metric's key columns: one row, or one per group of `question.by`.

    A metric of cohorts is pooled over those of the question that have reached the period in full. No row where there is none.
    """
    metric = find(name)
    if metric.pooled is None:
        rows = ask(snap, name, question, **arguments)
        return rows.filter(*(pl.col(column) == value for column, value in row.items())) if row else rows
    cells, minimum = _cells(snap, name, question, arguments)
    window = {"cohorts_from": question.start, "cohorts_to": question.end}
    return metric.pooled(cells, by=question.by, **window, **row, **minimum)


def change(
    snap: Snapshot,
    name: str,
    now: Question,
    before: Question,
    *,
    row: Row = NO_ROW,
    confidence: float = 0.95,
    **arguments: object,
) -> pl.DataFrame:
    """The number of `now` minus that of `before`: one row, or one per group that `now` finds.

    Both are asked with the same arguments and split by the same columns, and over as many days where the number grows with them (see
    `windows.alike`). RapportError for a metric whose change has no interval.
    """
    compare = comparing(name)
    now, before = alike(snap, name, now, before, **arguments)
    if isinstance(compare, Pairing):
        sums = [_sums(snap, name, question, row, arguments) for question in (now, before)]
        return compare.change(*sums, by=now.by, **_limits(name, confidence, arguments))
    sides = [number(snap, name, question, row=row, **arguments) for question in (now, before)]
    return compare(*sides, by=now.by, confidence=confidence) if now.by else _compared(compare, sides, confidence)


def earlier(
    snap: Snapshot, name: str, now: Question, before: Question, *, row: Row = NO_ROW, **arguments: object
) -> pl.DataFrame:
    """The number of `before` that `change` lays beside that of `now`: as `number`, over as many days where the number grows with them."""
    return number(snap, name, alike(snap, name, now, before, **arguments)[1], row=row, **arguments)


def difference(
    snap: Snapshot,
    name: str,
    question: Question,
    one: str,
    other: str,
    *,
    row: Row = NO_ROW,
    confidence: float = 0.95,
    **arguments: object,
) -> pl.DataFrame:
    """The number of group `one` minus that of group `other`, of the one column that the question is split by: one row."""
    compare, (column,) = comparing(name), question.by
    if isinstance(compare, Pairing):
        sums = _sums(snap, name, question, row, arguments)
        groups_of_two = [sums.filter(nw.col(column) == code).drop(column) for code in (one, other)]
        return compare.change(*groups_of_two, **_limits(name, confidence, arguments))
    groups = number(snap, name, question, row=row, **arguments)
    sides = [groups.filter(pl.col(column) == code).drop(column) for code in (one, other)]
    return _compared(compare, sides, confidence)


def cohort_difference(
    snap: Snapshot,
    name: str,
    question: Question,
    cohort: object,
    *,
    row: Row = NO_ROW,
    confidence: float = 0.95,
    **arguments: object,
) -> pl.DataFrame:
    """The number of one cohort (its first day) minus that of all others of the question together, in one period: one row."""
    metric, compare = find(name), comparing(name)
    assert metric.pooled is not None and not isinstance(compare, Pairing), f"{name} has no cohorts"
    cells, minimum = _cells(snap, name, question, arguments)
    sides = [cells.filter(wanted) for wanted in (pl.col("cohort") == cohort, pl.col("cohort") != cohort)]
    return compare(*(metric.pooled(side, **row, **minimum) for side in sides), confidence=confidence)


def comparing(name: str) -> Change | Pairing:
    """How two sides of the metric are paired, or the function that compares two rows of it; RapportError where a change has no interval."""
    found = find(name).change
    if found is None:
        raise RapportError(
            N_("A change of “{metric}” has no interval, so it cannot be distinguished from chance."), metric=name
        )
    return found


def _sums(snap: Snapshot, name: str, question: Question, row: Row, arguments: Mapping[str, object]) -> nw.LazyFrame:
    """The sums of each customer on one side of a change."""
    compare = comparing(name)
    assert isinstance(compare, Pairing)
    frame, given = asked_with(snap, name, question, **{key: of for key, of in arguments.items() if key not in LIMITS})
    return compare.sums(frame, **given, **row)


def _limits(name: str, confidence: float, arguments: Mapping[str, object]) -> dict[str, Any]:
    """How sure a change is, and how many it takes; of a total, which is shown however small it is, as many as of other numbers."""
    known = find(name).arguments.get("minimum", MINIMUM).default
    return {"confidence": confidence, "minimum": arguments.get("minimum", known)}


def _cells(
    snap: Snapshot, name: str, question: Question, arguments: Mapping[str, object]
) -> tuple[pl.DataFrame, Mapping[str, object]]:
    """The cells of cohorts, small ones too, and the minimum that is meant for them together."""
    of_cells = {key: value for key, value in arguments.items() if key != "minimum"}
    minimum = {key: value for key, value in arguments.items() if key == "minimum"}
    return ask(snap, name, question, **of_cells), minimum


def _compared(compare: Change, sides: Sequence[pl.DataFrame], confidence: float) -> pl.DataFrame:
    """The one row of a comparison; nulls where a side has no row."""
    if all(side.height for side in sides):
        return compare(*sides, confidence=confidence)
    return pl.DataFrame([dict.fromkeys(COLUMNS)], schema=CHANGE_TYPES)
