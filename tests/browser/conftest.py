"""A real server and a real browser: `server` and `page` for tests that look, `own_server` for those that write."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.chromium import launch
from tests.browser.idle import PATIENCE_MS
from tests.browser.server import ROOT, serve

DEMO_CUSTOMERS = 2_000

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def demo_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo database, built once; copy it before changing it."""
    db = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    subprocess.run(
        [sys.executable, "-m", "data.demo", "--db", db, "--customers", str(DEMO_CUSTOMERS), "--seed", "1"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return db


@pytest.fixture(scope="session")
def server(demo_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with demo data that all looking tests share."""
    folder = tmp_path_factory.mktemp("server")
    with serve(Path(shutil.copy(demo_db, folder)), folder / "log") as running:
        yield running.address


@pytest.fixture
def own_server(demo_db: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a cold server with demo data that no other test sees."""
    with serve(Path(shutil.copy(demo_db, tmp_path)), tmp_path / "log") as running:
        yield running.address


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[str]:
    """The address of a cold server whose store holds nothing."""
    with serve(tmp_path / "empty.duckdb", tmp_path / "log") as running:
        yield running.address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests here; it goes with them, because its event loop would be in the way of others."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """An English-speaking laptop without history, light theme."""
    with browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", color_scheme="light") as context:
        context.set_default_timeout(PATIENCE_MS)
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab whose script errors and breaches of the content security policy fail the test."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield page
    assert errors == []
