"""The check of the script: in good time, one page at a time, and only while the store is read; and the rest of a refused request."""

import asyncio
import socket
import threading
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from starlette.types import Message

from pages.shared.serving import health
from pages.shared.serving.health import PATH, Health
from pages.shared.serving.unread import Unread
from pages.shared.session import opened
from tests.browser.provider import secrets_of
from tests.browser.server import free_port, serve
from tests.pages.shared.serving.test_serving import UPLOAD


async def answer(app: object, path: str = PATH, method: str = "GET", **headers: str) -> tuple[int, str, dict[str, str]]:
    """Status, text and headers."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await app({"type": "http", "path": path, "method": method, "headers": told}, receive, send)  # type: ignore[operator]
    heads = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent).decode(), heads


class Script:
    """In the place of Streamlit's check."""

    def __init__(self, status: int = 200, seconds: float = 0.0) -> None:
        self.status, self.seconds = status, seconds
        self.runs = self.at_once = self.most = 0

    async def __call__(self, _scope, _receive, send) -> None:
        self.runs += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.at_once -= 1
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b"from the script"})


@pytest.mark.parametrize(
    ("reads", "opening", "script", "status", "text"),
    [
        (True, False, 200, 200, "from the script"),
        (True, False, 503, 503, "from the script"),
        (False, False, 200, 503, "the file cannot be read"),
        (False, True, 503, 200, "the file is being opened"),
        (True, True, 200, 200, "the file is being opened"),
    ],
)
def test_health_is_of_the_script_and_of_the_store(
    monkeypatch, reads: bool, opening: bool, script: int, status: int, text: str
) -> None:
    monkeypatch.setattr(opened, "answers", lambda: reads)
    monkeypatch.setattr(opened, "opening", lambda: opening)
    found = asyncio.run(answer(Health(Script(script))))
    assert found[:2] == (status, text)
    assert found[2]["cache-control"] == "no-cache"


@pytest.mark.parametrize("where", ["script", "store"])
def test_what_hangs_is_said_in_good_time(monkeypatch, where: str) -> None:
    waiting = threading.Event()

    def hangs() -> bool:
        waiting.wait(10)
        return True

    monkeypatch.setattr(health, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(opened, "opening", lambda: False)
    monkeypatch.setattr(opened, "answers", hangs if where == "store" else lambda: True)
    app = Health(Script(seconds=10 if where == "script" else 0))
    assert asyncio.run(answer(app))[:2] == (503, "timeout")
    waiting.set()


def test_however_many_ask_one_page_is_run_at_a_time(monkeypatch) -> None:
    monkeypatch.setattr(opened, "opening", lambda: False)
    monkeypatch.setattr(opened, "answers", lambda: True)
    script = Script(seconds=0.02)
    app = Health(script)

    async def many() -> list[tuple[int, str, dict[str, str]]]:
        return await asyncio.gather(*(answer(app) for _ in range(50)))

    async def twice() -> None:
        assert {found[0] for found in await many()} == {200}
        assert {found[0] for found in await many()} == {200}

    asyncio.run(twice())
    assert (script.runs, script.most) == (2, 1)


@pytest.mark.parametrize(
    ("path", "method"),
    [("/", "GET"), (PATH, "OPTIONS"), (PATH, "POST"), ("/_stcore/health", "GET"), ("/x" + PATH, "GET")],
)
def test_everything_else_goes_its_way(path: str, method: str) -> None:
    assert asyncio.run(answer(Health(Script()), path, method))[1] == "from the script"


@pytest.mark.parametrize(
    ("headers", "reads", "closed"),
    [
        ({}, 0, False),
        ({"content_length": "0"}, 0, False),
        ({"content_length": "1"}, 0, True),
        ({"content_length": "209715200"}, 0, True),
        ({"content_length": "209715200"}, 3, True),
        ({"transfer_encoding": "chunked"}, 0, True),
        ({"content_length": "3"}, -1, False),
    ],
)
def test_an_answer_before_the_end_of_the_request_ends_the_connection(
    headers: dict[str, str], reads: int, closed: bool
) -> None:
    async def refuses(_scope, receive, send) -> None:
        for _ in range(reads):
            await receive()
        await send({"type": "http.response.start", "status": 403, "headers": []})
        await send({"type": "http.response.body"})

    async def reads_all(_scope, receive, send) -> None:
        async def last() -> Message:
            return {"type": "http.request", "body": b"abc", "more_body": False}

        async def inner(_scope, receive, send) -> None:
            await receive()
            await send({"type": "http.response.start", "status": 204, "headers": []})

        await Unread(inner)(_scope, last, send)

    found = asyncio.run(answer(Unread(refuses) if reads >= 0 else reads_all, UPLOAD, "PUT", **headers))
    assert (found[2].get("connection") == "close") == closed


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory):
    """The port of a server that is open for reading, and so takes no upload."""
    folder, port = tmp_path_factory.mktemp("public"), free_port()
    with serve(folder / "s.duckdb", folder / "log", port=port, RAPPORT_OPEN="view"):
        yield port


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", UPLOAD, b"403"),
        ("POST", UPLOAD, b"403"),
        ("POST", "/", b"405"),
        ("POST", "/nps", b"405"),
        ("PUT", "/_stcore/health", b"405"),
        ("POST", "/_stcore/agent/interact", b"4"),
    ],
)
def test_200_mb_that_nobody_wants_are_not_read(method: str, path: str, status: bytes, public: int) -> None:
    sent, size, heard = 0, 200 << 20, b""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{public}\r\nContent-Length: {size}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", public), timeout=30) as line:
        line.sendall(head.encode())
        with suppress(OSError):
            heard = line.recv(1 << 16)
        with suppress(OSError):
            while sent < size:
                sent += line.send(b"x" * (1 << 16))
    assert heard.startswith(b"HTTP/1.1 " + status)
    assert b"connection: close" in heard.lower()
    assert sent < size / 10


def test_a_server_whose_file_cannot_be_read_says_so_where_people_sign_in(tmp_path: Path) -> None:
    port, db = free_port(), tmp_path / "s.duckdb"
    (tmp_path / "secrets.toml").write_text(secrets_of(port, "http://127.0.0.1:9"))
    db.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with serve(db, tmp_path / "log", port=port, secrets=tmp_path / "secrets.toml") as running:
        with pytest.raises(HTTPError) as refused:
            urlopen(running.address + PATH, timeout=60)
        assert (refused.value.code, refused.value.read()) == (503, b"the file cannot be read")
        refused.value.close()
