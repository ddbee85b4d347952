"""The engine behind a store: one per file and process, whoever opens it, which opens the file again when the engine has given up.

A failure in the midst of writing to the file, such as on a full disk, makes DuckDB refuse everything until the database is opened anew.
What is committed is in the file and its log by then, so the next who asks has it opened again, also while there is still no room.
"""

import logging
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

import duckdb

from data.errors import RapportError, StoreError
from data.file import copying, halves, opening, space
from data.file.opening import log_of
from data.sql import only_value
from data.store import schema
from metrics.texts import N_

LOG = logging.getLogger("rapport.store")
REVIVE_SECONDS, REWRITE_SECONDS = (
    10.0,
    2.0,
)  # in which nothing begins: all waits for the former, for the latter people wait
CLOSE_SECONDS, AGAIN_SECONDS = (
    10.0,
    0.02,
)  # to close waits so long for what was interrupted, which may be between two questions
GIVEN_UP = N_("The data file is being opened again after a failure, such as a full disk. Try again in a moment.")
CLOSED_FOLDER = N_("{path} cannot be made ({reason}). Name another file in RAPPORT_DB or --db.")
NOT_YET = "The file could not be written anew without the rows that were deleted; it is tried again: %(reason)s"

_engines: "weakref.WeakSet[Engine]" = weakref.WeakSet()
_opening = threading.Lock()


class Engine:
    """One open file. Readers never wait; writers wait for each other."""

    def __init__(self, path: Path, memory_limit_mib: int) -> None:
        self.path = path
        self.writing = threading.Lock()  # held to change the data
        self.noting = threading.Lock()  # held to write beside the data
        self._limit = memory_limit_mib
        self._cursors = threading.Condition()
        self._under_way = 0  # transactions
        self._open: set[duckdb.DuckDBPyConnection] = set()  # their cursors
        self._mine = threading.local()  # .depth: those of this thread
        self._pausing = False
        self._swapping = threading.Lock()
        self._holders: weakref.WeakSet[object] = weakref.WeakSet()  # one that is forgotten holds nothing
        self._closed = False
        self._connection = self._prepared()

    @classmethod
    def held(cls, path: Path, memory_limit_mib: int, holder: object) -> "Engine":
        """The engine of the file, for `holder`: the one that is open in this process, or a new one."""
        opening.check_kind(path)
        path = opening.real(path)
        with _opening:
            known = _found(path)
            engine = known or cls(path, memory_limit_mib)
            _engines.add(engine)
            engine._holders.add(holder)
        if known is None and engine.rewrite_is_due():
            engine.rewrite()
        return engine

    def release(self, holder: object) -> None:
        """The holder needs it no longer; the last one closes the file, and what still reads ends."""
        with _opening:
            self._holders.discard(holder)
            if self._holders or self._closed:
                return
            self._closed = True
            _engines.discard(self)
        self._close()

    def _close(self) -> None:
        """Interrupt what other threads ask and close the connection once they have ended, or leave that to the last of them: DuckDB closes
        none whose cursors are in the midst of a call."""
        until = time.monotonic() + CLOSE_SECONDS
        with self._cursors:
            while self._under_way > self._depth() and time.monotonic() < until:
                for cursor in self._open:
                    with suppress(duckdb.Error):  # it was closed meanwhile
                        cursor.interrupt()
                self._cursors.wait(AGAIN_SECONDS)
            if self._under_way <= self._depth():
                self._connection.close()

    def _depth(self) -> int:
        """The transactions of this thread."""
        return getattr(self._mine, "depth", 0)

    def is_of(self, path: Path) -> bool:
        """Whether it has this file open, under whatever name."""
        if self.path.absolute() == path.absolute():
            return True
        return self.path.exists() and path.exists() and self.path.samefile(path)

    # Reading and writing ---------------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self, *, write: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own inside a transaction that ends with the block: kept when `write` and no error, else rolled back."""
        if write:  # leaves the room that the log needs to be taken into the file
            space.look(self.path.parent, 0, space.FULL)
        depth = self._depth()
        cursor = self._begun(nested=depth > 0)
        self._mine.depth = depth + 1
        try:
            with self._plainly(), space.plainly(self.path.parent):
                try:
                    yield cursor
                except BaseException:
                    with suppress(duckdb.Error):  # the engine may have given up
                        cursor.execute("rollback")
                    raise
                cursor.execute("commit" if write else "rollback")
        finally:
            self._mine.depth = depth
            self._ended(cursor)

    def _begun(self, *, nested: bool) -> duckdb.DuckDBPyConnection:
        """A cursor in a new transaction. When the engine has given up, the file is opened again first."""
        for last in (False, True):
            with self._cursors:
                self._cursors.wait_for(lambda: nested or not self._pausing)
                if self._closed:
                    raise duckdb.ConnectionException("the store is closed")
                connection = self._connection
                self._under_way += 1
            cursor = None
            try:
                with self._cursors:
                    cursor = connection.cursor()
                    self._open.add(cursor)
                cursor.execute("begin")
            except (duckdb.FatalException, duckdb.ConnectionException) as error:
                self._ended(cursor)
                if self._closed:
                    raise
                if nested or last:  # what this thread began before is lost as well
                    raise StoreError(GIVEN_UP) from error
                self._revive(connection)
            except BaseException:
                self._ended(cursor)
                raise
            else:
                return cursor
        raise AssertionError("the second round returns or raises")

    def _ended(self, cursor: duckdb.DuckDBPyConnection | None) -> None:
        if cursor is not None:
            cursor.close()
        with self._cursors:
            self._open.discard(cursor)
            self._under_way -= 1
            if self._closed and not self._under_way:
                self._connection.close()
            self._cursors.notify_all()

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """What the engine cannot go on after is said in a sentence."""
        try:
            yield
        except duckdb.FatalException as error:
            raise StoreError(GIVEN_UP) from error
        except duckdb.Error as error:
            sentence = opening.failure(self.path, error)
            if sentence is None:
                raise
            raise sentence from error

    def _revive(self, given_up: duckdb.DuckDBPyConnection) -> None:
        """Open the file again, once what reads it has failed or ended: before that the engine would give the same database."""
        with self._quiet(REVIVE_SECONDS) as quiet:
            if self._connection is not given_up:  # another thread did it meanwhile
                return
            if not quiet:
                raise StoreError(GIVEN_UP)
            self._connection.close()
            self._connection = _locked_down(opening.connect(self.path, self._limit))
        LOG.warning("The data file was opened again after a failure of the engine")

    @contextmanager
    def _quiet(self, seconds: float) -> Iterator[bool]:
        """No transaction begins until the block ends, but inside one that its thread has open; whether all have ended in that time."""
        with self._swapping, self._cursors:
            self._pausing = True
            try:
                yield self._cursors.wait_for(lambda: self._under_way == 0, seconds)
            finally:
                self._pausing = False
                self._cursors.notify_all()

    # The file --------------------------------------------------------------------------------------------------------

    def _prepared(self) -> duckdb.DuckDBPyConnection:
        """The file open, of the present schema, and without what killed processes left beside it."""
        path = self.path
        opening.check_kind(path)
        take_up(path)
        opening.refuse_new(path)
        if not path.exists():
            _create(path)
        connection = opening.connect(path, self._limit)
        try:
            version = _version(connection, path)
            if version is None:
                schema.create(connection)
            else:
                schema.migrate(connection, path, version)
            halves.sweep(path.parent, of=path)
            return _locked_down(connection)
        except duckdb.Error as error:  # a part of it is missing or cannot be read
            connection.close()
            raise opening.sentence(path, str(error)) from error
        except BaseException:
            connection.close()
            raise

    def rewrite_is_due(self) -> bool:
        """Whether the file still holds bytes of deleted rows."""
        with self.transaction() as cursor:
            return schema.rewrite_is_due(cursor)

    def rewrite(self) -> bool:
        """Write the file anew, so that no byte of what was deleted is left in it. Writers wait; readers go on while the copy is made, and
        begin nothing for REWRITE_SECONDS at most while the last ones end.

        False when there was no room, or no moment without readers: then it stays due, as schema.REWRITE in the file says.
        """
        try:
            with self.writing, self.noting, halves.writing(self.path, "rewriting") as fresh:
                with self.transaction() as cursor:
                    copying.write_copy(cursor, self.path, fresh, then=schema.forget_rewrite)
                with self._quiet(REWRITE_SECONDS) as quiet:
                    return quiet and self._swap(fresh)
        except (RapportError, OSError, duckdb.Error) as error:
            LOG.warning(NOT_YET, {"reason": str(error)})
            return False

    def _swap(self, fresh: Path) -> bool:
        """Put the fresh file in the place of the one that is open.

        A kill on the way leaves the old file or the new one under the name, each whole. Should something in this process still hold the
        old one, the engine gives that again: then it keeps its name, and rewriting stays due.
        """
        old = fresh.with_suffix(f".{halves.REWRITTEN}")
        self._connection.execute("checkpoint")
        self._connection.close()
        try:
            if log_of(self.path).exists() and log_of(self.path).stat().st_size:  # it must not be read into another file
                return False
            copying.make_way(self.path, old, fresh)
        finally:
            self._connection = _locked_down(opening.connect(self.path, self._limit))
        if schema.rewrite_is_due(self._connection):
            old.replace(self.path)
            return False
        old.unlink()
        return True


