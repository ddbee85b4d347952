"""Answers kept for pinned links, to the bit: a definition that changed alters nothing in them.

Erasing a person drops all of them (data.person): someone who is erased must not live on in here, and the numbers of past versions are
others without that person.
"""

import io
import json
from collections.abc import Mapping, Sequence

import duckdb
import polars as pl

from data.segment import Segment
from data.sql import first_row
from data.store.store import Store

ERASURES = "erasures"


def question(
    name: str, metric_version: int | None, asked: str, arguments: Sequence[tuple[str, object]], scope: Segment
) -> str:
    """What an answer is kept under, as text: a metric and its version (None: no metric), the question, and whose customers it covers."""
    return json.dumps([name, metric_version, asked, arguments, scope.stated], default=repr)


def keep(cursor: duckdb.DuckDBPyConnection, version: int, answers: Mapping[str, pl.DataFrame]) -> None:
    """Keep answers to questions about a data version, on a cursor of Store.noting. One that is kept already stays as it is."""
    asked = "select question from kept_answers where version = $version"
    known = {text for (text,) in cursor.execute(asked, {"version": version}).fetchall()}
    for text, frame in answers.items():
        if text not in known:
            buffer = io.BytesIO()
            frame.rechunk().write_ipc(buffer, compression="zstd")
            cursor.execute("insert into kept_answers values ($1, $2, $3)", [version, text, buffer.getvalue()])


def answer(store: Store, version: int, question: str) -> pl.DataFrame | None:
    """The kept answer, or None."""
    with store.reading() as cursor:
        found = first_row(
            cursor,
            "select frame from kept_answers where version = $version and question = $question",
            {"version": version, "question": question},
        )
    return pl.read_ipc(io.BytesIO(found[0])) if found else None


def forget_unpinned(cursor: duckdb.DuckDBPyConnection) -> None:
    """Drop the answers of versions that no link pins any more."""
    cursor.execute(
        """
        delete from kept_answers where version not in
            (select version from links where version is not null and revoked_at is null)
        """
    )


def erasures(cursor: duckdb.DuckDBPyConnection) -> int:
    """How many people have been erased so far."""
    found = first_row(cursor, f"select value from meta where key = '{ERASURES}'")
    return int(found[0]) if found else 0


def count_erasure(cursor: duckdb.DuckDBPyConnection) -> None:
    """Note that a person is erased: what was worked out before may name them."""
    so_far = erasures(cursor)
    cursor.execute("delete from meta where key = $key", {"key": ERASURES})
    cursor.execute("insert into meta values ($key, $value)", {"key": ERASURES, "value": str(so_far + 1)})
