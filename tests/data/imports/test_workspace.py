"""The folder of an import goes away with it, and that of a killed process with the next import."""

import subprocess
import sys
import tempfile
from pathlib import Path

from data.imports.workspace import PREFIX, open_folder


def test_folders_of_processes_that_are_gone_are_removed(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f"{PREFIX}{gone.pid}-x"
    other = tmp_path / f"{PREFIX}notes"
    for folder in (left, other):
        folder.mkdir()
        (folder / "file").write_text("rows")
    with open_folder() as first, open_folder() as second:
        assert not left.exists()
        assert other.exists()
        assert Path(first).is_dir()
        assert Path(second).is_dir()
    assert not Path(first).exists()
