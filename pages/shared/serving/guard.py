"""Who is turned away before any page has run."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from pages.shared.serving.cookies import claims
from pages.shared.session import auth

UPLOADS = "/_stcore/upload_file/"


class Guard:
    """Lets in only what may come in before any page has run: uploads of people who may upload, sessions of our own pages, and this
    machine alone where nobody signs in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reason = await _refusal(scope) if scope["type"] in ("http", "websocket") else None
        if reason is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=1008, reason=reason)(scope, receive, send)
        else:
            await PlainTextResponse(reason, status_code=403)(scope, receive, send)


async def _refusal(scope: Scope) -> str | None:
    """Why a request is turned away; None for one that may go on."""
    if scope["type"] == "websocket" and _is_of_another_site(Headers(scope=scope)):
        return "A page of another site may not open a session here."
    how = auth.mode()
    if how is auth.Mode.LOCAL:
        if not _is_local(scope):
            return "Rapport serves this machine only, until sign-in is configured: see docs/deployment.md."
        return None
    uploads = UPLOADS in scope["path"] and scope.get("method") not in ("GET", "HEAD", "OPTIONS")
    if uploads and not (how is auth.Mode.SIGN_IN and await run_in_threadpool(_may_upload, scope)):
        return "You may not upload here. Sign in as someone who may."
    return None


def _may_upload(scope: Scope) -> bool:
    """Whether a request is of somebody who may upload. Who that is takes a look into the store, which the loop must not wait for."""
    who = auth.person_of(claims(HTTPConnection(scope)))
    return who is not None and who.may("change")


def _is_of_another_site(headers: Headers) -> bool:
    """Whether a browser says that a page of another host asks. Streamlit would ask a third party for this machine's address first."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def _is_local(scope: Scope) -> bool:
    """Whether a request came to this machine under its own name: a page of another site that points its name here did not."""
    host = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
    reached = (scope.get("server") or ("", None))[0]
    return is_loopback(host) and (is_loopback(reached) or reached.startswith("/"))  # a socket file is local too


def is_loopback(host: str) -> bool:
    """Whether a name or address is of this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
