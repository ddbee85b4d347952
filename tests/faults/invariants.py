"""`python -m tests.faults.invariants FILE`: opens the file anew and says what does not hold in it, a sentence per line; exit 1 if any.

Beside the rules of data.store.soundness: what receipts say is what lies there, to the cent; the saved totals are those that the rows give;
each version says what it holds; links, alerts and the audit can be read; no kill has left a file behind.
"""

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb

from data.alerts import book
from data.errors import RapportError
from data.file.workspace import sweep
from data.imports.outcome.receipt import Receipt
from data.people import kept, links
from data.store import rollups, soundness
from data.store.extent import Extent, measure
from data.store.store import Store

ROLLUPS = ("customers", "customer_periods", "order_days")
# What differs between two runs of the same thing, and says nothing of whether it is whole.
DIFFERS = {
    "imports": ("done_at",),
    "audit": ("done_at",),
    "mappings": ("kept_at",),
    "links": ("id",),
    "ended_sessions": ("ended_at",),
    "campaigns": ("seed", "made_at"),
}
TIME = re.compile(r"\d{4}-\d\d-\d\d-\d{6}")
COPIES = re.compile(
    r"(replaced-TIME|schema-\d\.backup|kept|copy|rapport-TIME\.duckdb)$"
)  # files that hold an earlier state


def broken(store: Store) -> Iterator[str]:
    """What does not hold in an open store."""
    with store.reading() as cursor:
        try:
            soundness.check(cursor, store.path)
        except RapportError as error:
            yield str(error)
        yield from _receipts(cursor)
        yield from _extents(cursor)
        yield from _pinned(cursor)
    yield from _totals(store)
    with store.reading() as cursor:
        linked = cursor.execute("select count(*) from links").fetchall() != [(0,)]
    try:
        if linked:
            links.listing(store)
        for each in book.alerts(store):
            book.deliveries(store, each.id)
    except (RapportError, ValueError, KeyError) as error:
        yield f"links or alerts cannot be read: {error}"


def _receipts(cursor: duckdb.DuckDBPyConnection) -> Iterator[str]:
    erased = kept.erasures(cursor) > 0  # then fewer rows are there than a receipt says
    found = cursor.execute("select id, kind, receipt from imports where receipt <> '' order by id").fetchall()
    for number, kind, text in found:
        receipt = Receipt.from_json(text)
        if kind != "import" or receipt.lines_in != receipt.lines_taken + sum(each.lines for each in receipt.left_out):
            yield f"the receipt of import {number} does not add up"
        for table in receipt.tables:
            rows = _brought(cursor, table.kind, number, "count(*)")
            if rows > table.rows or (rows < table.rows and not erased):
                yield f"import {number} brought {rows} rows of {table.kind}; its receipt says {table.rows}"
        if receipt.orders and not receipt.refunds and not erased:
            cents = _brought(cursor, "orders", number, "sum(round(amount * 100)::bigint)")
            if cents != round(receipt.revenue * 100):
                yield f"import {number} brought {cents} cents; its receipt says {receipt.revenue}"


def _brought(cursor: duckdb.DuckDBPyConnection, table: str, number: int, what: str) -> int:
    """Of the contents that an import brought, those that others had brought before too."""
    query = f"""
        select {what} from (select distinct on (row_id) * from {table} where origin = $number
            or row_id in (select row_id from sightings where table_name = '{table}' and import_id = $number))
    """
    ((value,),) = cursor.execute(query, {"number": number}).fetchall()
    return int(value or 0)


def _extents(cursor: duckdb.DuckDBPyConnection) -> Iterator[str]:
    found = cursor.execute("select id, extent from imports order by id").fetchall()
    for number, text in found:
        if text is None or Extent.from_json(text) != measure(cursor, None if number == len(found) else number):
            yield f"version {number} does not say what it holds"
    if found and (lost := [number for number, _ in found if number > len(found)]):
        yield f"versions {lost} stand after a gap"


