"""A small file per kind that loads as it is: what a person fills who has no export."""

import csv
import io
import tomllib
from pathlib import Path

from data.imports.profile import Column, by_name, find_columns

WRITTEN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
SCORES = {"nps": ("0", "10"), "csat": ("1", "5"), "ces": ("1", "7")}


def examples_of(kind: str) -> dict[str, tuple[str, str]]:
    """The two cells of each field: those of the kind before those of any; of orders no fields of points, and the like."""
    general = {field: cells for field, cells in WRITTEN.items() if not isinstance(cells, dict)}
    own = WRITTEN.get(kind, {})
    scores = {"score": SCORES[kind]} if kind in SCORES else {}
    return {field: tuple(cells) for field, cells in {**general, **own, **scores}.items()}


def template(kind: str) -> bytes:
    """The file of one kind (one of data.imports.mapper.KINDS), in UTF-8 with a mark, so that spreadsheets show it."""
    examples = examples_of(kind)
    columns = [column for column in by_name(kind).outputs[0].columns if column.name in examples]
    if kind in SCORES:
        columns = [column for column in columns if column.name != "order_id"]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(map(_header, columns))
    writer.writerows([examples[column.name][row] for column in columns] for row in range(2))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _header(column: Column) -> str:
    """A name under which the column is found."""
    plain = [header for header in (column.name, *column.headers) if "+" not in header and not header.startswith("~")]
    return next(header for header in plain if find_columns(column, [header]))
