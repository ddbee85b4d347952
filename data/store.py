"""The DuckDB file: opened once per process, written by one at a time, read in any number of snapshots."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from data import copying, merging, owners, schema
from data.errors import StoreError
from data.extent import Extent
from data.imported import Counts, ImportMeta, Merged, Tables
from data.segment import EVERYBODY, Segment
from data.settings import Settings
from data.snapshot import Snapshot
from data.sql import first_row, only_value
from metrics.texts import N_

__all__ = ["Counts", "Extent", "ImportMeta", "Merged", "OpenElsewhere", "Snapshot", "Store", "connect"]


class OpenElsewhere(StoreError):
    """Another process has the file open."""


QUIET_SECONDS = 10.0
# What the engine says; of a damaged file it says "block", which holds "lock".
LOCKED, DENIED = "Could not set lock on file", "Permission denied"


class Store:
    """One open file. Readers take snapshots and never wait; writers wait for each other."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, memory_limit_mib: int) -> None:
        self._path = path
        self._connection = connection
        self._limit = memory_limit_mib
        self._cursors = threading.Condition()
        self._open = 0  # transactions under way
        self._mine = threading.local()  # .open: those of this thread
        self._pausing = False
        self._writing = threading.Lock()
        self._noting = threading.Lock()
        self.closed = threading.Event()

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self._path

    @classmethod
    def open(cls, path: Path | str, *, memory_limit_mib: int | None = None) -> "Store":
        """Open or create the file, migrate an older one after a backup copy, then lock the engine down.

        Raises StoreError when another process has it open, when it is not Rapport's, or when a newer Rapport wrote it.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        limit = memory_limit_mib or Settings.read().memory_limit_mib
        connection = connect(path, limit)
        try:
            found = schema.version_of(connection, path)
            if found is None:
                schema.create(connection)
            else:
                schema.migrate(connection, path, found)
            _remove_leftovers(path)
            if schema.rewrite_is_due(connection):
                connection = _rewritten(connection, path, limit)
            _lock_down(connection)
        except BaseException:
            connection.close()
            raise
        return cls(connection, path, limit)

    def close(self) -> None:
        """Let go of the file; snapshots that are still open end."""
        self.closed.set()
        self._connection.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def snapshot(self, version: int | None = None, *, scope: Segment = EVERYBODY) -> Iterator[Snapshot]:
        """A consistent view of one data version (default: the newest), for one thread, until the block ends.

        With `scope`, no frame of it holds a row of anybody else. An unknown version raises StoreError naming the newest one.
        """
        with self._transaction() as cursor:
            yield Snapshot(cursor, version, scope)

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor on what is kept beside the data (audit, links, alerts), for one thread, until the block ends."""
        with self._transaction() as cursor:
            yield cursor

    @contextmanager
    def noting(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """As `reading`, to write a few rows, which are kept when the block ends without an error. Imports and notes do not wait
        for each other."""
        with self._noting, self._transaction(write=True) as cursor:
            yield cursor

    @contextmanager
    def changing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """As `noting`, to change the data themselves: no import is merged meanwhile."""
        with self._writing, self._transaction(write=True) as cursor:
            yield cursor

    def rewrite(self) -> bool:
        """Write the file anew, so that no byte of what was deleted is left in it. Readers go on; writers wait.

        False when no moment without readers came: then schema.REWRITE, which the caller set, has the next start do it.
        """
        fresh = _fresh(self._path)
        with self._writing, self._noting:
            with self.reading() as cursor:
                copying.write_copy(cursor, self._path, fresh)
            with self._pause() as quiet:
                if not quiet:
                    fresh.unlink()
                    return False
                self._connection = _swapped(self._connection, self._path, self._limit)
                done = not schema.rewrite_is_due(self._connection)
                _lock_down(self._connection)
                return done

    @contextmanager
    def _pause(self) -> Iterator[bool]:
        """No transaction begins until the block ends, but inside one that its thread has open; whether all have ended in time."""
        with self._cursors:
            self._pausing = True
            try:
                yield self._cursors.wait_for(lambda: self._open == 0, QUIET_SECONDS)
            finally:
                self._pausing = False
                self._cursors.notify_all()

    def compare(self, tables: Tables) -> dict[str, Counts]:
        """What `merge` would do with these rows: new, changed and same per table. Writes nothing."""
        with self._transaction() as cursor:
            incoming = merging.stage(cursor, tables)
            merging.assign_keys(cursor, incoming)
            return {table: merging.classify(cursor, table) for table in incoming}

    def merge(
        self,
        tables: Tables,
        meta: ImportMeta,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Merged:
        """Take the rows in as one import, in one transaction: all of it, or (error, cancel, kill) nothing.

        Per natural key the incoming row replaces another content and leaves an equal one as it is. Bytes that a current import
        brought under the same mapping are not taken in again. `progress` hears shares from 0 to 1; when `cancelled` answers
        True, Cancelled is raised and nothing is written.
        """
        steps = merging.Steps(progress, cancelled)
        with self._writing:
            known = self.loaded_as(meta.sha256, meta.mapping)
            if known is not None:
                return Merged(known, {}, 0, already_loaded=True)
            with self._transaction(write=True) as cursor:
                return merging.merge(cursor, tables, meta, steps)

    def undo(self, import_id: int, who: str = "") -> int:
        """Take an import back, as a new version, which is returned: each of its rows gives way to what the other imports hold.

        Raises StoreError when there is no such import or it is undone already.
        """
        with self._writing, self._transaction(write=True) as cursor:
            return merging.undo(cursor, import_id, who)

    def imports(self) -> pl.DataFrame:
        """One row per import and undo, newest first, with `status` "current" or "undone"."""
        with self._transaction() as cursor:
            return cursor.sql(
                """
                select i.id, i.kind, i.undoes, i.file_name, i.sha256, i.profile, i.mapping, i.who, i.done_at as "at",
                    case when u.id is null then 'current' else 'undone' end as status, i.receipt
                from imports i left join imports u on u.undoes = i.id order by i.id desc
                """
            ).pl()

    def loaded_as(self, sha256: str, mapping: str = "") -> int | None:
        """The import, not undone, that took in the same bytes under the same mapping."""
        with self._transaction() as cursor:
            return only_value(
                cursor,
                """
                select max(id) from imports where sha256 = $sha256 and mapping = $mapping and kind = 'import'
                    and id not in (select undoes from imports where undoes is not null)
                """,
                {"sha256": sha256, "mapping": mapping},
            )

    def remember_mapping(self, signature: str, mapping: str) -> None:
        """Keep a mapping made by hand for the next file with the same headers."""
        with self._writing, self._transaction(write=True) as cursor:
            cursor.execute("delete from mappings where signature = $signature", {"signature": signature})
            cursor.execute(
                "insert into mappings values ($signature, $mapping, $kept_at)",
                {"signature": signature, "mapping": mapping, "kept_at": _now()},
            )

    def tiers(self) -> list[str]:
        """The names of the tiers that the store holds."""
        with self.snapshot() as snap:
            return snap.values("tier")

    def remembered_mapping(self, signature: str) -> str | None:
        """The mapping kept for these headers, or None."""
        with self._transaction() as cursor:
            found = first_row(
                cursor, "select mapping from mappings where signature = $signature", {"signature": signature}
            )
        return found[0] if found else None

    def backup(self, target: Path) -> None:
        """Write a consistent copy of the file, of the newest version: what an import is merging meanwhile is not in it, and neither
        waits for the other. Its owner alone may read it. A target that exists raises StoreError."""
        if target.exists():
            raise StoreError(N_("{path} exists already; name a file that does not."), path=target)
        with self.reading() as cursor:
            copying.write_copy(cursor, self._path, target, mode=owners.PRIVATE)

    @contextmanager
    def _transaction(self, *, write: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own inside a transaction that ends with the block: kept when `write` and no error, else rolled back."""
        mine = getattr(self._mine, "open", 0)
        with self._cursors:
            self._cursors.wait_for(lambda: mine or not self._pausing)
            cursor = self._connection.cursor()
            self._open += 1
        self._mine.open = mine + 1
        try:
            cursor.execute("begin")
            try:
                yield cursor
            except BaseException:
                cursor.execute("rollback")
                raise
            cursor.execute("commit" if write else "rollback")
        finally:
            cursor.close()
            self._mine.open = mine
            with self._cursors:
                self._open -= 1
                self._cursors.notify_all()


def _now() -> dt.datetime:
    return dt.datetime.now().replace(microsecond=0)


def connect(path: Path, memory_limit_mib: int) -> duckdb.DuckDBPyConnection:
    """A connection to the file as it is. OpenElsewhere when another process has it, StoreError when it is closed to this user, damaged,
    or no DuckDB file."""
    try:
        return duckdb.connect(str(path), config={"memory_limit": f"{memory_limit_mib}MiB"})
    except duckdb.Error as error:
        if LOCKED in str(error):
            raise OpenElsewhere(
                N_("{path} is open in the running app. Use the app, or stop it first."), path=path
            ) from error
        if DENIED in str(error):
            raise StoreError(
                N_(
                    "{path} is closed to the user that Rapport runs as. Give it to that user, or run this as its owner."
                ),
                path=path,
            ) from error
        raise StoreError(
            N_("{path} cannot be opened as a DuckDB file. Name another file in RAPPORT_DB, or restore a backup."),
            path=path,
        ) from error


def _fresh(path: Path) -> Path:
    return path.with_name(f"{path.name}.rewriting")


def _rewritten(connection: duckdb.DuckDBPyConnection, path: Path, limit: int) -> duckdb.DuckDBPyConnection:
    """The file written anew, and a connection to it, before anybody else has one."""
    with connection.cursor() as cursor:
        copying.write_copy(cursor, path, _fresh(path))
    return _swapped(connection, path, limit)


def _swapped(connection: duckdb.DuckDBPyConnection, path: Path, limit: int) -> duckdb.DuckDBPyConnection:
    """Put the fresh file in the place of the one that the connection, the only one, is to; a connection to it.

    A kill on the way leaves the old file or the new one under the name, each whole. Should something in this process still hold the
    old one, the engine gives that again: then it keeps its name, and rewriting stays due.
    """
    with connect(_fresh(path), limit) as copy:
        schema.forget_rewrite(copy)
    connection.execute("checkpoint")  # the log beside the file holds nothing any more
    connection.close()
    _old(path).hardlink_to(path)
    _fresh(path).replace(path)
    reopened = connect(path, limit)
    if schema.rewrite_is_due(reopened):
        _old(path).replace(path)
    _remove_leftovers(path)
    return reopened


def _old(path: Path) -> Path:
    return path.with_name(f"{path.name}.old")


def _remove_leftovers(path: Path) -> None:
    """Of a rewriting that was killed."""
    for name in (_fresh(path), _old(path)):
        name.unlink(missing_ok=True)


def _lock_down(connection: duckdb.DuckDBPyConnection) -> None:
    """From here on the engine reads and writes its own file only: no other file, no network, no setting."""
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
