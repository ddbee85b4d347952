"""What a visitor takes away: files made when their button is pressed, which open without the app and without a network."""

from pathlib import Path

import fastexcel
from playwright.sync_api import Browser, Page, expect

from tests.browser.idle import settled, visit


def taken(page: Page, popover: str, button: str, folder: Path) -> Path:
    """Open a popover, press a button, and keep the file."""
    page.get_by_role("button", name=popover).first.click()
    settled(page)
    with page.expect_download() as waiting:
        page.get_by_test_id("stPopoverBody").get_by_role("button", name=button, exact=True).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    page.keyboard.press("Escape")
    settled(page)
    return path


def test_a_page_opens_as_a_file_without_a_network(server: str, page: Page, browser: Browser, tmp_path: Path) -> None:
    visit(page, f"{server}/nps?lang=en")
    title = page.get_by_role("heading", level=1).inner_text()
    path = taken(page, "Export", "This page as HTML", tmp_path)
    assert path.name == "nps.html"
    with browser.new_context(offline=True) as context:
        alone = context.new_page()
        asked: list[str] = []
        alone.on("request", lambda request: asked.append(request.url))
        alone.goto(path.as_uri())
        assert alone.get_by_role("heading", level=1).inner_text() == title
        drawn = alone.locator("img.chart")
        assert drawn.count() >= 3
        assert drawn.first.evaluate("image => image.complete && image.naturalWidth") > 100
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_a_phone_takes_away_pictures_and_tables(server: str, browser: Browser, tmp_path: Path) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN") as context:
        page = context.new_page()
        visit(page, f"{server}/nps?lang=zh")
        assert taken(page, "下载", "PNG", tmp_path).read_bytes().startswith(b"\x89PNG")
        book = fastexcel.read_excel(taken(page, "下载", "XLSX", tmp_path))
        assert book.sheet_names == ["nps_scores", "说明"]
        assert taken(page, "导出", "本页（PDF）", tmp_path).read_bytes().startswith(b"%PDF-")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_tables_have_our_downloads_alone(server: str, page: Page) -> None:
    visit(page, f"{server}/churn?lang=en&silent=all")
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    table.hover()
    toolbar = page.get_by_test_id("stElementToolbar").filter(has=page.get_by_label("Search")).first
    expect(toolbar.get_by_label("Search")).to_be_visible()
    theirs = toolbar.locator('[aria-label^="Download"]')
    expect(theirs).to_have_count(1)
    expect(theirs).to_be_hidden()
