"""The folder in which one import is unpacked and read. A process that was killed cannot clear its own away; the next import does."""

import os
import re
import shutil
import tempfile
from pathlib import Path

PREFIX = "rapport-import-"


def open_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder of this process, after those of processes that are gone were removed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = re.fullmatch(rf"{PREFIX}(\d+)-.*", folder.name)
        if owner and not _runs(int(owner[1])):
            shutil.rmtree(folder, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-")


def _runs(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's process
        return True
    return True
