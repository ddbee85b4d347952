"""What is said when the engine fails with a file: it is called damaged when it was read and found wrong, never for another's fault."""

import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from data.errors import NoRoom, StoreError
from data.file import opening, space
from data.store.store import Store
from tests.data.rows import order, take

FILE = Path("/srv/r.duckdb")
SPILL = f"{FILE}.tmp/duckdb_temp_31285_0_storage_S96K-0.tmp"
IO, BROKEN, COMMIT = duckdb.IOException, duckdb.Error, duckdb.TransactionException
DAMAGED, FAILED, NOTHING = "is damaged", "could not be read or written", ""
SAID: dict[str, tuple[duckdb.Error, str]] = {
    "a checksum": (
        BROKEN("Corrupt database file: computed checksum 1 does not match stored checksum 2 in block at location 37"),
        DAMAGED,
    ),
    "a segment": (BROKEN("Corrupted LIST column: offset exceeds the child column count"), DAMAGED),
    "the file is cut short": (
        IO(f'IO Error: Could not read enough bytes from file "{FILE}": attempted to read 262144 bytes from location 7'),
        DAMAGED,
    ),
    "another file is cut short": (
        IO(
            'IO Error: Could not read enough bytes from file "/srv/other.duckdb": attempted to read 262144 bytes from location 7'
        ),
        FAILED,
    ),
    "a file in the way": (IO(f'IO Error: Failed to create directory "{FILE}.tmp": File exists'), FAILED),
    "a folder for spills that is closed": (IO(f'IO Error: Cannot open file "{SPILL}": Permission denied'), FAILED),
    "too many open files, spilling": (IO(f'IO Error: Cannot open file "{SPILL}": Too many open files'), FAILED),
    "too many open files": (IO(f'IO Error: Cannot open file "{FILE}.wal": Too many open files'), FAILED),
    "a disk that fails, spilling": (IO(f'IO Error: Could not write file "{SPILL}": Input/output error'), FAILED),
    "a disk that fails": (IO(f'IO Error: Could not read from file "{FILE}": Input/output error'), FAILED),
    "a network disk that is gone": (IO(f'IO Error: Could not read from file "{FILE}": Stale file handle'), FAILED),
    "a spilled block": (BROKEN("Corrupt temporary file: decompressed block is 4 bytes but expected 5"), FAILED),
    "no commit": (
        COMMIT(f'TransactionContext Error: Failed to commit: Cannot open file "{FILE}.wal": Too many open files'),
        FAILED,
    ),
    "a log that may not be made": (
        IO(f'IO Error: Cannot open file "{FILE}.wal": Permission denied'),
        "closed to the user",
    ),
    "no such table": (duckdb.CatalogException("Catalog Error: Table with name x does not exist!"), NOTHING),
    "no transaction": (COMMIT("TransactionContext Error: cannot commit - no transaction is active"), NOTHING),
    "a value of a person": (duckdb.ConversionException("Conversion Error: Corrupt database file"), NOTHING),
}


@pytest.mark.parametrize("what", SAID)
def test_only_what_was_read_and_found_wrong_is_damaged(what: str) -> None:
    error, sentence = SAID[what]
    told = opening.failure(FILE, error)
    assert sentence in str(told or "")
    assert (told is None) == (sentence == NOTHING)
    assert sentence == DAMAGED or "backup" not in str(told)
    assert not space.is_full(error)


@pytest.mark.parametrize(
    "text",
    [
        f'IO Error: Could not write file "{SPILL}": No space left on device',
        f'IO Error: Could not write file "{FILE}": Disk quota exceeded',
        f'IO Error: Could not write file "{FILE}": File too large',
        f'IO Error: Could not write to file "{SPILL}" - attempted to write 0 bytes: Success',
        "Out of Memory Error: failed to offload data block of size 256.0 KiB (9.7 MiB/9.8 MiB used).",
    ],
)
def test_a_disk_without_room_is_full(text: str) -> None:
    assert space.is_full(duckdb.Error(text))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("failures") / "r.duckdb"
    with Store.open(path) as store:
        take(store, orders=[order(str(i), f"c{i % 7}", "2026-01-05", float(i)) for i in range(500)])
    return path


@pytest.fixture
def db(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(built, tmp_path / "r.duckdb"))


HEADER, BLOCK = 4096, 262_144  # bytes: three headers, then blocks
SPILLING = """
select count(distinct s) from (
    select s, row_number() over (order by s desc) as n from (select md5(range::varchar) || repeat('x', 60) as s from range(900000))
)
"""


@contextmanager
def few_files() -> Iterator[None]:
    """In the block no further file can be opened."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.close(free := os.dup(0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_file_in_the_way_of_spilling_is_named_and_the_data_are_not_called_damaged(db: Path) -> None:
    with Store.open(db, memory_limit_mib=40) as store:
        Path(f"{db}.tmp").write_text("in the way")
        with pytest.raises(StoreError) as refused, store.reading() as cursor:
            cursor.execute(SPILLING).fetchall()
        assert str(refused.value) == (
            f'{db} could not be read or written (Failed to create directory "{db}.tmp": File exists).'
        )
        assert store.imports().height == 1
        Path(f"{db}.tmp").unlink()
        with store.reading() as cursor:
            assert cursor.execute(SPILLING).fetchall() == [(900_000,)]


def test_too_many_open_files_are_not_a_full_disk_nor_a_damaged_file(db: Path, tmp_path: Path) -> None:
    with Store.open(db, memory_limit_mib=40) as store:
        with few_files(), pytest.raises(StoreError, match="Too many open files") as refused, store.reading() as cursor:
            cursor.execute(SPILLING).fetchall()
        assert not isinstance(refused.value, NoRoom)
        assert "backup" not in str(refused.value)
        assert store.imports().height == 1
    other = Path(shutil.copy(db, tmp_path / "other.duckdb"))
    with few_files(), pytest.raises(StoreError, match=r"could not be read or written \(Too many open files\)\."):
        opening.connect(other, 40)


def test_a_block_that_changed_on_the_disk_is_damage(db: Path) -> None:
    with duckdb.connect(str(db)) as connection:
        connection.execute("create table large as select md5(range::varchar) as s from range(40000)")
        connection.execute("checkpoint")
        ((block,),) = connection.execute(
            "select max(block_id) from pragma_storage_info('large') where segment_type = 'VARCHAR'"
        ).fetchall()
    content = bytearray(db.read_bytes())
    content[3 * HEADER + block * BLOCK + 5000] ^= 255
    db.write_bytes(content)
    with (
        pytest.raises(StoreError, match=f"{db} is damaged: a part of it cannot be read"),
        Store.open(db) as store,
        store.reading() as cursor,
    ):
        cursor.execute("select max(s) from large").fetchall()
