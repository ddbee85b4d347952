"""A reader that was taken over reaches no other process and no other file, and nothing that it leaves holds anybody up."""

import os
import platform
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest

from data import sandbox
from data.errors import Refused
from data.imports import handover, stage
from data.imports.outcome.leftover import COLUMNS
from data.sandbox import Ended, Limits
from tests.data.imports.exports import orders
from tests.data.sandbox import break_in
from tests.data.sandbox.test_sandbox import JOBS, LIMITS, ROOT, run

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Python refuses its own calls only")
WALLS = pytest.mark.skipif(
    subprocess.run(
        [sys.executable, "-c", "import sys; from data.sandbox import walls; sys.exit(not walls.raise_outer())"],
        cwd=ROOT,
    ).returncode
    != 0,
    reason="this kernel has no Landlock, or keeps it from us",
)


@LINUX
@WALLS
def test_it_reaches_no_process_and_no_file_that_it_was_not_given(tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere" / "store.duckdb"
    secret.parent.mkdir()
    secret.write_bytes(b"secret")
    folder = tmp_path / "own"
    folder.mkdir()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert run("break in", folder, request={"secret": str(secret)}) == {
        "processes": [],
        "left": [],
        "files": [],
        "thread": [],
    }
    assert secret.read_bytes() == b"secret"
    assert [path.name for path in secret.parent.iterdir()] == ["store.duckdb"]
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before


CALLS_ALONE = """
import sys
from pathlib import Path
from data.sandbox import calls
from tests.data.sandbox import break_in
if sys.argv[2] == "refuse":
    assert calls.refuse()
print([break_in.done(break_in.OTHER_PROCESSES), break_in.done(break_in.left_behind(Path(sys.argv[1])))])
"""


@LINUX
def test_the_calls_are_refused_where_there_are_no_walls(tmp_path: Path) -> None:
    assert platform.machine() in ("x86_64", "aarch64")
    command = [sys.executable, "-c", CALLS_ALONE, str(tmp_path), "refuse"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert done == "[[], []]\n"
    assert len(break_in.OTHER_PROCESSES) >= 20


@LINUX
def test_it_can_do_what_a_reader_does(tmp_path: Path) -> None:
    elsewhere = tmp_path / "export.csv"
    elsewhere.write_text("text")
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "given-0").symlink_to(elsewhere)
    assert run("use what is needed", folder, Limits(memory_mib=1024, disk_mib=32, seconds=60)) == {
        "given": "text",
        "zone": "Asia/Shanghai",
        "sums": [4999950000, 4999950000],
        "library": "pyarrow.parquet",
        "processor": True,
    }


def _pipe(path: Path, _elsewhere: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path, _elsewhere: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as bound:
        here = Path.cwd()
        os.chdir(path.parent)  # the name of a socket is short
        try:
            bound.bind(path.name)
        finally:
            os.chdir(here)


def _large(path: Path, _elsewhere: Path) -> None:
    with path.open("wb") as out:
        out.truncate(1 << 40)


LEFT: dict[str, Callable[[Path, Path], object]] = {
    "nothing": lambda _path, _elsewhere: None,
    "an empty file": lambda path, _elsewhere: path.touch(),
    "noise": lambda path, _elsewhere: path.write_bytes(os.urandom(100)),
    "a pipe": _pipe,
    "a socket": _socket,
    "a folder": lambda path, _elsewhere: path.mkdir(),
    "a folder with files": lambda path, _elsewhere: (path / "a" / "b").mkdir(parents=True),
    "a link to a file of ours": lambda path, elsewhere: path.symlink_to(elsewhere),
    "a second name of a file of ours": lambda path, elsewhere: path.hardlink_to(elsewhere),
    "a link to nothing": lambda path, _elsewhere: path.symlink_to("nowhere"),
    "a link to itself": lambda path, _elsewhere: path.symlink_to(path.name),
    "a link to a folder": lambda path, _elsewhere: path.symlink_to("/"),
    "a link to a device without end": lambda path, _elsewhere: path.symlink_to("/dev/zero"),
    "a link to a pipe": lambda path, elsewhere: (_pipe(path.with_name("p"), elsewhere), path.symlink_to("p")),
    "a terabyte": _large,
}


def test_the_table_is_long_enough() -> None:
    assert len(LEFT) >= 10


@pytest.mark.parametrize("name", ["answer.json", "errors.txt"])
@pytest.mark.parametrize("what", LEFT)
def test_whatever_lies_under_a_name_the_child_is_said_to_have_failed(what: str, name: str, tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "own"
    elsewhere.write_text('{"sound": "if it were an answer of the child"}')
    folder.mkdir()

    def put(_share: float) -> None:
        (folder / name).unlink(missing_ok=True)
        LEFT[what](folder / name, elsewhere)
        (folder / "ready").touch()

    with pytest.raises(Ended) as caught:
        sandbox.run(JOBS, "wait and leave", {}, folder, LIMITS, progress=put)
    reasons = {("errors.txt", "nothing"): "start", ("answer.json", "a terabyte"): "files"}
    assert caught.value.reason == reasons.get((name, what), "crash")


@pytest.mark.parametrize("what", LEFT)
def test_rows_are_read_from_a_file_of_the_childs_alone(what: str, tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "own"
    folder.mkdir()
    schema = pa.schema([(column, pa.string()) for column in COLUMNS])
    handover.write(pa.RecordBatchReader.from_batches(schema, []), handover.LEFT_OUT, tmp_path)
    (tmp_path / f"{handover.LEFT_OUT}.arrow").rename(elsewhere)
    LEFT[what](folder / f"{handover.LEFT_OUT}.arrow", elsewhere)
    with pytest.raises(handover.Unsound):
        handover.check(handover.LEFT_OUT, folder, 1 << 20)


def test_rows_of_the_childs_own_are_read(tmp_path: Path) -> None:
    schema = pa.schema([(column, pa.string()) for column in COLUMNS])
    handover.write(pa.RecordBatchReader.from_batches(schema, []), handover.LEFT_OUT, tmp_path)
    assert handover.check(handover.LEFT_OUT, tmp_path, 1 << 20) == 0
    with pytest.raises(handover.Unsound):
        handover.check(handover.LEFT_OUT, tmp_path, 1)


@pytest.mark.parametrize("what", [what for what in LEFT if what != "nothing"])
def test_a_folder_with_anything_in_it_is_cleared(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "elsewhere").write_text("kept")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))

    def answer(_module: str, _job: str, _request: dict, folder: Path, _limits: Limits, **_more: object) -> dict:
        LEFT[what](folder / "left_out.arrow", tmp_path / "elsewhere")
        return {"receipt": {}}

    monkeypatch.setattr(sandbox, "run", answer)
    with pytest.raises(Refused, match="damaged"):
        stage([orders("A1,C1,2026-01-02,1")], store=None, profile="orders")
    assert list((tmp_path / "scratch").iterdir()) == []
    assert (tmp_path / "elsewhere").read_text() == "kept"
