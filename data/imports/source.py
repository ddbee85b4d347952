"""The text rows that an output reads: picked columns of one file, a join over several, or one row per question."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb
import polars as pl

from data.imports.cells.answers import fold_cell
from data.imports.cells.labels import fitting
from data.imports.cells.scores import is_no_answer, parse_score
from data.imports.files.headers import is_calendar, parts_in_order
from data.imports.files.raw import RawFile
from data.imports.profile import Column, FileRole, Output, find_columns
from data.imports.sql import quote, safe_name

ATTRIBUTES_MOST = 40


@dataclass
class Built:
    """View `table` with file_no, row_no and a text column per field; for each field its header and a file that has it; for each file, by
    number, the places of the columns that each field is made of, and those that are read in any way."""

    table: str
    columns: list[tuple[Column, str, str]]
    extra: list[str] = field(default_factory=list)
    places: dict[int, dict[str, tuple[int, ...]]] = field(default_factory=dict)
    used: dict[int, set[int]] = field(default_factory=dict)


def source_of(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    output: Output,
    roles: Sequence[FileRole],
    raw: list[RawFile],
    values: Mapping[str, str],
) -> Built | None:
    """Make the view for an output; None when no file plays its part."""
    files = [file for file in raw if file.role == output.file]
    if not files:
        return None
    if output.select:
        return _joined(connection, number, output, roles, raw, files[0])
    if output.each_column:
        return _each(connection, number, output, files)
    places = [_places(output, file) for file in files]
    present = [column for column in output.columns if any(place[column.name] for place in places)]
    fixed = [column for column in output.columns if column not in present and values.get(column.name)]
    if not any(column.type == "score" for column in present) and any(
        column.type == "score" for column in output.columns
    ):
        return None
    parts = []
    for file, place in zip(files, places, strict=True):
        cells = [f"{_cell(place[column.name], file)} as {safe_name(column.name)}" for column in present]
        cells += [f"{quote(values[column.name])} as {safe_name(column.name)}" for column in fixed]
        if output.kind == "members":
            cells.append(f"{_attributes(file, place)} as attributes")
        parts.append(f"select {file.number} as file_no, row_no, {', '.join(cells)} from {file.table}")
    table = f"source_{number}"
    connection.execute(f"create view {table} as {' union all '.join(parts)}")
    columns = [(column, *_header(column, files, places)) for column in present] + [
        (column, column.name, files[0].name) for column in fixed
    ]
    used = {file.number: place for file, place in zip(files, places, strict=True)}
    read = {number: {n for found in place.values() for n in found} for number, place in used.items()}
    if output.kind == "members":
        for file in files:
            read[file.number] |= set(_others(file, used[file.number]))
    return Built(table, columns, ["attributes"] if output.kind == "members" else [], used, read)


def _places(output: Output, file: RawFile) -> dict[str, tuple[int, ...]]:
    """Per field the columns that it is made of. The date of the order is not also the date of its payment, which may be missing."""
    found = {column.name: find_columns(column, file.layout.headers) for column in output.columns}
    for column in output.columns:
        if column.type == "paid" and found[column.name] == found.get("ordered_at"):
            found[column.name] = ()
    return found


def _cell(places: tuple[int, ...], file: RawFile) -> str:
    """The cell of a field; of several columns, their cells joined: a date and its time, a year and its month."""
    if len(places) < 2:
        return f"c{places[0]}" if places else "null::varchar"
    ordered = parts_in_order(places, file.layout.headers)
    sign = "-" if is_calendar(places, file.layout.headers) else " "
    cells = ", ".join(f"nullif(trim(c{place}), '')" for place in ordered)
    return f"nullif(concat_ws({quote(sign)}, {cells}), '')"


def _header(column: Column, files: list[RawFile], places: list[dict[str, tuple[int, ...]]]) -> tuple[str, str]:
    for file, place in zip(files, places, strict=True):
        if found := place[column.name]:
            return " + ".join(file.layout.headers[n] for n in found), file.name
    raise LookupError(column.name)


def _attributes(file: RawFile, place: dict[str, tuple[int, ...]]) -> str:
    """The columns that no field takes, as a JSON object."""
    rest = _others(file, place)
    pairs = ", ".join(f"{quote(file.layout.headers[n])}, c{n}" for n in rest)
    return f"json_object({pairs})::varchar" if rest else "null::varchar"


def _others(file: RawFile, place: dict[str, tuple[int, ...]]) -> list[int]:
    """The columns that no field takes and a member keeps."""
    taken = {n for found in place.values() for n in found}
    return [n for n in range(file.layout.width) if n not in taken][:ATTRIBUTES_MOST]


def _joined(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    output: Output,
    roles: Sequence[FileRole],
    raw: list[RawFile],
    primary: RawFile,
) -> Built:
    """The profile's own select over one view per role, whose columns bear the file's headers; a role without a file is empty."""
    for role in roles:
        parts = []
        for file in (file for file in raw if file.role == role.role):
            cells = ", ".join(
                f'c{n} as "{header.replace(chr(34), "")}"' for n, header in enumerate(file.layout.headers)
            )
            parts.append(f"select {file.number} as file_no, row_no, {cells} from {file.table}")
        if not parts:
            cells = ", ".join(f'null::varchar as "{group[0]}"' for group in role.headers)
            parts.append(f"select 0 as file_no, 0 as row_no, {cells} where false")
        connection.execute(f"create or replace view {safe_name(role.role)} as {' union all by name '.join(parts)}")
    table = f"source_{number}"
    connection.execute(f"create view {table} as {output.select}")
    columns = [(column, column.headers[0], primary.name) for column in output.columns]
    named = {
        file.number: {n for n, header in enumerate(file.layout.headers) if _is_named(header, output.select)}
        for file in raw
    }
    return Built(table, columns, used=named)


def _is_named(header: str, select: str) -> bool:
    """Whether a profile's select reads the column."""
    return re.search(rf"(?<![\w]){re.escape(header)}(?![\w])", select, re.IGNORECASE) is not None


