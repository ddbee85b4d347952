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

Kind = Literal["partial", "restoring", "creating", "rewriting"]
REWRITTEN = "before-rewriting"  # the file that was rewritten, until it is seen that the new one is in its place
WHOLE = ("rewriting", REWRITTEN)  # may be all that is left of a file
KINDS = (*get_args(Kind), REWRITTEN)
TOKEN_BYTES = 4
TOKEN = "[0-9a-f]" * 2 * TOKEN_BYTES


def patterns(of: str = "*", kinds: Iterable[str] = KINDS, more: str = "*") -> list[str]:
    """What such names look like: of whatever they were to be, since the next backup has another name, so nobody would look for the half of
    the last one; or `of` one name, as a pattern. `more`: what may follow. No other name is ours: people call their copies `….old`."""
    return [f"{of}.{TOKEN}.{kind}{more}" for kind in kinds]


@contextmanager
def writing(target: Path, kind: Kind = "partial") -> Iterator[Path]:
    """A name beside `target` for what is not whole yet; whatever still bears it when the block ends is removed, and what killed processes
    left in that folder before it begins."""
    sweep(target.parent)
    part = target.with_name(f"{target.name}.{secrets.token_hex(TOKEN_BYTES)}.{kind}")
    with _locked(target.parent, fcntl.LOCK_SH):
        try:
            yield part
        finally:
            remove([part, *part.parent.glob(f"{escape(part.name)}*")])


def sweep(folder: Path, of: Path | None = None) -> None:
    """Remove what was never ended in the folder, unless somebody is writing there: then the next start does it. What may be WHOLE goes only
    when the file is given that it was of, and that is there."""
    parts = patterns(kinds=[kind for kind in KINDS if kind not in WHOLE])
    whole = patterns(escape(of.name), WHOLE) if of and of.exists() else []
    with _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
        if alone:
            for pattern in (*parts, *whole):
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
