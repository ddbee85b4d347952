"""What the tests read from a page, as a person would."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page

from pages.frame.registry import ENTRIES
from pages.shared.session.site import Entry
from tests.browser.idle import PATIENCE_MS, settled
from tests.browser.server import ROOT

# Of each section one: what a server that has run no script yet makes of an address does not hang on which page of it is asked for.
COLD = list({entry.section: entry for entry in ENTRIES}.values())


def address(entry: Entry) -> str:
    """A page's place in the address; that of the first page is empty."""
    return "" if entry is ENTRIES[0] else entry.code


def card(page: Page, name: str) -> Locator:
    """The card with that name."""
    return page.locator("article.card", has=page.locator(".name", has_text=name)).first


def shown_number(page: Page, name: str) -> str:
    """The number on a card, without its unit."""
    number = card(page, name).locator(".value")
    unit = number.locator(".unit")
    return number.inner_text().removesuffix(unit.inner_text() if unit.count() else "").strip()


def view(page: Page) -> dict[str, list[str]]:
    """What the address says of the view."""
    return parse_qs(urlsplit(page.url).query)


def becomes(page: Page, read: Callable[[], object], expected: object) -> None:
    """Wait until what is read is what is expected: between a click and its effect lies a server that may be busy."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while (found := read()) != expected and time.monotonic() < deadline:
        page.wait_for_timeout(200)
    assert found == expected


def metric(db: Path, name: str, *options: str) -> dict[str, float]:
    """The only row of a metric from the command line; the file must not be open in a server."""
    command = [sys.executable, "-m", "data.metric", name, "--db", str(db), *options, "--json"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    (row,) = json.loads(run.stdout)
    return dict(row)


def load(db: Path, *arguments: str | Path) -> None:
    """Take files in from the command line."""
    command = [sys.executable, "-m", "data.load", *map(str, arguments), "--db", str(db)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)


def follow(page: Page, section: str, link: str) -> None:
    """Go to a page by the navigation at the top."""
    page.get_by_test_id("stTopNavSection").filter(has_text=section).click()
    page.get_by_role("menuitem", name=link, exact=True).click()
    settled(page)


def choose_files(page: Page, *paths: Path) -> None:
    """Hand files to the upload page, as dropping them does."""
    page.locator("input[type=file]").set_input_files(paths)


def take_in(page: Page) -> Locator:
    """The button under a receipt that stores what was read; it is there once the receipt is."""
    return page.locator(".st-key-upload-take button")
