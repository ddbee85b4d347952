"""Where an operation can be broken: its calls to the system that change what lies on the disk, as strace counts them."""

import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

WRITES = ("write", "writev", "pwrite64", "pwritev", "fallocate", "copy_file_range", "sendfile")
SYNCS = ("fsync", "fdatasync")
NAMES = ("rename", "renameat", "renameat2", "unlink", "unlinkat", "link", "linkat", "mkdir", "rmdir")
REST = ("openat", "ftruncate", "truncate", "fchmod", "chmod", "fchmodat", "fchown", "chown", "fchownat")
CALLS = (*WRITES, *SYNCS, *NAMES, *REST)
LINE = re.compile(r"(?P<call>\w+)\((?P<rest>.*)")
FILE = re.compile(r'[<"](…[^>"]*)')
NUMBERS = re.compile(r"\b[0-9a-f]{8}\b|\d+")  # that a name holds only to be its own
MOST_ALIKE = int(os.environ.get("FAULTS_ALIKE") or 8)  # at least two: the first and the last
Each = TypeVar("Each")


def runs_out(point: "Point") -> bool:
    """Whether the disk can be full here."""
    return point.call in (*WRITES, *SYNCS)


@dataclass(frozen=True)
class Point:
    """Before a call, which is the `number`-th of its name, `earlier` having been made of each name; `text` is the call."""

    call: str
    number: int
    earlier: tuple[tuple[str, int], ...]
    text: str

    def kill(self) -> list[str]:
        """What has strace kill the process here."""
        return [*watching([self.call]), "-e", f"inject={self.call}:signal=SIGKILL:when={self.number}"]

    def no_space(self) -> list[str]:
        """What has strace say from here on that the disk is full."""
        calls, made = (*WRITES, *SYNCS), dict(self.earlier)
        return [
            *watching(calls),
            *(part for call in calls for part in ("-e", f"inject={call}:error=ENOSPC:when={made.get(call, 0) + 1}+")),
        ]


def listing(log: Path) -> list[str]:
    """What has strace list all calls to a file."""
    return [*watching(CALLS), "-y", "-s", "0", "-o", str(log)]


def points(log: Path, folder: Path) -> list[Point]:
    """The points in a list of calls: those that name the folder or what lies beside it, succeeded, and change something; thinned."""
    made: Counter[str] = Counter()
    found = []
    for line in log.read_text("utf-8", errors="replace").splitlines():
        match = LINE.match(line)
        if not match:
            continue
        call, rest = match["call"], match["rest"]
        earlier = tuple(made.items())
        made[call] += 1
        if str(folder) in rest and " = -1 " not in rest and (call != "openat" or "O_CREAT" in rest):
            found.append(Point(call, made[call], earlier, line.replace(str(folder), "…")))
    return thinned(found, lambda point: point.text)


def thinned(items: Sequence[Each], text: Callable[[Each], str], most: int = MOST_ALIKE) -> list[Each]:
    """Of those whose text begins alike and names the same files, the first and the last and as many evenly between as make `most`.

    A copy of a store writes its log a hundred times, and each of these writes is like the next.
    """
    alike: dict[tuple[str, ...], list[int]] = {}
    for place, item in enumerate(items):
        begin, *files = text(item).partition("(")[0], *FILE.findall(text(item))
        alike.setdefault((begin, *(NUMBERS.sub("#", file) for file in files)), []).append(place)
    kept = {
        places[step * (len(places) - 1) // (most - 1)] if len(places) > most else places[step]
        for places in alike.values()
        for step in range(min(len(places), most))
    }
    return [items[place] for place in sorted(kept)]


def watching(calls: Sequence[str]) -> list[str]:
    """What has strace look at these calls alone."""
    return ["-qq", "-e", f"trace={','.join(calls)}"]
