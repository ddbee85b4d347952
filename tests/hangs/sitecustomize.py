"""Python reads this first where PYTHONPATH names this folder: on a signal (SIGUSR1) the process stands still, in the way that
HANG names. What is served is the product, started as in a deployment."""

import ctypes
import os
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path

LONG_SECONDS = 100_000
RUNS = "ScriptRunner.scriptThread"
LOCKS = threading.Lock(), threading.Lock()
BOTH = threading.Barrier(2)
begun = threading.Event()
start = threading.Thread.run


def keep_the_lock(*_signal: object) -> None:
    """A call into C that keeps Python's lock, as the one that waited for a pool whose threads wanted the lock."""
    ctypes.PyDLL(None).sleep(LONG_SECONDS)


def block_the_loop(*_signal: object) -> None:
    """The main thread, which is that of the event loop, waits for good; others go on."""
    threading.Event().wait()


def cross_the_runs(*_signal: object) -> None:
    """Of the next runs of pages, the first two wait for each other for good."""
    begun.set()


def run(thread: threading.Thread) -> None:
    if thread.name == RUNS and begun.is_set():
        first, second = LOCKS if LOCKS[0].acquire(blocking=False) else LOCKS[::-1]
        if first is LOCKS[1]:
            first.acquire()
        BOTH.wait()
        second.acquire()
    start(thread)


WAYS = {"lock": keep_the_lock, "loop": block_the_loop, "runs": cross_the_runs}
if way := os.environ.get("HANG"):
    sys.path.append(str(Path(__file__).parents[2]))
    import_module("data.settings").LEAST_WATCHDOG_SECONDS = 1  # a test need not wait for so long as a server does
    threading.Thread.run = run
    signal.signal(signal.SIGUSR1, WAYS[way])
