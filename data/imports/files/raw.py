"""Files into untyped tables of a private engine: one text column per header, `row_no` counting rows, ragged rows set aside."""

import csv
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import polars as pl

from data.errors import Refused
from data.imports.files.decode import Decoded
from data.imports.files.layout import Layout, unique_headers
from data.imports.files.unpack import Source
from data.imports.outcome.rules import RAGGED
from metrics.texts import N_

LONGEST_LINE_BYTES = 4 << 20
SWALLOWED_LINES = 3  # so many whole rows inside one cell are no text that somebody wrote


@dataclass
class RawFile:
    """One file in the engine as table `raw_{number}` with columns c0, c1, …; `ragged` counts the rows that do not fit, `aside`
    those of `rows` that are no data.

    `sheet` is the one of a workbook, `book` the name of that."""

    number: int
    source: Source
    decoded: Decoded
    layout: Layout
    role: str = ""
    rows: int = 0
    ragged: int = 0
    aside: int = 0
    sheet: str = ""
    book: str = ""
    hidden: bool = False
    line_breaks_known: bool = field(default=False, repr=False)

    @property
    def table(self) -> str:
        return f"raw_{self.number}"

    @property
    def name(self) -> str:
        return self.source.name


def load(connection: duckdb.DuckDBPyConnection, file: RawFile, pattern: str = "", names: Sequence[str] = ()) -> None:
    """Read the rows into `raw_{number}`; rows that do not fit go to `ragged(file_no, line, cells, value)` by physical line."""
    if pattern:
        _write_matches(file, pattern)
        file.layout = Layout(",", '"', unique_headers(list(names)), 0, ())
    try:
        _read(connection, file)
    except duckdb.InvalidInputException as error:
        if too_long := _too_long(file):
            raise too_long from error
        _write_with_equal_line_ends(file)  # the engine gives up on a file that has two kinds of them
        try:
            _read(connection, file)
        except duckdb.InvalidInputException as again:
            raise Refused(
                N_(
                    "{file} cannot be read as a table: its quotes and line ends contradict each other. Save it again as CSV."
                ),
                file=file.name,
            ) from again
    blank = " and ".join(f"c{n} is null" for n in range(file.layout.width))
    connection.execute(f"delete from {file.table} where {blank}")
    file.rows = connection.execute(f"select count(*) from {file.table}").fetchall()[0][0]
    _set_aside(connection, file)
    _refuse_swallowed(connection, file)


def _read(connection: duckdb.DuckDBPyConnection, file: RawFile) -> None:
    columns = {f"c{n}": "varchar" for n in range(file.layout.width)}
    connection.execute(
        f"""
        create table {file.table} as
        select row_number() over () - 1 as row_no, * from read_csv($path, auto_detect = false, header = false, skip = $skip,
            delim = $delim, quote = $quote, escape = $quote, columns = {columns!r}, nullstr = '', strict_mode = true,
            store_rejects = true, rejects_table = 'bad_{file.number}', rejects_scan = 'scan_{file.number}',
            max_line_size = {LONGEST_LINE_BYTES}, encoding = 'utf-8')
        """,
        {
            "path": str(file.decoded.path),
            "skip": file.layout.skip,
            "delim": file.layout.delimiter,
            "quote": file.layout.quote,
        },
    )


def _write_with_equal_line_ends(file: RawFile) -> None:
    target = file.decoded.path.with_suffix(".lines")
    with file.decoded.path.open("rb") as text, target.open("wb") as out:
        out.writelines(line.removesuffix(b"\r\n") + b"\n" if line.endswith(b"\r\n") else line for line in text)
    file.decoded = replace(file.decoded, path=target)


def _write_matches(file: RawFile, pattern: str) -> None:
    """A headerless, fixed-width file as CSV with the groups of its pattern; a line that does not match keeps one cell."""
    known, target = re.compile(pattern), file.decoded.path.with_suffix(".csv")
    with file.decoded.path.open(encoding="utf-8") as text, target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for line in text:
            found = known.match(line.rstrip("\r\n"))
            writer.writerow(found.groups() if found else [line.rstrip("\r\n")])
    file.decoded = Decoded(target, file.decoded.encoding, file.decoded.breaks, file.decoded.bytes)


def _set_aside(connection: duckdb.DuckDBPyConnection, file: RawFile) -> None:
    connection.execute("create table if not exists ragged (file_no integer, line bigint, value varchar, why varchar)")
    connection.execute(
        "create table if not exists aside (file_no integer, row_no bigint, rule varchar, bad_column varchar, bad_value varchar)"
    )
    bad = connection.execute(
        f"select line_byte_position, any_value(csv_line), any_value(error_type::varchar) from bad_{file.number} group by 1 order by 1"
    ).fetchall()
    if not bad:
        return
    lines = _lines_at(file.decoded.path, [position for position, _, _ in bad])
    rows = [(file.number, line, text, why) for line, (_, text, why) in zip(lines, bad, strict=True)]
    for _, line, text, why in rows:
        inner = (text or "").strip("\r\n").splitlines()
        if len(inner) > 1 and (why not in RAGGED or _holds_rows(inner, file.layout)):
            raise _open_quote(file.name, line)
    frame = pl.DataFrame(rows, schema=["file_no", "line", "value", "why"], orient="row")
    connection.register("arriving_ragged", frame.to_arrow())
    connection.execute("insert into ragged select * from arriving_ragged")
    connection.unregister("arriving_ragged")
    file.ragged = len(bad)


