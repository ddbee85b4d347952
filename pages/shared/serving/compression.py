"""Fewer bytes on the first visit."""

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send


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
