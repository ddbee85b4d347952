"""What a person waits for, in Chromium: the first start, a page, a filter, an upload."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from pages.frame.registry import ENTRIES
from tests.benchmarks.imports_speed import Export
from tests.benchmarks.measure import Line, peak_mib_of, process
from tests.browser.chromium import launch
from tests.browser.pages import address, choose_files, take_in
from tests.browser.server import Server, serve

FIRST_START_S, PAGE_S, CACHED_S, NOT_CACHED_S = 8.0, 2.7, 0.6, 1.2
BROWSING_MIB, UPLOAD_MIB = 1536, 1024
IDLE = '[data-testid=stApp][data-test-script-state="notRunning"]'
PLOTTED = ".js-plotly-plot .main-svg"
FIRST_NUMBER = "article.card .value"


def lines(store: Path, exports: list[Export]) -> Iterator[Line]:
    """`store` is the large set; the exports are uploaded to empty ones."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = launch(playwright)

        def new_page() -> Page:
            page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")
            page.set_default_timeout(120_000)
            return page

        yield _first_start(new_page, Path(folder))
        with serve(store, Path(folder) / "log") as server:
            yield from _browsing(new_page(), server)
        for export in exports:
            db = Path(folder) / f"{export.path.name}.duckdb"
            _remember(export, db, Path(folder))
            with serve(db, Path(folder) / "log") as server:
                yield _upload(new_page(), server, export)
        browser.close()


def _first_start(new_page: Callable[[], Page], folder: Path) -> Line:
    page = new_page()
    page.goto("about:blank")
    start = time.perf_counter()
    db = folder / "demo.duckdb"
    demo = process([sys.executable, "-m", "data.demo", "--db", db])
    with serve(db, folder / "log") as server:
        _open(page, server.address)
        seconds = time.perf_counter() - start
    figures = f"{seconds:.1f} s, of which demo data {demo.seconds:.1f} s"
    return Line(
        "first start with demo data, to the first page", figures, f"≤ {FIRST_START_S:.0f} s", seconds <= FIRST_START_S
    )


def _browsing(page: Page, server: Server) -> Iterator[Line]:
    for entry in (entry for entry in ENTRIES if entry.data):
        place = f"{server.address}/{address(entry)}"
        first = _open(page, place)
        again = statistics.median(_open(page, place) for _ in range(5))
        yield Line(
            f"page {entry.code}, warm",
            f"{again:.2f} s (the first time {first:.2f} s)",
            f"≤ {PAGE_S} s",
            again <= PAGE_S,
        )
    _open(page, f"{server.address}/nps")
    page.locator(".st-key-regions button").first.click()
    pills = (
        page.locator(".st-key-regions, [data-testid=stPopoverBody]")
        .get_by_test_id("stButtonGroup")
        .get_by_role("button")
    )
    pills.first.wait_for()
    there = [_until_changed(page, pills.nth(place).click) for place in range(3)]
    back = [_until_changed(page, pills.nth(place).click) for place in (2, 1)]
    yield Line(
        "filter change on nps",
        f"{statistics.median(there):.2f} s not cached, {statistics.median(back):.2f} s cached",
        f"≤ {NOT_CACHED_S} s, ≤ {CACHED_S} s",
        statistics.median(there) <= NOT_CACHED_S and statistics.median(back) <= CACHED_S,
    )
    peak = peak_mib_of(server.pid)
    if peak is not None:
        yield Line(
            "memory of the server while browsing", f"{peak:,.0f} MiB", f"≤ {BROWSING_MIB} MiB", peak <= BROWSING_MIB
        )


def _remember(export: Export, db: Path, folder: Path) -> None:
    """Have the store know the columns of a file that its headers do not tell, from an earlier file of one row."""
    if export.options:
        first = folder / "first.csv"
        with export.path.open() as lines:
            first.write_text(next(lines) + next(lines))
        process([sys.executable, "-m", "data.load", first, *export.options, "--db", db])


def _upload(page: Page, server: Server, export: Export) -> Line:
    page.goto(f"{server.address}/upload?lang=en")
    page.wait_for_selector(IDLE)
    start = time.perf_counter()
    choose_files(page, export.path)
    take_in(page).wait_for()
    seconds, peak = time.perf_counter() - start, peak_mib_of(server.pid)
    return Line(
        f"upload to the receipt: {export.what} ({export.path.stat().st_size / 1e6:.0f} MB)",
        f"{seconds:.1f} s" + (f", {peak:,.0f} MiB" if peak else ""),
        f"≤ {export.upload_limit_s} s, ≤ {UPLOAD_MIB} MiB",
        seconds <= export.upload_limit_s and (peak or 0) <= UPLOAD_MIB,
    )


def _open(page: Page, address: str) -> float:
    """Seconds until the page has run to its end and the first chart is drawn."""
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(IDLE)
    page.wait_for_selector(PLOTTED)
    return time.perf_counter() - start


def _until_changed(page: Page, act: Callable[[], None]) -> float:
    """Seconds from an action to another number on the first card."""
    number = page.locator(FIRST_NUMBER).first
    before = number.text_content()
    start = time.perf_counter()
    act()
    while number.text_content() == before:
        time.sleep(0.005)
    return time.perf_counter() - start
