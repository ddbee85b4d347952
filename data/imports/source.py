"""The text rows that an output reads: picked columns of one file, a join over several, or one row per question."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from data.imports.columns.parse import safe_name
from data.imports.files.layout import fold_header
from data.imports.files.raw import RawFile
from data.imports.fold import quote
from data.imports.profile import Column, FileRole, Output, find_column

ATTRIBUTES_MOST = 40


@dataclass
class Built:
    """View `table` with file_no, row_no and a text column per field; for each field its header and a file that has it."""

    table: str
    columns: list[tuple[Column, str, str]]
    extra: list[str] = field(default_factory=list)


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
    places = [{column.name: _place(column, file) for column in output.columns} for file in files]
    present = [column for column in output.columns if any(place[column.name] is not None for place in places)]
    fixed = [column for column in output.columns if column not in present and values.get(column.name)]
    if not any(column.type == "score" for column in present) and any(
        column.type == "score" for column in output.columns
    ):
        return None
    parts = []
    for file, place in zip(files, places, strict=True):
        cells = [f"{_cell(place[column.name])} as {safe_name(column.name)}" for column in present]
        cells += [f"{quote(values[column.name])} as {safe_name(column.name)}" for column in fixed]
        if output.kind == "members":
            cells.append(f"{_attributes(file, place)} as attributes")
        parts.append(f"select {file.number} as file_no, row_no, {', '.join(cells)} from {file.table}")
    table = f"source_{number}"
    connection.execute(f"create view {table} as {' union all '.join(parts)}")
    columns = [(column, *_header(column, files, places)) for column in present] + [
        (column, column.name, files[0].name) for column in fixed
    ]
    return Built(table, columns, ["attributes"] if output.kind == "members" else [])


def _place(column: Column, file: RawFile) -> int | None:
    for wanted in column.headers:
        if wanted.startswith("~"):
            found = [n for n, header in enumerate(file.layout.headers) if re.search(wanted[1:], fold_header(header))]
            if found:
                return found[0]
    return find_column(column, file.layout.headers)


def _cell(place: int | None) -> str:
    return "null::varchar" if place is None else f"c{place}"


def _header(column: Column, files: list[RawFile], places: list[dict[str, int | None]]) -> tuple[str, str]:
    for file, place in zip(files, places, strict=True):
        found = place[column.name]
        if found is not None:
            return file.layout.headers[found], file.name
    raise LookupError(column.name)


def _attributes(file: RawFile, place: dict[str, int | None]) -> str:
    """The columns that no field takes, as a JSON object."""
    taken = set(place.values())
    rest = [n for n in range(file.layout.width) if n not in taken][:ATTRIBUTES_MOST]
    pairs = ", ".join(f"{quote(file.layout.headers[n])}, c{n}" for n in rest)
    return f"json_object({pairs})::varchar" if rest else "null::varchar"


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
    return Built(table, columns)


def _each(connection: duckdb.DuckDBPyConnection, number: int, output: Output, files: list[RawFile]) -> Built | None:
    """One row per respondent and question column that matches and whose answers are all whole scores up to 10."""
    parts = []
    others = [column for column in output.columns if column.type != "score"]
    for file in files:
        shared = ", ".join(f"{_cell(_place(column, file))} as {column.name}" for column in others)
        for place, header in enumerate(file.layout.headers):
            if re.search(output.each_column, header) and _is_scores(connection, file, place):
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
    return Built(table, present, ["item"])


def _is_scores(connection: duckdb.DuckDBPyConnection, file: RawFile, place: int) -> bool:
    answered, scores = connection.execute(
        f"""
        select count(*), count(*) filter (where regexp_full_match(trim(c{place}), '[0-9]|10'))
        from {file.table} where trim(coalesce(c{place}, '')) not in ('', '-2', '-3', '(跳过)', '(空)')
        """
    ).fetchall()[0]
    return answered > 0 and answered == scores
