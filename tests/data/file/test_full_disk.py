"""A full disk: every writing operation ends in a sentence, leaves what was or what was to be, and works once there is room."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from data import person, restore
from data.errors import NoRoom, RapportError, StoreError
from data.file import space
from data.people import audit
from data.store import schema, soundness
from data.store.store import Store
from tests.data.file.full import files_up_to, small_disk
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
    "remember": lambda store: take(store, sha256="remember", orders=SOME[:1], remember={"signature": "z" * 90_000}),
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
    monkeypatch.setattr("data.store.engine.REVIVE_SECONDS", 0.2)
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


# Room is looked at before -----------------------------------------------------------------------------------------------

LOOKED: dict[str, tuple[int, str]] = {
    "import": (5_000_000, "This import needs about 10 MB, but 4 MB are free"),
    "undo": (1_500_000, "The undo needs about 3 MB, but 1 MB are free"),
    "erase": (500_000, "The disk is full"),
    "note": (500_000, "The disk is full"),
    "remember": (500_000, "The disk is full"),
    "backup": (1_500_000, "backup.duckdb needs"),
}


@pytest.mark.parametrize("operation", LOOKED)
def test_what_there_is_no_room_for_is_not_begun(db: Path, operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    free, sentence = LOOKED[operation]
    with Store.open(db) as store:
        before, files = state(store), sorted((path.name, path.stat().st_size) for path in db.parent.iterdir())
        with monkeypatch.context() as full:
            full.setattr(space, "free_bytes", lambda _: free)
            with pytest.raises(NoRoom) as refused:
                OPERATIONS[operation](store)
        assert sentence in str(refused.value)
        assert state(store) == before
        assert sorted((path.name, path.stat().st_size) for path in db.parent.iterdir()) == files
        again(OPERATIONS[operation], operation, store, db, before)


@pytest.mark.parametrize("room", [0, 4096, 100_000, 700_000, 1_500_000])
def test_a_restore_without_room_changes_nothing(
    db: Path, tmp_path: Path, room: int, capsys: pytest.CaptureFixture
) -> None:
    backup = tmp_path / "backup.duckdb"
    with Store.open(db) as store:
        store.backup(backup)
        audit.note(store, "ada", "later")
        before = state(store)
    with files_up_to(room):
        assert restore.main([str(backup), "--db", str(db)]) == 2
    assert "MB are free" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"store.duckdb", "backup.duckdb"}
    with Store.open(db) as store:
        assert state(store) == before
    assert restore.main([str(backup), "--db", str(db)]) == 0


@pytest.mark.parametrize("room", [0, 4096, 100_000, 700_000, 1_500_000])
def test_an_upgrade_without_room_changes_nothing(db: Path, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(db) as store:
        before = state(store)
    with monkeypatch.context() as newer:
        newer.setattr(schema, "VERSION", schema.VERSION + 1)
        step = "alter table orders add column mood varchar; update orders set mood = order_id || amount::varchar"
        newer.setitem(schema.MIGRATIONS, schema.VERSION - 1, lambda connection: connection.execute(step))
        with files_up_to(room), pytest.raises(StoreError, match="MB are free"):
            Store.open(db)
    assert not list(db.parent.glob("*partial*"))
    with Store.open(db) as store:
        assert state(store) == before


@pytest.mark.parametrize("room", [0, 4096, 12_000])
def test_a_new_file_without_room_is_not_made(tmp_path: Path, room: int) -> None:
    path = tmp_path / "new.duckdb"
    with files_up_to(room), pytest.raises(NoRoom, match="MB are free"):
        Store.open(path)
    assert list(tmp_path.iterdir()) == []
    Store.open(path).close()


def test_a_question_that_needs_more_room_than_there_is_ends_in_a_sentence_and_the_next_one_is_answered(
    db: Path,
) -> None:
    with Store.open(db, memory_limit_mib=64) as store:
        before = state(store)
        for _ in range(2):
            with (
                files_up_to(2_000_000),
                pytest.raises(NoRoom, match="The answer needs more room"),
                store.reading() as cursor,
            ):
                cursor.sql(
                    "select i, hash(i) h, repeat('x', 50) || i s from range(4000000) r(i) order by h"
                ).to_arrow_table()
            assert state(store) == before


# A real disk of a few megabytes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave", [0, 60_000, 300_000, 1_200_000])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_on_a_small_disk_reading_goes_on_and_with_room_the_rest(
    built: Path, tmp_path: Path, operation: str, leave: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "disk", 24) as disk:
        db = Path(shutil.copy(built, disk.folder / "store.duckdb"))
        with Store.open(db) as store:
            before = state(store)
            disk.fill(leave)
            with monkeypatch.context() as hopeful:  # nobody looked, or others filled it meanwhile
                hopeful.setattr(space, "look", lambda *_, **__: None)
                check_ended(OPERATIONS[operation], store, before)
                state(store)
            disk.empty()
            again(OPERATIONS[operation], operation, store, db, before)


def test_an_erased_person_leaves_the_bytes_once_there_is_room(built: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 24) as disk:
        db = Path(shutil.copy(built, disk.folder / "store.duckdb"))
        with Store.open(db) as store:
            disk.fill(1_500_000)
            assert not person.erase(store, "c5").gone
            assert store.rewrite_is_due()
        for _ in range(2):
            with Store.open(db) as store:  # which tries, and opens
                assert store.rewrite_is_due()
                state(store)
        disk.empty()
        with Store.open(db) as store:
            assert not store.rewrite_is_due()
            with pytest.raises(RapportError, match="know no customer"):
                person.find(store, "c5")
