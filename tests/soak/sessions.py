"""People who browse: each opens pages with pauses, leaves after some, and comes again in a new session."""

import itertools
import random
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from websockets.exceptions import WebSocketException

from tests.benchmarks.visitor import Broken, Shown, visiting

DATES = {"as_of": "2026-06-30", "from": "2026-04-01", "to": "2026-06-30"}
PAGES = ("", "nps", "csat", "retention", "churn", "tiers", "value", "replay")
PLACES = [
    (code, {**DATES, "vs": vs, "lang": lang}) for code in PAGES for vs, lang in (("before", "en"), ("none", "zh"))
]
THINKING_S = (2.0, 8.0)
LOOKS = (4, 25)  # in one session
AGAIN_S = 1.0  # after an error
FAULTS = (Broken, OSError, EOFError, WebSocketException)


@dataclass
class Seen:
    """What people met: when, at which place, which view; errors. And the views that are right there: one per data version."""

    views: list[tuple[float, int, Shown]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    right: defaultdict[int, dict[str, Shown]] = field(default_factory=lambda: defaultdict(dict))  # by mark

    def note_version(self, server: str) -> None:
        """Look at each place while nothing is written: what is shown then is right. All at once, so that they need not stand in line
        behind everybody else one by one."""

        missing = {}

        def look(place: int) -> None:
            try:
                with visiting(server) as visitor:
                    view = visitor.look(*PLACES[place])
                    self.right[place][view.mark] = view
            except FAULTS as error:
                missing[place] = error

        people = [threading.Thread(target=look, args=(place,), daemon=True) for place in range(len(PLACES))]
        for person in people:
            person.start()
        for person in people:
            person.join()
        self.errors += [f"what is right at {PLACES[place]}: {error}"[:300] for place, error in missing.items()]

    def mixed(self) -> list[str]:
        """Of the views that are of no data version as a whole: place, and in what they differ from the version that is nearest."""
        return [
            f"{PLACES[place]}: {', '.join(self._differing(place, view))}"
            for _, place, view in self.views
            if view.mark not in self.right[place]
        ]

    def _differing(self, place: int, view: Shown) -> list[str]:
        return min(
            (view.differing(right) for right in self.right[place].values()), key=len, default=["nothing is right"]
        )

    def longest_silence(self, begun: float, ended: float) -> float:
        """Seconds in which nobody got an answer."""
        at = sorted([begun, *(moment for moment, _, _ in self.views if begun <= moment <= ended), ended])
        return max(later - earlier for earlier, later in itertools.pairwise(at))


def browse(server: str, number: int, seen: Seen, ended: threading.Event) -> None:
    """One person, until all go."""
    draws = random.Random(number)
    while not ended.is_set():
        try:
            with visiting(server) as visitor:
                for _ in range(draws.randrange(*LOOKS)):
                    if ended.wait(draws.uniform(*THINKING_S)):
                        return
                    place = draws.randrange(len(PLACES))
                    start = time.monotonic()
                    view = visitor.look(*PLACES[place])
                    seen.views.append((time.monotonic(), place, view))
                    seen.seconds.append(time.monotonic() - start)
        except FAULTS as error:
            seen.errors.append(f"{type(error).__name__}: {error}"[:300])
            ended.wait(AGAIN_S)
