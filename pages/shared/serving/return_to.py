"""The way through the identity provider and back."""

from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.people import sign_ins
from pages.shared.serving.cookies import claims
from pages.shared.session.opened import store

LOGIN, CALLBACK, LOGOUT = "/auth/login", "/oauth2callback", "/auth/logout"
RETURN_COOKIE, LONGEST_PLACE = "rapport_return_to", 3_000


class ReturnTo:
    """Brings people back to the page from which they signed in (Streamlit itself lands on /), and ends a sign-in for good on sign-out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith((LOGIN, CALLBACK, LOGOUT)):
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        if scope["path"].endswith(LOGOUT) and (told := claims(request)):
            await run_in_threadpool(_end, told)

        async def send_with_place(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (302, 307):
                headers = MutableHeaders(scope=message)
                if scope["path"].endswith(LOGIN) and (place := _came_from(request)):
                    keep = f"{RETURN_COOKIE}={quote(place, safe='')}; Path=/; HttpOnly; SameSite=Lax; Max-Age=600"
                    headers.append("set-cookie", keep)
                elif scope["path"].endswith(CALLBACK) and RETURN_COOKIE in request.cookies:
                    place = unquote(request.cookies[RETURN_COOKIE])
                    if _is_own(place):
                        headers["location"] = place
                    headers.append("set-cookie", f"{RETURN_COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
            await send(message)

        await self.app(scope, receive, send_with_place)


def _end(told: Mapping[str, object]) -> None:
    sign_ins.end(store(), sign_ins.fingerprint(told))


def _came_from(request: HTTPConnection) -> str | None:
    """The path and query of the page that asked to sign in, when it is one of ours."""
    referer = urlsplit(request.headers.get("referer", ""))
    place = referer.path + (f"?{referer.query}" if referer.query else "")
    return place if referer.netloc == request.headers.get("host") and _is_own(place) else None


def _is_own(place: str) -> bool:
    """Whether the place is a path of this app, which no browser takes for another site."""
    plain = place.isascii() and place.isprintable() and "\\" not in place
    return plain and place.startswith("/") and not place.startswith("//") and len(place) <= LONGEST_PLACE
