"""What a file held and did not become data: sheets, columns, rows that do not fit and parts of cells, each with an example."""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from data.imports.files.layout import fold_header
from data.imports.files.raw import LONGEST_LINE_BYTES, RawFile
from data.imports.outcome.receipt import Unused
from data.imports.sql import quote

EXAMPLE_CHARACTERS = 60
COLUMN, SHEET, HIDDEN, PART = "column", "sheet", "hidden sheet", "part"


@dataclass(frozen=True)
class Cells:
    """How many cells of the files hold something: all of them, and those of columns that are read. The others are named."""

    all: int
    used: int
    unused: tuple[Unused, ...]


def count_cells(
    connection: duckdb.DuckDBPyConnection,
    raw: Sequence[RawFile],
    unread: Sequence[RawFile],
    used: Mapping[int, Collection[int]],
    parts: Sequence[Unused],
) -> Cells:
    """Every filled cell of the rows that fit the headers, by column, and every one of the sheets that were not read."""
    named: list[Unused] = []
    taken = 0
    for file in raw:
        if not file.layout.width:
            continue
        filled = _filled(connection, file)
        taken += sum(n for place, n in enumerate(filled) if place in used.get(file.number, ()))
        named += _columns(connection, file, filled, used.get(file.number, ()))
    named += [_sheet(file) for file in unread]
    return Cells(taken + sum(one.cells for one in named), taken, _merged([*named, *parts]))


def _merged(named: Sequence[Unused]) -> tuple[Unused, ...]:
    """Columns of one name in several files or sheets as one."""
    found: dict[tuple[str, str], Unused] = {}
    for one in named:
        key = (one.what, fold_header(one.name) if one.what in (COLUMN, PART) else f"{one.file}/{one.name}")
        found[key] = replace(found[key], cells=found[key].cells + one.cells) if key in found else one
    return tuple(found.values())


def _filled(connection: duckdb.DuckDBPyConnection, file: RawFile) -> list[int]:
    counts = ", ".join(f"count(nullif(trim(c{n}), ''))" for n in range(file.layout.width))
    return list(connection.execute(f"select {counts} from {file.table}").fetchall()[0])


def _columns(
    connection: duckdb.DuckDBPyConnection, file: RawFile, filled: Sequence[int], used: Collection[int]
) -> Iterator[Unused]:
    left = [place for place, n in enumerate(filled) if n and place not in used]
    if not left:
        return
    firsts = ", ".join(f"min_by(c{n}, row_no) filter (trim(c{n}) <> '')" for n in left)
    examples = connection.execute(f"select {firsts} from {file.table}").fetchall()[0]
    for place, example in zip(left, examples, strict=True):
        yield Unused(file.name, COLUMN, file.layout.headers[place], filled[place], _short(example))


def _sheet(file: RawFile) -> Unused:
    """A sheet that was not read, by the texts that it holds."""
    csv.field_size_limit(LONGEST_LINE_BYTES)
    cells, example = 0, ""
    with file.decoded.path.open(encoding="utf-8", newline="") as text:
        for row in csv.reader(text):
            there = [cell for cell in row if cell.strip()]
            cells += len(there)
            example = example or ", ".join(there[:4])
    return Unused(file.book, HIDDEN if file.hidden else SHEET, file.sheet, cells, _short(example))


def notes(connection: duckdb.DuckDBPyConnection, table: str, name: str, header: str, file: str) -> Iterator[Unused]:
    """Notes in brackets behind the numbers of a column."""
    pattern = quote(r"\d[\s元%]*[(（\[].*[^\d\s.,\-)）\]].*[)）\]]\s*$")
    count, example = connection.execute(
        f"select count(*), min_by({name}, row_no) from {table} where regexp_matches({name}, {pattern})"
    ).fetchall()[0]
    if count:
        yield Unused(file, PART, header, 0, _short(example))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXAMPLE_CHARACTERS else line[: EXAMPLE_CHARACTERS - 1] + "…"
