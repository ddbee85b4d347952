"""Marks of charts answer: by mouse, finger and keys, and Back undoes it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.idle import PATIENCE_MS, settled, visit
from tests.browser.pages import becomes, view

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def middle(mark: Locator) -> tuple[float, float]:
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def bar_of_ten(page: Page) -> Locator:
    """The bar of the answers with 10 points."""
    return page.locator(".js-plotly-plot .bars .point path").nth(10)


def by_mouse(page: Page) -> None:
    page.mouse.click(*middle(bar_of_ten(page)))


def by_finger(page: Page) -> None:
    page.touchscreen.tap(*middle(bar_of_ten(page)))


def by_keys(page: Page) -> None:
    page.get_by_role("button", name="Score 10: ").focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("press", "settings"), [(by_mouse, {}), (by_finger, PHONE), (by_keys, {})])
def test_a_score_lists_its_answers(
    press: Callable[[Page], None], settings: dict, server: str, browser: Browser
) -> None:
    with browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **settings}, locale="en-GB") as context:
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        visit(page, f"{server}/nps?lang=en")
        expect(bar_of_ten(page)).to_be_attached()
        press(page)
        becomes(page, lambda: view(page)["answered"], ["promoters"])
        settled(page)
        expect(page.locator(".st-key-anchor-behind")).to_be_in_viewport()
        expect(page.locator(".st-key-anchor-behind")).to_be_focused()
        page.go_back()
        becomes(page, lambda: view(page)["answered"], ["detractors"])


def test_what_moved_and_cells_lead_on(server: str, page: Page) -> None:
    visit(page, f"{server}/?lang=en")
    first = page.locator(".js-plotly-plot").first.locator(".scatterlayer .points path").first
    page.mouse.click(*middle(first))
    page.wait_for_url(lambda address: "127.0.0.1" in address and not address.split("?")[0].endswith("/"))
    settled(page)
    chosen = view(page)
    assert any(chosen[name] != ["all"] for name in ("region", "channel", "tier", "store"))
    page.go_back()
    becomes(page, lambda: view(page).get("cards"), ["auto"])
    visit(page, f"{server}/tiers?lang=en")
    page.locator("table.tall td.cell button").first.click()
    becomes(page, lambda: (view(page)["moved_from"], view(page)["moved_to"]), (["platinum"], ["platinum"]))


def test_a_phone_has_a_list_of_the_sections(server: str, browser: Browser) -> None:
    with browser.new_context(**PHONE, locale="zh-CN") as context:
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        visit(page, f"{server}/nps?lang=zh")
        page.locator("summary", has_text="本页内容").tap()
        button = page.locator("details li button").last
        title = button.inner_text()
        button.tap()
        expect(page.get_by_role("heading", level=3, name=title)).to_be_in_viewport()
        expect(page.locator("details")).not_to_have_attribute("open", "")


def test_search_begins_in_its_field_and_leads_on(server: str, page: Page) -> None:
    visit(page, f"{server}/csat?lang=en")
    page.keyboard.press("Control+k")
    field = page.get_by_role("dialog").get_by_role("searchbox")
    expect(field).to_be_focused()
    page.keyboard.type("east china")
    page.get_by_role("dialog").locator("button", has_text="East China").click()
    becomes(page, lambda: view(page)["region"], ["East China"])
    page.go_back()
    becomes(page, lambda: view(page)["region"], ["all"])
