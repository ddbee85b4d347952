"""Own dates and presets: picked with the mouse, a finger and the keys, typed; the address follows, and Back leads back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.idle import PATIENCE_MS, settled, visit
from tests.browser.pages import becomes, view

START = {"from": ["2026-04-01"], "to": ["2026-06-30"]}


def dates(page: Page) -> dict[str, list[str]]:
    return {name: codes for name, codes in view(page).items() if name in START}


def pick(page: Page, press: Callable[[Locator], None]) -> None:
    """Two days of the calendar."""
    press(page.locator(".st-key-period button").first)
    press(page.get_by_test_id("stDateInputCalendarButton").first)
    for day in ("13 April 2026", "22 April 2026"):
        press(page.locator(f'[aria-label*="{day}"]').first)
        settled(page)


def by_keys(page: Page) -> None:
    """Days 3 and 7 of the month, with the keyboard alone."""
    page.locator(".st-key-period button").first.focus()
    page.keyboard.press("Enter")
    page.locator("[data-range-field=start] [data-type=day]").first.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator('[aria-label*="2 April 2026"]').first).to_be_visible()
    expect(
        page.get_by_test_id("stDateInputQuickSelect")
    ).not_to_be_visible()  # it counts from today, and not from the data
    for steps in (2, 4):
        for _step in range(steps):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        settled(page)


def typed(page: Page) -> None:
    """The fifth of the month, taken by Enter."""
    page.locator(".st-key-period button").first.click()
    page.locator("[data-range-field=start] [data-type=day]").first.focus()
    page.keyboard.type("05")
    page.keyboard.press("Enter")


def preset(page: Page) -> None:
    """The last thirty days of the data, which end on 18 July."""
    page.locator(".st-key-period button").first.click()
    page.locator("button", has_text="Last 30 days").click()


@pytest.mark.parametrize(
    ("choose", "touch", "start", "end"),
    [
        (lambda page: pick(page, lambda place: place.click()), False, "2026-04-13", "2026-04-22"),
        (lambda page: pick(page, lambda place: place.tap()), True, "2026-04-13", "2026-04-22"),
        (by_keys, False, "2026-04-03", "2026-04-07"),
        (typed, False, "2026-04-05", "2026-06-30"),
        (preset, False, "2026-06-19", "2026-07-18"),
    ],
    ids=["mouse", "finger", "keys", "typed", "preset"],
)
def test_a_period_that_is_chosen_is_shown(
    choose: Callable[[Page], None], touch: bool, start: str, end: str, server: str, browser: Browser
) -> None:
    size = {"width": 390, "height": 844} if touch else {"width": 1440, "height": 900}
    with browser.new_context(viewport=size, has_touch=touch, is_mobile=touch, locale="en-GB") as context:
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        visit(page, f"{server}/csat?lang=en")
        becomes(page, lambda: dates(page), START)
        choose(page)
        becomes(page, lambda: dates(page), {"from": [start], "to": [end]})
        settled(page)
        page.go_back()
        becomes(page, lambda: dates(page), START)
