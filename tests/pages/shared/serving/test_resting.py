"""Descriptors of a server whose visitors come and go; and who comes back after a break of the line goes on where they were."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests.benchmarks.visitor import visiting
from tests.browser.server import Server, serve

VIEW = {"lang": "en"}
SETTLED_SECONDS = 60
FEW = 4  # requests that are just being answered


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("resting")
    with serve(folder / "s.duckdb", folder / "log") as running:
        yield running


def held(server: Server) -> int:
    return sum(1 for _ in Path(f"/proc/{server.pid}/fd").iterdir())


def come_and_go(server: Server, visits: int, *, at_work: bool = False) -> None:
    """Sessions one after the other; `at_work`: each goes while its page is still being made."""
    for _ in range(visits):
        with visiting(server.address) as visitor:
            visitor.ask("definitions", VIEW) if at_work else visitor.look("definitions", VIEW)


def at_rest(server: Server) -> int:
    """How many are held when it has been the same number for a second."""
    looks = [held(server)]
    while len(looks) < 6 or len(set(looks[-6:])) > 1:
        time.sleep(0.2)
        looks.append(held(server))
    return looks[-1]


def settles(server: Server, most: int) -> int:
    """How many are held once it is no more than that, or after a while."""
    until = time.monotonic() + SETTLED_SECONDS
    while (now := held(server)) > most and time.monotonic() < until:
        time.sleep(0.2)
    return now


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the system does not tell the descriptors of a process")
@pytest.mark.parametrize("at_work", [False, True], ids=["after the page was shown", "while it is being made"])
def test_visitors_who_went_hold_no_descriptors(server: Server, at_work: bool) -> None:
    come_and_go(server, 2)
    before = at_rest(server)
    come_and_go(server, 20, at_work=at_work)
    assert settles(server, before + FEW) <= before + FEW  # 60 more where each session keeps its event loop


def test_who_comes_back_finds_the_session(server: Server) -> None:
    first = _session(server, None)
    assert _session(server, first) == first


def _session(server: Server, former: str | None) -> str:
    """Open a page in a new session, or the one that a browser had before the line broke; which session it is."""
    protocols = ["streamlit", "none", former] if former else ["streamlit"]
    line = server.address.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(line, subprotocols=protocols, origin=server.address, max_size=None) as opened:  # type: ignore[arg-type,list-item]
        message = BackMsg()
        message.rerun_script.query_string = "lang=en"
        opened.send(message.SerializeToString())
        return _read(opened)


def _read(line: ClientConnection) -> str:
    session = ""
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(line.recv(timeout=120))  # type: ignore[arg-type]
        if answer.WhichOneof("type") == "new_session":
            session = answer.new_session.initialize.session_id
        elif answer.WhichOneof("type") == "script_finished":
            assert answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            return session