def is_open(path: Path) -> bool:
    """Whether this process has the file open."""
    with _opening:
        return _found(opening.real(path)) is not None


def _found(path: Path) -> Engine | None:
    return next((engine for engine in _engines if engine.is_of(path)), None)


def take_up(path: Path) -> None:
    """End what a restore began that was killed before the file lost its name: its log has it back."""
    for kept in path.parent.glob(f"{escape(path.name)}.replaced-*[!l]"):  # not a log, whose name ends in .wal
        with halves.alone_in(path.parent) as alone:
            if alone and path.exists() and kept.exists() and kept.samefile(path):
                if log_of(kept).exists():
                    log_of(kept).replace(log_of(path))
                kept.unlink()


def _create(path: Path) -> None:
    """A file with empty tables, which bears the name only once it is whole."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with space.plainly(path.parent), halves.writing(path, "creating") as part:
            with duckdb.connect(str(part)) as empty:
                schema.create(empty)
            copying.flush(part)
            with suppress(FileExistsError):  # another process was first
                copying.name(part, path)
            copying.flush(path.parent)
    except (OSError, duckdb.Error) as error:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        raise StoreError(CLOSED_FOLDER, path=path, reason=reason) from error


def _version(connection: duckdb.DuckDBPyConnection, path: Path) -> int | None:
    """As schema.version_of; a file whose version is missing or no number is none of Rapport's."""
    try:
        return schema.version_of(connection, path)
    except (TypeError, ValueError) as error:
        raise opening.sentence(path, str(error)) from error


def _locked_down(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """From here on the engine reads and writes its own file only: no other file, no network, no setting."""
    if not only_value(connection, "select current_setting('lock_configuration')"):
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
    return connection
