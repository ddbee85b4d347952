"""Signing in at a real provider, in a real browser: the way to a deep link, what each person reaches, and the way out."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pages.frame.registry import ENTRIES
from pages.shared.session.site import Entry
from tests.browser.idle import settled, visit
from tests.browser.pages import COLD, address, becomes, metric, shown_number, view
from tests.browser.provider import serve_with_sign_in, sign_in

FILTERS = {"from": "2026-01-01", "to": "2026-03-31", "as_of": "2026-06-30", "vs": "none", "region": "West China"}
DATES = ("--from", "2026-01-01", "--to", "2026-03-31", "--as-of", "2026-06-30")


@pytest.fixture(scope="module")
def guarded(demo_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server where people sign in."""
    folder = tmp_path_factory.mktemp("guarded")
    with serve_with_sign_in(Path(shutil.copy(demo_db, folder)), folder) as running:
        yield running.address


def nps(db: Path, *where: str) -> str:
    return f"{metric(db, 'nps', *DATES, *where)['nps']:.1f}".replace("-", "\N{MINUS SIGN}")


def shows_nothing(page: Page, entry: Entry, server: str) -> None:
    visit(page, f"{server}/{address(entry)}?lang=en")
    expect(page.get_by_role("heading", name="Sign in to see the numbers")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_role("heading")).to_have_count(1)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("[data-testid=stPlotlyChart], [data-testid=stDataFrame], input[type=file]")).to_have_count(0)


@pytest.mark.parametrize("entry", COLD, ids=lambda entry: entry.code)
def test_a_cold_server_shows_nothing_before_sign_in(entry: Entry, demo_db: Path, tmp_path: Path, page: Page) -> None:
    with serve_with_sign_in(Path(shutil.copy(demo_db, tmp_path)), tmp_path) as cold:
        shows_nothing(page, entry, cold.address)


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry not in COLD], ids=lambda entry: entry.code)
def test_no_other_page_shows_anything_before_sign_in(entry: Entry, guarded: str, page: Page) -> None:
    shows_nothing(page, entry, guarded)


def test_a_deep_link_leads_through_sign_in_to_its_view_and_signing_out_ends_it(
    guarded: str, demo_db: Path, page: Page, context: BrowserContext, browser: Browser
) -> None:
    link = f"{guarded}/nps?{urlencode({**FILTERS, 'lang': 'en'})}"
    visit(page, link)
    sign_in(page, "vic@example.com")
    becomes(page, lambda: FILTERS.items() <= {name: codes[0] for name, codes in view(page).items()}.items(), True)
    becomes(page, lambda: shown_number(page, "NPS"), nps(demo_db, "--where", "region=West China"))

    cookies = context.cookies()
    second = context.new_page()
    visit(second, link)
    expect(second.get_by_role("heading", name="NPS").first).to_be_visible()

    page.locator(".st-key-account button").first.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/nps" not in url)  # the provider may ask once more: the app is closed either way
    visit(page, link)
    expect(page.get_by_role("heading", name="Sign in to see the numbers")).to_be_visible()
    second.locator(".st-key-regions button").first.click()  # a tab that was open all the time
    second.get_by_role("button", name="East China", exact=True).click()
    expect(second.get_by_role("heading", name="Sign in to see the numbers")).to_be_visible()
    second.close()

    with browser.new_context(locale="en-GB") as thief:  # who copied the cookie has nothing of it
        thief.add_cookies(cookies)
        stolen = thief.new_page()
        visit(stolen, link)
        expect(stolen.get_by_role("heading", name="Sign in to see the numbers")).to_be_visible()


def test_a_viewer_reaches_neither_upload_nor_undo_nor_customers(
    guarded: str, page: Page, context: BrowserContext
) -> None:
    visit(page, f"{guarded}/churn?lang=en")
    sign_in(page, "vic@example.com")
    expect(page.get_by_role("heading").first).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    for code in ("upload", "history"):
        visit(page, f"{guarded}/{code}?lang=en")
        expect(page.get_by_text("This page is not open to you")).to_be_visible()
        expect(page.locator("input[type=file]")).to_have_count(0)
    for method in ("put", "delete"):
        answer = getattr(context.request, method)(f"{guarded}/_stcore/upload_file/any/any", data=b"x")
        assert answer.status == 403
        assert answer.text() == "You may not upload here. Sign in as someone who may."


def test_the_signed_out_cannot_put_a_file_into_memory(guarded: str, context: BrowserContext) -> None:
    answer = context.request.put(f"{guarded}/_stcore/upload_file/any/any", data=b"x" * 1000)
    assert answer.status == 403


def test_a_person_of_one_region_sees_it_alone(guarded: str, demo_db: Path, page: Page) -> None:
    visit(page, f"{guarded}/nps?{urlencode({**FILTERS, 'lang': 'en'})}")
    sign_in(page, "eva@example.com")
    expect(page.get_by_text("This link names what is not known here")).to_be_visible()
    becomes(page, lambda: shown_number(page, "NPS"), nps(demo_db, "--where", "region=East China"))
    expect(page.get_by_text("West China", exact=True)).to_have_count(0)


def test_someone_without_a_role_is_told_whom_to_ask(guarded: str, page: Page) -> None:
    visit(page, f"{guarded}/nps?lang=en")
    sign_in(page, "mallory@elsewhere.test")
    expect(page.get_by_role("heading", name="You have no access yet")).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(0)
    settled(page)