def _holds_rows(lines: Sequence[str], layout: Layout) -> bool:
    """Whether every line between the first and the last has the cells of a row: an open quote swallowed them."""
    inner = lines[1:-1]
    return len(inner) >= SWALLOWED_LINES and all(line.count(layout.delimiter) == layout.width - 1 for line in inner)


def _refuse_swallowed(connection: duckdb.DuckDBPyConnection, file: RawFile) -> None:
    """An open quote and a later stray one make one well-formed cell of all the rows between them."""
    if file.layout.width < 2 or file.rows + file.ragged == file.decoded.breaks - file.layout.skip:
        return
    tall = rf"regexp_matches(c{{n}}, '\n(?:[^\n]*\n){{{{{SWALLOWED_LINES}}}}}')"
    where = " or ".join(tall.format(n=n) for n in range(file.layout.width))
    cursor = connection.execute(f"select row_no, * exclude (row_no) from {file.table} where {where} order by row_no")
    while row := cursor.fetchone():
        if any(_holds_rows(cell.splitlines(), file.layout) for cell in row[1:] if cell):
            line = connection.execute(
                f"select {number_lines(connection, file)} from (select {row[0]}::bigint as row_no) r"
            ).fetchall()[0][0]
            raise _open_quote(file.name, line)


def _open_quote(name: str, line: int) -> Refused:
    return Refused(
        N_(
            "{file}, line {line}: a quote is opened that is not closed where the cell ends, so the lines after it cannot be "
            "distinguished. Correct this line, or export the file again."
        ),
        file=name,
        line=line,
    )


def _too_long(file: RawFile) -> Refused | None:
    """Why the engine gave up on a row: a quote that swallows more than a row may hold, or one line that is too long."""
    csv.field_size_limit(LONGEST_LINE_BYTES * 2)
    with file.decoded.path.open("rb") as text:
        for number, line in enumerate(text, start=1):
            if len(line) > LONGEST_LINE_BYTES:
                return Refused(
                    N_("{file}, line {line}: a cell is too long: a line may hold {limit} MiB. Shorten it in the file."),
                    file=file.name,
                    line=number,
                    limit=LONGEST_LINE_BYTES >> 20,
                )
    with file.decoded.path.open(encoding="utf-8", newline="\n") as lines:
        reader = csv.reader(lines, delimiter=file.layout.delimiter, quotechar=file.layout.quote)
        ended = 0
        try:
            for row in reader:
                if sum(map(len, row)) > LONGEST_LINE_BYTES // 4:
                    return _open_quote(file.name, ended + 1)
                ended = reader.line_num
        except csv.Error:
            return _open_quote(file.name, ended + 1)
    return None


def _lines_at(path: Path, positions: list[int]) -> list[int]:
    """The physical line on which each byte position lies; positions ascend."""
    lines, line, offset = [], 1, 0
    with path.open("rb") as text:
        for position in positions:
            while offset < position and (chunk := text.read(min(1 << 20, position - offset))):
                line += chunk.count(b"\n")
                offset += len(chunk)
            while (letter := text.peek(1)[:1]) and letter in b"\r\n":  # the engine counts empty lines to the next row
                line += text.read(1) == b"\n"
                offset += 1
            lines.append(line)
    return lines


def number_lines(connection: duckdb.DuckDBPyConnection, file: RawFile) -> str:
    """An SQL expression that turns `row_no` into the physical line; tables `lines_{number}` are made where a sum is not enough.

    Every line a row: one addition. Quoted line breaks, empty or ragged lines: the starts are counted with a second reader.
    """
    if file.rows + file.ragged == file.decoded.breaks - file.layout.skip and not file.ragged:
        return f"row_no + {file.layout.skip + 1}"
    if not file.line_breaks_known:
        starts = _starts(connection, file)
        frame = pl.DataFrame({"line": pl.Series(starts, dtype=pl.Int64)}).with_row_index("row_no")
        connection.register("arriving_lines", frame.to_arrow())
        connection.execute(f"create table lines_{file.number} as select * from arriving_lines")
        connection.unregister("arriving_lines")
        file.line_breaks_known = True
    return f"coalesce((select l.line from lines_{file.number} l where l.row_no = r.row_no), r.row_no + {file.layout.skip + 1})"


def _starts(connection: duckdb.DuckDBPyConnection, file: RawFile) -> "array[int]":
    ragged = {
        line
        for (line,) in connection.execute("select line from ragged where file_no = $n", {"n": file.number}).fetchall()
    }
    starts = array("q")
    csv.field_size_limit(LONGEST_LINE_BYTES)
    with file.decoded.path.open(encoding="utf-8", newline="\n") as text:
        for _ in range(file.layout.skip):
            text.readline()
        reader = csv.reader(text, delimiter=file.layout.delimiter, quotechar=file.layout.quote)
        ended = 0
        for row in reader:
            start, ended = ended + file.layout.skip + 1, reader.line_num
            if row and start not in ragged:
                starts.append(start)
    return starts
