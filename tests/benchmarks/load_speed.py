"""25 people browsing while a million orders are imported: nobody meets an error or a number that is neither the old nor the new one."""

import itertools
import random
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import sync_playwright
from websockets.exceptions import WebSocketException

from tests.benchmarks.imports_speed import Export
from tests.benchmarks.measure import Line, peak_mib_of
from tests.benchmarks.visitor import Broken, visiting
from tests.browser.chromium import launch
from tests.browser.pages import choose_files, load, take_in
from tests.browser.server import serve

SESSIONS, P95_S, PEAK_MIB = 25, 2.0, 3072
ROWS_BEFORE = 100_000
ENOUGH = 20  # reruns to judge a p95 by
THINKING_S = (3.0, 12.0)  # how long people look at a page before the next click
DATES = {"as_of": "2026-06-30", "from": "2026-04-01", "to": "2026-06-30"}
PAGES = ("", "nps", "csat", "retention", "churn", "tiers")
PLACES = [
    (code, {**DATES, "vs": vs, "lang": lang}) for code in PAGES for vs, lang in (("before", "en"), ("none", "zh"))
]


@dataclass
class Seen:
    """What the sessions met: place, title and seconds of each rerun; errors."""

    reruns: list[tuple[int, str, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def shared(self, old: dict[int, str], new: dict[int, str]) -> tuple[list[float], list[float]]:
        """Seconds of the reruns that saw the old data, which were so while the import ran, and of those that saw the new, in which every
        answer is a new one. The page of the import says so a moment later than the data do: what was seen tells the two apart."""
        anew = [seconds for place, title, seconds in self.reruns if title == new[place] != old[place]]
        return [seconds for place, title, seconds in self.reruns if not title == new[place] != old[place]], anew


def lines(export: Export) -> Iterator[Line]:
    """A store that holds the first rows of the export, while all of it is uploaded."""
    with tempfile.TemporaryDirectory() as folder:
        db, small = Path(folder) / "load.duckdb", Path(folder) / "small.csv"
        with export.path.open() as rows:
            all_of_them = sum(1 for _ in rows)
            rows.seek(0)
            small.write_text("".join(itertools.islice(rows, min(ROWS_BEFORE, all_of_them // 10))))
        load(db, small, *export.options)
        with serve(db, Path(folder) / "log") as server:
            old = _titles(server.address)
            seen, taken_s = _browse_while_importing(server.address, export)
            new = _titles(server.address)
            peak = peak_mib_of(server.pid)
            left = (Path(folder) / "log").read_text().count("Traceback")
    wrong = sorted({title for place, title, _ in seen.reruns if title not in (old[place], new[place])})
    meanwhile, anew = seen.shared(old, new)
    faults = f"{len(seen.errors)} errors, {left} in the log, {len(wrong)} wrong"
    sound = not (seen.errors or left or wrong)
    if len(meanwhile) < ENOUGH:
        figures = f"{len(meanwhile)} reruns in {taken_s:.0f} s, too few for a p95; {faults}"
    else:
        p95 = statistics.quantiles(meanwhile, n=20)[-1]
        sound = sound and p95 <= P95_S
        took = f"p50 {statistics.median(meanwhile):.2f} s, p95 {p95:.2f} s"
        figures = f"{took} of {len(meanwhile)} reruns in {taken_s:.0f} s; {faults}"
    yield Line(f"{SESSIONS} sessions while {export.what} come in", figures, f"p95 ≤ {P95_S:.0f} s", sound)
    for text in [*seen.errors[:3], *wrong[:3]]:
        yield Line("", text)
    changed = sum(old[place] != new[place] for place in old)
    yield Line("", f"{changed} of {len(old)} titles are others after the import")
    first = f"p50 {statistics.median(anew):.2f} s, at most {max(anew):.2f} s" if anew else "none"
    yield Line("", f"of the {len(anew)} reruns that then asked for the new numbers: {first}")
    yield Line("resident memory meanwhile, at most", f"{peak:,.0f} MiB", f"≤ {PEAK_MIB} MiB", peak <= PEAK_MIB)


def _titles(server: str) -> dict[int, str]:
    with visiting(server) as visitor:
        return {place: visitor.look(*where).title for place, where in enumerate(PLACES)}


def _browse_while_importing(server: str, export: Export) -> tuple[Seen, float]:
    seen, stop = Seen(), threading.Event()
    browsing = [threading.Thread(target=_browse, args=(server, number, seen, stop)) for number in range(SESSIONS)]
    for thread in browsing:
        thread.start()
    started = time.perf_counter()
    try:
        _import(server, export.path)
    finally:
        taken_s = time.perf_counter() - started
        stop.wait(THINKING_S[1])  # everybody looks once more
        stop.set()
        for thread in browsing:
            thread.join()
    return seen, taken_s


def _browse(server: str, number: int, seen: Seen, stop: threading.Event) -> None:
    draws = random.Random(number)
    try:
        with visiting(server) as visitor:
            while not stop.wait(draws.uniform(*THINKING_S)):
                place = draws.randrange(len(PLACES))
                start = time.perf_counter()
                title = visitor.look(*PLACES[place]).title
                seen.reruns.append((place, title, time.perf_counter() - start))
    except (Broken, OSError, WebSocketException) as error:
        seen.errors.append(f"{type(error).__name__}: {error}")


def _import(server: str, path: Path) -> None:
    """Through the upload page, as an analyst does it."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(locale="en-GB")
        page.set_default_timeout(600_000)
        page.goto(f"{server}/upload?lang=en")
        choose_files(page, path)
        take_in(page).click()
        page.get_by_role("heading", name=re.compile(r"orders imported$")).first.wait_for()
        browser.close()
