"""The layers around the app: who is turned away, and the way through the identity provider and back."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.testclient import TestClient
from starlette.types import Message

from data.people.access import Person, Role
from pages.shared.serving import guard, return_to
from pages.shared.serving.guard import Guard
from pages.shared.serving.return_to import ReturnTo
from pages.shared.session import auth, once

ROOT = Path(__file__).parents[4]
UPLOAD = "/_stcore/upload_file/session/file"


def as_mode(monkeypatch: pytest.MonkeyPatch, mode: auth.Mode, person: Person | None = None) -> None:
    monkeypatch.setattr(auth, "mode", lambda: mode)
    monkeypatch.setattr(auth, "person_of", lambda _claims: person)
    monkeypatch.setattr(guard, "claims", lambda _connection: {"sub": "x"})


def ask(
    app: object,
    *,
    host: str,
    server: str,
    path: str = "/",
    kind: str = "http",
    method: str = "GET",
    origin: str | None = None,
) -> Message:
    """The first message that an app answers to a request that came in at `server` under the name `host`."""
    told = [(b"origin", origin.encode())] if origin is not None else []
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "headers": [(b"host", host.encode()), *told],
        "server": (server, 8501),
        "query_string": b"",
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request" if kind == "http" else "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))  # type: ignore[operator]
    return sent[0]


async def inner(scope, receive, send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await PlainTextResponse("inside")(scope, receive, send)


@pytest.mark.parametrize(
    ("host", "server", "inside"),
    [
        ("127.0.0.1:8501", "127.0.0.1", True),
        ("localhost:8501", "127.0.0.1", True),
        ("[::1]:8501", "::1", True),
        ("localhost", "/run/rapport.sock", True),
        ("127.0.0.1:8501", "192.168.1.7", False),  # listens elsewhere too
        ("192.168.1.7:8501", "192.168.1.7", False),
        ("rapport.example.com", "127.0.0.1", False),  # a proxy in front, or a name that points here
        ("127.0.0.1.evil.test", "127.0.0.1", False),
        ("", "127.0.0.1", False),
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_without_sign_in_this_machine_alone_is_served(
    monkeypatch, host: str, server: str, inside: bool, kind: str
) -> None:
    as_mode(monkeypatch, auth.Mode.LOCAL)
    first = ask(Guard(inner), host=host, server=server, kind=kind)
    if kind == "http":
        assert first["status"] == (200 if inside else 403)
    else:
        assert first["type"] == ("websocket.accept" if inside else "websocket.close")


VIEWER, ANALYST = Person("v", Role.VIEWER), Person("a", Role.ANALYST)


@pytest.mark.parametrize(
    ("mode", "person", "method", "status"),
    [
        (auth.Mode.SIGN_IN, None, "PUT", 403),
        (auth.Mode.SIGN_IN, None, "DELETE", 403),
        (auth.Mode.SIGN_IN, None, "POST", 403),
        (auth.Mode.SIGN_IN, VIEWER, "PUT", 403),
        (auth.Mode.SIGN_IN, ANALYST, "PUT", 200),
        (auth.Mode.OPEN, None, "PUT", 403),
        (auth.Mode.OPEN, ANALYST, "PUT", 403),  # nobody signs in there
        (auth.Mode.SIGN_IN, None, "OPTIONS", 200),
    ],
)
def test_uploads_are_for_who_may_change_the_data(monkeypatch, mode, person, method: str, status: int) -> None:
    as_mode(monkeypatch, mode, person)
    first = ask(Guard(inner), host="rapport.example.com", server="10.0.0.2", path=UPLOAD, method=method)
    assert first["status"] == status
    assert ask(Guard(inner), host="rapport.example.com", server="10.0.0.2", path="/nps")["status"] == 200


def provider(location: str):
    """What Streamlit answers on its way through the provider."""

    async def app(scope, receive, send) -> None:
        await RedirectResponse(location, status_code=302)(scope, receive, send)

    return TestClient(ReturnTo(app), base_url="http://localhost", follow_redirects=False)


@pytest.mark.parametrize(
    ("referer", "place"),
    [
        ("http://localhost/nps?region=East+China&lang=zh", "/nps?region=East+China&lang=zh"),
        ("http://localhost/", "/"),
        ("http://localhost/value?a=%2F%2Fevil.test", "/value?a=%2F%2Fevil.test"),
        ("http://evil.test/nps", "/"),
        ("http://localhost//evil.test/", "/"),
        ("http://localhost/\\evil.test", "/"),
        ("http://localhost/" + "x" * 4000, "/"),
        ("", "/"),
    ],
)
def test_after_sign_in_people_are_where_they_were(monkeypatch, referer: str, place: str) -> None:
    client = provider("https://provider.test/authorize")
    answer = client.get("/auth/login", headers={"referer": referer} if referer else {})
    assert answer.headers["location"] == "https://provider.test/authorize"
    cookies = answer.headers.get("set-cookie", "")
    back = provider("/")
    if cookies:
        assert "HttpOnly" in cookies
        name, value = cookies.partition(";")[0].split("=", 1)
        back.cookies.set(name, value)
    answer = back.get("/oauth2callback?code=1")
    assert answer.headers["location"] == place


@pytest.mark.parametrize(
    "place", ["//evil.test", "https://evil.test", "/\\evil.test", "/a\r\nset-cookie: x=1", "evil", "/a\0", "/净推荐值"]
)
def test_a_forged_cookie_sends_nobody_elsewhere(place: str) -> None:
    from urllib.parse import quote

    back = provider("/")
    back.cookies.set(return_to.RETURN_COOKIE, quote(place, safe=""))
    assert back.get("/oauth2callback").headers["location"] == "/"


def test_signing_out_ends_the_sign_in_for_good(monkeypatch) -> None:
    ended: list[str] = []
    monkeypatch.setattr(return_to, "claims", lambda _request: {"sub": "x", "iat": 1})
    monkeypatch.setattr(return_to, "store", lambda: None)
    monkeypatch.setattr(return_to.sign_ins, "end", lambda _store, name: ended.append(name))
    provider("/").get("/auth/logout")
    assert ended == [return_to.sign_ins.fingerprint({"iat": 1, "sub": "x"})]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}, "does not serve 0.0.0.0 without sign-in"),
        ({"RAPPORT_OPEN": "edit"}, "RAPPORT_OPEN can be “view” or “no”"),
        ({"RAPPORT_FISCAL_YEAR_MONTH": "13"}, "RAPPORT_FISCAL_YEAR_MONTH must be a month from 1 to 12, but is “13”."),
        ({"RAPPORT_WEEK_DAY": "friday"}, "RAPPORT_WEEK_DAY can be “sunday” or “monday”, but is “friday”."),
        ({"RAPPORT_SESSION_HOURS": "0"}, "RAPPORT_SESSION_HOURS must be a whole number above 0"),
        ({"RAPPORT_ACCESS": "pyproject.toml"}, "“project” is not known there"),
    ],
)
def test_unsafe_settings_end_the_start_with_one_sentence(settings: dict[str, str], said: str) -> None:
    import os

    started = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "asgi.py", "--server.port", "0"],
        cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert started.returncode != 0
    assert said in started.stdout + started.stderr
    assert "Traceback" not in started.stderr


@pytest.mark.parametrize(
    ("origin", "opened"),
    [
        (None, True),  # no browser
        ("https://rapport.example.com", True),
        ("http://rapport.example.com", True),
        ("https://evil.test", False),
        ("https://rapport.example.com.evil.test", False),
        ("https://rapport.example.com:8443", False),
        ("https://localhost", False),
        ("null", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("mode", [auth.Mode.SIGN_IN, auth.Mode.OPEN])
def test_a_page_of_another_site_opens_no_session(
    monkeypatch, origin: str | None, opened: bool, mode: auth.Mode
) -> None:
    as_mode(monkeypatch, mode)
    first = ask(Guard(inner), host="rapport.example.com", server="10.0.0.2", kind="websocket", origin=origin)
    assert first["type"] == ("websocket.accept" if opened else "websocket.close")


def test_what_every_page_needs_is_there_before_the_first_visitor_and_left_alone_by_the_collector(run_python) -> None:
    said = run_python(
        "import gc, sys\n"
        "from pages.frame.registry import ENTRIES\n"
        "from pages.frame.start import warm\n"
        "warm()\n"
        "print(all(entry.module in sys.modules for entry in ENTRIES), gc.get_freeze_count() > 9 * len(gc.get_objects()))"
    )
    assert said.stdout.split() == ["True", "True"]


def test_the_secrets_file_is_looked_for_once_in_a_run(monkeypatch) -> None:
    looked = []
    monkeypatch.setattr(type(st.secrets), "load_if_toml_exists", lambda _secrets: bool(looked.append("x")))
    with once.run():
        for _ in range(10):
            assert (auth.providers(), auth.mode()) == ([], auth.Mode.LOCAL)
    assert len(looked) == 1
    with once.run():
        assert auth.mode() is auth.Mode.LOCAL
    assert len(looked) == 2
