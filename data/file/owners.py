"""Whose a file is, and who may read it: what a command writes as root must be of use to the app, which runs as another user."""

import os
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600


def begin_private(path: Path) -> None:
    """An empty file that nobody else may read, before anything is written to it."""
    path.touch(PRIVATE)
    path.chmod(PRIVATE)


def give(path: Path, *, like: Path, mode: int) -> None:
    """The mode, and the owner and group of `like` as far as this process may give them."""
    theirs = like.stat()
    with suppress(PermissionError):
        os.chown(path, -1, theirs.st_gid)
    with suppress(PermissionError):
        os.chown(path, theirs.st_uid, -1)
    path.chmod(mode)


def may_act_for(path: Path) -> bool:
    """Whether this process is of the user whose file this is, or can make files theirs."""
    return os.geteuid() in (0, path.stat().st_uid)


def refused(error: OSError) -> str:
    """The sentence of an error of the system; one that another user would not have met says so."""
    if isinstance(error, PermissionError) and error.filename:
        return f"{error.filename} is closed to this user. Run the command as the user that the app runs as."
    return str(error)
