"""Charts name colours by token; the browser must have painted all of them, in light and in dark."""

import re

import pytest
from playwright.sync_api import Browser

from pages.frame.registry import ENTRIES
from pages.shared.model.theme import background
from tests.browser.idle import visit
from tests.browser.pages import address

# what a token looks like where nobody replaced it: #0000xx in the figure, rgb(0, 0, xx) once the browser has read it
TOKEN = re.compile(r"[#]0000\d\d\b|rgba?\(0, 0, ([1-9]|[1-9]\d)[,)]")


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.data], ids=lambda entry: entry.code)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_token_is_painted(entry, theme, server: str, browser: Browser) -> None:
    with browser.new_context(color_scheme=theme, locale="en-GB") as context:
        page = context.new_page()
        visit(page, f"{server}/{address(entry)}")
        page.wait_for_selector(".js-plotly-plot .main-svg")
        drawn = page.locator(".js-plotly-plot .main-svg").evaluate_all(
            "parts => parts.map(part => part.outerHTML).join()"
        )
        body = page.locator("[data-testid=stApp]").evaluate("app => getComputedStyle(app).backgroundColor")
    assert TOKEN.search(drawn) is None
    red, green, blue = (int(background(theme)[place : place + 2], 16) for place in (1, 3, 5))
    assert body == f"rgb({red}, {green}, {blue})"
