"""The classes that customers are in on a date, made by the metrics' own rules and kept as a table of the cursor while it lives."""

import datetime as dt
import hashlib
from typing import Protocol

import duckdb
import narwhals.stable.v2 as nw

from data.sql import first_row
from metrics.dimension import CLASSES
from metrics.dimension import of_column as dimension_of
from metrics.segments.numbers import Frames, classified
from metrics.segments.schemes import table_of


class Rows(Protocol):
    """What classes are made from: the frames of a snapshot of everybody."""

    cursor: duckdb.DuckDBPyConnection
    version: int

    def order_days(self, *, as_of: dt.date) -> nw.LazyFrame: ...
    def customer_periods(self, *, as_of: dt.date) -> nw.LazyFrame: ...
    def members(self) -> nw.LazyFrame: ...
    def feedback(self, *, as_of: dt.date) -> nw.LazyFrame: ...


def of_column(column: str) -> str | None:
    """The scheme whose classes a column holds; None where it holds something else."""
    found = dimension_of(column)
    return CLASSES[column] if found is not None and found.source == "classes" else None


def codes(column: str) -> list[str]:
    """The classes of a column, the best first."""
    scheme = of_column(column)
    return list(table_of(scheme).codes) if scheme else []


def made(everybody: Rows, scheme: str, as_of: dt.date, table: str, hiatus_days: int) -> str:
    """The name of a temporary table with customer_key and segment of everybody; made where this cursor has none."""
    known = hashlib.sha256(f"{everybody.version} {as_of} {table} {hiatus_days}".encode()).hexdigest()[:16]
    name = f"classes_{scheme}_{known}"
    there = "select 1 from duckdb_tables() where temporary and table_name = $name"
    if first_row(everybody.cursor, there, {"name": name}):
        return name
    frames = Frames(
        everybody.order_days(as_of=as_of),
        everybody.customer_periods(as_of=as_of),
        everybody.members(),
        everybody.feedback(as_of=as_of),
    )
    found = classified(frames, scheme=scheme, as_of=as_of, table=table, hiatus_days=hiatus_days)
    found.to_native().query("found", f"create temp table {name} as select customer_key, segment from found")
    return name
