"""Sending beside judging: what goes to one receiver goes one after the other, and no receiver holds up another."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType

from data.alerts.book import Delivery

WORKERS = 8
LANE_SECONDS = 30.0  # that one receiver gets in a run; what is left then stays due
MOST_WAITING = 50  # messages for one receiver, with their pages, in memory

Sending = Callable[[], Delivery | None]
Outcome = Future[Delivery | None]


@dataclass
class _Lane:
    waiting: deque[tuple[Sending, Outcome]] = field(default_factory=deque)
    busy: bool = False
    spent: float = 0.0


class Outbox:
    """Used as a context, which ends when all has been sent, or left to the next run because its receiver is slow."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="sending")
        self._lock = threading.Lock()
        self._lanes: dict[str, _Lane] = defaultdict(_Lane)

    def __enter__(self) -> "Outbox":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._pool.shutdown()

    def takes(self, receiver: str) -> bool:
        """Whether a message to the receiver may be sent in this run."""
        with self._lock:
            lane = self._lanes[receiver]
            return lane.spent < LANE_SECONDS and len(lane.waiting) < MOST_WAITING

    def put(self, receiver: str, send: Sending) -> Outcome:
        """Have a message sent after those that wait for the same receiver; its outcome is None when there was no time for it."""
        outcome: Outcome = Future()
        with self._lock:
            lane = self._lanes[receiver]
            lane.waiting.append((send, outcome))
            begins, lane.busy = not lane.busy, True
        if begins:
            self._pool.submit(self._drain, lane)
        return outcome

    def _drain(self, lane: _Lane) -> None:
        while True:
            with self._lock:
                if not lane.waiting:
                    lane.busy = False
                    return
                send, outcome = lane.waiting.popleft()
            if lane.spent >= LANE_SECONDS:
                outcome.set_result(None)
                continue
            began = time.monotonic()
            try:
                outcome.set_result(send())
            except BaseException as error:  # whoever asks for the outcome gets it
                outcome.set_exception(error)
            lane.spent += time.monotonic() - began
