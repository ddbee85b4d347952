"""What the child may use. It takes the limits upon itself before it looks at a byte, and cannot raise them again.

The system holds address space, size of a file, processor time and open files; the parent (parent.py) watches what the system cannot
hold by itself: memory in use, all files together, time on the clock.
"""

import os
import resource
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from data.file import space

MIB = 1 << 20
OPEN_FILES = 256
# Allocators keep address space that they have given back: an import that used 820 MiB had 2,270 MiB of it at its end.
SPACE_TIMES, SPACE_MORE_MIB = 2, 1024
NO_MEMORY = ("out of memory", "memory allocation of", "bad_alloc", "malloc of size", "MemoryError", "realloc of size")


@dataclass(frozen=True)
class Limits:
    """What one run may use; `files` and `answer_bytes` bound what it may hand back."""

    memory_mib: int
    disk_mib: int
    seconds: int
    files: int = 2000
    answer_bytes: int = 16 * MIB

    def hold(self) -> None:
        """Take them upon this process, for good."""
        _lower(resource.RLIMIT_DATA, (SPACE_TIMES * self.memory_mib + SPACE_MORE_MIB) * MIB)
        _lower(resource.RLIMIT_FSIZE, self.disk_mib * MIB)
        _lower(resource.RLIMIT_CPU, self.seconds * (os.cpu_count() or 1))
        _lower(resource.RLIMIT_NOFILE, OPEN_FILES)
        _lower(resource.RLIMIT_CORE, 0)
        with suppress(OSError):  # where memory runs out for all, this process goes first
            Path("/proc/self/oom_score_adj").write_text("1000")


def _lower(what: int, most: int) -> None:
    _soft, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def exhaustion(error: BaseException) -> str | None:
    """ "memory" or "disk" when an error says that one of them ran out, in whatever words its library has; else None."""
    for each in _chain(error):
        text = f"{type(each).__name__} {each}"
        if isinstance(each, MemoryError) or _names(text, NO_MEMORY):
            return "memory"
        if space.is_full(each):
            return "disk"
    return None


def _names(text: str, words: tuple[str, ...]) -> bool:
    return any(word.lower() in text.lower() for word in words)


def _chain(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    for _ in range(5):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


def said_memory(text: bytes) -> bool:
    """Whether the last words of a process that was ended speak of memory."""
    return _names(text.decode("utf-8", "replace"), NO_MEMORY)
