"""Stopwatch, memory and the lines of the table."""

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
MIB = 2**20
LOOK_S = 0.02  # how often the memory of a process is looked at


@dataclass(frozen=True)
class Line:
    """One row of the table: what was measured, the figures in words, the target, and whether it was met (None: no target)."""

    what: str
    figures: str
    target: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        mark = {True: "✓", False: "✗", None: " "}[self.met]
        return f"{mark} {self.what:<58} {self.figures:<66} {self.target}".rstrip()


def median_ms(work: Callable[[], object], *, runs: int = 7) -> float:
    """The median time of some runs in milliseconds, after one that warms up."""
    work()
    return statistics.median(_time_ms(work) for _ in range(runs))


def medians_ms(first: Callable[[], object], second: Callable[[], object], *, runs: int = 7) -> tuple[float, float]:
    """Medians of two ways to do the same, run in turn so that both meet the same state of the machine."""
    first(), second()
    times = [(_time_ms(first), _time_ms(second)) for _ in range(runs)]
    return statistics.median(time for time, _ in times), statistics.median(time for _, time in times)


def _time_ms(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


@dataclass(frozen=True)
class Run:
    """What a process took."""

    seconds: float
    peak_mib: float
    output: str


def process(command: Sequence[str | Path], **environment: str) -> Run:
    """Run a command to its end; a failure raises with its output."""
    start = time.perf_counter()
    child = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    peak, ended = [0.0], threading.Event()

    def watch() -> None:  # what the system counts for a child begins with the memory of the process that started it
        while not ended.wait(LOOK_S):
            peak.append(peak_mib_of(child.pid) or 0.0)

    watching = threading.Thread(target=watch)
    watching.start()
    output, errors = child.communicate()
    taken_s = time.perf_counter() - start
    ended.set()
    watching.join()
    if child.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {child.returncode}:\n{output}{errors}")
    return Run(taken_s, max(peak), output)


def peak_mib_of(pid: int) -> float | None:
    """The most memory that a running process has held, where the system tells (Linux)."""
    try:
        told = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # no such system, or the process has ended
        return None
    found = [line for line in told.splitlines() if line.startswith("VmHWM")]
    return int(found[0].split()[1]) / 1024 if found else None
