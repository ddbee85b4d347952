"""Who did what, and when: uploads, undos, links made and used, customers taken away, people erased. Rows are never changed."""

import datetime as dt

import duckdb
import polars as pl

from data.store.store import Store
from data.text.characters import whole

KEPT_CHARACTERS = 200  # of what a row says: names of files and addresses come from outside


def note(store: Store, who: str, action: str, subject: str = "", detail: str = "") -> None:
    """Add a row. `subject` is what it was done to (an import, a link, a customer), by its id."""
    with store.noting() as cursor:
        add(cursor, who, action, subject, detail)


def add(cursor: duckdb.DuckDBPyConnection, who: str, action: str, subject: str = "", detail: str = "") -> None:
    """As `note`, in the transaction that does it, so that neither is there without the other."""
    values = [whole(text)[:KEPT_CHARACTERS] for text in (who, action, subject, detail)]
    cursor.execute("insert into audit values ($1, $2, $3, $4, $5)", [_now(), *values])


def entries(store: Store, *, limit: int, action: str | None = None) -> pl.DataFrame:
    """The newest rows first: at, who, action, subject, detail; those of one action alone with `action`."""
    with store.reading() as cursor:
        return cursor.sql(
            """
            select done_at as "at", who, action, subject, detail from audit
            where $action is null or action = $action order by done_at desc, rowid desc limit $limit
            """,
            params={"action": action, "limit": limit},
        ).pl()


def last(store: Store, action: str, who: str) -> dt.datetime | None:
    """When somebody last did something; None for never."""
    with store.reading() as cursor:
        row = cursor.execute("select max(done_at) from audit where action = $1 and who = $2", [action, who]).fetchone()
    found: dt.datetime | None = row[0] if row else None
    return found


def _now() -> dt.datetime:
    return dt.datetime.now().replace(microsecond=0)
