"""A column that says which orders count: every different cell is understood, or asked for with how often it occurs."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from data.errors import Refused
from data.imports.cells.answers import ALL, cell_answers, fold_cell
from data.imports.cells.blank import is_blank
from data.imports.cells.status import CHOICES, COUNTS, MISSING, NOT_COUNTED, NOT_PAID, SAYABLE, standing_of
from data.imports.columns.reading import Reading
from data.imports.columns.wanted import Wanted
from data.imports.outcome.receipt import Convention
from data.imports.outcome.undecided import Unread, UnreadCell
from metrics.texts import N_

SHOWN = 8
QUESTION = N_(
    "{file}, column “{column}”: which orders count? {lines} rows have a status that is not known: {cells}. To count them or to leave "
    "them out changes every total."
)
MOSTLY = N_(
    "{file}, column “{column}”: which orders count? By what is usually meant by {cells}, more rows would be left out than taken."
)


def decide_status(wanted: Wanted) -> tuple[Reading, list[Convention]]:
    """What each cell of the column says (`Reading.standings`, "" for none). Raises Unread for cells of which nobody can tell."""
    answers = {cell: _standing(answer, cell) for cell, answer in _answers(wanted).items()}
    raw = _cells(wanted)
    cells = raw.group_by("cell").agg(pl.col("shown").first(), pl.col("lines").sum())
    cells = cells.sort(["lines", "cell"], descending=[True, False])
    found: dict[str, str] = {}
    unknown = []
    for cell, shown, lines in cells.select("cell", "shown", "lines").iter_rows():
        standing = answers.get(cell) or (
            _missing(wanted, lines) if cell == MISSING else standing_of(shown, wanted.column.type, wanted.words)
        )
        standing = standing or answers.get(ALL)
        if standing is None:
            unknown.append(UnreadCell(shown, lines))
        else:
            found[cell] = standing
    if wanted.column.type == "event" and not answers and set(found.values()) <= {COUNTS}:
        return wanted.plain(), []  # of what sort the rows are, and none of them is money given back
    if unknown:
        raise _question(wanted, QUESTION, unknown)
    _ask_for_most(wanted, cells, found, answers)
    said = _summary(cells, found, wanted.column.type)
    standings = {value: found[cell] for value, cell in raw.select("value", "cell").iter_rows()}
    reading = replace(wanted.plain(), standings=standings)
    return reading, [Convention(wanted.file, wanted.header, "status", said)] if said else []


def _answers(wanted: Wanted) -> Mapping[str, str]:
    return cell_answers({**wanted.kept, **wanted.values}, wanted.name)


def _standing(answer: str, cell: str) -> str:
    if answer.strip().lower() not in CHOICES:
        raise Refused(
            N_("“{answer}” for the status “{cell}” is none of: {known}."),
            answer=answer,
            cell=cell,
            known=", ".join(SAYABLE),
        )
    return CHOICES[answer.strip().lower()]


def _cells(wanted: Wanted) -> pl.DataFrame:
    """The different cells: value (outer blanks off, "" for none), cell (folded, MISSING for blank ones), shown, lines."""
    cells = wanted.connection.sql(
        f"select coalesce(trim({wanted.name}), '') as value, count(*) as lines from {wanted.source} group by 1"
    ).pl()
    empty = is_blank(pl.col("value")) if wanted.column.type in ("status", "event") else pl.col("value") == ""
    shown = pl.when(empty).then(pl.lit(MISSING)).otherwise("value")
    return cells.with_columns(shown=shown, cell=fold_cell(shown)).sort(["lines", "value"], descending=[True, False])


def _missing(wanted: Wanted, lines: int) -> str | None:
    """What rows without a cell come to: a line of an order whose status stands on another line says nothing itself."""
    kind = wanted.column.type
    if kind in ("after_sale", "flag", "event"):
        return COUNTS
    if kind == "paid":
        return None if _paid_or_not(wanted) else NOT_PAID
    if "order_id" in wanted.fields:
        others = f"select order_id from {wanted.source} where trim({wanted.name}) <> '' and order_id is not null"
        lines = wanted.count(
            f"coalesce(trim({wanted.name}), '') = '' and (order_id is null or order_id not in ({others}))"
        )
    return None if lines else COUNTS


def _paid_or_not(wanted: Wanted) -> bool:
    """Whether rows without a day of payment had something to pay, and no status that says that they do not count."""
    amount = next((name for name in ("amount", "total") if name in wanted.fields), None)
    priced = f"{amount} is not null and coalesce(try_cast({amount} as double), 1) <> 0" if amount else "true"
    status = "coalesce(trim(status), '')" if "status" in wanted.fields else "''"
    found = wanted.connection.execute(
        f"select distinct {status} from {wanted.source} where coalesce(trim({wanted.name}), '') = '' and {priced}"
    ).fetchall()
    return any(standing_of(cell, "status", wanted.words) in (COUNTS, None) for (cell,) in found)


def _ask_for_most(wanted: Wanted, cells: pl.DataFrame, found: Mapping[str, str], answers: Mapping[str, str]) -> None:
    """Words that are usually understood are asked for all the same where they would leave out more than they leave."""
    left = [
        UnreadCell(value, lines, "does not count")
        for cell, value, lines in cells.iter_rows()
        if found[cell] not in (COUNTS, "refund") and cell not in answers and ALL not in answers
    ]
    rows = sum(cell.lines for cell in left)
    if not wanted.words and left and 2 * rows > cells["lines"].sum() and rows >= 3:
        raise _question(wanted, MOSTLY, left)


def _question(wanted: Wanted, template: str, cells: list[UnreadCell]) -> Unread:
    return Unread(
        template,
        field=wanted.name,
        kind="status",
        cells=tuple(cells[: Unread.SHOWN]),
        others=max(0, len(cells) - Unread.SHOWN),
        choices=SAYABLE,
        file=wanted.file,
        column=wanted.header,
        lines=sum(cell.lines for cell in cells),
    )


def _summary(cells: pl.DataFrame, found: Mapping[str, str], kind: str) -> str:
    """What counts and what does not, for the receipt; empty where all rows count. Of days and reasons one example is enough."""
    if set(found.values()) <= {COUNTS}:
        return ""
    names = {COUNTS: "counts", NOT_PAID: "not paid", NOT_COUNTED: "does not count"}
    most = SHOWN
    if kind in ("flag", "paid"):
        cells, most = cells.filter(pl.col("cell").is_in([cell for cell, says in found.items() if says != COUNTS])), 2
    shown = [f"{value} = {names.get(found[cell], found[cell])}" for cell, value, _ in cells.head(most).iter_rows()]
    return ", ".join(shown) + (" …" if cells.height > most else "")
