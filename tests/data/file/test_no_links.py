"""Disks that know no second names for a file: what puts another file in its place works there too, and keeps the engine's lock."""

import errno
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from data import person, restore
from data.file import copying
from data.file.opening import Missing
from data.store import engine
from data.store.store import Store
from tests.data.rows import order, take

OPENS = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('select 1')"


@pytest.fixture(autouse=True)
def _no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "store.duckdb"
    with Store.open(path) as store:
        take(store, orders=[order(str(i), f"c{i % 5}", "2026-01-05", 2.0) for i in range(20)])
    return path


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_new_file_gets_its_name(tmp_path: Path) -> None:
    Store.open(tmp_path / "new.duckdb").close()
    assert names(tmp_path) == ["new.duckdb"]


def test_a_file_that_came_first_is_not_written_over(db: Path, tmp_path: Path) -> None:
    (other := tmp_path / "other").write_text("first")
    with pytest.raises(FileExistsError):
        copying.name(db, other)
    assert other.read_text() == "first"


def test_the_file_is_written_anew(db: Path) -> None:
    with Store.open(db) as store:
        assert person.erase(store, "c1").gone
        assert store.imports().height == 1
    assert names(db.parent) == [db.name]


def test_a_file_that_cannot_get_its_name_gives_it_back(db: Path, tmp_path: Path) -> None:
    before = db.read_bytes()
    with pytest.raises(FileNotFoundError):
        copying.make_way(db, tmp_path / "old", tmp_path / "nothing")
    assert (db.read_bytes(), names(tmp_path)) == (before, [db.name])


def test_a_restore_lets_nobody_open_the_file_that_it_replaces(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = Path(shutil.copy(db, tmp_path / "backup"))
    number, replace, seen = db.stat().st_ino, Path.replace, []

    def replaced(self: Path, target: Path) -> Path:
        if target == db:  # the last moment at which both are there
            (old,) = (each for each in tmp_path.glob("store.duckdb*") if each.stat().st_ino == number)
            ended = subprocess.run(
                [sys.executable, "-c", OPENS, str(old)], capture_output=True, text=True, check=False, timeout=120
            )
            seen.append("Could not set lock" in ended.stderr)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replaced)
    kept = restore.restore(backup, db)
    assert seen == [True]
    assert kept is not None
    assert kept.stat().st_ino == number
    with Store.open(db) as store:
        assert store.imports().height == 1


def test_after_a_kill_between_the_two_steps_the_old_file_is_named_and_comes_back(db: Path) -> None:
    old = db.rename(db.with_name(f"{db.name}.0a1b2c3d.before-rewriting"))
    with pytest.raises(Missing, match="Put it back with"):
        engine.Engine.held(db, 100, object())
    assert restore.main([str(old), "--db", str(db)]) == 0
    with Store.open(db) as store:
        assert store.imports().height == 1
