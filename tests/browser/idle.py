"""When a page is done."""

from playwright.sync_api import Page, expect

PATIENCE_MS = 60_000  # nothing is judged by it: a busy machine is slow, a broken page stays broken
IDLE = '[data-testid=stApp][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'


def settled(page: Page) -> None:
    """Wait until the server has run the script to its end for what was last done, and nothing is left to draw."""
    page.wait_for_timeout(200)  # a click takes a moment until the server hears of it
    page.wait_for_selector(IDLE, timeout=PATIENCE_MS)
    expect(page.locator("[data-stale=true], [data-testid=stSkeleton]")).to_have_count(0, timeout=PATIENCE_MS)


def visit(page: Page, address: str) -> None:
    """Open an address and wait until it is drawn."""
    page.goto(address)
    settled(page)
