"""`python -m tests.hangs.moving CASE`: a small server under the watchdog in which a run of a page, or what stands for one, waits or works
for longer than the limit. It ends with 0 when it is let be."""

import asyncio
import bdb
import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import duckdb

from pages.shared.serving.standstill.watchdog import RUNS, watching

LIMIT_SECONDS, LASTS_SECONDS = 3, 7
until = time.monotonic() + LASTS_SECONDS
SPIN = f"import time; until = time.time() + {LASTS_SECONDS - 1}\nwhile time.time() < until: pass"
LONG_QUERY = "select count(*) from range(1000000) a, range(1000000) b where a.range + b.range = 7"


class Debugger(bdb.Bdb):
    """Stops at the next line, as at a prompt, for so long."""

    def user_line(self, _frame: FrameType) -> None:
        time.sleep(LASTS_SECONDS)
        self.set_continue()


def run_of_a_page(work: Callable[[], object]) -> None:
    threading.Thread(target=work, name=RUNS, daemon=True).start()


def spin() -> None:
    while time.monotonic() < until:
        sum(range(10_000))


def query() -> None:
    connection = duckdb.connect()
    threading.Timer(LASTS_SECONDS - 1, connection.interrupt).start()
    with contextlib.suppress(duckdb.InterruptException):
        connection.execute(LONG_QUERY)


def wait_for_a_thread() -> None:
    worker = threading.Thread(target=spin)
    worker.start()
    worker.join()


def wait_for_a_process() -> None:
    subprocess.run([sys.executable, "-c", SPIN], check=True)


def look_again_and_again() -> None:
    while time.monotonic() < until:
        time.sleep(0.3)


def stop_in_a_debugger() -> None:
    Debugger().set_trace()
    time.sleep(0)


def short_runs() -> None:
    while time.monotonic() < until:
        run_of_a_page(lambda: time.sleep(1))
        time.sleep(1)


def wait_for_good() -> None:
    threading.Event().wait()


def nobody() -> None:
    """No run at all."""


RUN: dict[str, Callable[[], object]] = {
    "nobody is there": nobody,
    "a query of DuckDB that takes long": query,
    "a run that waits for a thread that works": wait_for_a_thread,
    "a run that waits for a process that works": wait_for_a_process,
    "a run that looks again and again": look_again_and_again,
    "runs that wait for less than the limit": lambda: threading.Thread(target=short_runs, daemon=True).start(),
    "a debugger that waits for a word": stop_in_a_debugger,
    "the server ends and takes its time": nobody,
    "the server ends while a run waits for good": wait_for_good,
    "a limit of 0": wait_for_good,
}
OF_THE_SERVER = ("nobody is there", "runs that wait for less than the limit", "the server ends and takes its time")


async def serve(case: str) -> None:
    """For longer than the limit; a server that ends does so at once, and its process later."""
    with watching(0 if case == "a limit of 0" else LIMIT_SECONDS, asyncio.get_running_loop()):
        RUN[case]() if case in OF_THE_SERVER else run_of_a_page(RUN[case])
        await asyncio.sleep(1 if case.startswith("the server ends") else LASTS_SECONDS)
    time.sleep(LASTS_SECONDS if case.startswith("the server ends") else 0)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
