"""One round: a server of demo data, people who browse, an analyst who changes the data, and a machine that is busy with other things."""

import contextlib
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from tests.benchmarks.measure import Line
from tests.browser.chromium import launch
from tests.browser.server import Server, serve
from tests.soak import changes
from tests.soak.process import KINDS, MORE, MORE_SHARE, Held, is_flat
from tests.soak.sessions import Seen, browse

SILENCE_S = 60  # without an answer to anybody; then the server hangs
AT_LEAST = 2  # changes, however short the round: an import and its undo
PAUSE_S = 10.0  # between two changes of the data
WARM_UP_S = 120.0
# Each ends by itself when what started it is gone.
LOOP = "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"
STOOD_STILL = ("Timeout (0:", "The process stands still")


@dataclass(frozen=True)
class Load:
    """How much, and for how long."""

    seconds: float
    sessions: int
    loops: int

    @property
    def warm_up_s(self) -> float:
        """Before it, caches fill and the pools of threads start."""
        return min(WARM_UP_S, self.seconds / 3)


def lines(db: Path, folder: Path, load: Load) -> Iterator[Line]:
    """The figures of one round on this store."""
    temporary, log, seen = folder / "tmp", folder / "log", Seen()
    temporary.mkdir()
    with serve(db, log, TMPDIR=str(temporary)) as server:
        held = Held(server.pid, temporary)
        seen.note_version(server.address)
        begun = time.monotonic()
        made = _run(server, folder, load, seen, held)
        ended = time.monotonic()
        alive = Path(f"/proc/{server.pid}/exe").exists()
    said = log.read_text()
    yield from _of_views(seen, begun, ended, made)
    stood = max(said.count(text) for text in STOOD_STILL)
    yield Line(
        "ended by the watchdog",
        f"{stood} times, {'runs' if alive else 'gone'} at the end",
        "0, runs",
        alive and not stood,
    )
    errors = [*seen.errors, *(["a traceback in the log"] * said.count("Traceback"))]
    yield Line("errors", f"{len(errors)}", "0", not errors)
    for text in sorted(set(errors))[:5]:
        yield Line("", text)
    yield from _of_process(held, load)


def _of_views(seen: Seen, begun: float, ended: float, made: str) -> Iterator[Line]:
    seconds = sorted(seen.seconds) or [0.0]
    p95 = seconds[int(len(seconds) * 0.95)] if len(seconds) > 1 else seconds[0]
    figures = f"{len(seen.views)}, p50 {statistics.median(seconds):.1f} s, p95 {p95:.1f} s, beside {made}"
    yield Line("views", figures, "some", bool(seen.views))
    silence, mixed = seen.longest_silence(begun, ended), seen.mixed()
    yield Line("longest time without an answer to anybody", f"{silence:.0f} s", f"< {SILENCE_S} s", silence < SILENCE_S)
    versions = max(map(len, seen.right.values()))
    yield Line("views of no data version as a whole", f"{len(mixed)}, of {versions} versions", "0", not mixed)
    for text in sorted(set(mixed))[:5]:
        yield Line("", text)


def _of_process(held: Held, load: Load) -> Iterator[Line]:
    for kind in KINDS:
        before, after = held.levels(kind, load.warm_up_s)
        share = f" + {MORE_SHARE[kind]:.0%}" if kind in MORE_SHARE else ""
        flat = is_flat(kind, before, after)
        yield Line(
            f"{kind} after {load.warm_up_s:.0f} s → at the end",
            f"{before:,.0f} → {after:,.0f}",
            f"≤ + {MORE[kind]}{share}",
            flat,
        )
        if kind == "descriptors" and not flat:
            yield Line("", held.growth())


def _run(server: Server, folder: Path, load: Load, seen: Seen, held: Held) -> str:
    """All at once until the time is over; what the analyst did, in words."""
    ended = threading.Event()
    threads = [threading.Thread(target=held.look, args=(ended,), daemon=True)]
    threads += [
        threading.Thread(target=browse, args=(server.address, number, seen, ended), daemon=True)
        for number in range(load.sessions)
    ]
    with _busy(load.loops):
        for thread in threads:
            thread.start()
        try:
            made = _change(server.address, folder, seen, time.monotonic() + load.seconds)
        finally:
            ended.set()
        for thread in threads:  # after a fault nobody waits for them: the server is ended, and they with it
            thread.join()
    return made


def _change(server: str, folder: Path, seen: Seen, until: float) -> str:
    """Imports and undos, one after the other; after each, what is right now is looked at before the next one begins."""
    imports = undos = 0
    with sync_playwright() as playwright:
        browser = launch(playwright)
        while time.monotonic() < until or imports + undos < AT_LEAST:
            page = browser.new_page(locale="en-GB")
            page.set_default_timeout(changes.PATIENCE_MS)
            try:
                if (imports + undos) % 3 == 1:
                    undos += 1
                    changes.undo_newest(page, server)
                else:
                    imports += 1
                    changes.take(page, server, changes.export(folder, imports))
                seen.note_version(server)
            except (Error, AssertionError) as error:
                seen.errors.append(f"the analyst: {error}"[:300])
            finally:
                page.close()
            time.sleep(min(PAUSE_S, max(until - time.monotonic(), 0)))
        browser.close()
    return f"{imports} imports, {undos} undone"


@contextlib.contextmanager
def _busy(loops: int) -> Iterator[None]:
    """Processes that do nothing as fast as they can, until the block ends."""
    running = [subprocess.Popen([sys.executable, "-c", LOOP], env=os.environ) for _ in range(loops)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
        for process in running:
            process.wait()
