"""A question that somebody comes with is answered in few clicks, from the first page on."""

from pathlib import Path

import fastexcel
from playwright.sync_api import Page

from tests.browser.idle import visit
from tests.browser.pages import follow


def test_whom_do_we_call_this_week_as_excel(server: str, page: Page, tmp_path: Path) -> None:
    """Three: the section, the page, the file. The second file holds nobody whom the lot of the first held out."""
    visit(page, f"{server}/?lang=en")
    follow(page, "Customers", "Worklist")
    names: list[set[str]] = []
    for kind in ("Excel", "CSV"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=kind, exact=True).click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        if kind == "Excel":
            sheet = fastexcel.read_excel(path).load_sheet(0).to_polars()
            assert sheet.columns[:3] == ["Customer", "Reason", "Because"]
            names.append(set(sheet["Customer"]))
        else:
            names.append({line.split(",")[0] for line in path.read_text("utf-8-sig").splitlines()[1:]})
    assert 60 < len(names[0]) <= 100
    assert names[1] == names[0]
    visit(page, f"{server}/worklist?lang=en")
    assert "held out of every list" in page.inner_text("body")


def test_did_our_training_help(server: str, page: Page) -> None:
    """Two: the section and the page, which begins with the newest event that some stores alone had."""
    visit(page, f"{server}/?lang=en")
    follow(page, "Programme", "Impact")
    assert page.get_by_role("heading", level=1).inner_text().startswith("Service training: ")
    assert "Effect at its stores" in page.inner_text("body")
