"""`make soak`: does the server go on, and hold no more than before, while people browse, data change and the machine is busy?

SECONDS=60 TIMES=1 is the short form; SESSIONS and LOOPS make it lighter. Exit code 1 when a line does not hold.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.measure import ROOT, Line
from tests.soak.round import Load, lines


def main() -> int:
    """The rounds, each with a server and a store of its own."""
    load = Load(_number("SECONDS", 300), _number("SESSIONS", 40), _number("LOOPS", 14))
    times, held = _number("TIMES", 3), True
    with tempfile.TemporaryDirectory(prefix="rapport-soak-") as place:
        demo = Path(place) / "demo.duckdb"
        subprocess.run([sys.executable, "-m", "data.demo", "--db", demo], cwd=ROOT, check=True, capture_output=True)
        for number in range(1, times + 1):
            _show(
                Line(
                    f"round {number} of {times}",
                    f"{load.sessions} sessions, {load.seconds} s, {load.loops} endless loops",
                )
            )
            folder = Path(place) / str(number)
            folder.mkdir()
            for line in lines(Path(shutil.copy(demo, folder / "s.duckdb")), folder, load):
                _show(line)
                held = held and line.met is not False
    return 0 if held else 1


def _number(name: str, usual: int) -> int:
    return int(os.environ.get(name, usual))


def _show(line: Line) -> None:
    print(line, flush=True)


def _leave(*_signal: object) -> None:
    raise KeyboardInterrupt  # so that whatever was started is ended, as after Ctrl-C


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _leave)
    sys.exit(main())
