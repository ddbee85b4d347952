"""Cells that were not understood in a column where others were: what is left out by its value is never left out at random."""

from collections.abc import Iterable, Mapping

import duckdb
import polars as pl

from data.imports.cells.answers import ALL, fold_cell
from data.imports.cells.scores import codes, points
from data.imports.columns.reading import Reading, fits_other
from data.imports.outcome.undecided import Unread, UnreadCell
from metrics.texts import N_

RULES = ("not_a_number", "not_a_date", "not_a_score", "score_outside_scale", "score_not_whole")
QUESTIONS: Mapping[str, str] = {
    "number": N_(
        "{file}, column “{column}”: {lines} cells are no numbers that can be read, and others are: {cells}. "
        "To leave rows out by what they say would change every total."
    ),
    "date": N_(
        "{file}, column “{column}”: {lines} cells are no dates that can be read, and others are: {cells}. "
        "To leave rows out by what they say would change every period."
    ),
    "score": N_(
        "{file}, column “{column}”: {lines} answers are not understood on the scale {scale}: {cells}. "
        "To leave answers out by what they say would change the score."
    ),
}


def refuse_unread(connection: duckdb.DuckDBPyConnection, rows: str, readings: Iterable[Reading]) -> None:
    """Raise Unread for the first column of parsed `rows` that holds cells not understood and not answered.

    Where no row at all could be read the file is refused in another sentence: such a column is not what it was taken for.
    """
    rules = ", ".join(f"'{rule}'" for rule in RULES)
    found = connection.execute(f"select distinct bad_column from {rows} where rule in ({rules})").fetchall()
    if not found:
        return
    some = connection.execute(f"select 1 from {rows} where rule is null limit 1").fetchall()
    bad = {name for (name,) in found}
    for reading in readings:
        kind, name = reading.column.type, reading.column.name
        if name not in bad or not (some or kind == "score") or ALL in reading.answers:
            continue
        cells = connection.sql(
            f"select bad_value as value, count(*) as lines from {rows} where bad_column = $name and rule in ({rules}) group by 1",
            params={"name": name},
        ).pl()
        cells = cells.with_columns(cell=fold_cell(pl.col("value"))).filter(
            ~pl.col("cell").is_in([*reading.answers, *codes(reading.scale)]), ~fits_other(reading, pl.col("value"))
        )
        cells = (
            cells.group_by("cell")
            .agg(pl.col("value").sort_by("lines").last(), pl.col("lines").sum())
            .sort(["lines", "value"], descending=[True, False])
        )
        if cells.height:
            raise _question(reading, cells)


def _question(reading: Reading, cells: pl.DataFrame) -> Unread:
    shown = tuple(UnreadCell(row["value"], row["lines"]) for row in cells.head(Unread.SHOWN).iter_rows(named=True))
    return Unread(
        QUESTIONS[reading.column.type],
        field=reading.column.name,
        kind=reading.column.type,
        cells=shown,
        others=max(0, cells.height - Unread.SHOWN),
        choices=points(reading.scale) if reading.column.type == "score" else (),
        file=reading.file,
        column=reading.header,
        lines=cells["lines"].sum(),
        scale=reading.scale,
    )
