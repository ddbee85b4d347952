"""A copy of all rows as one transaction sees them, in a file of its own: backups, and files from which deleted bytes are gone.

It reads as any page does, so nobody waits for it and it waits for nobody: not even for an import that is being merged.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from data.errors import StoreError
from data.file import halves, opening, owners, space
from data.sql import only_value
from metrics.texts import N_

BATCH_ROWS = 100_000
MEMORY_LIMIT_MIB = 512
NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
NEEDS = N_("The copy {target} needs {need} MB, but {free} MB are free at {folder}. Make room, or name another place.")
UNREADABLE = N_("{path} cannot be read to its end. Restore an earlier backup.")
UNWRITABLE = N_("The copy {target} could not be written ({reason}). What it was to be made of is as it was.")


def write_copy(
    cursor: duckdb.DuckDBPyConnection,
    source: Path,
    target: Path,
    *,
    mode: int | None = None,
    then: Callable[[duckdb.DuckDBPyConnection], None] | None = None,
) -> None:
    """Write what the cursor's transaction sees to `target`, which appears under its name only once it is whole and on the disk.

    It belongs to whom `source` belongs to, where this process may give it away, and has its mode unless another is given; `then` changes
    the copy before it gets its name. Where there is no room for it NoRoom is raised; other errors say which of the two files failed.
    """
    space.look(target.parent, space.size(source), NEEDS, target=target)
    with halves.writing(target) as partial:
        try:
            with space.plainly(target.parent):
                _write(cursor, source, partial, then)
        except (duckdb.Error, pa.ArrowException) as error:
            reason = str(error).partition("\n")[0]
            raise StoreError(UNWRITABLE, target=target, reason=reason) from error
        owners.give(partial, like=source, mode=stat.S_IMODE(source.stat().st_mode) if mode is None else mode)
        flush(partial)
        partial.replace(target)
        flush(target.parent)


def name(path: Path, other: Path) -> None:
    """Give the file a name that no other file bears; FileExistsError when one does. The first one stays where the disk knows second ones.

    It is not opened: closing it here would let go of the engine's lock, should this process have it open.
    """
    try:
        other.hardlink_to(path)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if other.exists():
            raise FileExistsError(other) from error
        path.rename(other)


def make_way(path: Path, other: Path, fresh: Path) -> None:
    """Put `fresh` in the place of a file, which is `other` then, in one step; where the disk knows no second names there are two, and a
    kill between them leaves no file under the name: then a start names the other."""
    name(path, other)
    try:
        fresh.replace(path)
    except OSError:
        if not path.exists():
            other.rename(path)
        raise
    flush(path.parent)


def flush(path: Path) -> None:
    """Have the disk keep what was written: a power cut after this loses nothing. Never on a file that the engine has open: closing it
    here would let go of the engine's lock."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(
    cursor: duckdb.DuckDBPyConnection,
    source: Path,
    partial: Path,
    then: Callable[[duckdb.DuckDBPyConnection], None] | None,
) -> None:
    with duckdb.connect(str(partial), config={"memory_limit": f"{MEMORY_LIMIT_MIB}MiB"}) as copy:
        partial.chmod(owners.PRIVATE)  # nobody else reads it while it grows
        tables = "select table_name, sql from duckdb_tables() where schema_name = 'main' and not temporary order by table_name"
        for name, definition in cursor.execute(tables).fetchall():
            copy.execute(definition)
            _copy_table(cursor, copy, name, source)
        if then:
            then(copy)
        copy.execute("checkpoint")


def _copy_table(cursor: duckdb.DuckDBPyConnection, copy: duckdb.DuckDBPyConnection, name: str, source: Path) -> None:
    copy.execute("begin")
    rows = 0
    for batch in _batches(cursor, name, source):
        copy.register("arriving", batch)
        copy.execute(f'insert into "{name}" select * from arriving')
        copy.unregister("arriving")
        rows += batch.num_rows
    copy.execute("commit")
    counted = f'select count(*) from "{name}"'
    assert only_value(copy, counted) == rows == only_value(cursor, counted), "a table was copied in part"


def _batches(cursor: duckdb.DuckDBPyConnection, name: str, source: Path) -> Iterator[pa.RecordBatch]:
    """The rows as they are read; what fails here is the fault of the source, not of the copy."""
    try:
        yield from cursor.sql(f'select * from "{name}"').to_arrow_reader(BATCH_ROWS)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if space.is_full(error):
            raise space.sentence(error, source.parent) from error
        if reason := space.reason(str(error)):  # of the system: the source may be sound
            raise StoreError(opening.FAILED, path=source, reason=reason) from error
        raise StoreError(UNREADABLE, path=source) from error
