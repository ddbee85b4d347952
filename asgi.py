"""What is served: app.py behind compression and security headers. `make run` and every deployment start this file.

`streamlit run asgi.py` listens where .streamlit/config.toml says: 127.0.0.1:8501, unless STREAMLIT_SERVER_PORT says
otherwise.
"""

from pathlib import Path
from typing import Final

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.pages_manager import PagesManager

SECURITY_HEADERS: Final = {
    # Nothing is loaded from or sent to another host. Streamlit and Plotly write styles and start scripts inline,
    # components come as blobs.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob: data:; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    ),
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",  # a link holds the filters: other sites need not see them
    "X-Content-Type-Options": "nosniff",
}


class SecurityHeaders:
    """Adds SECURITY_HEADERS to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Compression:
    """Gzip for all answers; those that the server calls immutable are compressed once and kept (8 MB for all).

    Streamlit sends its scripts as they are, since compressing them for each visitor would cost half a second of a core.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.compressed = GZipMiddleware(app, minimum_size=500, compresslevel=9)
        self.kept: dict[str, list[Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _may_be_kept(scope):
            await self.compressed(scope, receive, send)
            return
        path = scope["path"]
        if path not in self.kept:
            messages = await self._answer(scope, receive)
            if not (messages and _is_immutable(messages[0]) and _is_whole(messages)):
                await _send_all(messages, send)
                return
            self.kept[path] = messages
        await _send_all(self.kept[path], send)

    async def _answer(self, scope: Scope, receive: Receive) -> list[Message]:
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await self.compressed(scope, receive, collect)
        return messages


def _may_be_kept(scope: Scope) -> bool:
    """A plain request for one of Streamlit's own files, whole, by a browser that takes gzip."""
    if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/static/"):
        return False
    headers = Headers(scope=scope)
    conditional = any(name in headers for name in ("range", "if-none-match", "if-modified-since"))
    return "gzip" in headers.get("accept-encoding", "") and not conditional


def _is_immutable(start: Message) -> bool:
    return start["status"] == 200 and "immutable" in Headers(raw=start["headers"]).get("cache-control", "")


def _is_whole(messages: list[Message]) -> bool:
    """Whether the answer came to its end: one that a visitor broke off would be broken for everybody after."""
    return messages[-1]["type"] == "http.response.body" and not messages[-1].get("more_body", False)


async def _send_all(messages: list[Message], send: Send) -> None:
    for message in messages:
        # a copy, since middleware outside this one changes the headers of what passes through
        await send({**message, "headers": list(message["headers"])} if "headers" in message else message)


# Until st.navigation has run once, Streamlit takes pages/ for its own folder of scripts, and tells the first visitor who follows
# a link to a cold server that there is no such page.
PagesManager.uses_pages_directory = False


async def overview(request: Request) -> RedirectResponse:
    """The first page has its address at /, whatever Streamlit is told; a link that names it keeps its view."""
    return RedirectResponse(request.url.replace(path="/", scheme="", netloc=""))


app = st.App(
    Path(__file__).with_name("app.py"),
    routes=[Route("/overview", overview)],
    middleware=[Middleware(SecurityHeaders), Middleware(Compression)],
)
