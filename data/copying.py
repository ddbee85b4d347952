"""A copy of all rows as one transaction sees them, in a file of its own: backups, and files from which deleted bytes are gone.

It reads as any page does, so nobody waits for it and it waits for nobody: not even for an import that is being merged.
"""

import os
import stat
from pathlib import Path

import duckdb

from data import owners
from data.sql import only_value

BATCH_ROWS = 100_000
MEMORY_LIMIT_MIB = 512


def write_copy(cursor: duckdb.DuckDBPyConnection, source: Path, target: Path, *, mode: int | None = None) -> None:
    """Write what the cursor's transaction sees to `target`, which appears under its name only once it is whole and on the disk.

    It belongs to whom `source` belongs to, where this process may give it away, and has its mode unless another is given.
    """
    partial = target.with_name(f"{target.name}.partial")
    _remove(partial)  # of a copy that was killed
    try:
        with duckdb.connect(str(partial), config={"memory_limit": f"{MEMORY_LIMIT_MIB}MiB"}) as copy:
            partial.chmod(owners.PRIVATE)  # nobody else reads it while it grows
            _copy_rows(cursor, copy)
        owners.give(partial, like=source, mode=stat.S_IMODE(source.stat().st_mode) if mode is None else mode)
        _flush(partial)
        partial.replace(target)
        _flush(target.parent)
    finally:
        _remove(partial)


def _copy_rows(cursor: duckdb.DuckDBPyConnection, copy: duckdb.DuckDBPyConnection) -> None:
    tables = (
        "select table_name, sql from duckdb_tables() where schema_name = 'main' and not temporary order by table_name"
    )
    for name, definition in cursor.execute(tables).fetchall():
        copy.execute(definition)
        copy.register("arriving", cursor.sql(f'select * from "{name}"').to_arrow_reader(BATCH_ROWS))
        copy.execute(f'insert into "{name}" select * from arriving')
        copy.unregister("arriving")
        counted = f'select count(*) from "{name}"'
        assert only_value(copy, counted) == only_value(cursor, counted), "a table was copied in part"
    copy.execute("checkpoint")


def _flush(path: Path) -> None:
    """Have the disk keep what was written: a power cut after this loses nothing."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    for name in (path, path.with_name(f"{path.name}.wal")):
        name.unlink(missing_ok=True)
