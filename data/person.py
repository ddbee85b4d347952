"""`python -m data.person find|export|erase CUSTOMER_ID`: what the file holds of a person in any version, and an end to it.

Erasing deletes. Orders without a name would keep sums as they were, but order number, time and amount still point to somebody, and the
shop's next export would bring the same orders again and count them twice. So numbers that counted the person change, in past versions too.
"""

import argparse
import datetime as dt
import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import polars as pl

from data import audit, kept, rollups, schema
from data.characters import whole
from data.errors import RapportError
from data.extent import measure
from data.imports.keys import fold_key, fold_phone
from data.imports.receipt import Receipt
from data.settings import Settings
from data.sql import first_row, only_value
from data.store import Store
from metrics.schemas import TABLES
from metrics.texts import N_

TIMES = {"orders": "ordered_at", "feedback": "responded_at", "answers": "responded_at", "tier_changes": "effective_on"}
# Rows of the person: those under the key, and answers that name no customer but an order of the person's.
OF_PERSON = {
    table: "customer_key = $key"
    + (
        " or (customer_key is null and order_id in (select order_id from orders where customer_key = $key))"
        if table == "feedback"
        else ""
    )
    for table in TABLES
}


@dataclass(frozen=True)
class Held:
    """What the file holds of one table: rows that are visible now, rows of past versions, first and last date."""

    table: str
    rows: int
    past: int
    first: dt.date | None
    last: dt.date | None


@dataclass(frozen=True)
class Erased:
    """What was erased, and whether the bytes have left the file already, or will at the next start.

    `copies`: files beside it, such as those from before a migration, that may hold the person.
    """

    rows: int
    gone: bool
    copies: tuple[str, ...]


def find(store: Store, customer_id: str) -> list[Held]:
    """One entry per table that holds rows of the customer. An id that the file does not know raises RapportError."""
    with store.reading() as cursor:
        _, key = _known(cursor, customer_id)
        held = [_held(cursor, table, key) for table in TABLES]
    return [each for each in held if each.rows or each.past]


def export(store: Store, customer_id: str) -> dict[str, object]:
    """Every row of the customer by table, with the import that brought it and the version that replaced it; values as JSON takes them."""
    with store.reading() as cursor:
        name, key = _known(cursor, customer_id)
        tables = {table: _rows(cursor, table, key) for table in TABLES}
    return {"customer_id": name, "exported_at": dt.datetime.now().isoformat(timespec="seconds"), **tables}


def erase(store: Store, customer_id: str, who: str = "") -> Erased:
    """Delete every row of the customer from all versions, and every byte of them from the file; the audit keeps a `trace`.

    Uploading a file that holds the customer brings the person back.
    """
    with store.changing() as cursor:
        name, key = _known(cursor, customer_id)
        gone, first = 0, only_value(cursor, "select max(id) from imports")
        for table in ("feedback", *(table for table in TABLES if table != "feedback")):  # feedback looks at orders
            rows = f"from {table} where {OF_PERSON[table]}"
            earliest = only_value(cursor, f"select min(added_by) {rows}", {"key": key})
            first = min(first, earliest or first)
            cursor.execute(
                f"delete from sightings where table_name = '{table}' and row_id in (select row_id {rows})", {"key": key}
            )
            gone += only_value(cursor, f"select count(*) {rows}", {"key": key})
            cursor.execute(f"delete {rows}", {"key": key})
        rollups.forget_touched(cursor)
        rollups.touch(cursor, f"select {int(key)}")
        cursor.execute("delete from customer_keys where customer_key = $key", {"key": key})
        cursor.execute("delete from kept_answers")
        kept.count_erasure(cursor)
        rollups.refresh(cursor)
        _mend_history(cursor, first, name)
        cursor.execute("update audit set subject = $trace where subject = $name", {"trace": trace(name), "name": name})
        schema.want_rewrite(cursor)
    with store.noting() as cursor:  # and what a link kept while this was going on
        cursor.execute("delete from kept_answers")
    audit.note(store, who, "erase", trace(name))
    return Erased(gone, store.rewrite(), copies_beside(store.path))


def trace(customer_id: str) -> str:
    """What the audit keeps of an erased id: enough to check one that is given, too little to tell whose it was."""
    return hashlib.sha256(customer_id.encode()).hexdigest()[:8]


def copies_beside(db: Path) -> tuple[str, ...]:
    """Names of the files beside the data that hold earlier states of them."""
    found = {*db.parent.glob(f"{db.name}.schema-*.backup"), *db.parent.glob(f"{db.name}.replaced-*")}
    return tuple(sorted(path.name for path in found))


