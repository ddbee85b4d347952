"""Every command × every fault of its files: one sentence and exit 2, never a traceback, and what was there stays."""

import importlib
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from data.store import schema
from data.store.store import Store
from tests.data.file.full import small_disk
from tests.data.rows import order, take

# name → module and arguments, given the file and a folder of its own
COMMANDS: dict[str, Callable[[Path, Path], list[object]]] = {
    "load": lambda db, folder: ["data.load", folder / "orders.csv", "--profile", "orders", "--db", db],
    "metric": lambda db, _: ["data.metric", "repeat_rate", "--db", db],
    "imports": lambda db, _: ["data.imports.__main__", "list", "--db", db],
    "undo": lambda db, _: ["data.imports.__main__", "undo", 1, "--db", db],
    "backup": lambda db, folder: ["data.backup", folder / "backup.duckdb", "--db", db],
    "restore": lambda db, folder: ["data.restore", db, "--db", folder / "restored.duckdb"],
    "find": lambda db, _: ["data.person", "find", "c1", "--db", db],
    "erase": lambda db, _: ["data.person", "erase", "c1", "--db", db],
    "alerts": lambda db, _: ["data.alerts.__main__", "list", "--db", db],
    "demo": lambda db, _: ["data.demo.__main__", "--customers", 20, "--db", db],
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("built") / "store.duckdb"
    with Store.open(path) as store:
        take(store, orders=[order(str(i), f"c{i % 7}", "2026-01-01", 1.0) for i in range(20_000)])
    return path


def changed(content: bytes) -> bytes:
    return bytes(byte ^ 0xFF if 4096 <= place < 12288 else byte for place, byte in enumerate(content))


def noisy_log(db: Path, path: Path) -> None:
    shutil.copy(db, path)
    Path(f"{path}.wal").write_bytes(b"noise" * 99)


def sock(_: Path, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        os.chdir(path.parent)  # a socket's name must be short
        listening.bind(path.name)


FAULTS: dict[str, Callable[[Path, Path], object]] = {
    "a folder": lambda _, path: path.mkdir(),
    "a pipe": lambda _, path: os.mkfifo(path),
    "a socket": sock,
    "a device": lambda _, path: path.symlink_to("/dev/zero"),
    "a loop of links": lambda _, path: path.symlink_to(path),
    "nothing": lambda _, path: path.touch(),
    "noise": lambda _, path: path.write_bytes(os.urandom(70_000)),
    "half": lambda db, path: path.write_bytes(db.read_bytes()[: db.stat().st_size // 2]),
    "the head": lambda db, path: path.write_bytes(db.read_bytes()[:12288]),
    "another head": lambda db, path: path.write_bytes(changed(db.read_bytes())),
    "a noisy log": noisy_log,
    "a replaced file": lambda db, path: shutil.copy(db, f"{path}.replaced-2026-03-01-120000"),
    "a part of a restored file": lambda db, path: shutil.copy(db, f"{path}.restoring"),
}


def run(command: str, db: Path, folder: Path) -> int:
    """As from the shell, in this process."""
    (folder / "orders.csv").write_text("order_id,customer_id,order_date,amount\nA1,c1,2026-05-05,10\n")
    module, *arguments = COMMANDS[command](db, folder)
    code: int = importlib.import_module(str(module)).main([str(each) for each in arguments])
    return code


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_fault_of_the_file_ends_every_command_in_one_sentence(
    built: Path,
    tmp_path: Path,
    command: str,
    fault: str,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    db, folder = tmp_path / "bad.duckdb", tmp_path / "out"
    folder.mkdir()
    FAULTS[fault](built, db)
    before = sorted((each.name, each.lstat().st_size) for each in tmp_path.iterdir())
    assert run(command, db, folder) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "bad.duckdb" in said.err
    assert "Error" not in said.err
    assert sorted((each.name, each.lstat().st_size) for each in tmp_path.iterdir()) == before
    assert {each.name for each in folder.iterdir()} <= {"orders.csv"}


FULL = {name: command for name, command in COMMANDS.items() if name not in ("metric", "imports", "find", "alerts")}


@pytest.mark.parametrize("leave", [0, 40_000])
@pytest.mark.parametrize("command", FULL)
def test_a_full_disk_ends_every_writing_command_in_one_sentence(
    built: Path, tmp_path: Path, command: str, leave: int, capsys: pytest.CaptureFixture
) -> None:
    with small_disk(tmp_path / "disk", 8) as disk:
        db, folder = disk.folder / "store.duckdb", disk.folder / "out"
        folder.mkdir()
        if command != "demo":  # which makes the file
            shutil.copy(built, db)
        if command == "restore":
            (folder / "restored.duckdb").write_bytes(b"old")
        (folder / "orders.csv").write_text("x" * 300)
        disk.fill(leave)
        assert run(command, db, folder) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "MB are free" in said
        disk.empty()
        assert not list(disk.folder.rglob("*partial*")) + list(disk.folder.rglob("*restoring*"))
        with Store.open(db) as store, store.snapshot() as snap:
            assert snap.extent().orders == (0 if command == "demo" else 20_000)


@pytest.mark.parametrize("command", ["metric", "imports", "find", "alerts"])
def test_a_full_disk_stops_nobody_from_reading(
    built: Path, tmp_path: Path, command: str, capsys: pytest.CaptureFixture
) -> None:
    with small_disk(tmp_path / "disk", 8) as disk:
        db = Path(shutil.copy(built, disk.folder / "store.duckdb"))
        disk.fill(0)
        assert run(command, db, tmp_path) == 0
        assert capsys.readouterr().err == ""


def test_an_older_file_is_not_brought_up_to_date_without_room(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setitem(schema.MIGRATIONS, schema.VERSION - 1, lambda _: None)
    with small_disk(tmp_path / "disk", 8) as disk:
        db = Path(shutil.copy(built, disk.folder / "store.duckdb"))
        was = db.read_bytes()
        disk.fill(1_500_000)
        assert run("metric", db, tmp_path) == 2
        said = capsys.readouterr().err
        assert "bringing it up to date needs" in said
        assert said.count("\n") == 1
        disk.empty()
        assert db.read_bytes() == was
        assert [each.name for each in disk.folder.iterdir()] == ["store.duckdb"]
        assert run("metric", db, tmp_path) == 0
