"""Stopwatch, memory and the lines of the table."""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
MIB = 2**20
# ru_maxrss counts KiB on Linux and bytes on macOS
RSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024


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
    assert child.stdout and child.stderr
    output, errors = child.stdout.read(), child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {child.returncode}:\n{output}{errors}")
    return Run(time.perf_counter() - start, _peak_mib(usage), output)


def _peak_mib(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss * RSS_UNIT_BYTES / MIB


def peak_mib_of(pid: int) -> float | None:
    """The most memory that a running process has held, where the system tells (Linux)."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024
