"""What systemd does for the unit, as far as it starts a process again: it goes by the unit's ExecStart, Restart and RestartSec."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.server import ROOT, end
from tests.deploy.unit_file import unit

CLEAN_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)
UNITS_IN_SECONDS = {"": 1.0, "s": 1.0, "ms": 0.001, "min": 60.0}


def starts_again(restart: str, code: int) -> bool:
    """Whether a service with this Restart= is started again when its process ended with the code, below 0 for a signal."""
    clean = code == 0 or -code in CLEAN_SIGNALS
    return {
        "no": False,
        "always": True,
        "on-success": clean,
        "on-failure": not clean,
        "on-abnormal": code < 0 and not clean,
        "on-abort": code < 0 and not clean,
    }[restart]


def seconds(text: str) -> float:
    """A span of time as systemd writes it: 5, 5s, 100ms, 1min 30s."""
    parts = re.findall(r"(\d+) *([a-z]*)", text)
    return sum(int(number) * UNITS_IN_SECONDS[name] for number, name in parts)


@dataclass
class Supervised:
    """The processes that were started, one after the other."""

    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)


@contextmanager
def supervise(environment: Mapping[str, str], log: Path) -> Iterator[Supervised]:
    """Run what the unit runs, from here, until the block ends; then end it. What it prints is in the log."""
    service, supervised, stop = unit(), Supervised(), threading.Event()
    _python, *arguments = service["ExecStart"].split()
    with log.open("wb") as output:

        def start() -> None:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
            supervised.processes.append(process)

        def supervise_it() -> None:
            while starts_again(service["Restart"], supervised.processes[-1].wait()):
                if stop.wait(seconds(service["RestartSec"])):
                    return
                start()

        start()
        thread = threading.Thread(target=supervise_it, daemon=True)
        thread.start()
        try:
            yield supervised
        finally:
            stop.set()
            end(supervised.processes[-1])
            thread.join()
            end(supervised.processes[-1])
