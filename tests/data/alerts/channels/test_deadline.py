"""Servers that never come to an end: each exchange ends at its deadline, and what is known of the message then is said."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from data.alerts import book, outbox
from data.alerts.channels import Message, NotSent, Setup, Unsure, email, send, webhook
from data.alerts.channels.webhook import target_of
from data.alerts.making import make
from data.alerts.run import due, run
from data.store.store import Store
from tests.data.alerts.conftest import NOW, alert, rule
from tests.data.alerts.servers import Mailbox, Receiver

MESSAGE = Message("rapport-7-2026-03", "NPS", ("24.1",))
DEADLINE, FOR_EVER, PATIENCE = (
    0.4,
    8.0,
    6.0,
)  # seconds; what takes less than the last did not wait for the end of for ever
OK = b"HTTP/1.1 200 OK\r\n"

Play = Callable[[socket.socket], None]


@contextmanager
def playing(play: Play) -> Iterator[int]:
    """A server on this machine that does one thing with each line; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                with line, suppress(OSError):
                    play(line)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(FOR_EVER + 2)


def for_ever(line: socket.socket, words: bytes, pause: float = 0.02) -> None:
    ends = time.monotonic() + FOR_EVER
    while time.monotonic() < ends:
        line.sendall(words)
        time.sleep(pause)


def silent(line: socket.socket) -> None:
    line.settimeout(FOR_EVER)
    while line.recv(65_536):
        pass


def after_request(answer: bytes, again: bytes) -> Play:
    def play(line: socket.socket) -> None:
        line.recv(65_536)
        line.sendall(answer)
        for_ever(line, again)

    return play