def _pinned(cursor: duckdb.DuckDBPyConnection) -> Iterator[str]:
    alone = """select count(*) from kept_answers where version not in (select version from links where version is not null)"""
    if cursor.execute(alone).fetchall() != [(0,)]:
        yield "answers are kept for no link"
    secret = cursor.execute("select value from meta where key = 'link_secret'").fetchall()
    made = cursor.execute("select count(*) from links").fetchall()[0][0]
    if len(secret) > 1 or (made and not secret):
        yield f"{made} links have {len(secret)} secrets"


def _totals(store: Store) -> Iterator[str]:
    """Whether the saved totals are what making them anew gives. What is made here is rolled back."""

    class Seen(Exception):
        pass

    differing: list[str] = []
    try:
        with store.changing() as cursor:
            before = {name: _rows(cursor, name) for name in ROLLUPS}
            rollups.refresh_all(cursor)
            differing = [name for name in ROLLUPS if _rows(cursor, name) != before[name]]
            raise Seen
    except Seen:
        yield from (f"the saved totals in {name} are not those of the rows" for name in differing)


def _rows(cursor: duckdb.DuckDBPyConnection, table: str, columns: str = "*") -> list[tuple[object, ...]]:
    """All rows, sorted; money to the cent."""
    rows = cursor.execute(f'select {columns} from "{table}"').fetchall()
    return sorted((tuple(round(v, 2) if isinstance(v, float) else v for v in row) for row in rows), key=repr)


def state(cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Everything that a file says, by table: how many rows, and a hash of them all."""
    found = {}
    tables = cursor.execute("select table_name from duckdb_tables() where schema_name = 'main' and not temporary")
    for (table,) in tables.fetchall():
        left_out = ", ".join(DIFFERS.get(table, ()))
        rows = _rows(cursor, table, f"* exclude ({left_out})" if left_out else "*")
        if table == "meta":
            rows = [(key, "" if key == "link_secret" else value) for key, value in rows]
        found[table] = f"{len(rows)} rows, {hashlib.sha256(repr(rows).encode()).hexdigest()[:12]}"
    found |= {table: f"{found[table]}, {_money(cursor, table)} cents" for table in ("orders",) if table in found}
    return found


def _money(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    query = f"select coalesce(sum(round(amount * 100)::bigint), 0) from {table} where replaced_by is null"
    return int(cursor.execute(query).fetchall()[0][0])


def look(db: Path, *, whole: bool = True) -> tuple[dict[str, str], list[str]]:
    """What the next start finds in the folder of a file, as text by name, and what does not hold there. Not `whole`: all that is found,
    and not whether it holds, which needs no second look where the same was found before.
    """
    if not db.exists():
        return {}, [f"nothing lies under the name {db.name}"]
    sweep(starting=True)
    with Store.open(db) as store:
        faults = list(broken(store)) if whole else []
        with store.reading() as cursor:
            found = {f"{db.name}: {table}": rows for table, rows in state(cursor).items()}
    own = (
        db,
        db.with_name(f"{db.name}.wal"),
    )  # the engine's log may hold the rest of what was not finished; it is not read again
    for path in sorted(path for path in db.parent.rglob("*") if path.is_file() and path not in own):
        name = TIME.sub("TIME", str(path.relative_to(db.parent)))
        found[name] = "here"
        if COPIES.search(name):
            found |= {f"{name}: {table}": rows for table, rows in _copy(path).items()}
    return found, faults


def _copy(path: Path) -> dict[str, str]:
    """What a file beside the store says; of one that cannot be read, its bytes."""
    try:
        with duckdb.connect(str(path), read_only=True) as copy:
            return state(copy)
    except duckdb.Error:
        return {"bytes": hashlib.sha256(path.read_bytes()).hexdigest()[:12]}


def main() -> int:
    found, faults = look(Path(sys.argv[1]))
    sys.stdout.write("".join(f"{line}\n" for line in (*(f"{name}: {text}" for name, text in found.items()), *faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
