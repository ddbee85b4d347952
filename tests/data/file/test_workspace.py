"""A folder goes away with its block, and that of a killed process with the next folder or start."""

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from data.errors import NoRoom
from data.file.workspace import PREFIX, open_folder, sweep


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left(folder: Path) -> Path:
    folder.mkdir()
    (folder / "file").write_text("rows")
    return folder


def test_folders_of_processes_that_are_gone_are_removed(temporary: Path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    old, other = left(temporary / f"{PREFIX}{gone.pid}-x"), left(temporary / f"{PREFIX}notes")
    with open_folder() as first, open_folder() as second:
        assert not old.exists()
        assert other.exists()
        assert Path(first).is_dir()
        assert Path(second).is_dir()
    assert not Path(first).exists()


@pytest.mark.parametrize("starting", [False, True])
def test_a_start_takes_those_of_its_own_number_for_an_earlier_process_s(temporary: Path, starting: bool):
    own, others = left(temporary / f"{PREFIX}{os.getpid()}-x"), left(temporary / f"{PREFIX}{os.getppid()}-x")
    sweep(starting=starting)
    assert own.exists() is not starting
    assert others.exists()


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EMFILE])
@pytest.mark.parametrize("at", ["os.mkdir", "os.open"])
def test_without_a_folder_to_write_to_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch, reason: int, at: str):
    """`mkdir` of the folder itself; `open` of the file by which Python looks for one that can be written to."""

    def fails(*_: object, **__: object) -> None:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(f"tempfile._{at}", fails)
    with pytest.raises(NoRoom, match="No folder for temporary files can be written to"):
        open_folder()
    sweep(starting=True)
