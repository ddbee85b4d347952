"""An analyst who takes exports in and takes some of them back, in a browser."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.pages import choose_files, take_in

ORDERS, ANSWERS = 3_000, 600
PATIENCE_MS = 180_000


def export(folder: Path, number: int) -> Path:
    """Orders and answers in turn, of customers who differ from file to file."""
    path = folder / f"export-{number}.csv"
    if number % 2:
        header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
        rows = [
            f"{number}{n:05d},S1,Thing,1,{_day(n)} 10:00:00,{(n % 97) + number}.5,{number}{n % 900:04d},United Kingdom"
            for n in range(ORDERS)
        ]
    else:
        header = "Email,NPS,Date"
        rows = [f"{number}-{n}@example.com,{(n * number) % 11},{_day(n)}" for n in range(ANSWERS)]
    path.write_text("\n".join([header, *rows, ""]), "utf-8")
    return path


def _day(number: int) -> str:
    return f"2026-0{4 + number % 3}-{1 + number % 28:02d}"


def take(page: Page, server: str, path: Path) -> None:
    """Through the upload page; the demo data stay beside it."""
    page.goto(f"{server}/upload?lang=en")
    choose_files(page, path)
    take_in(page).wait_for()
    # drawn after the button above: who does not wait for it replaces the demo data, and the undo leaves nothing
    page.get_by_text("Replace the demo data").first.click()
    expect(page.get_by_role("checkbox", name="Replace the demo data")).not_to_be_checked(timeout=PATIENCE_MS)
    take_in(page).click()
    page.get_by_role("heading", name=re.compile(r"imported$")).first.wait_for()


def undo_newest(page: Page, server: str) -> None:
    """Through the history."""
    page.goto(f"{server}/history?lang=en")
    page.get_by_role("button", name="Undo").first.click()
    page.locator(".st-key-undo-go button").click()
    page.get_by_text(re.compile(r"Import \d+ is undone")).first.wait_for()
