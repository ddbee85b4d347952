"""Ends a process that stands still, with the stacks of all its threads on the standard error, so that what supervises it starts it again.

Two things find it out. A timer in C needs no lock of Python: a thread sets it anew every other second, and where that thread does not come
to run either, the timer runs out. And that thread looks whether the event loop answers and each run of a page moves.
"""

import asyncio
import contextlib
import faulthandler
import logging
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType

from pages.shared.serving.standstill import work

LOG = logging.getLogger("rapport.watchdog")
STANDS_STILL = "The process stands still and is ended, with the stacks of its threads on the standard error: %(what)s, %(seconds)d s"
LOOP, RUN = "the event loop", "a run of a page"
BEAT_SECONDS = 2.0
AT_ONCE_SECONDS = 0.01
STDERR = 2
RUNS = "ScriptRunner.scriptThread"  # Streamlit's name of a thread that lives as long as a run
# Elsewhere the timer goes by a clock that is set, and that goes on while the machine sleeps: waking up would end the process.
STEADY = bool(sysconfig.get_config_var("HAVE_SEM_CLOCKWAIT")) and work.TOLD


@dataclass(frozen=True)
class Look:
    """What was seen at one moment: whether the event loop has answered since the last look; per run how often its thread has begun to
    run, which is what one that waits for good never does; whether anything else of the process, or of those that it started, is at work."""

    answered: bool
    turns: Mapping[int, int]
    busy: bool


@dataclass
class Stillness:
    """For how many seconds the event loop, and each run, have been seen to stand still."""

    limit: float
    loop: float = 0.0
    turns: Mapping[int, int] = field(default_factory=dict)
    runs: dict[int, float] = field(default_factory=dict)

    def judge(self, look: Look, passed: float) -> str | None:
        """What stands still for good; None while all moves.

        A run that waits while something is at work, such as a query or another's import, is not still. A machine that slept, or a clock
        that was set, adds no more than two beats.
        """
        passed = min(passed, 2 * BEAT_SECONDS)
        self.loop = 0.0 if look.answered else self.loop + passed
        still = 0.0 if look.busy else passed
        self.runs = {
            run: self.runs.get(run, 0.0) + still if self.turns.get(run) == turns else 0.0
            for run, turns in look.turns.items()
        }
        self.turns = look.turns
        if self.loop >= self.limit:
            return LOOP
        return RUN if any(seconds >= self.limit for seconds in self.runs.values()) else None


@contextlib.contextmanager
def watching(seconds: int, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Within the block, end the process when it stands still for so long; 0: never."""
    if not (seconds and STEADY):
        yield
        return
    ended = threading.Event()
    faulthandler.dump_traceback_later(
        seconds, exit=True, file=STDERR
    )  # what stands still before the first look is found out too
    watch = threading.Thread(target=_watch, args=(seconds, loop, ended), name="rapport-watchdog", daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()
        faulthandler.cancel_dump_traceback_later()


def _watch(seconds: int, loop: asyncio.AbstractEventLoop, ended: threading.Event) -> None:
    stillness, answered = Stillness(seconds), threading.Event()
    answered.set()
    seen = work.Work()
    before = time.monotonic()
    while not ended.wait(min(BEAT_SECONDS, seconds / 5)):
        if _is_debugged():  # somebody looks at it: let it stand
            faulthandler.cancel_dump_traceback_later()
            stillness = Stillness(seconds)
            continue
        faulthandler.dump_traceback_later(seconds, exit=True, file=STDERR)
        now = time.monotonic()
        look = Look(answered.is_set(), seen.turns(_runs()), seen.busy())
        if what := stillness.judge(look, now - before):
            _end(what, seconds)
        before = now
        if look.answered:
            answered.clear()
            with contextlib.suppress(RuntimeError):  # the loop is closed: the end is near
                loop.call_soon_threadsafe(answered.set)


def _runs() -> list[int]:
    return [thread.native_id for thread in threading.enumerate() if thread.name == RUNS and thread.native_id]


def _end(what: str, seconds: int) -> None:
    LOG.error(STANDS_STILL, {"what": what, "seconds": seconds})
    faulthandler.dump_traceback_later(AT_ONCE_SECONDS, exit=True, file=STDERR)
    threading.Event().wait()


def _is_debugged() -> bool:
    """Whether a debugger of Python has stopped somewhere, or one of the system is attached."""
    return work.is_traced() or any(_is_stepped(frame) for frame in sys._current_frames().values())


def _is_stepped(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_trace is not None:
            return True
        frame = frame.f_back
    return False
