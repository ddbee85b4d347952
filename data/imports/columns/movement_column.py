"""A column that says what moved points: earned, spent, expired, adjusted, cancelled. A word that is not known is asked for."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import polars as pl

from data.imports.cells.answers import ALL, cell_answers, fold_cell, folded
from data.imports.cells.blank import WORDS, is_blank
from data.imports.columns.reading import Reading
from data.imports.columns.wanted import Wanted
from data.imports.outcome.receipt import Convention
from data.imports.outcome.undecided import Unread, UnreadCell
from metrics.engine.schemas import MOVEMENTS
from metrics.texts import N_

SHOWN = 8
QUESTION = N_("{file}, column “{column}”: {lines} rows say in words that are not known what moved the points: {cells}.")


@cache
def _words() -> Mapping[str, str]:
    """What each known word says, as `fold_cell` has it."""
    return {word: kind for kind, words in WORDS["movements"].items() for word in folded(words)}


def decide_movement(wanted: Wanted) -> tuple[Reading, list[Convention]]:
    """What each cell of the column says; an empty one says nothing, and the sign of the points decides. Raises Unread for other words."""
    answers = cell_answers({**wanted.kept, **wanted.values}, wanted.name)
    cells = wanted.connection.sql(
        f"select trim({wanted.name}) as value, count(*) as lines from {wanted.source} where trim({wanted.name}) <> '' group by 1"
    ).pl()
    cells = cells.filter(~is_blank(pl.col("value"))).with_columns(cell=fold_cell(pl.col("value")))
    cells = cells.group_by("cell").agg(pl.col("value").min(), pl.col("lines").sum())
    cells = cells.sort(["lines", "cell"], descending=[True, False])
    found, unknown = {}, []
    for cell, value, lines in cells.iter_rows():
        if cell in _words():
            found[cell] = _words()[cell]
        elif cell not in answers and ALL not in answers:
            unknown.append(UnreadCell(value, lines))
    if unknown:
        raise Unread(
            QUESTION,
            field=wanted.name,
            kind="movement",
            cells=tuple(unknown[: Unread.SHOWN]),
            others=max(0, len(unknown) - Unread.SHOWN),
            choices=MOVEMENTS,
            file=wanted.file,
            column=wanted.header,
            lines=sum(cell.lines for cell in unknown),
        )
    shown = [f"{value} = {found[cell]}" for cell, value, _ in cells.iter_rows() if cell in found]
    said = ", ".join(shown[:SHOWN]) + (" …" if len(shown) > SHOWN else "")
    reading = replace(wanted.plain(), answers=found)
    return reading, [Convention(wanted.file, wanted.header, "movements", said)] if said else []