def _each(connection: duckdb.DuckDBPyConnection, number: int, output: Output, files: list[RawFile]) -> Built | None:
    """One row per respondent and question column that matches and holds scores or the words of a scale; what else stands there is asked."""
    parts = []
    used: dict[int, set[int]] = {}
    others = [column for column in output.columns if column.type != "score"]
    for file in files:
        used[file.number] = {n for column in others for n in find_columns(column, file.layout.headers)}
        shared = ", ".join(
            f"{_cell(find_columns(column, file.layout.headers), file)} as {column.name}" for column in others
        )
        for place, header in enumerate(file.layout.headers):
            if re.search(output.each_column, header) and _is_scores(connection, file, place):
                used[file.number].add(place)
                parts.append(
                    f"select {file.number} as file_no, row_no, {shared}, {quote(header)} as item, c{place} as score from {file.table}"
                )
    if not parts:
        return None
    table = f"source_{number}"
    connection.execute(f"create view {table} as {' union all '.join(parts)}")
    score = next(column for column in output.columns if column.type == "score")
    present = [(column, column.headers[0], files[0].name) for column in others] + [
        (replace(score, required=True), "score", files[0].name)
    ]
    return Built(table, present, ["item"], used=used)


def _is_scores(connection: duckdb.DuckDBPyConnection, file: RawFile, place: int) -> bool:
    """Whether at least half of the answers are scores up to 10, or all of them labels of one scale; ticks of a choice are none."""
    cells = connection.sql(
        f"select c{place} as cell, count(*) as n from {file.table} where trim(coalesce(c{place}, '')) <> '' group by 1"
    ).pl()
    cells = cells.filter(~is_no_answer(pl.col("cell"))).with_columns(
        number=parse_score(pl.col("cell")), word=fold_cell(pl.col("cell"))
    )
    scores = cells.filter(pl.col("number").is_between(0, 10))
    if scores.height:
        return 2 * scores["n"].sum() >= cells["n"].sum() and not set(scores["number"]) <= {0.0, 1.0}
    return cells.height > 1 and bool(fitting(cells["word"].to_list(), None))
