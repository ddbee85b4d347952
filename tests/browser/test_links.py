"""A link shows what its sender saw: on a cold server, after every kind of going to and fro, in another browser, in both languages."""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from metrics import dimension
from pages.frame.registry import ENTRIES
from pages.shared.session.site import Entry
from tests.browser.idle import settled, visit
from tests.browser.pages import COLD, address, becomes, follow, metric, shown_number, view

PERIOD = {"from": "2026-01-01", "to": "2026-03-31", "as_of": "2026-06-30"}
FILTERS = {
    **PERIOD,
    "vs": "none",
    **{each.code: "all" for each in dimension.FILTERS},
    "region": "East China",
    "lang": "en",
}
NPS_OPTIONS = {"by": "touchpoint", "weight": "no", "answered": "detractors"}


def nps_by_command_line(db: Path, *where: str) -> str:
    dates = ("--from", PERIOD["from"], "--to", PERIOD["to"], "--as-of", PERIOD["as_of"])
    chosen = [word for condition in where for word in ("--where", condition)]
    return f"{metric(db, 'nps', *dates, *chosen)['nps']:.1f}".replace("-", "\N{MINUS SIGN}")


def test_a_link_on_a_cold_server_shows_the_number_of_its_filters(own_server: str, demo_db: Path, page: Page) -> None:
    visit(page, f"{own_server}/nps?{urlencode(FILTERS)}")
    becomes(page, lambda: view(page), {name: [code] for name, code in {**FILTERS, **NPS_OPTIONS}.items()})
    becomes(page, lambda: shown_number(page, "NPS"), nps_by_command_line(demo_db, "region=East China"))


def opens_whole(page: Page, entry: Entry, server: str) -> None:
    visit(page, f"{server}/{address(entry)}?lang=zh")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit’s “Page not found”
    expect(page.get_by_test_id("stMainBlockContainer").get_by_role("heading").first).to_be_visible()
    expect(page.get_by_test_id("stTopNav")).to_be_visible()  # app.py has run, not the page alone
    becomes(page, lambda: view(page)["lang"], ["zh"])
    assert ("from" in view(page)) == entry.data


@pytest.mark.parametrize("entry", COLD, ids=lambda entry: entry.code)
def test_a_page_opens_whole_as_the_first_request_to_a_cold_server(entry: Entry, own_server: str, page: Page) -> None:
    opens_whole(page, entry, own_server)


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry not in COLD], ids=lambda entry: entry.code)
def test_every_other_page_opens_whole_as_the_first_of_a_visitor(entry: Entry, server: str, page: Page) -> None:
    opens_whole(page, entry, server)


def test_a_filter_survives_page_change_reload_back_and_another_browser(
    server: str, demo_db: Path, page: Page, browser: Browser
) -> None:
    start = {**FILTERS, "region": "all"}
    visit(page, f"{server}/nps?{urlencode(start)}")
    everywhere = shown_number(page, "NPS")

    page.locator(".st-key-regions button").first.click()
    page.get_by_role("button", name="East China", exact=True).click()
    settled(page)
    page.keyboard.press("Escape")
    kept = {name: [code] for name, code in FILTERS.items()}
    chosen = kept | {name: [code] for name, code in NPS_OPTIONS.items()}
    becomes(page, lambda: view(page), chosen)
    number = nps_by_command_line(demo_db, "region=East China")
    becomes(page, lambda: shown_number(page, "NPS"), number)
    assert number != everywhere

    becomes(page, lambda: page.evaluate("history.rapport"), True)
    entries = page.evaluate("history.length")
    follow(page, "Customers", "Retention")
    becomes(page, lambda: kept.items() <= view(page).items(), True)
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    settled(page)
    becomes(page, lambda: view(page), chosen)
    becomes(page, lambda: shown_number(page, "NPS"), number)

    page.reload()
    settled(page)
    becomes(page, lambda: view(page), chosen)
    becomes(page, lambda: shown_number(page, "NPS"), number)

    with browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}) as elsewhere:
        other = elsewhere.new_page()
        visit(other, page.url)
        becomes(other, lambda: view(other), chosen)
        becomes(other, lambda: shown_number(other, "NPS"), number)


@pytest.mark.parametrize(
    "pushed",
    [
        ["/retention", "/retention?a=1"],
        ["/nps?a=1", "/retention?a=1"],
    ],
    ids=["the page first", "its view first"],
)
def test_a_change_of_page_is_one_entry_in_the_history(server: str, page: Page, pushed: list[str]) -> None:
    visit(page, f"{server}/nps?{urlencode(FILTERS)}")
    becomes(page, lambda: page.evaluate("history.rapport"), True)  # the script of a component comes after what it draws
    before = page.evaluate("history.length")
    for place in pushed:
        page.evaluate("place => history.pushState({}, '', place)", place)
    assert page.evaluate("[history.length, location.pathname + location.search]") == [before + 1, pushed[-1]]
    page.evaluate("history.pushState({}, '', '/retention?a=2')")  # a change of the view is an entry of its own
    page.evaluate("history.pushState({}, '', '/upload')")  # and so is another page
    assert page.evaluate("history.length") == before + 3


def test_back_undoes_a_filter(server: str, page: Page) -> None:
    visit(page, f"{server}/nps?{urlencode({**FILTERS, 'region': 'all'})}")
    everywhere = shown_number(page, "NPS")
    page.locator(".st-key-regions button").first.click()
    page.get_by_role("button", name="East China", exact=True).click()
    becomes(page, lambda: view(page)["region"], ["East China"])
    settled(page)
    assert shown_number(page, "NPS") != everywhere
    page.go_back()
    settled(page)
    becomes(page, lambda: view(page)["region"], ["all"])
    becomes(page, lambda: shown_number(page, "NPS"), everywhere)


def test_the_language_changes_and_the_view_stays(server: str, page: Page) -> None:
    visit(page, f"{server}/nps?{urlencode(FILTERS)}")
    number = shown_number(page, "NPS")
    page.get_by_role("radio", name="中文").click()
    settled(page)
    becomes(page, lambda: view(page), {name: [code] for name, code in {**FILTERS, **NPS_OPTIONS, "lang": "zh"}.items()})
    expect(page.get_by_test_id("stTopNav")).to_contain_text("客户")
    becomes(page, lambda: shown_number(page, "净推荐值"), number)


def test_a_code_that_nobody_knows_is_named(server: str, page: Page) -> None:
    visit(page, f"{server}/nps?{urlencode({**FILTERS, 'region': 'Atlantis'})}")
    expect(page.get_by_test_id("stAlert")).to_contain_text("region=Atlantis")


def test_the_overview_opens_under_its_own_name_too(server: str, page: Page) -> None:
    visit(page, f"{server}/overview?{urlencode(FILTERS)}")
    expect(page.get_by_role("dialog")).to_have_count(0)
    becomes(page, lambda: view(page), {name: [code] for name, code in {**FILTERS, "cards": "auto"}.items()})