WEBHOOKS: dict[str, Play] = {
    "says nothing": silent,
    "a status line that never ends": after_request(b"HTTP/1.1 2", b"0"),
    "100 Continue for ever": after_request(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "100 Continue with heads for ever": after_request(b"HTTP/1.1 100 Continue\r\n", b"X: y\r\n"),
    "a head that never ends": after_request(OK, b"x"),
    "a value that never ends": after_request(OK + b"X-Y: ", b"z"),
    "a body that drips": after_request(OK + b"Content-Length: 60000\r\n\r\n", b"o"),
    "a body without a length": after_request(OK + b"\r\n", b"o"),
    "parts that never end": after_request(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\no\r\n"),
    "a part that never ends": after_request(OK + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n", b"o"),
    "a word on the way, then nothing": after_request(b"HTTP/1.1 102 Processing\r\n", b"X"),
}


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "DEADLINE_SECONDS", DEADLINE)
    monkeypatch.setattr(email, "DEADLINE_SECONDS", DEADLINE)


def ended_in_time(act: Callable[[], None]) -> Exception | None:
    began, before = time.monotonic(), threading.active_count()
    error: Exception | None = None
    try:
        act()
    except (NotSent, Unsure) as met:
        error = met
    assert time.monotonic() - began < PATIENCE
    ends = time.monotonic() + PATIENCE
    while threading.active_count() > before and time.monotonic() < ends:
        time.sleep(0.01)
    assert threading.active_count() <= before
    return error


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("name", WEBHOOKS)
def test_a_webhook_that_never_ends(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(WEBHOOKS[name]) as port:
        address = f"http://127.0.0.1:{port}"
        monkeypatch.setenv("RAPPORT_WEBHOOK_HOSTS", address)
        error = ended_in_time(lambda: send("slack", MESSAGE, target_of(address), Setup.read()))
    assert isinstance(error, Unsure)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("play", [silent, lambda line: for_ever(line, b"\x16\x03\x03\x00\x01")])
@pytest.mark.parametrize("way", ["webhook", "smtps"])
def test_encryption_that_never_begins(way: str, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(play) as port:
        monkeypatch.setenv("RAPPORT_WEBHOOK_HOSTS", f"https://localhost:{port}")
        monkeypatch.setenv("RAPPORT_SMTP_URL", f"smtps://localhost:{port}")
        monkeypatch.setenv("RAPPORT_MAIL_FROM", "rapport@example.com")
        channel, target = (
            ("json", target_of(f"https://localhost:{port}")) if way == "webhook" else ("email", "ada@example.com")
        )
        assert isinstance(ended_in_time(lambda: send(channel, MESSAGE, target, Setup.read())), NotSent)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    "way", ["json", "slack", "wecom", "dingtalk", "feishu", "off", "starttls", "smtps", "two", "many"]
)
def test_a_host_that_is_never_found(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def find(*_: object, **__: object) -> list[tuple]:
        over.wait(FOR_EVER)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", find)
    monkeypatch.setenv("RAPPORT_WEBHOOK_HOSTS", "https://hooks.example.com")
    scheme, tls = ("smtps", "") if way == "smtps" else ("smtp", "?tls=off" if way == "off" else "")
    monkeypatch.setenv("RAPPORT_SMTP_URL", f"{scheme}://mail.example.com:2525{tls}")
    monkeypatch.setenv("RAPPORT_MAIL_FROM", "rapport@example.com")
    people = {"two": 2, "many": 20}.get(way, 1)
    channel, target = (
        (way, target_of("https://hooks.example.com/x"))
        if way in ("json", "slack", "wecom", "dingtalk", "feishu")
        else ("email", ", ".join(f"ada{place}@example.com" for place in range(people)))
    )
    began = time.monotonic()
    with pytest.raises(NotSent):
        send(channel, MESSAGE, target, Setup.read())
    took = time.monotonic() - began
    over.set()
    assert took < PATIENCE


# What a mail server answers to each line that it gets, in order: the last it says over and over.
HELLO, FINE = b"220 hello\r\n", b"250 fine\r\n"
MAIL: dict[str, tuple[list[bytes], bytes, type[Exception] | None]] = {
    "no greeting": ([], b"", NotSent),
    "a greeting that never ends": ([b"220-h"], b"x", NotSent),
    "greetings for ever": ([], b"220-hello\r\n", NotSent),
    "EHLO for ever": ([HELLO], b"250-more\r\n", NotSent),
    "nothing after EHLO": ([HELLO], b"", NotSent),
    "MAIL for ever": ([HELLO, FINE], b"2", NotSent),
    "RCPT for ever": ([HELLO, FINE, FINE], b"250-\r\n", NotSent),
    "DATA for ever": ([HELLO, FINE, FINE, FINE], b"354-\r\n", Unsure),
    "the message is never confirmed": ([HELLO, FINE, FINE, FINE, b"354 go\r\n"], b"", Unsure),
    "a confirmation that never ends": ([HELLO, FINE, FINE, FINE, b"354 go\r\n"], b"250-\r\n", Unsure),
    "a goodbye that never ends": ([HELLO, FINE, FINE, FINE, b"354 go\r\n", FINE], b"221-\r\n", None),
}


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("name", MAIL)
def test_a_mail_server_that_never_ends(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, again, expected = MAIL[name]

    def play(line: socket.socket) -> None:
        for answer in answers:
            line.sendall(answer)
            line.recv(65_536)
        for_ever(line, again) if again else silent(line)

    with playing(play) as port:
        monkeypatch.setenv("RAPPORT_SMTP_URL", f"smtp://127.0.0.1:{port}?tls=off")
        monkeypatch.setenv("RAPPORT_MAIL_FROM", "rapport@example.com")
        error = ended_in_time(lambda: send("email", MESSAGE, "ada@example.com", Setup.read()))
    assert type(error) is (expected or type(None))


def kept(store: Store) -> dict[int, str]:
    return {one.alert_id: one.status for one in book.deliveries(store)}


def test_a_receiver_that_is_stuck_holds_up_nobody_else(
    store: Store, hook: Receiver, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message to the stuck one is being sent until everybody else's has arrived."""
    arrived = threading.Event()

    def play(line: socket.socket) -> None:
        line.recv(65_536)
        arrived.wait(PATIENCE)
        line.sendall(OK + b"Content-Length: 2\r\n\r\nok")

    with playing(play) as port:
        stuck = f"http://127.0.0.1:{port}"
        monkeypatch.setenv("RAPPORT_WEBHOOK_HOSTS", f"{stuck} {hook.address.replace('127.0.0.1', 'localhost')}")
        setup = Setup.read()
        make(store, alert(rule(), channel="slack", target=target_of(stuck)), setup, NOW)
        good = target_of(f"{hook.address.replace('127.0.0.1', 'localhost')}/good")
        others = [alert(rule(), channel="slack", target=good), alert(rule()), alert(rule())]
        for other in others:
            make(store, other, setup, NOW)
        mailbox.before_answer = lambda: arrived.set() if mailbox.messages else None
        assert [one.status for one in run(store, NOW)] == ["sent"] * 4
    assert arrived.is_set()
    assert (len(hook.calls), len(mailbox.messages)) == (1, 2)


def test_what_there_was_no_time_for_stays_due_and_is_sent_in_order(
    store: Store, hook: Receiver, setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(4):
        make(store, alert(rule(), channel="json", target=target_of(f"{hook.address}/{place}")), setup, NOW)
    hook.before_answer = lambda: threading.Event().wait(0.05)
    monkeypatch.setattr(outbox, "LANE_SECONDS", 0.01)
    for left in (3, 2, 1, 0):
        assert len(run(store, NOW)) == 1
        assert len(due(store, NOW)) == left
    assert [call.path for call in hook.calls] == ["/0", "/1", "/2", "/3"]
    assert set(kept(store).values()) == {"sent"}


def test_a_receiver_that_is_stuck_gets_one_thread(store: Store, hook: Receiver, setup: Setup) -> None:
    for place in range(20):
        make(store, alert(rule(), channel="json", target=target_of(f"{hook.address}/{place}")), setup, NOW)
    sending: list[int] = []
    hook.before_answer = lambda: sending.append(
        sum(thread.name.startswith("sending") for thread in threading.enumerate())
    )
    run(store, NOW)
    assert set(sending) == {1}
    assert [call.path for call in hook.calls] == [f"/{place}" for place in range(20)]
