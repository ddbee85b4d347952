"""The DuckDB file: opened once per process, written by one at a time, read in any number of snapshots."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import duckdb
import polars as pl

from data.errors import Busy, StoreError
from data.file import copying, owners
from data.file.opening import OpenElsewhere
from data.segment import EVERYBODY, Segment
from data.settings import Settings
from data.sql import only_value
from data.store import merging
from data.store.engine import Engine
from data.store.extent import Extent
from data.store.imported import Counts, ImportMeta, Merged, Tables
from data.store.snapshot import Snapshot
from metrics.texts import N_

__all__ = ["Counts", "Extent", "ImportMeta", "Merged", "OpenElsewhere", "Snapshot", "Store"]

Note = Callable[[duckdb.DuckDBPyConnection, int], None]  # writes on a cursor what belongs to a version


class Store:
    """One open file. Readers take snapshots and never wait; writers wait for each other.

    Opening a file that this process has open gives another hold on it; closing the last one closes the file.
    """

    def __init__(self, path: Path, memory_limit_mib: int) -> None:
        self.closed = threading.Event()
        self._path = path
        self._engine = Engine.held(path, memory_limit_mib, self)

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self._path

    @classmethod
    def open(cls, path: Path | str, *, memory_limit_mib: int | None = None) -> "Store":
        """Open or create the file, migrate an older one after a backup copy, then lock the engine down.

        Raises StoreError when another process has it open, when it is not Rapport's, when a newer Rapport wrote it, or when it is
        gone and what it was lies beside it.
        """
        return cls(Path(path), memory_limit_mib or Settings.read().memory_limit_mib)

    def close(self) -> None:
        """Let go of the file; when nobody else in this process holds it, snapshots that are still open end."""
        if not self.closed.is_set():
            self.closed.set()
            self._engine.release(self)

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
    def noting(self, *, within: float | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """As `reading`, to write a few rows, which are kept when the block ends without an error. Imports and notes do not wait
        for each other; while the file is written anew notes wait, so nobody may hold what readers need meanwhile.

        Busy is raised when it could not begin `within` so many seconds.
        """
        noting = self._engine.noting
        if not noting.acquire(timeout=-1 if within is None else within):
            raise Busy(N_("The data file is being written anew. Try again in a moment."))
        try:
            with self._transaction(write=True) as cursor:
                yield cursor
        finally:
            noting.release()

    @contextmanager
    def changing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """As `noting`, to change the data themselves: no import is merged meanwhile."""
        with self._engine.writing, self._transaction(write=True) as cursor:
            yield cursor

    def rewrite(self) -> bool:
        """As Engine.rewrite."""
        return self._engine.rewrite()

    def rewrite_is_due(self) -> bool:
        """As Engine.rewrite_is_due."""
        return self._engine.rewrite_is_due()

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
        *,
        replacing: Sequence[int] = (),
        note: Note | None = None,
    ) -> Merged:
        """Take the rows in as one import, in one transaction: all of it, or (error, cancel, kill) nothing.

        The imports `replacing` are undone in the same step: nobody sees both, nor neither. `note` writes beside the data in it.

        Per natural key the incoming row replaces another content and leaves an equal one as it is. Bytes that a current import
        brought under the same mapping are not taken in again. `progress` hears shares from 0 to 1; when `cancelled` answers
        True, Cancelled is raised and nothing is written.
        """
        steps = merging.Steps(progress, cancelled)
        with self._engine.writing:
            known = self.loaded_as(meta.sha256, meta.mapping)
            if known is not None:
                return Merged(known, {}, 0, already_loaded=True)
            with self._transaction(write=True) as cursor:
                merged = merging.merge(cursor, tables, meta, steps, self._path.parent, replacing)
                for signature, mapping in meta.remember.items():
                    _remember(cursor, signature, mapping)
                if note:
                    note(cursor, merged.import_id)
                return merged

    def undo(self, import_id: int, who: str = "", *, note: Note | None = None) -> int:
        """Take an import back, as a new version, which is returned: each of its rows gives way to what the other imports hold.

        Raises StoreError when there is no such import or it is undone already. `note` as for `merge`.
        """
        with self._engine.writing, self._transaction(write=True) as cursor:
            version = merging.undo(cursor, import_id, who, self._path.parent)
            if note:
                note(cursor, version)
            return version

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

    def tiers(self) -> list[str]:
        """The names of the tiers that the store holds."""
        with self.snapshot() as snap:
            return snap.values("tier")

    def remembered_mappings(self) -> dict[str, str]:
        """The mappings that were kept, by the signature of the headers that they are for."""
        with self._transaction() as cursor:
            return dict(cursor.execute("select signature, mapping from mappings").fetchall())

    def backup(self, target: Path) -> None:
        """Write a consistent copy of the file, of the newest version: what an import is merging meanwhile is not in it, and neither
        waits for the other. Its owner alone may read it. A target that exists raises StoreError."""
        if target.exists():
            raise StoreError(N_("{path} exists already; name a file that does not."), path=target)
        with self.reading() as cursor:
            copying.write_copy(cursor, self._path, target, mode=owners.PRIVATE)

    def _transaction(self, *, write: bool = False) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """As Engine.transaction."""
        return self._engine.transaction(write=write)


def _remember(cursor: duckdb.DuckDBPyConnection, signature: str, mapping: str) -> None:
    cursor.execute("delete from mappings where signature = $signature", {"signature": signature})
    cursor.execute(
        "insert into mappings values ($signature, $mapping, $kept_at)",
        {"signature": signature, "mapping": mapping, "kept_at": _now()},
    )


def _now() -> dt.datetime:
    return dt.datetime.now().replace(microsecond=0)
