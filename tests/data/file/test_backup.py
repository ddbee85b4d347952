"""Backups are whole whatever happens meanwhile, and what is restored is what was backed up."""

import datetime as dt
import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb
import pytest

from data import backup, restore
from data.errors import Cancelled, StoreError
from data.file import copying, owners
from data.settings import Settings
from data.store import backups, schema
from data.store.store import ImportMeta, OpenElsewhere, Store
from tests.data.rows import nps, order, readers, table, take

PROJECT = Path(__file__).parents[3]
MANY = [order(str(i), f"c{i % 90}", "2026-02-01", 2.0) for i in range(800)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions: twenty orders with a member and an answer, then five of the orders changed."""
    path = tmp_path_factory.mktemp("built") / "store.duckdb"
    with Store.open(path) as store:
        orders = [order(str(i), f"c{i % 7}", "2026-01-01", 1.0) for i in range(20)]
        take(store, orders=orders, members=[{"customer_id": "c1"}], feedback=[nps("f", "c2", "2026-01-02", 9.0)])
        take(store, orders=[order(str(i), f"c{i % 7}", "2026-01-01", 5.0) for i in range(5)])
    return path


@pytest.fixture
def db(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(built, tmp_path / "store.duckdb"))


def content(path: Path) -> dict[str, list[tuple]]:
    """Every row of every table of a file that nobody has open."""
    with duckdb.connect(str(path)) as connection:
        names = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        assert set(schema.TABLES) < set(names)
        return {name: connection.execute(f"select * from {name} order by all").fetchall() for name in names}


class Merging:
    """An import on a thread of its own that has come as far as `share` and waits there until the block ends."""

    def __init__(self, store: Store, share: float) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()
        meta = ImportMeta("big.csv", "big", "test")

        def progress(done: float) -> None:
            if done >= share:
                self.reached.set()
                self.go_on.wait(60)

        self.thread = threading.Thread(
            target=lambda: store.merge(readers({"orders": table("orders", MANY)}), meta, progress)
        )

    def __enter__(self) -> None:
        self.thread.start()
        assert self.reached.wait(60)

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self.thread.join()


@pytest.mark.parametrize("share", [0.2, 0.75, 0.95, 1.0])
def test_a_backup_during_an_import_restores_to_the_version_before_it(db: Path, tmp_path: Path, share: float):
    before = content(db)
    target, restored = tmp_path / "backup.duckdb", tmp_path / "new" / "restored.duckdb"
    with Store.open(db) as store:
        with Merging(store, share):
            store.backup(target)
        assert len(store.imports()) == 3  # the import went on
    assert content(target) == before
    assert restore.main([str(target), "--db", str(restored)]) == 0
    assert content(restored) == before
    assert content(db) != before


def test_a_backup_holds_past_versions_and_notes_and_takes_further_imports(db: Path, tmp_path: Path):
    target = tmp_path / "backup.duckdb"
    with Store.open(db) as store:
        store.backup(target)
    with Store.open(target) as copy:
        with copy.snapshot(1) as snap:
            amounts = snap.orders().select("amount").collect("polars")["amount"].to_list()
        assert sorted(amounts) == [1.0] * 20
        assert take(copy, orders=MANY).import_id == 3
        assert copy.undo(2) == 4


def test_the_command_copies_a_file_that_nobody_has_open(db: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    target = tmp_path / "backup.duckdb"
    assert backup.main([str(target), "--db", str(db)]) == 0
    assert content(target) == content(db)
    assert backup.main([str(target), "--db", str(db)]) == 2
    assert capsys.readouterr().err == f"{target} exists already; name a file that does not.\n"


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)], cwd=PROJECT, capture_output=True, text=True, timeout=120
    )


def test_the_command_has_the_running_app_make_the_copy(db: Path, tmp_path: Path):
    before, target = content(db), tmp_path / "elsewhere" / "backup.duckdb"
    target.parent.mkdir()
    with Store.open(db) as store:
        backups.Keeper(store, Settings.read())
        with Merging(store, 0.95):
            made = command("data.backup", target, "--db", db)
        refused = command("data.restore", target, "--db", db)
        again = command("data.backup", target, "--db", db)
    assert (made.returncode, made.stderr) == (0, "")
    assert content(target) == before
    assert (refused.returncode, again.returncode) == (2, 2)
    assert "is open in the running app" in refused.stderr
    assert "exists already" in again.stderr
    assert list(backups.requests(db).iterdir()) == []
    assert [path.name for path in target.parent.iterdir()] == ["backup.duckdb"]


def test_the_command_says_when_nobody_answers(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backups, "ANSWER_SECONDS", 0.2)
    with pytest.raises(StoreError, match="open in a process that makes no backups, or that is still opening it"):
        backups.ask_app(db, tmp_path / "backup.duckdb")
    assert list(backups.requests(db).iterdir()) == []


@pytest.mark.parametrize("at_work", ["_clear_away", "_rewrite_when_due", "_keep_plan", "_answer"])
def test_a_request_is_seen_while_the_app_is_at_work_on_something_else(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_work: str
):
    """For as long as that takes: until the command has seen that its request was seen, none is answered."""
    busy, over, target = threading.Event(), threading.Event(), tmp_path / "backup.duckdb"
    real, appears = getattr(backups.Keeper, at_work), backups._appears

    def slow(keeper: backups.Keeper, given: object) -> None:
        busy.set()
        assert over.wait(60)
        real(keeper, given)

    def seen(seconds: float, *names: Path) -> bool:
        found = appears(seconds, *names)
        over.set()
        return found

    monkeypatch.setattr(backups, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(backups.Keeper, at_work, slow)
    with Store.open(db) as store:
        backups.Keeper(store, Settings.read())
        if at_work == "_answer":  # of somebody else, who came first
            first = backups.requests(db) / "first.request"
            first.parent.mkdir()
            first.touch()
        assert busy.wait(60)
        monkeypatch.setattr(backups, "_appears", seen)
        backups.ask_app(db, target)
    assert content(target) == content(db)


def test_the_command_says_why_the_app_could_not(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copying, "write_copy", full)
    with Store.open(db) as store:
        backups.Keeper(store, Settings.read())
        with pytest.raises(StoreError, match="The disk is full"):
            backups.ask_app(db, tmp_path / "backup.duckdb")
    assert not (tmp_path / "backup.duckdb").exists()


KILLED = """
import sys, time
from pathlib import Path
from data.file import copying
from data.store.store import Store
copying.flush = lambda path: (print("written", flush=True), time.sleep(60))
with Store.open(sys.argv[1]) as store:
    store.backup(Path(sys.argv[2]))
"""


def test_a_kill_during_a_backup_leaves_nothing_under_its_name(db: Path, tmp_path: Path):
    before, target = content(db), tmp_path / "backup.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(db), str(target)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
    assert not target.exists()
    assert content(db) == before
    with Store.open(db) as store:
        store.backup(target)  # what the killed one left is no hindrance
    assert content(target) == before
    assert not list(tmp_path.glob("*.partial*"))


def test_planned_backups_are_made_when_due_and_the_oldest_removed(db: Path, tmp_path: Path, monkeypatch):
    folder = tmp_path / "kept"
    monkeypatch.setenv("RAPPORT_BACKUP_DIR", str(folder))
    monkeypatch.setenv("RAPPORT_BACKUP_HOURS", "24")
    monkeypatch.setenv("RAPPORT_BACKUP_KEEP", "2")
    now, found = dt.datetime(2026, 3, 1, 12), []
    with Store.open(db) as store:
        store.closed.set()  # its thread ends at once; the clock is ours
        keeper = backups.Keeper(store, Settings.read())
        for hours in (0, 1, 23, 24, 25, 48):
            keeper._keep_plan(now + dt.timedelta(hours=hours))
            found.append(sorted(path.name[8:21] for path in folder.iterdir()))
        (folder / "mine.duckdb").touch()
        keeper._keep_plan(now + dt.timedelta(hours=72))
    assert found == [
        ["2026-03-01-12"],
        ["2026-03-01-12"],
        ["2026-03-01-12"],
        ["2026-03-01-12", "2026-03-02-12"],
        ["2026-03-01-12", "2026-03-02-12"],
        ["2026-03-02-12", "2026-03-03-12"],
    ]
    assert sorted(path.name[8:21] for path in folder.glob("rapport-*")) == ["2026-03-03-12", "2026-03-04-12"]
    assert (folder / "mine.duckdb").exists()


def test_a_planned_backup_comes_from_the_running_app(db: Path, tmp_path: Path, monkeypatch):
    folder = tmp_path / "kept"
    monkeypatch.setenv("RAPPORT_BACKUP_DIR", str(folder))
    before = content(db)
    with Store.open(db) as store:
        backups.Keeper(store, Settings.read())
        deadline = time.monotonic() + 30
        while not list(folder.glob("rapport-*.duckdb")) and time.monotonic() < deadline:
            time.sleep(0.05)
    (made,) = folder.iterdir()
    assert content(made) == before


def test_restoring_keeps_what_was_there(db: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    target = tmp_path / "backup.duckdb"
    backup.main([str(target), "--db", str(db)])
    old = content(db)
    with Store.open(db) as store:
        take(store, orders=MANY)
    newer = content(db)
    assert restore.main([str(target), "--db", str(db)]) == 0
    (kept,) = tmp_path.glob("store.duckdb.replaced-*")
    assert capsys.readouterr().out.endswith(f"{target} is now {db}. What was there is {kept}.\n")
    assert content(db) == old
    assert content(kept) == newer
    assert content(target) == old
    assert not list(tmp_path.glob("*.restoring*"))


def make_older(path: Path, version: int) -> None:
    with duckdb.connect(str(path)) as old:
        old.execute("update meta set value = $v where key = 'schema_version'", {"v": str(version)})
        for name in ("audit", "links", "kept_answers", "alerts", "deliveries", "ended_sessions", "customer_attributes"):
            old.execute(f"drop table {name}")
        if version == 1:
            old.execute("drop table order_days")


@pytest.mark.parametrize("version", [1, 2])
def test_a_backup_of_an_older_rapport_is_brought_up_to_date(db: Path, tmp_path: Path, version: int):
    older, restored = Path(shutil.copy(db, tmp_path / "older.duckdb")), tmp_path / "restored.duckdb"
    make_older(older, version)
    was = older.read_bytes()
    assert restore.main([str(older), "--db", str(restored)]) == 0
    assert content(restored) == content(db)
    assert older.read_bytes() == was
    assert sorted(path.name for path in tmp_path.iterdir()) == ["older.duckdb", "restored.duckdb", "store.duckdb"]


def rubbish(kind: str, sound: Path, folder: Path) -> Path:
    path = folder / "bad.duckdb"
    if kind == "absent":
        return path
    if kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("customer,amount\n" * 900)
    elif kind == "another program's":
        with duckdb.connect(str(path)) as other:
            other.execute("create table t (a int)")
    else:
        shutil.copy(sound, path)
        if kind == "cut off":
            os.truncate(path, path.stat().st_size // 2)
            return path
        with duckdb.connect(str(path)) as broken:
            broken.execute(RUBBISH[kind])
    return path


RUBBISH = {
    "absent": "",
    "empty": "",
    "text": "",
    "another program's": "",
    "cut off": "",
    "newer": "update meta set value = '99' where key = 'schema_version'",
    "without a table": "drop table feedback",
    "without a column": "alter table members drop column region",
    "orders of unknown customers": "delete from customer_keys where customer_id = 'c3'",
    "rows of no import": "update orders set added_by = 9 where order_id = '7'",
    "a missing version": "delete from imports where id = 1",
    "a row twice": "insert into orders select * from orders where order_id = '7'",
    "totals of others": "delete from customers where customer_id = 'c3'",
}


@pytest.mark.parametrize("kind", RUBBISH)
def test_what_is_no_whole_backup_is_refused_in_one_sentence(
    db: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture
):
    bad = rubbish(kind, db, tmp_path)
    was = db.read_bytes()
    assert restore.main([str(bad), "--db", str(db)]) == 2
    said = capsys.readouterr().err
    assert str(bad) in said
    assert said.count("\n") == 1
    assert db.read_bytes() == was
    assert sorted(path.name for path in tmp_path.iterdir() if path != bad) == ["store.duckdb"]


def test_a_file_is_not_restored_over_itself(db: Path, capsys: pytest.CaptureFixture):
    assert restore.main([str(db), "--db", str(db)]) == 2
    assert "is the file itself" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_any_more_is_replaced_too(db: Path, tmp_path: Path):
    target = tmp_path / "backup.duckdb"
    backup.main([str(target), "--db", str(db)])
    db.write_bytes(b"spoilt" * 1000)
    assert restore.main([str(target), "--db", str(db)]) == 0
    assert content(db) == content(target)
    (kept,) = tmp_path.glob("store.duckdb.replaced-*")
    assert kept.read_bytes().startswith(b"spoilt")


def test_what_was_not_yet_in_the_file_is_kept_with_the_replaced_one(db: Path, tmp_path: Path):
    target = tmp_path / "backup.duckdb"
    backup.main([str(target), "--db", str(db)])
    code = """if True:
        import os, sys
        from data.store.store import Store
        from data.people import audit
        store = Store.open(sys.argv[1])
        audit.note(store, "ada", "upload")
        os._exit(1)  # a crash: the note is in the write-ahead log only
    """
    subprocess.run([sys.executable, "-c", code, str(db)], cwd=PROJECT, check=False)
    assert db.with_name(db.name + ".wal").exists()
    assert restore.main([str(target), "--db", str(db)]) == 0
    (kept,) = [path for path in tmp_path.glob("store.duckdb.replaced-*") if not path.name.endswith(".wal")]
    assert [row[1:3] for row in content(kept)["audit"]] == [("ada", "upload")]
    assert content(db)["audit"] == []


def test_a_stopped_import_leaves_no_trace_in_a_backup(db: Path, tmp_path: Path):
    before, target = content(db), tmp_path / "backup.duckdb"
    with Store.open(db) as store:
        with pytest.raises(Cancelled):
            meta = ImportMeta("big.csv", "big", "test")
            store.merge(
                readers({"orders": table("orders", MANY)}), meta, cancelled=iter([False] * 4 + [True] * 9).__next__
            )
        store.backup(target)
    assert content(target) == before


def damage(path: Path) -> None:
    """Another byte in the first block, which the engine checks when it opens the file."""
    content = bytearray(path.read_bytes())
    content[5000] ^= 0xFF
    path.write_bytes(content)


def test_a_damaged_file_is_not_taken_for_one_that_is_open_and_is_restored_over(
    db: Path, tmp_path: Path, capsys: pytest.CaptureFixture
):
    target = tmp_path / "backup.duckdb"
    backup.main([str(target), "--db", str(db)])
    damage(db)
    with pytest.raises(StoreError, match="cannot be opened as a DuckDB file") as told:
        Store.open(db)
    assert not isinstance(told.value, OpenElsewhere)
    began = time.monotonic()
    assert backup.main([str(tmp_path / "again.duckdb"), "--db", str(db)]) == 2
    assert time.monotonic() - began < 10  # no app is asked
    assert "cannot be opened as a DuckDB file" in capsys.readouterr().err
    assert restore.main([str(target), "--db", str(db)]) == 0
    assert content(db) == content(target)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("was", [0o600, 0o640])
def test_a_restored_file_has_the_mode_of_the_replaced_one(db: Path, tmp_path: Path, was: int):
    target = tmp_path / "backup.duckdb"
    backup.main([str(target), "--db", str(db)])
    assert mode(target) == 0o600
    target.chmod(0o644)
    db.chmod(was)
    assert restore.main([str(target), "--db", str(db)]) == 0
    assert mode(db) == was
    assert restore.main([str(target), "--db", str(tmp_path / "new.duckdb")]) == 0
    assert mode(tmp_path / "new.duckdb") == 0o600


ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
APP = 10001


@ROOT_ONLY
def test_what_root_restores_and_copies_belongs_to_the_user_of_the_app(db: Path, tmp_path: Path):
    folder, target = tmp_path / "app", tmp_path / "backup.duckdb"
    folder.mkdir()
    for path in (folder, db):
        os.chown(path, APP, APP)
    assert backup.main([str(target), "--db", str(db)]) == 0
    assert restore.main([str(target), "--db", str(db)]) == 0
    assert restore.main([str(target), "--db", str(folder / "new.duckdb")]) == 0
    for path in (target, db, folder / "new.duckdb"):
        assert (path.stat().st_uid, path.stat().st_gid, mode(path)) == (APP, APP, 0o600 if path != db else mode(db))


AS_APP = """
import os, sys, time
from data.store.backups import Keeper
from data.settings import Settings
from data.store.store import Store
os.setgroups([]); os.setgid(10001); os.setuid(10001)
with Store.open(sys.argv[1]) as store:
    Keeper(store, Settings.read())
    print("open", flush=True)
    sys.stdin.read()
"""


@ROOT_ONLY
def test_root_has_the_app_of_another_user_make_the_copy():
    folder = Path(tempfile.mkdtemp(prefix="rapport-app-"))  # pytest's own folders are closed to other users
    os.chown(folder, APP, APP)
    db, target = folder / "store.duckdb", folder / "backup.duckdb"
    try:
        with subprocess.Popen(
            [sys.executable, "-c", AS_APP, str(db)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin and process.stdout and process.stdout.readline() == "open\n"
            made = command("data.backup", target, "--db", db)
            process.stdin.close()
        assert (made.returncode, made.stderr) == (0, "")
        assert (target.stat().st_uid, mode(target)) == (APP, 0o600)
    finally:
        shutil.rmtree(folder)


def test_another_user_is_told_whom_to_run_the_command_as(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: APP)
    with pytest.raises(StoreError, match=r"belongs to another user\. Run the command as the user that the app runs as"):
        backups.ask_app(db, tmp_path / "backup.duckdb")
    assert not backups.requests(db).exists()
    assert owners.refused(PermissionError(13, "Permission denied", "/x")).startswith("/x is closed to this user.")


def test_a_copy_reaches_another_disk_closed_to_others(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made, target, rename = tmp_path / "made", tmp_path / "backup.duckdb", Path.rename
    made.write_bytes(b"x")

    def elsewhere(self: Path, to: Path) -> Path:
        if self == made:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", elsewhere)
    backups._move(made, target, db)
    assert (target.read_bytes(), mode(target)) == (b"x", 0o600)


def test_other_files_in_the_folder_are_no_planned_backups(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "kept"
    folder.mkdir()
    others = {"rapport-copy-of-my-db1234.duckdb", "rapport-2026-13-01-120000.duckdb"}
    for name in others:
        (folder / name).touch()
    monkeypatch.setenv("RAPPORT_BACKUP_DIR", str(folder))
    monkeypatch.setenv("RAPPORT_BACKUP_KEEP", "1")
    with Store.open(db) as store:
        store.closed.set()  # its thread ends at once; the clock is ours
        keeper = backups.Keeper(store, Settings.read())
        for day in (1, 2, 3):
            keeper._keep_plan(dt.datetime(2026, 3, day, 12))
    assert {path.name for path in folder.iterdir()} == others | {"rapport-2026-03-03-120000.duckdb"}


def test_a_fault_of_ours_is_logged_told_and_ends_no_backups(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def faulty(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(backups, "LOOK_SECONDS", 0.05)
    with Store.open(db) as store:
        backups.Keeper(store, Settings.read())
        with monkeypatch.context() as broken:
            broken.setattr(copying, "write_copy", faulty)
            with pytest.raises(StoreError, match=r"could not write the copy\. Its log says why"):
                backups.ask_app(db, tmp_path / "backup.duckdb")
        backups.ask_app(db, tmp_path / "backup.duckdb")
    assert "A backup met a fault of ours" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert (tmp_path / "backup.duckdb").exists()


def test_what_a_killed_command_left_is_removed_once_nobody_waits_for_it(db: Path):
    folder, hours = backups.requests(db), 3600
    folder.mkdir()
    kept = {"young.duckdb", "new.taken"}
    for name, age in {
        "old.duckdb": 1.1 * hours,
        "old.taken": 1.1 * hours,
        "young.duckdb": hours / 2,
        "new.taken": 0,
    }.items():
        (folder / name).touch()
        os.utime(folder / name, (time.time() - age, time.time() - age))
    with Store.open(db) as store:
        store.closed.set()  # its thread ends at once
        backups.Keeper(store, Settings.read())._answer_requests()
    assert {path.name for path in folder.iterdir()} == kept
