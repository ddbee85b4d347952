"""A server that was made to stand still ends with the stacks of its threads in the log, and what supervises it starts the next one."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.exceptions import WebSocketException

from pages.shared.serving.standstill import watchdog
from tests.benchmarks.visitor import Broken, visiting
from tests.browser.server import ROOT, end, free_port, wait_until_answered
from tests.deploy.supervisor import supervise

pytestmark = pytest.mark.skipif(not watchdog.STEADY, reason="the timer goes by a clock that is set: no watchdog here")
HANGS = ROOT / "tests" / "hangs"
LIMIT_SECONDS, WITHIN_SECONDS, REPLACED_SECONDS = 5, 60, 90
VIEW = {"lang": "en"}


def environment(db: Path, port: int, way: str) -> dict[str, str]:
    """Of a server of demo data that stands still in that way when it is told to."""
    told = {"RAPPORT_DB": str(db), "STREAMLIT_SERVER_PORT": str(port), "PYTHONPATH": str(HANGS), "HANG": way}
    return {**os.environ, **told, "RAPPORT_LOGS": "json"}


@contextmanager
def looking(address: str, visitors: int = 3) -> Iterator[None]:
    """Visitors who ask for a page, and do not mind that none comes."""

    def look() -> None:
        try:
            with visiting(address) as visitor:
                visitor.look("definitions", VIEW)
        except (Broken, OSError, WebSocketException, EOFError):
            pass

    threads = [threading.Thread(target=look, daemon=True) for _ in range(visitors)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join(WITHIN_SECONDS)


def answers(address: str) -> bool:
    """Whether a page is shown there."""
    try:
        with visiting(address) as visitor:
            return bool(visitor.look("definitions", VIEW))
    except (Broken, OSError, WebSocketException, EOFError):
        return False


@pytest.mark.parametrize(
    ("way", "what", "where"),
    [
        ("lock", None, "keep_the_lock"),
        ("loop", "the event loop", "block_the_loop"),
        ("runs", "a run of a page", "sitecustomize.py"),
    ],
)
def test_a_server_that_stands_still_ends_and_says_where(tmp_path: Path, way: str, what: str | None, where: str) -> None:
    port, log = free_port(), tmp_path / "log"
    address = f"http://127.0.0.1:{port}"
    settings = {**environment(tmp_path / "s.duckdb", port, way), "RAPPORT_WATCHDOG_SECONDS": str(LIMIT_SECONDS)}
    command = [sys.executable, "-m", "streamlit", "run", "asgi.py"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_until_answered(f"{address}/_stcore/health", process, log)
            assert answers(address)
            process.send_signal(signal.SIGUSR1)
            with looking(address):
                code = process.wait(WITHIN_SECONDS)
        finally:
            end(process)
    said = log.read_text()
    assert code == 1
    assert said.count("most recent call first") > 5, said  # one for each thread
    assert "Timeout (0:00:" in said
    assert where in said
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    event = watchdog.STANDS_STILL.partition(":")[0]
    told = [line["what"] for line in lines if line["event"] == event]
    assert told == [what] if what else not told


def test_the_next_server_answers_within_90_seconds(tmp_path: Path) -> None:
    """With the seconds that hold where nobody sets them, and the unit's own Restart and RestartSec."""
    port, log = free_port(), tmp_path / "log"
    address = f"http://127.0.0.1:{port}"
    with supervise(environment(tmp_path / "s.duckdb", port, "runs"), log) as supervised:
        (first,) = supervised.processes
        wait_until_answered(f"{address}/_stcore/health", first, log)
        assert answers(address)
        first.send_signal(signal.SIGUSR1)
        hung = time.monotonic()
        with looking(address):
            assert first.wait(REPLACED_SECONDS) == 1
            while not answers(address):
                assert time.monotonic() - hung < REPLACED_SECONDS, log.read_text()
                time.sleep(0.5)
        assert len(supervised.processes) == 2
    assert '"what": "a run of a page"' in log.read_text()
