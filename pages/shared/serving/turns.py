"""Who is served next: so many at once in all, so many of each person, and each person after the other.

A place is asked for, waited for and given back; whoever has one asks for no other, so that nobody waits for somebody who waits.
"""

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Hashable
from concurrent.futures import Future
from contextlib import suppress

WAKE_SECONDS = 5.0  # a thread that never wakes up is taken for one that stands still (serving/watchdog.py)


class Place:
    """A place in the queue of one person, then a turn. `turn` is true once it has come, false when the place was left before."""

    def __init__(self, turnstile: "Turnstile", who: Hashable) -> None:
        self.turn: Future[bool] = Future()
        self.who = who
        self._turnstile = turnstile

    def wait(self) -> bool:
        """Wait for the turn; whether it has come."""
        while True:
            with suppress(TimeoutError):
                return self.turn.result(WAKE_SECONDS)

    def leave(self) -> None:
        """Leave the queue, or give the turn back; once is enough, more does no harm. From any thread."""
        self._turnstile.leave(self)

    def withdraw(self) -> None:
        """Leave the queue; a turn that has come stays. From any thread."""
        self._turnstile.withdraw(self)


class Turnstile:
    """At most `at_once` turns in all and `each` of one person. Persons come one after the other, and first come is first served among
    the places of one."""

    def __init__(self, at_once: int, each: int) -> None:
        self._at_once, self._each = at_once, each
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Hashable, deque[Place]] = OrderedDict()
        self._running: dict[Place, Hashable] = {}
        self._turns: Counter[Hashable] = Counter()

    def ask(self, who: Hashable) -> Place:
        """A place for this person, at the end of the person's queue."""
        place = Place(self, who)
        with self._lock:
            self._waiting.setdefault(who, deque()).append(place)
            begun = self._begin()
        _tell(begun)
        return place

    def leave(self, place: Place) -> None:
        """See Place.leave."""
        with self._lock:
            waited = self._take_out(place)
            if self._running.pop(place, None) is not None:
                self._turns[place.who] -= 1
                if not self._turns[place.who]:
                    del self._turns[place.who]
                if place.who in self._waiting:  # who was just served comes after the others
                    self._waiting.move_to_end(place.who)
            begun = self._begin()
        if waited:
            place.turn.set_result(False)
        _tell(begun)

    def withdraw(self, place: Place) -> None:
        """See Place.withdraw."""
        with self._lock:
            waited = self._take_out(place)
        if waited:
            place.turn.set_result(False)

    @property
    def waiting(self) -> int:
        """How many wait."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    @property
    def running(self) -> int:
        """How many have their turn."""
        with self._lock:
            return len(self._running)

    def _take_out(self, place: Place) -> bool:
        queue = self._waiting.get(place.who)
        if queue is None or place not in queue:
            return False
        queue.remove(place)
        if not queue:
            del self._waiting[place.who]
        return True

    def _begin(self) -> list[Place]:
        """Give out the turns that are free."""
        begun = []
        while len(self._running) < self._at_once:
            who = next((who for who in self._waiting if self._turns[who] < self._each), None)
            if who is None:
                break
            place = self._waiting[who].popleft()
            if self._waiting[who]:
                self._waiting.move_to_end(who)
            else:
                del self._waiting[who]
            self._running[place] = who
            self._turns[who] += 1
            begun.append(place)
        return begun


def _tell(begun: list[Place]) -> None:
    for place in begun:
        place.turn.set_result(True)
