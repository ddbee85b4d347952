"""The thread of the app that runs alerts: every few minutes, and soon after each import. It ends with the process."""

import datetime as dt
import logging
import threading
from collections.abc import Callable

from data.alerts.run import Render, due, run
from data.store.store import Store

log = logging.getLogger("rapport.alerts")
LOOK_SECONDS = 20.0  # how often it looks for a new data version
RUN_EVERY_SECONDS = 180.0


class Watcher:
    """One thread for one store. Nothing that goes wrong in it reaches a page."""

    def __init__(
        self, store: Store, render: Render | None, *, clock: Callable[[], dt.datetime] = dt.datetime.now,
        look_seconds: float = LOOK_SECONDS, run_every_seconds: float = RUN_EVERY_SECONDS,
    ) -> None:  # fmt: skip
        self._store, self._render, self._clock = store, render, clock
        self._look, self._every = look_seconds, run_every_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="alerts", daemon=True)

    def start(self) -> None:
        """Begin; the first look comes after the first wait, so that a start is not slowed down."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being sent."""
        self._stop.set()
        self._thread.join(timeout=60)

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def _watch(self) -> None:
        seen, ran_at, left = None, None, False
        while not self._stop.wait(self._look):
            try:
                version = self._version()
            except Exception as error:
                if self._store.closed.is_set():  # this process is ending, or a test is
                    log.info("Alerts end with their store: %(error)s", {"error": type(error).__name__})
                    return
                log.error("Alerts could not read the data: %(error)s", {"error": str(error)})
                continue
            now = self._clock()
            late = ran_at is None or (now - ran_at).total_seconds() >= self._every
            if late or left or version != seen:
                seen, ran_at = version, now
                left = self._run(now)

    def _version(self) -> int:
        with self._store.snapshot() as snap:
            return snap.version

    def _run(self, now: dt.datetime) -> bool:
        """Whether something is left that there was no time for."""
        try:
            run(self._store, now, self._render)
            return bool(due(self._store, now))
        except Exception as error:
            log.error("A run of the alerts met a fault: %(error)s", {"error": type(error).__name__}, exc_info=error)
            return False
