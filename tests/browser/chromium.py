"""Which Chromium the browser tests drive.

`python -m tests.browser.chromium` tells by its exit code whether Playwright has one of its own.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# the sandbox does not start as root; the others keep Chromium from talking to its maker during a test
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def launch(playwright: Playwright) -> Browser:
    """The system's Chromium when there is one, else Playwright's own."""
    system = next((path for name in SYSTEM_NAMES if (path := shutil.which(name))), None)
    return playwright.chromium.launch(executable_path=system, args=FLAGS)


def main(arguments: list[str]) -> int:
    """0 when Playwright has a Chromium of its own and, with --start, that it starts; else 1."""
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        if own.exists() and "--start" in arguments:
            playwright.chromium.launch(args=FLAGS).close()
        return 0 if own.exists() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
