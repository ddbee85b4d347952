"""One store per file and process; what lies under the name, or no longer does, is said before anything is made."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from data import restore
from data.errors import StoreError
from data.file.opening import Missing, OpenElsewhere
from data.store import engine, schema
from data.store.store import Store
from tests.data.rows import order, take

PROJECT = Path(__file__).parents[3]
A = [order(str(i), f"c{i % 7}", "2026-01-01", 1.0) for i in range(20)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("built") / "store.duckdb"
    with Store.open(path) as store:
        take(store, orders=A)
    return path


@pytest.fixture
def db(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(built, tmp_path / "store.duckdb"))


def orders(store: Store) -> int:
    with store.snapshot() as snap:
        return snap.extent().orders


def elsewhere(path: Path) -> str:
    """What another process is told that opens the file."""
    code = """if True:
        import sys
        from data.store.store import Store
        try:
            Store.open(sys.argv[1]).close()
            print("opened")
        except Exception as error:
            print(type(error).__name__)
    """
    result = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=True
    )
    return result.stdout.strip()


# One store per file -----------------------------------------------------------------------------------------------------

NAMES: dict[str, Callable[[Path], Path]] = {
    "the same name": lambda db: db,
    "from the working folder": lambda db: Path(os.path.relpath(db)),
    "through a folder and back": lambda db: db.parent / "." / "sub" / ".." / db.name,
    "a link": lambda db: db.parent / "link",
    "a link to a link": lambda db: db.parent / "second",
    "a link to the folder": lambda db: db.parent / "folder" / db.name,
    "a second name of the same bytes": lambda db: db.parent / "hard",
}


@pytest.mark.parametrize("name", NAMES)
def test_opening_again_in_the_process_finds_the_open_store(db: Path, name: str) -> None:
    (db.parent / "sub").mkdir()
    (db.parent / "link").symlink_to(db)
    (db.parent / "second").symlink_to(db.parent / "link")
    (db.parent / "folder").symlink_to(db.parent, target_is_directory=True)
    (db.parent / "hard").hardlink_to(db)
    with Store.open(db) as first, Store.open(NAMES[name](db)) as second:
        take(second, orders=[order("new", "c1", "2026-01-02", 1.0)])
        assert (orders(first), orders(second)) == (21, 21)


def test_the_last_one_to_let_go_closes_the_file(db: Path) -> None:
    first, second = Store.open(db), Store.open(db)
    first.close()
    first.close()  # twice counts once
    assert orders(second) == 20
    assert elsewhere(db) == "OpenElsewhere"
    with pytest.raises(duckdb.ConnectionException):
        second.close()
        orders(second)
    assert elsewhere(db) == "opened"


def test_closing_ends_what_other_threads_ask(db: Path) -> None:
    store, ended = Store.open(db), []

    def ask() -> None:
        try:
            with store.reading() as cursor:
                begun.set()
                cursor.execute("select sum(a.range * b.range) from range(10_000_000) a, range(10_000_000) b").fetchall()
        except duckdb.Error as error:
            ended.append(type(error))

    for _ in range(4):
        begun = threading.Event()
        thread = threading.Thread(target=ask)
        thread.start()
        begun.wait()
    store.close()
    assert elsewhere(db) == "opened"
    assert thread.join(30) is None
    assert set(ended) <= {duckdb.InterruptException, duckdb.ConnectionException}


def test_what_is_between_two_questions_ends_when_the_store_closes(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CLOSE_SECONDS", 0.1)
    store, begun, go_on = Store.open(db), threading.Event(), threading.Event()

    def think() -> None:
        with store.reading():
            begun.set()
            go_on.wait()

    thread = threading.Thread(target=think)
    thread.start()
    begun.wait()
    store.close()
    assert elsewhere(db) == "OpenElsewhere"  # the last one closes it
    go_on.set()
    thread.join()
    assert elsewhere(db) == "opened"


def test_a_store_that_is_forgotten_holds_nothing(db: Path) -> None:
    Store.open(db)
    assert not engine.is_open(db)
    with Store.open(db) as store:
        assert orders(store) == 20


def test_the_same_file_is_found_after_it_was_written_anew(db: Path) -> None:
    with Store.open(db) as first:
        assert first.rewrite()
        with Store.open(db) as second:
            assert orders(second) == 20


def test_many_threads_open_and_close_at_once(tmp_path: Path) -> None:
    path, failed = tmp_path / "new.duckdb", []

    def use() -> None:
        try:
            for _ in range(10):
                with Store.open(path) as store:
                    orders(store)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert not engine.is_open(path)


def test_what_a_store_opens_beside_it_is_another_one(db: Path, tmp_path: Path) -> None:
    with Store.open(db) as first, Store.open(tmp_path / "other.duckdb") as second:
        assert (orders(first), orders(second)) == (20, 0)


def test_a_migration_keeps_the_file_to_itself(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setitem(schema.MIGRATIONS, schema.VERSION - 1, lambda _: said.append(elsewhere(db)))
    with Store.open(db):
        said.append(elsewhere(db))
    assert said == ["OpenElsewhere"] * 2


# What lies under the name -----------------------------------------------------------------------------------------------


def pipe(path: Path) -> None:
    os.mkfifo(path)


def sock(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        os.chdir(path.parent)  # a socket's name must be short
        listening.bind(path.name)


def noise(path: Path) -> None:
    path.write_bytes(os.urandom(40_000))


def with_log(db: Path, path: Path, log: bytes) -> None:
    shutil.copy(db, path)
    Path(f"{path}.wal").write_bytes(log)


def log_of_another(db: Path, path: Path) -> None:
    shutil.copy(db, path)
    other = path.with_name("other")
    code = "import duckdb, os, sys\nc = duckdb.connect(sys.argv[1])\nc.execute('create table t (a int)')\nos._exit(1)"
    subprocess.run([sys.executable, "-c", code, str(other)], check=False)
    Path(f"{other}.wal").rename(f"{path}.wal")


def log_of_an_older_state(db: Path, path: Path) -> None:
    shutil.copy(db, path)
    code = "import duckdb, os, sys\nc = duckdb.connect(sys.argv[1])\nc.execute(\"insert into meta values ('a', 'b')\")\nos._exit(1)"
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    log = Path(f"{path}.wal").read_bytes()
    with duckdb.connect(str(path)) as connection:
        connection.execute("insert into meta values ('c', 'd')")
    Path(f"{path}.wal").write_bytes(log)


def log_that_was_changed(db: Path, path: Path) -> None:
    shutil.copy(db, path)
    code = "import duckdb, os, sys\nc = duckdb.connect(sys.argv[1])\nfor i in range(9): c.execute(sys.argv[2])\nos._exit(1)"
    subprocess.run([sys.executable, "-c", code, str(path), "insert into meta values ('a', 'b')"], check=False)
    log = bytearray(Path(f"{path}.wal").read_bytes())
    log[len(log) // 2] ^= 0xFF
    Path(f"{path}.wal").write_bytes(log)


# what is made under the name → what is said of it
FAULTS: dict[str, tuple[Callable[[Path, Path], object], str]] = {
    "a folder": (lambda _, path: path.mkdir(), "is a folder"),
    "a pipe": (lambda _, path: pipe(path), "is a pipe"),
    "a socket": (lambda _, path: sock(path), "is a socket"),
    "a device": (lambda _, path: path.symlink_to("/dev/null"), "is a device"),
    "a loop of links": (lambda _, path: path.symlink_to(path), "cannot be reached (Too many levels of symbolic links)"),
    "nothing": (lambda _, path: path.touch(), "cannot be opened as a DuckDB file"),
    "noise": (lambda _, path: noise(path), "cannot be opened as a DuckDB file"),
    "text": (lambda _, path: path.write_text("order,amount\n" * 999), "cannot be opened as a DuckDB file"),
    "half of a file": (
        lambda db, path: path.write_bytes(db.read_bytes()[: db.stat().st_size // 2]),
        "cannot be opened as a DuckDB file",
    ),
    "the first bytes of a file": (
        lambda db, path: path.write_bytes(db.read_bytes()[:5000]),
        "cannot be opened as a DuckDB file",
    ),
    "a log of noise": (
        lambda db, path: with_log(db, path, os.urandom(5000)),
        "bad.duckdb.wal is damaged or not the log",
    ),
    "a log of text": (lambda db, path: with_log(db, path, b"hello" * 9), "bad.duckdb.wal is damaged or not the log"),
    "a log of another file": (log_of_another, "bad.duckdb.wal is damaged or not the log"),
    "a log of an older state": (log_of_an_older_state, "bad.duckdb.wal is damaged or not the log"),
    "a log that was changed": (log_that_was_changed, "bad.duckdb.wal is damaged or not the log"),
    "a folder as log": (
        lambda db, path: (shutil.copy(db, path), Path(f"{path}.wal").mkdir()),
        "bad.duckdb.wal is damaged or not the log",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_sound_file_is_named_and_left_as_it_is(
    db: Path, tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "bad.duckdb"
    make, sentence = FAULTS[fault]
    make(db, path)
    before = sorted((each.name, each.lstat().st_size) for each in tmp_path.iterdir())
    for _ in range(2):
        with pytest.raises(StoreError) as refused:
            Store.open(path)
        assert sentence in str(refused.value)
        assert not isinstance(refused.value, OpenElsewhere)
    assert sorted((each.name, each.lstat().st_size) for each in tmp_path.iterdir()) == before


@pytest.mark.parametrize("rest", [0, 5, 40, -3])
def test_a_log_that_a_kill_cut_off_is_read_as_far_as_it_goes(db: Path, rest: int) -> None:
    code = """if True:
        import os, sys
        from data.people import audit
        from data.store.store import Store
        store = Store.open(sys.argv[1])
        for number in range(5):
            audit.note(store, "ada", str(number))
        os._exit(1)
    """
    subprocess.run([sys.executable, "-c", code, str(db)], cwd=PROJECT, check=False)
    log = Path(f"{db}.wal")
    os.truncate(log, rest if rest >= 0 else log.stat().st_size + rest)
    with Store.open(db) as store, store.reading() as cursor:
        count = cursor.execute("select count(*) from audit").fetchall()[0][0]
    assert count == (4 if rest < 0 else 0)


# No file under the name -------------------------------------------------------------------------------------------------

REMAINS = {
    "a replaced file": "store.duckdb.replaced-2026-03-01-120000",
    "the old one of a rewriting": "store.duckdb.1a2b3c4d.before-rewriting",
    "a file written anew": "store.duckdb.1a2b3c4d.rewriting",
    "a copy made by hand": "store.duckdb.old",
    "a copy from before a migration": "store.duckdb.schema-2.backup",
    "a part of a restored file": "store.duckdb.1a2b3c4d.restoring",
    "a part by another name": "store.duckdb.restoring",
    "a log": "store.duckdb.wal",
}


@pytest.mark.parametrize("what", REMAINS)
def test_a_start_without_the_file_makes_no_empty_one_beside_what_is_left_of_it(db: Path, what: str) -> None:
    left = db.rename(db.with_name(REMAINS[what]))
    for _ in range(2):
        with pytest.raises(Missing) as refused:
            Store.open(db)
        assert f"There is no file {db}, but {left} is there" in str(refused.value)
        assert "python -m data.restore" in str(refused.value)
    assert [each.name for each in db.parent.iterdir()] == [left.name]


@pytest.mark.parametrize("beside", [True, False])
def test_a_start_without_the_file_names_the_newest_planned_backup(
    db: Path, tmp_path: Path, beside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path if beside else tmp_path / "backups"
    folder.mkdir(exist_ok=True)
    for number, day in enumerate(("01", "03", "02")):
        path = Path(shutil.copy(db, folder / f"rapport-2026-03-{day}-120000.duckdb"))
        os.utime(path, (int(day) + 1000, int(day) + 1000 + number // 9))
    db.unlink()
    monkeypatch.setenv("RAPPORT_DB", str(db))
    monkeypatch.setenv("RAPPORT_BACKUP_DIR", str(tmp_path / "backups"))
    with pytest.raises(Missing, match=r"rapport-2026-03-03-120000\.duckdb is there\. Put it back with"):
        Store.open(db)
    other = tmp_path / "another.duckdb"  # which no plan copies
    Store.open(other).close()
    assert not db.exists()


@pytest.mark.parametrize("left", ["replaced-2026-03-01-120000", "old", "1a2b3c4d.before-rewriting"])
def test_what_the_sentence_says_brings_it_back(db: Path, left: str) -> None:
    kept = db.rename(db.with_name(f"{db.name}.{left}"))
    with pytest.raises(Missing):
        Store.open(db)
    assert restore.main([str(kept), "--db", str(db)]) == 0
    with Store.open(db) as store:
        assert orders(store) == 20


def test_a_new_file_appears_only_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sub" / "new.duckdb"
    monkeypatch.setattr(schema, "FIXED", schema.FIXED + "; create table imports (a int)")
    with pytest.raises(StoreError, match="cannot be made"):
        Store.open(path)
    assert list(path.parent.iterdir()) == []
    monkeypatch.undo()
    Store.open(path).close()
    assert [each.name for each in path.parent.iterdir()] == ["new.duckdb"]


# What killed processes left ---------------------------------------------------------------------------------------------

LEFT = (
    "store.duckdb.0a1b2c3d.restoring",
    "store.duckdb.0a1b2c3d.restoring.wal",
    "store.duckdb.0a1b2c3d.restoring.schema-2.backup",
    "store.duckdb.0a1b2c3d.rewriting",
    "store.duckdb.0a1b2c3d.rewriting.4e5f6a7b.partial.wal",
    "store.duckdb.0a1b2c3d.before-rewriting",
    "store.duckdb.schema-2.backup.0a1b2c3d.partial",
    "store.duckdb.0a1b2c3d.creating",
    "other.duckdb.0a1b2c3d.restoring.wal",
    "copy.0a1b2c3d.partial",
    "copy.of.monday.0a1b2c3d.partial.wal",
    "rapport-2026-03-01-120000.duckdb.0a1b2c3d.partial",
)
NOT_OURS = (
    "other.duckdb.restoring",
    "other.duckdb.0a1b2c3d.before-rewriting",
    "store.duckdb.old",
    "store.duckdb.bak",
    "store.duckdb.partial",
    "store.duckdb.partial-copy",
    "store.duckdb.restoring",
    "store.duckdb.restoring-tuesday.wal",
    "store.duckdb.rewriting",
    "store.duckdb.creating",
    "store.duckdb.before-rewriting",
    "store.duckdb.replaced-2026-03-01-120000",
    "store.duckdb.schema-2.backup",
    "notes.partial",
    "notes.of-0a1b.partial",
    "0a1b2c3d.partial",
)


def test_half_written_copies_are_cleared_at_the_next_start(db: Path) -> None:
    for name in (*LEFT, *NOT_OURS):
        db.with_name(name).write_bytes(b"half")
    Store.open(db).close()
    assert {each.name for each in db.parent.iterdir()} == {db.name, *NOT_OURS}


WRITES = """
import sys
from pathlib import Path
from data.file import halves
with halves.writing(Path(sys.argv[1]), sys.argv[2]) as part:
    part.write_bytes(b"half")
    print(part.name, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("kind", ["restoring", "partial"])
@pytest.mark.parametrize("killed", [False, True])
def test_what_another_process_is_writing_is_left_to_it(db: Path, kind: str, killed: bool) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITES, str(db), kind],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin and process.stdout
        part = db.with_name(process.stdout.readline().strip())
        Store.open(db).close()
        assert part.exists()
        if killed:
            process.send_signal(signal.SIGKILL)
        else:
            process.stdin.close()
        process.wait()
    assert part.exists() == killed
    Store.open(db).close()
    assert not part.exists()


