"""Folders for what people upload and what is printed for them. A process that was killed cannot clear its own away; the next one does."""

import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from data.errors import NoRoom
from metrics.texts import N_

PREFIX = "rapport-work-"


def open_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder of this process, after those of processes that are gone were removed. NoRoom when none can be written to."""
    sweep()
    try:
        return tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-", ignore_cleanup_errors=True)
    except OSError as error:
        raise NoRoom(
            N_(
                "No folder for temporary files can be written to: the disk is full, or closed to this user. "
                "Make room, or name another folder in TMPDIR."
            )
        ) from error


def sweep(*, starting: bool = False) -> None:
    """Remove the folders of processes that are gone; when this one is only `starting`, those of its own number are another's too: in a
    container the app has the same number after each start."""
    with suppress(FileNotFoundError):  # no folder for temporary files at all, such as on a full disk
        _sweep(Path(tempfile.gettempdir()), starting=starting)


def _sweep(temporary: Path, *, starting: bool) -> None:
    for folder in temporary.glob(f"{PREFIX}*"):
        owner = re.fullmatch(rf"{PREFIX}(\d+)-.*", folder.name)
        if owner and (not _runs(int(owner[1])) or (starting and int(owner[1]) == os.getpid())):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's process
        return True
    return True
