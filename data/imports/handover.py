"""What crosses from the process that read the files to this one: rows as Arrow, the rest as JSON. What arrives is checked."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from data import sandbox
from data.errors import RapportError, Refused
from data.imports.files.layout import Layout
from data.imports.mapper import NeedsMapping
from data.imports.outcome.leftover import COLUMNS
from data.imports.outcome.undecided import Undecided, Unread, UnreadCell
from metrics.engine.schemas import TABLES

LEFT_OUT = "left_out"
PACKED = pa.ipc.IpcWriteOptions(compression="lz4")  # a folder for temporary files may be memory
MOST_CHARACTERS = 20_000  # of a sentence's value


class Unsound(Exception):
    """What arrived is not what was agreed."""


def write(rows: pa.RecordBatchReader, name: str, folder: Path) -> None:
    """The rows of one table, as a file that `open_rows` reads."""
    with (
        pa.OSFile(str(_place(name, folder)), "wb") as sink,
        pa.ipc.new_stream(sink, rows.schema, options=PACKED) as out,
    ):
        for batch in rows:
            out.write_batch(batch)


def check(name: str, folder: Path, most_bytes: int) -> int:
    """How many rows a table has, after each byte of it was looked at: columns, offsets and texts are what they should be.

    The file has at most so many bytes.
    """
    columns = COLUMNS if name == LEFT_OUT else tuple(TABLES[name].column_names())
    count = 0
    try:
        with open_rows(name, folder, most_bytes) as rows:
            if tuple(rows.schema.names) != columns:
                raise Unsound(name)
            for batch in rows:
                batch.validate(full=True)
                count += batch.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Unsound(name) from error
    return count


def open_rows(name: str, folder: Path, most_bytes: int) -> pa.RecordBatchReader:
    """The rows of one table, from the start."""
    with sandbox.open_left(
        _place(name, folder), most_bytes
    ) as stream:  # the very file that was looked at, not its name again
        return pa.ipc.open_stream(pa.OSFile(f"/dev/fd/{stream.fileno()}", "rb"))


def keep_only(names: Iterable[str], folder: Path) -> None:
    """Remove all that lies in the folder beside these tables."""
    wanted = {_place(name, folder) for name in names}
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path not in wanted:
            path.unlink(missing_ok=True)


def _place(name: str, folder: Path) -> Path:
    return folder / f"{name}.arrow"


def plain(error: Refused) -> dict[str, Any]:
    """A refusal as JSON knows it."""
    values = {name: value if isinstance(value, int | float) else str(value) for name, value in error.values.items()}
    told: dict[str, Any] = {"template": error.template, "values": values}
    if isinstance(error, Undecided):
        told |= {"option": error.option, "answers": error.answers, "previews": error.previews}
    if isinstance(error, Unread):
        told["unread"] = {
            "field": error.field,
            "kind": error.kind,
            "cells": [asdict(cell) for cell in error.cells],
            "others": error.others,
            "choices": error.choices,
        }
    if isinstance(error, NeedsMapping):
        told |= {"file": error.file, "layout": asdict(error.layout)}
    return told


def refusal(told: Mapping[str, Any]) -> RapportError:
    """The refusal that `plain` wrote."""
    try:
        if "layout" in told:
            layout = {**told["layout"], "headers": tuple(told["layout"]["headers"])}
            layout["samples"] = tuple(map(tuple, layout["samples"]))
            layout["top"] = tuple((int(line), tuple(row)) for line, row in layout["top"])
            return NeedsMapping(told["file"], Layout(**layout))
        values = {name: _short(value) for name, value in told["values"].items()}
        if "unread" in told:
            return _unread(told["template"], values, **told["unread"])
        if "option" in told:
            answers, previews = (tuple(map(str, told[name])) for name in ("answers", "previews"))
            return Undecided(told["template"], option=told["option"], answers=answers, previews=previews, **values)
        return Refused(told["template"], **values)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise Unsound("refusal") from error


def _unread(
    template: str, values: dict[str, object], field: str, kind: str, cells: list[dict], others: int, choices: list[str]
) -> Unread:
    shown = tuple(UnreadCell(str(_short(cell["value"])), int(cell["lines"]), str(cell["proposal"])) for cell in cells)
    values.pop("cells", None)  # made of the cells themselves
    return Unread(
        template,
        field=str(field),
        kind=str(kind),
        cells=shown,
        others=int(others),
        choices=tuple(map(str, choices)),
        **values,
    )


def _short(value: object) -> object:
    return value[:MOST_CHARACTERS] if isinstance(value, str) else value
