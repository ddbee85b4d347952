"""Room on the disk: looked at before something is written, and what is said when it ends all the same."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.errors import NoRoom, RapportError
from metrics.texts import N_

MIB = 1 << 20
SPARE_BYTES = MIB  # for the log, the header and the folder's own entries
FULL_CODES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # the disk, a quota, the largest file that a process may write
FULL_WORDS = ("No space left on device", "Disk quota exceeded", "File too large")
EARLIER = "Original error:"  # what the engine gave up on before, in the words of whoever asks it then
SPILLED_WORDS = ("max_temp_directory_size", "failed to offload data block")  # as much as may be written was written
SPILL_FILES = ("duckdb_temp_storage", ".tmp/duckdb_temp_")
REASONS = frozenset(map(os.strerror, errno.errorcode))  # all that the system gives for a failure

FULL = N_(
    "The disk is full at {folder}: {free} MB are free. What was being written was not kept. Make room, and try again."
)
IMPORT = N_(
    "This import needs about {need} MB, but {free} MB are free at {folder}. Make room, and try again; nothing was stored."
)
UNDO = N_(
    "The undo needs about {need} MB, but {free} MB are free at {folder}. Make room, and try again; nothing was changed."
)
ROW_BYTES = 300  # of the log, the file and the saved totals, measured on orders with every column
TOO_LARGE = N_(
    "The answer needs more room than there is: beyond the memory of RAPPORT_MEMORY_LIMIT_MIB, {free} MB are free at {folder}. "
    "Make room, or ask for a shorter period."
)


def free_bytes(folder: Path) -> int:
    """What this process may still write to the folder, which need not exist yet."""
    there = next((each for each in (folder, *folder.absolute().parents) if each.is_dir()), Path("/"))
    return shutil.disk_usage(there).free


def look(folder: Path, need: int, template: str, **values: object) -> None:
    """Raise NoRoom unless `need` bytes, and a little more, are free. The template says what for, with {need} and {free} in MB."""
    need, free = need + SPARE_BYTES, free_bytes(folder)
    if free < need:
        raise NoRoom(template, need=in_mib(need), free=free // MIB, folder=folder, **values)


def size(path: Path) -> int:
    """Bytes of a file and of the log beside it."""
    parts = (path, path.with_name(f"{path.name}.wal"))
    return sum(part.stat().st_size for part in parts if part.exists())


def is_full(error: BaseException) -> bool:
    """Whether the system or the engine failed because there was no room to write."""
    if isinstance(error, OSError) and error.errno in FULL_CODES:
        return True
    text = str(error).partition(EARLIER)[0]
    if any(words in text for words in (*FULL_WORDS, *SPILLED_WORDS)):
        return True
    return any(name in text for name in SPILL_FILES) and not reason(text)  # cut off without a word


def reason(text: str) -> str:
    """What the system gave as the reason, where the engine hands that on at the end of what it says; else empty."""
    last = text.partition("\n")[0].rpartition(": ")[2].strip()
    return last if last in REASONS else ""


def sentence(error: BaseException, folder: Path) -> RapportError:
    """What to say of an error that `is_full`."""
    spilled = any(words in str(error) for words in (*SPILLED_WORDS, *SPILL_FILES))
    return NoRoom(TOO_LARGE if spilled else FULL, folder=folder, free=free_bytes(folder) // MIB)


@contextmanager
def plainly(folder: Path) -> Iterator[None]:
    """What fails in the block for want of room raises NoRoom."""
    try:
        yield
    except RapportError:
        raise
    except Exception as error:
        if is_full(error):
            raise sentence(error, folder) from error
        raise


def in_mib(count: int) -> int:
    """Whole megabytes that hold so many bytes."""
    return -(-count // MIB)
