"""Hostile requests to the server as it is deployed: paths, links, messages of the protocol; and hostile data in a real browser."""

import datetime as dt
import http.client
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from data.store.store import Store
from pages.frame.registry import ENTRIES
from tests.browser.chromium import launch
from tests.browser.idle import PATIENCE_MS, settled, visit
from tests.browser.pages import address
from tests.browser.server import ROOT, serve
from tests.data.rows import nps, order, take
from tests.hostile.inputs import PATHS, TEXTS

pytestmark = pytest.mark.browser
SOURCE = ("import streamlit", "def page(", "root:", "BEGIN PRIVATE", "client_secret", "[roles]", "DUCK")
SHOWN = {name: text.replace("\0", "")[:300] for name, text in TEXTS.items()}


@pytest.fixture(scope="module")
def hostile_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose every name and comment is hostile: each text is a region, a tier, a touchpoint, a customer and a comment."""
    db = tmp_path_factory.mktemp("hostile") / "hostile.duckdb"
    people, orders, answers, tiers = [], [], [], []
    for place, text in enumerate(SHOWN.values()):
        for copy in range(2):
            who = f"{text[:40]} {place} {copy}"
            people.append({"customer_id": who, "region": text, "acquisition_channel": text})
            orders += [
                order(f"{place} {copy} {month}", who, f"2026-0{month}-05", 10 + place, channel=text)
                for month in (1, 3, 5)
            ]
            answers.append(
                nps(f"{place} {copy}", who, "2026-05-10", place % 11, comment=text, touchpoint=text, region=text)
            )
            low = {"survey": "csat", "score": 1.0, "scale_low": 1.0, "scale_high": 5.0}
            answers.append(nps(f"{place} {copy} low", who, "2026-05-11", 1, comment=text, touchpoint=text) | low)
            tiers.append({"customer_id": who, "tier": text, "effective_on": dt.date(2026, 1, 1)})
    with Store.open(db) as store:
        take(store, name=SHOWN["Markdown image"], members=people, orders=orders, feedback=answers, tier_changes=tiers)
        take(store, name=SHOWN["script"], orders=[order("x", "y", "2026-06-30", 1)])
    return db


@pytest.fixture(scope="module")
def attacked(hostile_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with hostile data; nothing that was asked of it may have ended it."""
    folder = tmp_path_factory.mktemp("attacked")
    with serve(Path(shutil.copy(hostile_db, folder)), folder / "log") as running:
        yield running.address
        assert get(running.address, "/_stcore/health")[0] == 200


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def get(server: str, path: str, method: str = "GET", **headers: str) -> tuple[int, str, dict[str, str]]:
    """Status, body and headers of a request whose path goes out as it is written here."""
    with closing(http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)) as connection:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        with connection.getresponse() as answer:
            return answer.status, answer.read().decode("utf-8", "replace"), dict(answer.getheaders())


@pytest.mark.parametrize("name", PATHS)
def test_a_hostile_path_gives_no_file_of_the_server(name: str, attacked: str) -> None:
    status, body, headers = get(attacked, PATHS[name])
    assert status in (200, 301, 302, 307, 400, 403, 404, 405)
    assert [word for word in SOURCE if word in body] == []
    assert "pwned" not in "".join(name + value for name, value in headers.items() if name.lower() == "set-cookie")
    if status in (301, 302, 307):
        assert not urlsplit(headers["location"]).netloc.endswith("evil.test")


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "TRACE"])
def test_no_method_writes_where_nobody_asked(method: str, attacked: str) -> None:
    status, body, _ = get(attacked, "/_stcore/upload_file/nobody/x", method)
    assert status in (400, 403, 404, 405)
    assert "Traceback" not in body


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.test"}, {"Host": "rapport.example.com"}, {"Host": "127.0.0.1.evil.test:80"}],
    ids=lambda headers: headers["Host"],
)
def test_a_name_that_was_made_to_point_here_is_not_answered(headers: dict[str, str], attacked: str) -> None:
    assert get(attacked, "/", **headers)[0] == 403


