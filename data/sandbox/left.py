"""What a child left in its folder is opened here and nowhere else: a file of its own and of a bounded size, without waiting.

A child that was taken over leaves what it likes under a name that is looked for: a pipe that nobody writes to, a link to a file of ours,
a device without an end.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


class TooLarge(OSError):
    """More bytes than it may have."""


def open_left(path: Path, most: int) -> BinaryIO:
    """The file, to be read. OSError when it is anything else, has a second name, or holds more than `most` bytes."""
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        found = os.fstat(opened)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            raise OSError(errno.EINVAL, "not what a child leaves", str(path))
        if found.st_size > most:
            raise TooLarge(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        return os.fdopen(opened, "rb")
    except BaseException:
        os.close(opened)
        raise
