"""Rows that are no data: totals, repeated headers and notes at the end. They are set aside before a column is looked at."""

import re
from collections.abc import Sequence

import duckdb

from data.imports.cells.blank import words
from data.imports.files.layout import fold_header
from data.imports.files.raw import RawFile
from data.imports.sql import quote

WORD_CHARACTERS = 60
NOTE_WIDTH = 3  # columns that a table has whose last lines may be notes in the first of them
TOTAL, HEADER, NOTE = "total_row", "header_row", "note_row"


def set_aside(connection: duckdb.DuckDBPyConnection, file: RawFile, ids: Sequence[int]) -> None:
    """Move rows that are no data into `aside(file_no, row_no, rule, value)`. `ids` are the places of order and customer numbers: where
    one of them names something else, the row is data whatever word it begins with."""
    if file.layout.width < 2:
        return
    for rule, where in ((HEADER, _is_header(file)), (TOTAL, _is_total(file, ids)), (NOTE, _is_note(connection, file))):
        if where:
            connection.execute(
                f"""insert into aside select {file.number}, row_no, {quote(rule)}, '', {_first(file)} from {file.table}
                where ({where}) and row_no not in (select row_no from aside where file_no = {file.number})"""
            )
    gone = f"select row_no from aside where file_no = {file.number}"
    file.aside = connection.execute(f"select count(*) from ({gone})").fetchall()[0][0]
    if file.aside:
        connection.execute(f"delete from {file.table} where row_no in ({gone})")


def _first(file: RawFile) -> str:
    return "coalesce(" + ", ".join(f"nullif(trim(c{n}), '')" for n in range(file.layout.width)) + ", '')"


def _is_header(file: RawFile) -> str:
    """The header once more, as files have it that were put together from several."""
    named = [(n, header) for n, header in enumerate(file.layout.headers) if not re.fullmatch(r"column \d+", header)]
    return " and ".join(
        f"regexp_replace(lower(trim(c{n})), '[\\s_]+', ' ', 'g') = {quote(fold_header(header))}"
        for n, header in named[:6]
    )


def _is_total(file: RawFile, ids: Sequence[int]) -> str:
    """The first cell that is filled is a word for totals, and no number of an order or customer says that the row is one."""
    word = _word(_first(file))
    plain = [f"(c{n} is null or trim(c{n}) = '' or {_word(f'trim(c{n})')})" for n in ids]
    return " and ".join([word, *plain])


def _word(cell: str) -> str:
    """A word for totals, alone or with what it is of: `Total (EUR)`, `Sum: 3 orders`, `Total for July`; `Total Fitness Ltd` is a name."""
    known = "|".join(re.escape(word) for word in sorted(words("totals"), key=len, reverse=True))
    pattern = (
        rf"\W*({known})(\s*[:：(（\[=*].*|\s+(of|for|per|in|all|für|de|des|del)\s.*|\s+[\d€$£¥].*|\s+[a-z]{{3}})?\W*"
    )
    return f"(length({cell}) < {WORD_CHARACTERS} and regexp_full_match(lower({cell}), {quote(pattern)}))"


def _is_note(connection: duckdb.DuckDBPyConnection, file: RawFile) -> str:
    """Below the last row of data: one cell that is no number, and nothing beside it."""
    if file.layout.width < NOTE_WIDTH:
        return ""
    others = " and ".join(f"coalesce(trim(c{n}), '') = ''" for n in range(1, file.layout.width))
    alone = f"{others} and regexp_matches(coalesce(c0, ''), '[^\\W\\d_]')"
    last = connection.execute(
        f"""select max(row_no) from {file.table} where not ({alone}) and row_no not in
        (select row_no from aside where file_no = {file.number})"""
    ).fetchall()[0][0]
    return f"{alone} and row_no > {last}" if last is not None else ""
