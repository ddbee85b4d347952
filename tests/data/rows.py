"""Short ways to write incoming rows and hand them to a store."""

import datetime as dt
import itertools
from collections.abc import Callable, Mapping

import polars as pl
import pyarrow as pa

from data.store.store import ImportMeta, Merged, Store
from metrics.engine.schemas import TABLES


def table(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    """Rows of one table, the columns that are not given being null."""
    schema = {column: kind.dtype for column, kind in TABLES[name].columns().items()}
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)


def full(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with all columns of the table, those that they lack being null."""
    types = {column: kind.dtype for column, kind in TABLES[name].columns().items()}
    return rows.select(
        (pl.col(column) if column in rows.columns else pl.lit(None)).cast(kind).alias(column)
        for column, kind in types.items()
    )


def order(order_id: str, customer_id: str | None, day: str, amount: float, **more: object) -> dict[str, object]:
    return {
        "source": "shop",
        "order_id": order_id,
        "kind": "order",
        "customer_id": customer_id,
        "ordered_at": dt.datetime.fromisoformat(day),
        "amount": amount,
        **more,
    }


def nps(feedback_id: str, customer_id: str | None, day: str, score: float, **more: object) -> dict[str, object]:
    return {
        "source": "survey",
        "feedback_id": feedback_id,
        "customer_id": customer_id,
        "responded_at": dt.datetime.fromisoformat(day),
        "survey": "nps",
        "score": score,
        "scale_low": 0.0,
        "scale_high": 10.0,
        **more,
    }


def readers(tables: Mapping[str, pl.DataFrame]) -> dict[str, Callable[[], pa.RecordBatchReader]]:
    """The tables as the store takes them."""
    return {name: (lambda rows=rows: rows.to_arrow().to_reader(max_chunksize=1000)) for name, rows in tables.items()}  # type: ignore[misc]


_taken = itertools.count()


def take(
    store: Store,
    *,
    name: str = "a.csv",
    sha256: str | None = None,
    remember: Mapping[str, str] | None = None,
    **tables: list[dict[str, object]],
) -> Merged:
    """Merge hand-written rows as one import, of a file that no other is equal to unless `sha256` says so."""
    made = {kind: table(kind, rows) for kind, rows in tables.items()}
    meta = ImportMeta(name, sha256 or f"bytes {next(_taken)}", "test", remember=remember or {})
    return store.merge(readers(made), meta)