def _message(*, query: str = "", widget: str = "", page: str = "") -> bytes:
    """What a browser sends to have the script run."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_script_hash = page
    if widget:
        message.rerun_script.widget_states.widgets.add(id=widget, trigger_value=True)
    encoded: bytes = message.SerializeToString()
    return encoded


MESSAGES = {
    "rubbish": b"\xff" * 64,
    "nothing": b"",
    "widget that is not there": _message(widget="history.undo.1"),
    "page that is not there": _message(page="../../etc/passwd"),
    **{
        f"query: {name}": _message(query=urlencode({"region": text, "as_of": text, "lang": text, "link": text}))
        for name, text in SHOWN.items()
    },
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_hostile_message_ends_its_own_session_at_most(name: str, attacked: str) -> None:
    line = attacked.replace("http", "ws") + "/_stcore/stream"
    with connect(line, subprotocols=["streamlit"], origin=attacked, max_size=None) as session:
        session.send(MESSAGES[name])
        try:
            answer = session.recv(timeout=5)
            assert b"root:" not in (answer if isinstance(answer, bytes) else answer.encode())
        except (TimeoutError, ConnectionClosed):
            pass
    assert get(attacked, "/_stcore/health")[0] == 200


def test_a_page_of_another_site_opens_no_session(attacked: str) -> None:
    line = attacked.replace("http", "ws") + "/_stcore/stream"
    with pytest.raises(Exception, match="403"), connect(line, subprotocols=["streamlit"], origin="http://evil.test"):
        pass


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_hostile_data_are_shown_as_text(entry, attacked: str, chromium: Browser) -> None:
    """Nothing runs, nothing is loaded from elsewhere, no link or picture is made of data, and the page stands."""
    asked: list[str] = []
    with chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB") as context:
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: pytest.fail(f"A dialog opened: {dialog.message}"))
        visit(page, f"{attacked}/{address(entry)}?lang=en&by=region&value_by=region&split=region")
        expect(page.get_by_test_id("stException")).to_have_count(0)
        for popover in ("regions", "tiers", "more"):
            button = page.locator(f".st-key-{popover} button").first
            if button.count():
                button.click()
                settled(page)
                page.keyboard.press("Escape")
        assert page.evaluate("window.pwned") is None
        made = page.evaluate(
            """() => [...document.querySelectorAll('a[href*="evil"], img[src*="evil"], [onerror], [onload], a[href^="javascript"]')]
                .map(element => element.outerHTML.slice(0, 200))"""
        )
        assert made == []
        assert page.locator(".katex").count() == 0
    foreign = {urlsplit(url).netloc for url in asked if url.startswith("http")} - {urlsplit(attacked).netloc}
    assert foreign == set()


PARAMETERS = ("region", "tier", "channel", "from", "to", "as_of", "vs", "lang", "by")


def test_hostile_links_name_what_is_unknown_and_leave_the_page_whole(attacked: str, chromium: Browser) -> None:
    with chromium.new_context(locale="en-GB") as context:
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        for text in (
            SHOWN[name] for name in ("script", "Markdown image", "SQL that widens", "path", "line breaks", "template")
        ):
            query = "&".join(f"{name}={quote('no such ' + text)}" for name in PARAMETERS)
            visit(page, f"{attacked}/nps?{query}")
            expect(page.get_by_test_id("stException")).to_have_count(0)
            expect(page.get_by_test_id("stAlert").first).to_be_visible()
            assert page.evaluate("window.pwned") is None
            assert page.locator('a[href*="evil"], img[src*="evil"]').count() == 0


def test_the_command_line_of_another_process_reads_nothing_while_the_app_runs(attacked: str, hostile_db: Path) -> None:
    """The table of conditions, against a copy: what a shell hands over is never run."""
    for text in ("SQL that drops", "shell", "path"):
        done = subprocess.run(
            [sys.executable, "-m", "data.metric", "nps", "--db", str(hostile_db), "--set", f"weighted={SHOWN[text]}"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
    assert not Path("/tmp/pwned").exists()
