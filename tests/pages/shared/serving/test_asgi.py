"""Compression and security headers around the app, on plain ASGI messages."""

import asyncio
import gzip

import pytest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from pages.shared.serving.compression import Compression
from pages.shared.serving.headers import SECURITY_HEADERS, SecurityHeaders

SCRIPT = b"export const answer = 42;\n" * 1000
IMMUTABLE = "public, immutable, max-age=31536000"


class Origin:
    """An app that serves SCRIPT and counts how often it had to."""

    def __init__(self, *, status: int = 200, cache: str = IMMUTABLE) -> None:
        self.response = Response(SCRIPT, status, {"cache-control": cache, "content-type": "text/javascript"})
        self.served = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.served += 1
        await self.response(scope, receive, send)


def get(
    app: Compression | SecurityHeaders, path: str = "/static/index.js", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a GET request."""
    sent: list[Message] = []
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "headers": lines, "extensions": {}}

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:])


def test_an_immutable_file_is_compressed_once() -> None:
    origin = Origin()
    app = Compression(origin)
    answers = [get(app, accept_encoding="gzip, br") for _ in range(3)]
    assert origin.served == 1
    assert answers[1:] == answers[:1] * 2
    _, headers, body = answers[0]
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == SCRIPT


def test_an_answer_that_a_visitor_broke_off_is_not_kept() -> None:
    whole = Origin()

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        """The first visitor goes away in the middle."""
        if whole.served:
            await whole(scope, receive, send)
            return
        whole.served += 1
        await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", IMMUTABLE.encode())]})
        await send({"type": "http.response.body", "body": SCRIPT[:900], "more_body": True})

    app = Compression(broken)
    get(app, accept_encoding="gzip")
    status, _, body = get(app, accept_encoding="gzip")
    assert (status, gzip.decompress(body)) == (200, SCRIPT)


@pytest.mark.parametrize(
    ("origin", "path", "headers", "encoding"),
    [
        (Origin(), "/static/index.js", {}, None),
        (Origin(), "/static/index.js", {"accept_encoding": "gzip", "if_none_match": "x"}, "gzip"),
        (Origin(), "/media/export.csv", {"accept_encoding": "gzip"}, "gzip"),
        (Origin(cache="no-cache"), "/static/index.html", {"accept_encoding": "gzip"}, "gzip"),
        (Origin(status=404), "/static/gone.js", {"accept_encoding": "gzip"}, "gzip"),
    ],
    ids=["browser without gzip", "asked whether changed", "not ours", "may change", "not found"],
)
def test_everything_else_is_asked_for_each_time(
    origin: Origin, path: str, headers: dict[str, str], encoding: str | None
) -> None:
    app = Compression(origin)
    answers = [get(app, path, **headers) for _ in range(2)]
    assert origin.served == 2
    assert answers[0][1].get("content-encoding") == encoding


@pytest.mark.parametrize("path", ["/", "/static/index.js"])
def test_every_answer_carries_the_security_headers(path: str) -> None:
    app = SecurityHeaders(Compression(Origin()))
    for _ in range(2):
        _, headers, _ = get(app, path, accept_encoding="gzip")
        assert {name.lower(): value for name, value in SECURITY_HEADERS.items()}.items() <= headers.items()
