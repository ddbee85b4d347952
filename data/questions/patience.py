"""How long a question may take. One thread of the process interrupts the engine when the time is over, or when nobody waits any more."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import duckdb

from data.errors import RapportError
from metrics.texts import N_

LOOK_SECONDS = 0.1  # an interrupt between two statements is lost: it is given again until the question ends
IDLE_SECONDS = 10.0  # after which the thread goes


class TooLong(RapportError):
    """The question was cut off. It has no answer, and none is kept."""


class Abandoned(RapportError):
    """Nobody waits for the answer any more."""


@dataclass(eq=False)
class _Question:
    cursor: duckdb.DuckDBPyConnection
    thread: int
    until: float
    abandoned: bool = False

    @property
    def over(self) -> bool:
        return self.abandoned or time.monotonic() >= self.until


class _Watch:
    """The questions under way, and the thread that ends them. It is there while there are any."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._asked: set[_Question] = set()
        self._looking = False

    def add(self, question: _Question) -> None:
        with self._changed:
            self._asked.add(question)
            if not self._looking:
                threading.Thread(target=self._look, name="rapport-patience", daemon=True).start()
                self._looking = True  # only now: where no thread can be started, the next question tries again

    def remove(self, question: _Question) -> None:
        with self._changed:
            self._asked.discard(question)

    def abandon(self, thread: int) -> None:
        with self._changed:
            for question in self._asked:
                question.abandoned = question.abandoned or question.thread == thread
            self._changed.notify_all()

    def _look(self) -> None:
        idle_since = time.monotonic()
        with self._changed:
            try:
                while self._asked or time.monotonic() - idle_since < IDLE_SECONDS:
                    idle_since = time.monotonic() if self._asked else idle_since
                    for question in self._asked:
                        if question.over:
                            with suppress(duckdb.Error):  # a cursor that was closed meanwhile asks nothing
                                question.cursor.interrupt()
                    self._changed.wait(LOOK_SECONDS)
            finally:  # however it ends: the next question has it begin anew
                self._looking = False


_watch = _Watch()


@contextmanager
def patience(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Within the block, what the cursor works out on this thread takes no longer than so many seconds: then TooLong is raised, or Abandoned
    after `abandon`."""
    question = _Question(cursor, threading.get_ident(), time.monotonic() + seconds)
    try:
        _watch.add(question)
        yield
    except Exception as error:
        if not question.over or isinstance(error, RapportError):
            raise
        raise _reason(question, seconds) from error
    finally:
        _watch.remove(question)


def abandon(thread: int) -> None:
    """Nobody waits any more for what is being asked on this thread."""
    _watch.abandon(thread)


def _reason(question: _Question, seconds: float) -> RapportError:
    if question.abandoned:
        return Abandoned(N_("Nobody waits for this answer any more."))
    return TooLong(
        N_(
            "This question took more than {seconds} seconds and was cut off. Choose a shorter period, or ask again when fewer"
            " people do."
        ),
        seconds=f"{seconds:g}",
    )
