"""Logs for machines hold no personal data, whatever was logged and by whom."""

import json
import subprocess
from collections.abc import Callable

import pytest

from pages.frame.registry import ENTRIES
from pages.shared.serving.logs import place
from pages.shared.session import site

MEI = "mei.lin@example.com"
SAID = """
import logging, sys, asyncio
import streamlit as st
from streamlit.logger import get_logger
from pages.shared.serving.logs import RequestLog, configure
early = get_logger("streamlit.early")
configure()
late = get_logger("streamlit.late")
MEI = sys.argv[1]
early.error("early " + MEI)
late.warning("late %s", MEI, exc_info=ValueError(MEI))
logging.getLogger("uvicorn.error").error("GET /?email=" + MEI)
logging.getLogger("rapport.access").error("The access file is not understood: %(reason)s", {"reason": "roles.x is not known"})
logging.getLogger("rapport.other").error("%s was here", MEI)
logging.getLogger("rapport.quiet").debug("nothing")
try:
    try:
        int(MEI)
    except ValueError as error:
        raise RuntimeError(f"no number: {MEI}") from error
except RuntimeError:
    logging.getLogger("rapport.pages").exception("a page failed", extra={"customer": MEI})

async def inner(scope, receive, send):
    await send({"type": "http.response.start", "status": 404, "headers": []})

async def ask(path):
    async def send(message): pass
    await RequestLog(inner)({"type": "http", "method": "GET", "path": path, "query_string": MEI.encode()}, None, send)

from pages.frame.registry import ENTRIES
from pages.shared.session import site
site.know(ENTRIES)
for path in ("/nps", "/" + MEI, "/_stcore/upload_file/" + MEI, "/static/x.js"):
    asyncio.run(ask(path))
"""


@pytest.fixture(scope="module")
def said(run_python: Callable[..., subprocess.CompletedProcess[str]]) -> list[dict]:
    """Every line that the process above printed."""
    run = run_python(SAID, MEI)
    assert "mei" not in (run.stdout + run.stderr).lower()
    return [json.loads(text) for text in (run.stdout + run.stderr).splitlines()]


def of(said: list[dict], logger: str) -> list[dict]:
    return [entry for entry in said if entry["logger"] == logger]


def test_other_libraries_say_who_and_where_alone(said: list[dict]) -> None:
    (early,), (late,), (server,) = (of(said, name) for name in ("streamlit.early", "streamlit.late", "uvicorn.error"))
    assert (early["level"], early["event"]) == ("error", "<string>:10")
    assert (late["level"], late["error"]) == ("warning", "ValueError")
    assert server["event"] == "<string>:12"
    assert set(early) == {"time", "level", "logger", "event"}


def test_our_own_loggers_say_a_fixed_text_and_fields(said: list[dict]) -> None:
    (access,) = of(said, "rapport.access")
    assert (access["event"], access["reason"]) == ("The access file is not understood", "roles.x is not known")
    (other,) = of(said, "rapport.other")
    assert other["event"] == "%s was here"
    assert of(said, "rapport.quiet") == []


def test_an_error_says_its_kinds_and_places_and_no_value(said: list[dict]) -> None:
    (failed,) = of(said, "rapport.pages")
    assert failed["error"] == "RuntimeError from ValueError"
    assert failed["trace"] == ["<string>:20 <module>"]


def test_a_request_is_a_line_with_place_status_and_duration(said: list[dict]) -> None:
    requests = of(said, "rapport.requests")
    assert [(entry["path"], entry["status"]) for entry in requests] == [
        ("/nps", 404),
        ("/…", 404),
        ("/_stcore/upload_file", 404),
    ]
    assert all(entry["duration_ms"] >= 0 and entry["event"] == "request" for entry in requests)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/", "/"),
        ("/nps", "/nps"),
        ("/nps/mei@example.com", "/nps"),
        ("/media/0a1b.csv", "/media"),
        ("/_stcore/stream", "/_stcore/stream"),
        ("/_stcore/mei", "/_stcore/…"),
        ("/~mei", "/…"),
        ("//evil.test/x", "/…"),
    ],
)
def test_of_a_path_only_what_is_ours_is_told(path: str, told: str) -> None:
    site.know(ENTRIES)
    assert place(path) == told
