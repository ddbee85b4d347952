"""What the system tells of the work of this process, its threads and the processes that they started (Linux)."""

import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

SELF = Path("/proc/self/task")
TOLD = (SELF / str(threading.get_native_id()) / "schedstat").is_file()
BUSY_CORES = 0.1  # in all; a server at rest takes a hundredth of one
EAGER_SHARE = 0.5  # of the time, by one thread, which waits for a core on a machine that has no more to give
WAITS_FOR_DISK = "D"


class Taken(NamedTuple):
    """Of a thread, since it began: seconds on a core, seconds of waiting for one, and how often it was given one."""

    on_core: float
    in_line: float
    turns: int


class Work:
    """What has been done from one look to the next."""

    def __init__(self) -> None:
        self._at, self._taken = time.monotonic(), _all_taken()

    def turns(self, threads: Iterable[int]) -> dict[int, int]:
        """How often each of these threads has been given a core; nothing of one that has ended."""
        found = {thread: _taken(SELF / str(thread)) for thread in threads}
        return {thread: taken.turns for thread, taken in found.items() if taken}

    def busy(self) -> bool:
        """Whether anything but the thread that asks does more than a server at rest, would if it had a core, or waits for a disk."""
        passed, before = max(time.monotonic() - self._at, 1e-9), self._taken
        self._at, self._taken = time.monotonic(), _all_taken()
        nothing = Taken(0, 0, 0)
        changes = [(now, before.get(thread, nothing)) for thread, now in self._taken.items()]
        cores = sum(now.on_core - then.on_core for now, then in changes) / passed
        eager = (sum(now[:2]) - sum(then[:2]) for now, then in changes)
        return cores >= BUSY_CORES or any(share / passed >= EAGER_SHARE for share in eager) or _any_waits_for_disk()


def is_traced() -> bool:
    """Whether a debugger of the system is attached."""
    return "\nTracerPid:\t0\n" not in _text(SELF.parent / "status")


def _all_taken() -> dict[Path, Taken]:
    found = {thread: _taken(thread) for thread in _threads()}
    return {thread: taken for thread, taken in found.items() if taken}


def _taken(thread: Path) -> Taken | None:
    fields = _text(thread / "schedstat").split()
    return Taken(int(fields[0]) / 1e9, int(fields[1]) / 1e9, int(fields[2])) if len(fields) == 3 else None


def _any_waits_for_disk() -> bool:
    return any(_text(thread / "stat").rpartition(") ")[2].startswith(WAITS_FOR_DISK) for thread in _threads())


def _threads() -> Iterator[Path]:
    """Of this process, without the one that asks, and of those that it started."""
    mine = str(threading.get_native_id())
    return (thread for thread in _with_started(SELF) if thread.name != mine)


def _with_started(tasks: Path) -> Iterator[Path]:
    """The threads of a process, and of the processes that they started."""
    for thread in _folders(tasks):
        yield thread
        for process in _text(thread / "children").split():
            yield from _with_started(Path(f"/proc/{process}/task"))


def _folders(tasks: Path) -> list[Path]:
    try:
        return list(tasks.iterdir())
    except OSError:  # the process has ended
        return []


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the thread has ended
        return ""
