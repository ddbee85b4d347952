"""One viewer opens many heavy views at once: how long do others wait for a click, and the check of the server's health?

`python -m tests.benchmarks.heavy_reader [--seconds 60] [--sessions 50] [--customers 20000]`: a server of its own on a free port, on demo
data, where people sign in. One person has 50 sessions that go from page to page, each with dates of its own between 1990 and 2199 and
with forecasts over 156 weeks, without a pause; eight others look at usual views and think between two clicks. Ends by itself, with exit
code 1 when 5% of the others' clicks or of the checks took longer than two seconds, or anything failed.
"""

import argparse
import itertools
import math
import random
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from websockets.exceptions import WebSocketException

from data.demo.load import load
from data.store.store import Store
from tests.access_file import ACCESS
from tests.browser.provider import secrets_of
from tests.browser.server import free_port, serve
from tests.lines import line, title

HEAVY = "vic@example.com"
OTHERS = [f"reader{place}@example.com" for place in range(7)] + ["bo@example.com"]
PAGES = ("", "nps", "csat", "retention", "value", "churn", "tiers", "replay")
THINKING_S = (2.0, 6.0)
PATIENCE_S, LIMIT_S = 120, 2.0
CLICK, CHECKS = "click", {"/_stcore/health": 0.25, "/_stcore/script-health-check": 5.0}  # asked every so many seconds


@dataclass
class Seen:
    """Seconds of what was waited for, by name; and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def timed(self, name: str, work: Callable[[], object]) -> None:
        start = time.perf_counter()
        try:
            work()
        except (OSError, WebSocketException) as error:
            if not self.stop.is_set():
                self.faults.append(f"{name}: {type(error).__name__} {error}")
        self.seconds.setdefault(name, []).append(time.perf_counter() - start)


def heavy_view(draws: random.Random) -> dict[str, str]:
    """Dates that nobody else has, and the longest forecast."""
    first, last = sorted(draws.sample(range(1990, 2200), 2))
    month, day = draws.randint(1, 12), draws.randint(1, 28)
    return {
        "from": f"{first}-{month:02}-{day:02}", "to": f"{last}-{month:02}-{day:02}", "as_of": f"{last}-{month:02}-{day:02}",
        "vs": draws.choice(("before", "year", "none")), "horizon": "156", "measure": draws.choice(("revenue", "value")),
        "unit": draws.choice(("month", "week", "rolling")), "by": draws.choice(("region", "channel", "tier")),
    }  # fmt: skip


def usual_view(draws: random.Random) -> dict[str, str]:
    """A quarter of the last two years, which somebody may have looked at before."""
    year, quarter = draws.choice(((2025, 1), (2025, 2), (2025, 3), (2025, 4), (2026, 1), (2026, 2)))
    last = {1: "03-31", 2: "06-30", 3: "09-30", 4: "12-31"}[quarter]
    return {"from": f"{year}-{3 * quarter - 2:02}-01", "to": f"{year}-{last}", "as_of": "2026-06-30", "vs": "before"}


def browse(
    server: str, who: str, number: int, seen: Seen, name: str, view: Callable[[random.Random], dict[str, str]]
) -> None:
    draws = random.Random(number)
    with line(server, who) as opened:
        for page in itertools.cycle(draws.sample(PAGES, len(PAGES))):
            if seen.stop.is_set():
                return
            seen.timed(name, lambda page=page: title(opened, page, seconds=PATIENCE_S, **view(draws)))  # type: ignore[misc]
            if name != "heavy" and seen.stop.wait(draws.uniform(*THINKING_S)):
                return


def check(server: str, path: str, every_s: float, seen: Seen) -> None:
    def ask() -> None:
        with urllib.request.urlopen(f"{server}{path}", timeout=PATIENCE_S) as answer:
            answer.read()

    while not seen.stop.wait(every_s):
        seen.timed(path, ask)


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else math.inf


def row(name: str, seconds: list[float]) -> str:
    if len(seconds) < 2:
        return f"{name:34} {len(seconds):5} times"
    half = statistics.median(seconds)
    return f"{name:34} {len(seconds):5} times  p50 {half:6.2f} s  p95 {p95(seconds):6.2f} s  max {max(seconds):6.2f} s"


def too_late(seen: Seen) -> list[str]:
    """What others waited for longer than they should, by name; what was never waited for is late too."""
    return [name for name in (CLICK, *CHECKS) if p95(seen.seconds.get(name, [])) > LIMIT_S]


def measure(server: str, seconds: float, sessions: int) -> Seen:
    """Each page once, so that the server is warm; others alone for a quarter of the time; then everybody."""
    with line(server, OTHERS[0]) as opened:
        for page in PAGES:
            title(opened, page, seconds=PATIENCE_S, **usual_view(random.Random(0)))
    seen, quiet = Seen(), Seen()
    for now, lasts, heavy in ((quiet, seconds / 4, 0), (seen, seconds, sessions)):
        work = [
            *(
                threading.Thread(target=browse, args=(server, who, place, now, CLICK, usual_view))
                for place, who in enumerate(OTHERS)
            ),
            *(
                threading.Thread(target=browse, args=(server, HEAVY, 100 + place, now, "heavy", heavy_view))
                for place in range(heavy)
            ),
            *(threading.Thread(target=check, args=(server, path, every_s, now)) for path, every_s in CHECKS.items()),
        ]
        for thread in work:
            thread.daemon = True
            thread.start()
        time.sleep(lasts)
        now.stop.set()
        for thread in work:
            thread.join(PATIENCE_S)
        for name in sorted(now.seconds):
            print(row(f"{name}{'' if heavy else ', others alone'}", now.seconds[name]), flush=True)
        print(f"faults: {len(now.faults)} {now.faults[:3]}")
    return seen


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--sessions", type=int, default=50)
    options.add_argument("--customers", type=int, default=20_000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place, port = Path(folder), free_port()
        with Store.open(place / "heavy.duckdb") as store:
            load(store, customers=given.customers, seed=1)
        (place / "secrets.toml").write_text(secrets_of(port, "http://127.0.0.1:9"))
        (place / "access.toml").write_text(ACCESS)
        with serve(
            place / "heavy.duckdb", place / "log", port=port, secrets=place / "secrets.toml",
            RAPPORT_ACCESS=str(place / "access.toml"),
        ) as running:  # fmt: skip
            seen = measure(running.address, given.seconds, given.sessions)
        tracebacks = (place / "log").read_text().count("Traceback")
    late = too_late(seen)
    print(f"tracebacks in the log: {tracebacks}")
    print(f"p95 above {LIMIT_S:g} s: {', '.join(late) or 'none'}")
    return 1 if late or seen.faults or tracebacks else 0


if __name__ == "__main__":
    sys.exit(main())
