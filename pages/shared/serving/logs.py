"""Logs for machines: a JSON object per line, without anything that could name a person.

What a record says is decided before any handler sees it. Rapport's own loggers give a fixed text and fields; of other libraries, whose
texts hold whatever they work on, only who spoke and where is kept. Errors give their types and the places in the code, no message and no
value.
"""

import datetime as dt
import json
import logging
import secrets
import sys
import time
import traceback
from collections.abc import Mapping
from types import TracebackType

import streamlit as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.logger import update_formatter

from pages.shared.session import site
from pages.shared.words.texts import _

LOG = logging.getLogger("rapport.requests")
PAGE_FAILED, REQUEST = "A page failed", "request"
OURS = "rapport"
QUIET = ("/static/", "/_stcore/health", "/_stcore/script-health-check")
INNER = ("stream", "upload_file", "host-config", "metrics", "agent")
OUTER = ("", "auth", "oauth2callback", "media", "component")

ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class SafeRecord(logging.LogRecord):
    """A record whose message is the line to print, and which holds nothing else."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.msg, self.args = line(self), None
        self.exc_info, self.exc_text, self.stack_info = None, None, None


def configure() -> None:
    """Have everything that this process logs go to the standard output as such lines."""
    logging.setLogRecordFactory(SafeRecord)
    logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(message)s", force=True)
    logging.getLogger(OURS).setLevel(logging.INFO)
    config.set_option("logger.messageFormat", "%(message)s")  # Streamlit gives each of its loggers a handler
    config.set_option("logger.enableRich", False)  # would print errors itself, values and all
    update_formatter()


def line(record: logging.LogRecord) -> str:
    """The JSON of a record."""
    ours = record.name.partition(".")[0] == OURS
    told: dict[str, object] = {
        "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": record.msg.partition(":")[0] if ours else f"{record.filename}:{record.lineno}",
    }
    if ours and isinstance(record.args, Mapping):
        told |= record.args
    if record.exc_info and record.exc_info[1]:
        told |= {"error": _kinds(record.exc_info[1]), "trace": _places(record.exc_info[2])}
    return json.dumps(told, ensure_ascii=False, default=str)


def _kinds(error: BaseException) -> str:
    """The types of an error and of what caused it."""
    kinds: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(kinds) < 5:
        kinds.append(type(seen).__name__)
        seen = seen.__cause__
    return " from ".join(kinds)


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def show_failure(error: Exception) -> bool:
    """In the place of a page that failed: one sentence, and a reference that is in the log too. For st.App(on_script_error=…)."""
    reference = secrets.token_hex(4)
    LOG.error(PAGE_FAILED, {"reference": reference}, exc_info=error)
    said = _(
        "This page could not be shown, because of a fault in Rapport. Tell the administrator this reference: {reference}"
    )
    st.error(said.format(reference=reference), icon=":material/error:")
    return True


class RequestLog:
    """One line per request: its place without what comes after it, status and duration. The query holds filters and is not told."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(QUIET) or not LOG.isEnabledFor(logging.INFO):
            await self.app(scope, receive, send)
            return
        begun, status = time.monotonic(), 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        finally:
            took = round(1000 * (time.monotonic() - begun))
            told = {"method": scope["method"], "path": place(scope["path"]), "status": status, "duration_ms": took}
            LOG.info(REQUEST, told)


def place(path: str) -> str:
    """The part of a path that is ours; what a visitor wrote, or an id, is not told."""
    first, _slash, rest = path.strip("/").partition("/")
    if first == "_stcore":
        inner = rest.partition("/")[0]
        return f"/_stcore/{inner}" if inner in INNER else "/_stcore/…"
    return f"/{first}" if first in OUTER or site.entry(first) else "/…"
