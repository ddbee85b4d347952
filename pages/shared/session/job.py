"""Work that outlasts a page run: on a thread of its own, its progress polled by the page, stopped when a person says so."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")
Progress = Callable[[float], None]
Cancelled = Callable[[], bool]


class Job(Generic[Result]):
    """`work` gets a function that hears shares from 0 to 1 and one that answers whether to stop; it runs at once."""

    def __init__(self, work: Callable[[Progress, Cancelled], Result]) -> None:
        self.share = 0.0
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._result: Result | None = None
        self._error: BaseException | None = None
        threading.Thread(target=self._run, args=(work,), name="rapport-job", daemon=True).start()

    def cancel(self) -> None:
        """Ask the work to stop; it ends with Cancelled at its next step."""
        self._stop.set()

    @property
    def cancelling(self) -> bool:
        return self._stop.is_set()

    def ended(self, within_seconds: float) -> bool:
        """Whether the work has ended, waiting for it so long."""
        return self._ended.wait(within_seconds)

    def result(self) -> Result:
        """What the work gave, or the error that ended it, raised here."""
        self._ended.wait()
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    def _run(self, work: Callable[[Progress, Cancelled], Result]) -> None:
        try:
            self._result = work(self._reach, self._stop.is_set)
        except BaseException as error:  # whatever it is, the page that polls raises it
            self._error = error
        finally:
            self._ended.set()

    def _reach(self, share: float) -> None:
        self.share = min(max(share, 0.0), 1.0)