def test_the_next_copy_clears_the_halves_of_others_in_its_folder(db: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("monday.0a1b2c3d.partial", "monday.0a1b2c3d.partial.wal", "monday", "notes.partial"):
        (elsewhere / name).touch()
    with Store.open(db) as store:
        store.backup(elsewhere / "tuesday")
    assert {path.name for path in elsewhere.iterdir()} == {"monday", "notes.partial", "tuesday"}


# A restore that is killed -----------------------------------------------------------------------------------------------

KILLED = """
import os, sys
from pathlib import Path
from data import restore
from data.file import copying
count = 0
def dying(function):
    def call(*arguments, **options):
        global count
        if sys.argv[4] in str(arguments[0]) or sys.argv[4] in str(arguments[-1]):
            count += 1
            if count == int(sys.argv[3]):
                os.kill(os.getpid(), 9)
        return function(*arguments, **options)
    return call
for name in ("hardlink_to", "replace", "unlink"):
    setattr(Path, name, dying(getattr(Path, name)))
copying.flush = dying(copying.flush)
restore.main([sys.argv[1], "--db", sys.argv[2]])
"""


@pytest.mark.parametrize("readable", [True, False])
@pytest.mark.parametrize("step", range(1, 9))
def test_a_restore_killed_at_any_step_leaves_the_old_file_or_the_new_one(
    db: Path, tmp_path: Path, step: int, readable: bool
) -> None:
    backup = tmp_path / "backup.duckdb"
    with Store.open(db) as store:
        store.backup(backup)
        take(store, orders=[order("later", "c1", "2026-01-02", 1.0)])
    if not readable:
        db.write_bytes(b"spoilt" * 1000)
        Path(f"{db}.wal").write_bytes(b"what was stored last")
    command = [sys.executable, "-c", KILLED, str(backup), str(db), str(step), "store.duckdb"]
    subprocess.run(command, cwd=PROJECT, capture_output=True, timeout=120, check=False)
    assert db.exists()
    if readable or db.read_bytes()[:6] != b"spoilt":
        with Store.open(db) as store:
            assert orders(store) in ((20, 21) if readable else (20,))
    else:
        with pytest.raises(StoreError, match=r"damaged or not the log|cannot be opened"):
            Store.open(db)
        assert restore.main([str(backup), "--db", str(db)]) == 0
    assert not list(tmp_path.glob("*.restoring*"))


def test_a_file_that_this_process_has_open_is_not_replaced(db: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.duckdb"
    with Store.open(db) as store:
        store.backup(backup)
        with pytest.raises(OpenElsewhere):
            restore.restore(backup, db)
        assert orders(store) == 20


def test_a_link_keeps_leading_to_the_restored_file(db: Path, tmp_path: Path) -> None:
    backup, link = tmp_path / "backup.duckdb", tmp_path / "link.duckdb"
    link.symlink_to(db)
    with Store.open(link) as store:
        store.backup(backup)
        take(store, orders=[order("later", "c1", "2026-01-02", 1.0)])
        assert store.rewrite()
    assert restore.main([str(backup), "--db", str(link)]) == 0
    assert link.is_symlink()
    with Store.open(db) as store:
        assert orders(store) == 20


def test_a_replaced_file_comes_back_with_what_was_in_its_log(db: Path, tmp_path: Path) -> None:
    code = """if True:
        import os, sys
        from data.people import audit
        from data.store.store import Store
        store = Store.open(sys.argv[1])
        audit.note(store, "ada", "upload")
        os._exit(1)
    """
    subprocess.run([sys.executable, "-c", code, str(db)], cwd=PROJECT, check=False)
    kept = tmp_path / "store.duckdb.replaced-2026-03-01-120000"
    Path(f"{db}.wal").rename(f"{kept}.wal")
    db.rename(kept)
    assert restore.main([str(kept), "--db", str(db)]) == 0
    with Store.open(db) as store, store.reading() as cursor:
        assert cursor.execute("select who from audit").fetchall() == [("ada",)]
