"""A real mail server and a real receiver of webhooks on this machine, which answer as they are told and keep what they got."""

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

# For localhost and 127.0.0.1, made for these tests, valid until 2126; nothing else trusts it.
CERTIFICATE = Path(__file__).with_name("localhost.pem")
USER, PASSWORD = "rapport", "s3cret-mail"


def context() -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(CERTIFICATE)
    return made


@dataclass
class Mailbox:
    """What a mail server took. `answers` are given to the next messages, then "250 OK"; `refused` are recipients.

    `farewell` answers QUIT.
    """

    port: int = 0
    answers: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    raw: list[bytes] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    users: list[object] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    before_answer: Callable[[], object] | None = None
    farewell: str = "221 Bye"

    async def handle_QUIT(self, server, session, envelope) -> str:  # noqa: ARG002
        if self.farewell == "break":
            server.transport.abort()
        return self.farewell

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: ARG002
        if address in self.refused:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        if self.before_answer:
            self.before_answer()
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "break":
            self._take(session, envelope)
            server.transport.abort()
            return "250 never heard"
        if answer.startswith("250"):
            self._take(session, envelope)
        return answer

    def _take(self, session, envelope) -> None:
        self.raw.append(envelope.content)
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        self.encrypted.append(session.ssl is not None)
        self.users.append(session.auth_data)

    def login(self, server, session, envelope, mechanism, data) -> AuthResult:  # noqa: ARG002
        assert isinstance(data, LoginPassword)
        good = data == LoginPassword(USER.encode(), PASSWORD.encode())
        self.logins.append(data.login)
        return AuthResult(success=good, handled=False, auth_data=data.login)


class Lines(Controller):
    """A mail server that closes, when it stops, also the lines that a client has just left or never ends."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sessions: list[SMTP] = []

    def factory(self) -> SMTP:
        self.sessions.append(super().factory())
        return self.sessions[-1]

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(10)
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        for session in self.sessions:
            if session.transport is not None:
                session.transport.abort()
        await asyncio.sleep(0)  # the loop closes a socket one step later


@contextmanager
def mail_server(*, tls: bool = False) -> Iterator[Mailbox]:
    """A server on 127.0.0.1; with `tls` it wants STARTTLS and a login."""
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box.port = free.getsockname()[1]
    more: dict[str, Any] = {}
    if tls:
        more = {"tls_context": context(), "require_starttls": True, "auth_required": True, "authenticator": box.login}
    controller = Lines(box, hostname="127.0.0.1", port=box.port, **more)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@dataclass
class Call:
    """One request that came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Receiver:
    """What a receiver of webhooks got. `answers` are (status, body) of the next calls, then (200, `usual`); None: no answer."""

    usual: bytes = b"ok"
    answers: list[tuple[int, bytes] | None] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    address: str = ""
    before_answer: Callable[[], object] | None = None


@contextmanager
def receiver(*, tls: bool = False) -> Iterator[Receiver]:
    """A receiver on this machine; with `tls` its certificate is for localhost."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.calls.append(Call(self.path, {k.lower(): v for k, v in self.headers.items()}, json.loads(body)))
            if kept.before_answer:
                kept.before_answer()
            answer = kept.answers.pop(0) if kept.answers else (200, kept.usual)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer[0])
            if 300 <= answer[0] < 400:
                self.send_header("Location", f"{kept.address}/elsewhere")
            self.send_header("Content-Length", str(len(answer[1])))
            self.end_headers()
            self.wfile.write(answer[1])

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = context().wrap_socket(server.socket, server_side=True)
    port = server.server_address[1]
    kept.address = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