def _known(cursor: duckdb.DuckDBPyConnection, customer_id: str) -> tuple[str, int]:
    """The customer's id as the file has it, and the key. It may be given as any upload spells it."""
    given = pl.DataFrame({"id": [whole(customer_id)]})
    spelt = given.select(exact="id", key=fold_key(pl.col("id")), phone=fold_phone(pl.col("id"))).row(0)
    for name in spelt:
        found = name and first_row(
            cursor, "select customer_id, customer_key from customer_keys where customer_id = $name", {"name": name}
        )
        if found:
            return found
    raise RapportError(N_("The data know no customer “{id}”."), id=customer_id)


def _held(cursor: duckdb.DuckDBPyConnection, table: str, key: int) -> Held:
    time = TIMES.get(table, "null::date")
    counts = f"count(*) filter (replaced_by is null), count(*) filter (replaced_by is not null), min({time})::date, max({time})::date"
    found = first_row(cursor, f"select {counts} from {table} where {OF_PERSON[table]}", {"key": key})
    return Held(table, *(found or (0, 0, None, None)))


def _rows(cursor: duckdb.DuckDBPyConnection, table: str, key: int) -> list[dict[str, object]]:
    columns = ", ".join(name for name in schema.content(table) if name != "customer_key")
    rows = cursor.sql(
        f"select {columns}, origin as import, added_by as since_version, replaced_by as until_version from {table} "
        f"where {OF_PERSON[table]} order by since_version, row_id",
        params={"key": key},
    ).pl()
    return list(json.loads(rows.write_json()))


def _mend_history(cursor: duckdb.DuckDBPyConnection, first: int | None, name: str) -> None:
    """What each import says of the data and of its own lines, without the person."""
    history = "select id, receipt, extent from imports where id >= $first or receipt like '%' || $name || '%'"
    newest = only_value(cursor, "select max(id) from imports")
    for number, receipt, extent in cursor.execute(history, {"first": first, "name": name}).fetchall():
        told = {
            "id": number,
            "receipt": _without(receipt, name) if receipt else receipt,
            "extent": measure(cursor, None if number == newest else number).to_json() if extent else extent,
        }
        cursor.execute("update imports set receipt = $receipt, extent = $extent where id = $id", told)


def _without(text: str, name: str) -> str:
    """The receipt; an example of a line left out that shows the id shows nothing."""
    receipt = Receipt.from_json(text)
    cleaned = [
        replace(
            each,
            example_value="" if name in each.example_value else each.example_value,
            values={key: "" if name in str(value) else value for key, value in each.values.items()},
            reason="" if name in each.reason else each.reason,
        )
        for each in receipt.left_out
    ]
    return replace(receipt, left_out=tuple(cleaned)).to_json()


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when done, 2 with one sentence when not."""
    parser = argparse.ArgumentParser(prog="python -m data.person", description="What the file holds of one person.")
    parser.add_argument(
        "what", choices=("find", "export", "erase"), help="count rows; print them as JSON; delete them for good"
    )
    parser.add_argument("customer_id", help="as the exports name the customer")
    parser.add_argument("--db", type=Path, help="the DuckDB file (default: RAPPORT_DB)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    try:
        path = options.db or Settings.read().db
        if not path.exists():
            raise RapportError("{path} does not exist, so it holds nobody.", path=path)
        with Store.open(path) as store:
            _run(store, options)
    except (RapportError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _run(store: Store, options: argparse.Namespace) -> None:
    if options.what == "export":
        print(json.dumps(export(store, options.customer_id), ensure_ascii=False, indent=2))
        return
    if options.what == "find":
        held = find(store, options.customer_id)
        rows: list[Mapping[str, object]] = [vars(each) for each in held]
        print(json.dumps(rows, default=str) if options.json else "\n".join(map(_line, held)))
        return
    erased = erase(store, options.customer_id)
    if options.json:
        print(json.dumps(vars(erased)))
        return
    print(f"{erased.rows} rows of the customer were erased from all versions.")
    if not erased.gone:
        print("Their bytes leave the file at the next start.")
    print(
        "Backups made before still hold them" + (f", and so do: {', '.join(erased.copies)}." if erased.copies else ".")
    )


def _line(held: Held) -> str:
    dates = f", {held.first} to {held.last}" if held.first else ""
    return f"{held.table:<12} {held.rows:>6} rows, {held.past} of past versions{dates}"


if __name__ == "__main__":
    sys.exit(main())
