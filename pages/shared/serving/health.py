"""Whether pages are shown: what Docker, the unit and whoever watches the machine ask."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.shared.session import opened

PATH = "/_stcore/script-health-check"
CHECK_SECONDS = 20.0  # those who ask have more patience than that

_reading = ThreadPoolExecutor(1, thread_name_prefix="rapport-health")


class Health:
    """Answers the check of the script in good time, and only while the store is read too: where people sign in, the page that Streamlit
    runs for it asks the store nothing. However many ask at once, one page is run; it waits for no turn."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._check: asyncio.Task[tuple[int, str]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        if self._check is None or self._check.done():
            self._check = asyncio.create_task(self._checked(dict(scope), receive))
        status, text = await asyncio.shield(self._check)
        await PlainTextResponse(text, status, headers={"Cache-Control": "no-cache"})(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive) -> tuple[int, str]:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                if opened.opening():
                    return 200, "the file is being opened"
                if not await asyncio.get_running_loop().run_in_executor(_reading, opened.answers):
                    return 503, "the file cannot be read"
                return await self._script(scope, receive)
        except TimeoutError:
            return 503, "timeout"

    async def _script(self, scope: Scope, receive: Receive) -> tuple[int, str]:
        """What Streamlit finds when it runs a page."""
        status, parts = 503, []

        async def collect(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            parts.append(message.get("body", b""))

        await self.app(scope, receive, collect)
        return status, b"".join(parts).decode("utf-8", "replace")
