"""The few habits that every statement keeps: values under names of their own, results read to their end."""

import itertools
from collections.abc import Mapping
from typing import Any

import duckdb

_numbers = itertools.count()


class Parameters(dict[str, object]):
    """What goes beside the SQL text of one relation.

    Each value gets a name that no other has: two relations can be joined only when no parameter name is in both.
    """

    def add(self, value: object) -> str:
        """Keep a value; the answer stands for it in the text."""
        name = f"p{next(_numbers)}"
        self[name] = value
        return f"${name}"


def first_row(
    cursor: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, object] | None = None
) -> tuple[Any, ...] | None:
    """The first row of a result that is read to its end (a cursor with an unread rest refuses further work), or None."""
    rows = cursor.execute(query, values).fetchall() if values else cursor.execute(query).fetchall()
    return rows[0] if rows else None


def only_value(cursor: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, object] | None = None) -> Any:
    """The one value that a query of one row and column gives."""
    ((value,),) = cursor.execute(query, values).fetchall() if values else cursor.execute(query).fetchall()
    return value


def quoted(text: str) -> str:
    """The text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
