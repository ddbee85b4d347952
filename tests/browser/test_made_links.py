"""Links that are made, opened by others and withdrawn, through a real sign-in and in real browsers."""

import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.idle import settled, visit
from tests.browser.pages import becomes, shown_number, view
from tests.browser.provider import serve_with_sign_in, sign_in

VIEW = "from=2026-01-01&to=2026-03-31&as_of=2026-06-30&vs=none&region=East+China&lang=en"


@pytest.fixture
def stranger(browser: Browser):
    """A tab of someone else, who never signed in."""
    with browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB") as context:
        context.set_default_timeout(60_000)
        yield context.new_page()


def made(page: Page) -> str:
    """The address in the field of a link just made."""
    field = page.get_by_label("The link", exact=True)
    expect(field).to_be_visible()
    address = field.input_value()
    assert len(address) < 200
    return address


def test_a_public_link_needs_no_sign_in_shows_only_its_page_and_ends_when_withdrawn(
    demo_db: Path, tmp_path: Path, page: Page, stranger: Page
) -> None:
    with serve_with_sign_in(Path(shutil.copy(demo_db, tmp_path)), tmp_path) as server:
        visit(page, f"{server.address}/nps?{VIEW}")
        sign_in(page, "ada@example.com")
        becomes(page, lambda: view(page).get("region"), ["East China"])
        number = shown_number(page, "NPS")
        page.get_by_role("button", name="Share").click()
        page.get_by_role("button", name="Create a public link").click()
        page.get_by_role("button", name="Create the link").click()
        address = made(page)
        token = parse_qs(urlsplit(address).query)["link"][0]

        visit(stranger, f"{server.address}/nps")
        expect(stranger.get_by_role("heading", name="Sign in to see the numbers")).to_be_visible()
        visit(stranger, address)
        becomes(stranger, lambda: shown_number(stranger, "NPS"), number)
        assert view(stranger) == {"link": [token], "lang": ["en"]}
        expect(stranger.get_by_test_id("stTopNavSection")).to_have_count(0)
        expect(stranger.locator(".st-key-regions")).to_have_count(0)
        expect(stranger.get_by_text("Comments", exact=False)).to_have_count(0)

        visit(stranger, f"{address}&region=West+China&from=2025-01-01&to=2025-12-31")
        becomes(stranger, lambda: shown_number(stranger, "NPS"), number)
        visit(stranger, f"{server.address}/retention?link={token}")
        expect(stranger.get_by_text("This link does not open this page")).to_be_visible()
        stranger.get_by_role("button", name="Open the page of the link").click()
        settled(stranger)
        becomes(stranger, lambda: shown_number(stranger, "NPS"), number)
        refused = httpx.put(f"{server.address}/_stcore/upload_file/any/file?link={token}", content=b"x")
        assert refused.status_code == 403

        visit(page, f"{server.address}/links?lang=en")
        page.get_by_role("button", name="Withdraw").click()
        page.get_by_role("button", name="Withdraw the link").click()
        expect(page.get_by_text("The link is withdrawn.")).to_be_visible()
        for place in (address, f"{server.address}/nps?link={token}x"):
            visit(stranger, place)
            expect(stranger.get_by_role("heading", name="This link")).to_be_visible()
            expect(stranger.locator("article.card")).to_have_count(0)
            expect(stranger.get_by_test_id("stTopNavSection")).to_have_count(0)


def test_a_pinned_link_survives_sign_in_back_and_reload_and_is_left_by_its_button(
    demo_db: Path, tmp_path: Path, page: Page, stranger: Page
) -> None:
    with serve_with_sign_in(Path(shutil.copy(demo_db, tmp_path)), tmp_path) as server:
        visit(page, f"{server.address}/nps?{VIEW}")
        sign_in(page, "vic@example.com")
        becomes(page, lambda: view(page).get("region"), ["East China"])
        number = shown_number(page, "NPS")
        page.get_by_role("button", name="Share").click()
        page.get_by_role("button", name="Create a pinned link").click()
        address = made(page)

        visit(stranger, address)
        expect(stranger.get_by_role("heading", name="Sign in to see the numbers")).to_be_visible()
        sign_in(stranger, "bo@example.com")
        becomes(stranger, lambda: shown_number(stranger, "NPS"), number)
        arrived = view(stranger)
        assert (arrived["link"], arrived["region"]) == (parse_qs(urlsplit(address).query)["link"], ["East China"])

        stranger.locator(".st-key-regions button").first.click()
        stranger.get_by_test_id("stPopoverBody").get_by_role("button", name="East China").click()
        becomes(stranger, lambda: view(stranger)["region"], ["all"])
        stranger.go_back()
        settled(stranger)
        becomes(stranger, lambda: view(stranger), arrived)
        stranger.reload()
        settled(stranger)
        becomes(stranger, lambda: view(stranger), arrived)
        becomes(stranger, lambda: shown_number(stranger, "NPS"), number)

        stranger.get_by_role("button", name="Show today’s numbers").click()
        becomes(stranger, lambda: "link" in view(stranger), False)
        settled(stranger)
        expect(stranger.get_by_role("button", name="Share")).to_be_visible()
        assert view(stranger)["region"] == ["East China"]
