"""Files that are being written, under names of their own until they are whole.

Who writes one holds a lock on its folder, which ends with the process. So what a killed process left can be told from what another one is
writing, in another container too, and is cleared away only when nobody writes.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import Literal, get_args

Kind = Literal["partial", "restoring", "creating"]
TOKEN_BYTES = 4
# Of whatever they were to be: the next backup has another name, so nobody would look for the half of the last one.
HALVES = tuple(f"*.{'[0-9a-f]' * 2 * TOKEN_BYTES}.{kind}*" for kind in get_args(Kind))


@contextmanager
def writing(target: Path, kind: Kind = "partial") -> Iterator[Path]:
    """A name beside `target` for what is not whole yet; whatever still bears it when the block ends is removed, and what killed processes
    left in that folder before it begins."""
    sweep(target.parent, [f"{escape(target.name)}.{kind}*"])
    part = target.with_name(f"{target.name}.{secrets.token_hex(TOKEN_BYTES)}.{kind}")
    with _locked(target.parent, fcntl.LOCK_SH):
        try:
            yield part
        finally:
            remove([part, *part.parent.glob(f"{escape(part.name)}*")])


def sweep(folder: Path, others: Iterable[str] = ()) -> None:
    """Remove what was never ended in the folder, and what bears another such name, unless somebody is writing there: then the next start
    does it."""
    with _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
        if alone:
            for pattern in (*HALVES, *others):
                remove(folder.glob(pattern))


@contextmanager
def alone_in(folder: Path) -> Iterator[bool]:
    """Whether nobody writes such a file in the folder, and nobody begins to until the block ends."""
    with _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
        yield alone


def remove(paths: Iterable[Path]) -> None:
    """Files and folders that may be gone already."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[bool]:
    """Whether the lock was had. Some network disks know none: there nothing is cleared away."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        yield False
        return
    try:
        try:
            fcntl.flock(handle, how)
            locked = True
        except OSError:
            locked = False
        yield locked
    finally:
        os.close(handle)
