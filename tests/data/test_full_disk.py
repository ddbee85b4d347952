"""A full disk: every writing operation ends in a sentence, leaves what was or what was to be, and works once there is room."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from data import audit, person, soundness
from data.errors import NoRoom, RapportError, StoreError
from data.store import Store
from tests.data.full import files_up_to
from tests.data.rows import order, take

MANY = [
    order(f"new{i}", f"n{i}-{'x' * (i % 9)}", f"2026-0{1 + i % 9}-0{1 + i % 8}", i / 7, coupon=f"{i * 7919:x}")
    for i in range(30_000)
]
SOME = [order(str(i), f"c{i % 700}", f"2026-0{1 + i % 9}-0{1 + i % 8}", i / 7) for i in range(4000)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("built") / "store.duckdb"
    with Store.open(path) as store:
        take(store, orders=SOME)
        take(store, orders=[order(str(i), f"c{i % 700}", "2026-01-01", 5.0) for i in range(50)])
    return path


@pytest.fixture
def db(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(built, tmp_path / "store.duckdb"))


State = list[tuple]


def state(store: Store) -> State:
    """What is kept: rows in all versions, the history, and what lies beside the data."""
    with store.reading() as cursor:
        soundness.check(cursor, store.path)
        found = cursor.execute("select count(*), sum(amount), sum(added_by), count(replaced_by) from orders").fetchall()
        for table in ("imports", "customer_keys", "customers", "audit", "mappings"):
            found += cursor.execute(f"select '{table}', count(*) from {table}").fetchall()
        return found


OPERATIONS: dict[str, Callable[[Store], object]] = {
    "import": lambda store: take(store, name="many.csv", sha256="many", orders=MANY),
    "undo": lambda store: store.undo(1),
    "erase": lambda store: person.erase(store, "c5"),
    "note": lambda store: audit.note(store, "ada", "upload", "x" * 200, "y" * 200),
    "remember": lambda store: store.remember_mapping("signature", "z" * 90_000),
    "rewrite": lambda store: store.rewrite(),
    "backup": lambda store: store.backup(store.path.with_name("backup.duckdb")),
}
# The room that is left: none, less than the log needs, enough for the log but not for what it is taken into, and so on.
ROOMS = {"none": 0, "a page": 4096, "some": 100_000, "half": 600_000, "nearly": 2_000_000}


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_file_that_may_not_grow_stays_what_it_was_and_goes_on(db: Path, operation: str, room: str) -> None:
    do = OPERATIONS[operation]
    with Store.open(db) as store:
        before = state(store)
        with files_up_to(max(db.stat().st_size - 1_000_000, 0) if room == "none" else ROOMS[room]):
            check_ended(do, store, before)
        again(do, operation, store, db, before)


def check_ended(do: Callable[[Store], object], store: Store, before: State) -> None:
    """The operation ends with a sentence or well, and what is read meanwhile is what was."""
    try:
        do(store)
    except RapportError as error:
        assert "{" not in str(error)
        assert state(store) == before
    else:
        state(store)


def again(do: Callable[[Store], object], operation: str, store: Store, db: Path, before: State) -> None:
    """With room again the operation does what it does, in the same process, and the file opens in the next."""
    if state(store) == before:
        do(store)
    expected = {"rewrite": before, "backup": before}.get(operation)
    after = state(store)
    assert (after == expected) if expected else (after != before)
    store.close()
    with Store.open(db) as reopened:
        assert state(reopened) == after
        assert not reopened.rewrite_is_due()
    assert not [path.name for path in db.parent.iterdir() if "partial" in path.name or "rewriting" in path.name]


# When the engine gives up -----------------------------------------------------------------------------------------------


def give_up(store: Store) -> None:
    """The log is taken into the file, which may not grow: from then on the engine refuses everything."""
    with files_up_to(100_000), store.reading() as cursor:
        rival = cursor.cursor()
        with pytest.raises(duckdb.FatalException):
            rival.execute("checkpoint")


def test_reading_goes_on_after_the_engine_gave_up_also_without_room(db: Path) -> None:
    with Store.open(db) as store:
        audit.note(store, "ada", "upload")
        before = state(store)
        with pytest.raises(StoreError, match="is being opened again after a failure"):  # who was reading is told
            give_up(store)
        with files_up_to(100_000):
            for _ in range(2):
                assert state(store) == before
            with pytest.raises(NoRoom):
                take(store, orders=MANY)
            assert state(store) == before
        take(store, orders=MANY)
        after = state(store)
    with Store.open(db) as store:
        assert state(store) == after != before


def test_who_asks_while_another_reads_waits_for_a_moment_and_is_told(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.engine.QUIET_SECONDS", 0.2)
    said: list[str] = []

    def ask() -> None:
        try:
            said.append(str(len(store.imports())))
        except StoreError as error:
            said.append(str(error))

    with Store.open(db) as store:
        audit.note(store, "ada", "upload")
        with pytest.raises(StoreError), store.reading() as reading:
            with files_up_to(100_000), pytest.raises(duckdb.FatalException):
                reading.cursor().execute("checkpoint")
            asking = threading.Thread(target=ask)
            asking.start()
            asking.join(30)
            with pytest.raises(StoreError, match="opened again"):  # this thread's own transaction is lost
                store.imports()
            reading.execute("select 1")
        ask()
    assert said[0].startswith("The data file is being opened again")
    assert said[1] == "2"


def test_many_readers_meet_a_failure_and_all_go_on(db: Path) -> None:
    failed, stop = [], threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                store.imports()
            except StoreError:
                continue
            except Exception as error:
                failed.append(error)

    with Store.open(db) as store:
        threads = [threading.Thread(target=read) for _ in range(6)]
        for thread in threads:
            thread.start()
        for number in range(5):
            audit.note(store, "ada", str(number))
            with files_up_to(100_000), pytest.raises((StoreError, duckdb.FatalException)):
                with store.reading() as cursor:
                    cursor.cursor().execute("checkpoint")
                raise StoreError("the log was empty")
            audit.note(store, "ada", "after")
        stop.set()
        for thread in threads:
            thread.join()
        assert failed == []
        assert len(audit.entries(store, limit=99)) == 10
