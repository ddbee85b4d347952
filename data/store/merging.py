"""How an import enters the file and leaves it again. Everything here runs inside one transaction of the caller."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from data.errors import Cancelled, StoreError
from data.file import space
from data.sql import first_row, only_value
from data.store import member_columns, rollups
from data.store.extent import measure
from data.store.imported import Counts, ImportMeta, Merged
from data.store.schema import content, key, says_nothing, sql_type
from metrics.engine.schemas import NATURAL_KEYS, TABLES, TOGETHER, people
from metrics.texts import N_


class Steps:
    """Tells how far the work is and stops it when the user wants to."""

    def __init__(self, progress: Callable[[float], None] | None, cancelled: Callable[[], bool] | None) -> None:
        self._progress = progress
        self._cancelled = cancelled
        self.stopped = False

    def reach(self, share: float) -> None:
        """Report a share from 0 to 1; raise Cancelled when the user stopped the work."""
        if self._cancelled and self._cancelled():
            self.stopped = True
            raise Cancelled(N_("The import was stopped. Nothing was stored."))
        if self._progress:
            self._progress(share)


def stage(
    cursor: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Callable[[], pa.RecordBatchReader]],
    steps: Steps | None = None,
) -> list[str]:
    """Read the incoming rows into temporary tables; of rows with one natural key the last one stays."""
    for done, (table, rows) in enumerate(tables.items()):
        cursor.register("arriving", _watched(rows(), steps, done / len(tables), 1 / len(tables)) if steps else rows())
        columns = ", ".join(f"{name}::{sql_type(table, name)} as {name}" for name in TABLES[table].column_names())
        try:
            cursor.execute(f"create or replace temp table incoming_{table} as select {columns} from arriving")
        except duckdb.Error:
            if steps and steps.stopped:
                steps.reach(0.0)  # the engine wraps what its source raises; this raises it plainly
            raise
        cursor.unregister("arriving")
    return list(tables)


def _watched(rows: pa.RecordBatchReader, steps: Steps, start: float, share: float) -> pa.RecordBatchReader:
    """The same batches; between two of them the user can stop. Reading takes the first half of the bar."""

    def batches() -> Iterator[pa.RecordBatch]:
        for seen, batch in enumerate(rows, start=1):
            steps.reach(0.5 * (start + share * (1 - 0.9**seen)))
            yield batch

    return pa.RecordBatchReader.from_batches(rows.schema, batches())


def assign_keys(cursor: duckdb.DuckDBPyConnection, tables: list[str]) -> int:
    """Give every customer id that was never seen a key, in the order of the ids; return how many."""
    named = " union ".join(
        f"select {name} as customer_id from incoming_{table} where {name} is not null"
        for table in tables
        for name in people(table)
    )
    if not named:
        return 0
    highest = only_value(cursor, "select coalesce(max(customer_key), 0) from customer_keys")
    cursor.execute(
        f"""
        insert into customer_keys
        select $highest + row_number() over (order by customer_id), customer_id
        from (({named}) except select customer_id from customer_keys) order by customer_id
        """,
        {"highest": highest},
    )
    return only_value(cursor, "select count(*) from customer_keys where customer_key > $highest", {"highest": highest})


def classify(cursor: duckdb.DuckDBPyConnection, table: str) -> Counts:
    """Lay the incoming rows beside the visible ones as temporary table `arrived_…` with their fate: new, changed or same."""
    columns, names, keys = content(table), key(table), people(table)
    listed = ", ".join(
        f"k_{name}.customer_key as {keys[name]}" if name in keys else f"i.{name}"
        for name in TABLES[table].column_names()
    )
    joins = " ".join(f"left join customer_keys k_{name} on k_{name}.customer_id = i.{name}" for name in keys)
    cursor.execute(
        f"create or replace temp table keyed_{table} as select i.rowid as place, {listed} from incoming_{table} i {joins}"
    )
    cursor.execute(f"drop table incoming_{table}")  # each step holds the rows once more; only the newest is needed
    _keep_last(cursor, table, names)
    gone = _add_gone(cursor, table)
    olds = "".join(f", o.{name} as old_{name}" for name in keys.values())
    equal = " and ".join(f"i.{name} is not distinct from o.{name}" for name in columns if name not in names) or "true"
    cursor.execute(
        f"""
        create or replace temp table arrived_{table} as
        select i.* exclude (place), o.row_id as old_row_id{olds},
            case when o.row_id is null then 'new' when {equal} then 'same' else 'changed' end as fate
        from keyed_{table} i left join (select * from {table} where replaced_by is null) o
            on {" and ".join(f"i.{name} = o.{name}" for name in names)}
        order by place
        """
    )
    cursor.execute(f"drop table keyed_{table}")
    brought = f"where not ({gone})" if gone else ""
    fates = dict(cursor.execute(f"select fate, count(*) from arrived_{table} {brought} group by fate").fetchall())
    return Counts(sum(fates.values()), fates.get("new", 0), fates.get("changed", 0), fates.get("same", 0))


def _add_gone(cursor: duckdb.DuckDBPyConnection, table: str) -> str:
    """For each visible row that comes no longer with those it belongs to, add one that says nothing, so that undoing this import brings
    it back like any other content. The condition that a row is one of these; empty where rows stand alone."""
    if table not in TOGETHER:
        return ""
    names, whole = ", ".join(NATURAL_KEYS[table]), ", ".join(TOGETHER[table])
    cursor.execute(
        f"""
        insert into keyed_{table} (place, {names})
        select {2**62} + row_id, {names} from {table} where replaced_by is null
            and ({whole}) in (select {whole} from keyed_{table}) and ({names}) not in (select {names} from keyed_{table})
        """
    )
    return says_nothing(table)


def _keep_last(cursor: duckdb.DuckDBPyConnection, table: str, names: list[str]) -> None:
    listed = ", ".join(names)
    cursor.execute(
        f"""
        delete from keyed_{table} where place not in (select max(place) from keyed_{table} group by {listed})
            and ({listed}) in (select {listed} from keyed_{table} group by {listed} having count(*) > 1)
        """
    )


def merge(
    cursor: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Callable[[], pa.RecordBatchReader]],
    meta: ImportMeta,
    steps: Steps,
    folder: Path,
    replacing: Sequence[int] = (),
) -> Merged:
    """Take the rows in as the next version, in which the import that they replace is gone; see Store.merge."""
    steps.reach(0.0)
    for import_id in replacing[:-1]:  # the last one goes in the version that the rows come in
        undo(cursor, import_id, meta.who, folder)
    replaced = replacing[-1] if replacing else None
    if replaced is not None:
        _check_undoable(cursor, replaced)
    incoming = stage(cursor, tables, steps)
    rows = sum(only_value(cursor, f"select count(*) from incoming_{table}") for table in incoming)
    space.look(folder, rows * space.ROW_BYTES, space.IMPORT)
    customers_new = assign_keys(cursor, incoming)
    version = _next_version(cursor)
    _record(cursor, version, "import", replaced, meta)
    rollups.forget_touched(cursor)
    counts = {}
    for done, table in enumerate(incoming):
        counts[table] = classify(cursor, table)
        steps.reach(0.5 + 0.25 * (done + 0.5) / len(incoming))
        _write(cursor, table, version)
        steps.reach(0.5 + 0.25 * (done + 1) / len(incoming))
    if replaced is not None:
        for table in TABLES:
            _take_back(cursor, table, version)
    merged = Merged(version, counts, customers_new)
    if meta.receipt:
        told = {"receipt": meta.receipt(merged), "id": version}
        cursor.execute("update imports set receipt = $receipt where id = $id", told)
    _finish(cursor, version, steps)
    return merged


def _write(cursor: duckdb.DuckDBPyConnection, table: str, version: int) -> None:
    columns = ", ".join(content(table))
    highest = only_value(cursor, f"select coalesce(max(row_id), 0) from {table}")
    cursor.execute(
        f"update {table} set replaced_by = $version where replaced_by is null and row_id in "
        f"(select old_row_id from arrived_{table} where fate = 'changed')",
        {"version": version},
    )
    cursor.execute(
        f"""
        insert into {table}
        select $highest + row_number() over (), $version, $version, null, {columns}
        from arrived_{table} where fate <> 'same'
        """,
        {"version": version, "highest": highest},
    )
    cursor.execute(
        f"insert into sightings select '{table}', old_row_id, $version from arrived_{table} where fate = 'same'",
        {"version": version},
    )
    for column in (name for each in people(table).values() for name in (each, f"old_{each}")):
        rollups.touch(cursor, f"select {column} from arrived_{table} where fate <> 'same'")


def undo(cursor: duckdb.DuckDBPyConnection, import_id: int, who: str, folder: Path) -> int:
    """Take an import back as the next version; see Store.undo. `folder`: where the file lies, for the room it needs.

    A content stays while any import that is not undone brought it. Where none did, the content that the newest of the other
    imports brought for that key comes back.
    """
    name = _check_undoable(cursor, import_id)
    rows = sum(only_value(cursor, f"select count(*) from {table} where origin = {int(import_id)}") for table in TABLES)
    space.look(folder, rows * space.ROW_BYTES, space.UNDO)
    version = _next_version(cursor)
    _record(cursor, version, "undo", import_id, ImportMeta(name, "", "", who=who))
    rollups.forget_touched(cursor)
    for table in TABLES:
        _take_back(cursor, table, version)
    _finish(cursor, version, Steps(None, None))
    return version


def _check_undoable(cursor: duckdb.DuckDBPyConnection, import_id: int) -> str:
    """The file name of an import that can be taken back; StoreError when it cannot."""
    found = first_row(
        cursor,
        "select kind, file_name, exists (select 1 from imports u where u.undoes = $id) from imports where id = $id",
        {"id": import_id},
    )
    if found is None or found[0] != "import":
        raise StoreError(N_("There is no import {id}; the history lists those there are."), id=import_id)
    if found[2]:
        raise StoreError(N_("Import {id} ({name}) is undone already."), id=import_id, name=found[1])
    return str(found[1])


def _take_back(cursor: duckdb.DuckDBPyConnection, table: str, version: int) -> None:
    names, columns = key(table), content(table)
    cursor.execute(
        f"""
        create or replace temp table claims as
        select row_id, max(import_id) as newest from (
            select row_id, origin as import_id from {table}
            union all select row_id, import_id from sightings where table_name = '{table}'
        ) where import_id not in (select undoes from imports where undoes is not null) group by row_id
        """
    )
    cursor.execute(
        f"""
        create or replace temp table leaving as
        select {", ".join(dict.fromkeys(("row_id", *people(table).values(), *names)))} from {table}
        where replaced_by is null and row_id not in (select row_id from claims)
        """
    )
    listed = ", ".join(f"h.{name}" for name in names)
    cursor.execute(
        f"""
        create or replace temp table returning_rows as
        select distinct on ({listed}) h.* from {table} h
        join leaving l on {" and ".join(f"h.{name} = l.{name}" for name in names)}
        join claims c on c.row_id = h.row_id
        order by {listed}, c.newest desc
        """
    )
    cursor.execute(
        f"update {table} set replaced_by = $version where replaced_by is null and row_id in (select row_id from leaving)",
        {"version": version},
    )
    cursor.execute(
        f"insert into {table} select row_id, origin, $version, null, {', '.join(columns)} from returning_rows",
        {"version": version},
    )
    for rows in ("leaving", "returning_rows"):
        for name in people(table).values():
            rollups.touch(cursor, f"select {name} from {rows}")


def _next_version(cursor: duckdb.DuckDBPyConnection) -> int:
    return only_value(cursor, "select coalesce(max(id), 0) + 1 from imports")


def _record(cursor: duckdb.DuckDBPyConnection, version: int, kind: str, undoes: int | None, meta: ImportMeta) -> None:
    now = dt.datetime.now().replace(microsecond=0)
    row = [
        version,
        kind,
        undoes,
        meta.file_name,
        meta.sha256,
        meta.profile,
        meta.mapping,
        meta.who,
        now,
        "",
    ]
    cursor.execute("insert into imports values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null)", row)


def _finish(cursor: duckdb.DuckDBPyConnection, version: int, steps: Steps) -> None:
    steps.reach(0.8)
    rollups.refresh(cursor)
    if only_value(cursor, "select count(*) from members where added_by = $v or replaced_by = $v", {"v": version}):
        member_columns.refresh(cursor)
    steps.reach(0.95)
    cursor.execute(
        "update imports set extent = $extent where id = $id", {"extent": measure(cursor).to_json(), "id": version}
    )
    steps.reach(1.0)
