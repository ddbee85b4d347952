"""A file that is cut, written over, or has rubbish for a log: it opens as it was, or is refused in a sentence that changes nothing."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.bases import DB
from tests.faults.conftest import Server, copy_of
from tests.faults.operations import QUESTIONS

pytestmark = pytest.mark.faults

NOBODY = 65534
HEADER, BLOCK = 4096, 262_144  # bytes: three headers, then blocks
WAL = f"{DB}.wal"
Damage = Callable[[Path], None]


def at(place: float, size: int) -> int:
    """A place in a file: bytes from its start, or (below 0) from its end, or a share of it."""
    return int(place * size) if isinstance(place, float) else place % size if place < 0 else place


def cut(name: str, place: float) -> Damage:
    def damage(folder: Path) -> None:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: at(place, len(whole))])

    return damage


def over(name: str, place: float, rubbish: bytes) -> Damage:
    def damage(folder: Path) -> None:
        whole = bytearray((folder / name).read_bytes())
        start = at(place, len(whole))
        whole[start : start + len(rubbish)] = rubbish
        (folder / name).write_bytes(whole)

    return damage


def longer(name: str, rubbish: bytes) -> Damage:
    def damage(folder: Path) -> None:
        with (folder / name).open("ab") as file:
            file.write(rubbish)

    return damage


def nothing(folder: Path) -> None:
    """What is not damaged is as it was."""


def a_folder(folder: Path) -> None:
    (folder / DB).unlink()
    (folder / DB).mkdir()


def a_folder_for_a_log(folder: Path) -> None:
    (folder / WAL).mkdir()


RUBBISH = bytes(range(1, 256)) * 4
FIRST = 3 * HEADER  # where the blocks begin
CUTS = (0, 1, HEADER - 1, HEADER, 2 * HEADER - 7, 2 * HEADER, FIRST, FIRST + BLOCK // 2, FIRST + BLOCK, 0.5, -BLOCK, -1)
OVERS = (0, 8, HEADER, 2 * HEADER, FIRST, FIRST + 5000, FIRST + 3 * BLOCK + 64, -BLOCK + 64)
DAMAGES: dict[str, Damage] = {
    "none": nothing,
    **{f"cut at {place}": cut(DB, place) for place in CUTS},
    **{f"written over at {place}": over(DB, place, RUBBISH) for place in OVERS},
    "headers of zeros": over(DB, 0, bytes(3 * HEADER)),
    "a text": over(DB, 0, b"no data, " * 200_000),
    "a folder": a_folder,
    "log of text": longer(WAL, b"no log\n" * 100),
    "log of rubbish": longer(WAL, RUBBISH * 50),
    "log of zeros": longer(WAL, bytes(5000)),
    "log of nothing": longer(WAL, b""),
    "log that is a folder": a_folder_for_a_log,
}
LOG_DAMAGES: dict[str, Damage] = {
    "none": nothing,
    **{f"cut at {place}": cut(WAL, place) for place in (0, 1, 40, *(eighth / 8 for eighth in range(1, 8)), -1)},
    "longer by zeros": longer(WAL, bytes(500)),
    "longer by rubbish": longer(WAL, RUBBISH),
    "written over in the middle": over(WAL, 0.5, RUBBISH[:200]),
    "written over in the head": over(WAL, 2, RUBBISH[:60]),
}


def contents(folder: Path) -> dict[str, str]:
    """What the files of the store hold, the engine's lock aside."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob(f"{DB}*") if path.is_file()
    }


def state_of(server: Server, folder: Path) -> dict[str, str]:
    found = server.ask("look", db=folder / DB)
    assert (found["ended"], found.get("faults")) == ("done", []), found
    return dict(found["state"])


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_as_before_or_refused(
    fault_server: Server, bases: Callable[[str], Path], tmp_path: Path, damage: Damage
) -> None:
    base = bases("backup")
    before = state_of(fault_server, copy_of(base, tmp_path / "sound"))
    folder = copy_of(base, tmp_path / "damaged")
    damage(folder)
    left = contents(folder)
    found = fault_server.ask("look", db=folder / DB)
    sound = found["ended"] == "done"
    if sound:
        assert (found["state"], found["faults"]) == (before, [])
    else:
        assert found["ended"] == "refused" or "_duckdb" in found["trace"], (
            found
        )  # what cannot be read says so when it is read
        assert contents(folder).items() >= {(DB, left[DB])} if DB in left else True
    for question in (*QUESTIONS, "backup"):
        ended = fault_server.ask("run", operation=question, folder=folder)
        assert ended["ended"] in (("done",) if sound else ("done", "refused")), (question, ended)
        assert question != "backup" or (ended["ended"] == "done") is sound, ended


@pytest.mark.parametrize("damage", LOG_DAMAGES.values(), ids=LOG_DAMAGES)
def test_with_a_damaged_log_the_last_import_is_whole_missing_or_named(
    fault_server: Server, bases: Callable[[str], Path], tmp_path: Path, damage: Damage
) -> None:
    base = bases("start after a kill")
    after = state_of(fault_server, copy_of(base, tmp_path / "sound"))
    (without := copy_of(base, tmp_path / "without")).joinpath(WAL).unlink()
    before = state_of(fault_server, without)
    assert before != after
    folder = copy_of(base, tmp_path / "damaged")
    damage(folder)
    left = contents(folder)
    found = fault_server.ask("look", db=folder / DB)
    if found["ended"] == "done":
        assert found["state"] in (before, after)
        assert found["faults"] == []
    else:
        assert found["ended"] == "refused", found
        assert contents(folder) == left


@pytest.fixture
def shared_folder(fault_server: Server) -> Iterator[Path]:
    """A folder that any user may enter; only the administrator can give it to another."""
    if os.geteuid() != 0:
        pytest.skip("only root can act as another user")
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("closed", [(DB,), (DB, "."), (".",)], ids=["file", "file and folder", "folder"])
@pytest.mark.parametrize(
    "operation", ["import that changes rows", "undo", "erasure", "backup", "note in the audit", "rewrite"]
)
def test_a_file_that_may_not_be_written_is_refused_and_stays(
    fault_server: Server, bases: Callable[[str], Path], shared_folder: Path, operation: str, closed: tuple[str, ...]
) -> None:
    """As a user without rights; the administrator of a machine may write everywhere."""
    base = bases(operation)
    before = state_of(fault_server, copy_of(base, shared_folder / "sound"))
    folder = copy_of(base, shared_folder / "closed")
    for path in (folder, *folder.iterdir()):
        path.chmod(0o777 if path.is_dir() else 0o666)
    for name in closed:
        (folder / name).chmod(0o555 if (folder / name).is_dir() else 0o444)
    ended = fault_server.ask("run", operation=operation, folder=folder, user=NOBODY)
    # a start goes on with the file as it is, and tries the rewriting again
    expected = "done" if operation == "rewrite" and closed == (".",) else "refused"
    assert ended["ended"] == expected, ended
    for path in (folder, *folder.iterdir()):
        path.chmod(0o777)
    assert state_of(fault_server, folder) == before
