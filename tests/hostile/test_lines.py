"""Messages that no page of ours sends, on the raw line to a real server: from nobody, from a viewer, and where nobody signs in.

Whatever was sent, every page is still shown to everybody afterwards.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from data.store.store import Store
from pages.frame.registry import ENTRIES
from pages.shared.serving.messages import MOST_BYTES
from tests.access_file import ACCESS
from tests.browser.provider import secrets_of
from tests.browser.server import free_port, serve
from tests.data.rows import nps, order, take
from tests.lines import heard, line, rerun, title

VIEWER, ADMINISTRATOR = "vic@example.com", "ada@example.com"
SIGN_IN = "Sign in to see the numbers"
SESSION = "0d1f2a3b-1111-2222-3333-444455556666"


@dataclass(frozen=True)
class Standing:
    """A server, and who sends to it."""

    address: str
    who: str | None
    sees: str  # the title of what stands before the numbers; empty for who sees them


def message(**fields: object) -> bytes:
    return BackMsg(**fields).SerializeToString()  # type: ignore[arg-type]


def operation(**payload: object) -> bytes:
    return message(backend_operation_request={"request_id": "1", "session_id": SESSION, **payload})


def _fragment() -> bytes:
    asked = rerun()
    asked.rerun_script.fragment_id = "no such fragment"
    return asked.SerializeToString()


def _every_value() -> bytes:
    asked = rerun()
    for name in ("trigger_value", "bool_value"):
        asked.rerun_script.widget_states.widgets.add(id=f"$$ID-00-{name}", **{name: True})
    for name in ("string_value", "json_value", "json_trigger_value"):
        asked.rerun_script.widget_states.widgets.add(id=f"$$ID-00-{name}", **{name: "{"})
    asked.rerun_script.widget_states.widgets.add(id="$$ID-00-arrow", arrow_value={"data": b"x"})
    asked.rerun_script.widget_states.widgets.add(id="$$ID-00-bytes", bytes_value=b"\xff")
    asked.rerun_script.widget_states.widgets.add(id="$$ID-00-chat", chat_input_value={"data": "x"})
    return asked.SerializeToString()


MESSAGES: dict[str, bytes] = {
    "clear_cache": message(clear_cache=True),
    "set_run_on_save": message(set_run_on_save=True),
    "stop_script": message(stop_script=True),
    "load_git_info": message(load_git_info=True),
    "debug_disconnect_websocket": message(debug_disconnect_websocket=True),
    "debug_shutdown_runtime": message(debug_shutdown_runtime=True),
    "app_heartbeat": message(app_heartbeat=True),
    "file_urls_request": message(
        file_urls_request={"request_id": "1", "file_names": ["a"] * 50, "session_id": SESSION}
    ),
    "file of another session": operation(deferred_file={"file_id": "0" * 32}),
    "rows of another session": operation(dataframe_chunk={"source_id": "x", "limit": 1 << 30}),
    "install_skills": operation(install_skills={}),
    "dismiss_skills_nudge": operation(dismiss_skills_nudge={}),
    "operation without a payload": operation(),
    "nothing": b"",
    "a field that nobody knows": b"\xfa\x3f\x03abc",
    "cut short": rerun().SerializeToString()[:-1],
    "not of the protocol": b"\xff" * 100,
    "fragment that is not there": _fragment(),
    "widgets of every kind": _every_value(),
}


def _in_text(opened: ClientConnection) -> None:
    opened.send("clear_cache")


def _large(opened: ClientConnection) -> None:
    opened.send(b"\x00" * (MOST_BYTES + 1))


def _very_large(opened: ClientConnection) -> None:
    """200 MB, as long as the server takes them."""
    opened.send(b"\x00" * (1 << 20) for _ in range(200))


def _without_end(opened: ClientConnection) -> None:
    opened.send(b"" for _ in range(100_000))


MISBEHAVIOUR: dict[str, Callable[[ClientConnection], None]] = {
    "text": _in_text,
    "a large message": _large,
    "a message of 200 MB": _very_large,
    "a message without end": _without_end,
}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a little of everything that the pages ask for."""
    path = tmp_path_factory.mktemp("lines") / "lines.duckdb"
    people = [f"c{place}" for place in range(60)]
    with Store.open(path) as store:
        take(
            store,
            orders=[order(f"{who} {month}", who, f"2026-0{month}-05", 10) for who in people for month in (1, 3, 5)],
            feedback=[nps(who, who, "2026-05-10", place % 11) for place, who in enumerate(people)],
        )
    return path


@pytest.fixture(scope="module")
def guarded(db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server where people sign in; at the end every page is still there for who has signed in."""
    folder, port = tmp_path_factory.mktemp("guarded"), free_port()
    (folder / "secrets.toml").write_text(secrets_of(port, "http://127.0.0.1:9"))
    (folder / "access.toml").write_text(ACCESS)
    with serve(
        Path(shutil.copy(db, folder)), folder / "log", port=port, secrets=folder / "secrets.toml",
        RAPPORT_ACCESS=str(folder / "access.toml"),
    ) as running:  # fmt: skip
        yield running.address
        assert len(every_title(running.address, ADMINISTRATOR)) == len(ENTRIES)


@pytest.fixture(scope="module")
def local(db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server where nobody signs in; at the end every page is still there."""
    folder = tmp_path_factory.mktemp("local")
    with serve(Path(shutil.copy(db, folder)), folder / "log") as running:
        yield running.address
        assert len(every_title(running.address, None)) == len(ENTRIES)


def every_title(server: str, who: str | None) -> list[str]:
    """The titles of all pages; none is an error, and each is its own."""
    with line(server, who) as opened:
        found = [title(opened, "" if entry is ENTRIES[0] else entry.code) for entry in ENTRIES]
    assert all(found)  # a page that failed has none
    assert SIGN_IN not in found
    return found


@pytest.fixture(params=["nobody", "viewer", "local"])
def standing(request: pytest.FixtureRequest) -> Standing:
    if request.param == "local":
        return Standing(request.getfixturevalue("local"), None, "")
    guarded: str = request.getfixturevalue("guarded")
    return Standing(guarded, None, SIGN_IN) if request.param == "nobody" else Standing(guarded, VIEWER, "")


def still_serves(standing: Standing) -> None:
    """The same person sees the first page, and so does who may see everything."""
    with line(standing.address, standing.who) as opened:
        seen = title(opened)
    if standing.sees:
        assert seen == standing.sees
        with line(standing.address, ADMINISTRATOR) as opened:
            seen = title(opened)
    assert seen not in ("", SIGN_IN)


@pytest.mark.parametrize("name", MESSAGES)
def test_no_message_ends_more_than_its_own_line(name: str, standing: Standing) -> None:
    with line(standing.address, standing.who) as opened:
        assert title(opened)
        with suppress(ConnectionClosed):
            for _ in range(3):
                opened.send(MESSAGES[name])
    still_serves(standing)


@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_who_does_not_speak_the_protocol_is_hung_up_on(name: str, standing: Standing) -> None:
    with line(standing.address, standing.who) as opened, pytest.raises((ConnectionClosed, OSError)):
        MISBEHAVIOUR[name](opened)
        while True:
            opened.recv(timeout=20)
    still_serves(standing)


def _files(opened: ClientConnection) -> tuple[str, list[str]]:
    """The session of a line, and the numbers of the files that its first page offers."""
    opened.send(rerun().SerializeToString())
    session, files = "", []
    for answer in heard(opened):
        if answer.WhichOneof("type") == "new_session":
            session = answer.new_session.initialize.session_id
        elif answer.WhichOneof("type") == "delta" and answer.delta.new_element.WhichOneof("type") == "download_button":
            files.append(answer.delta.new_element.download_button.deferred_file_id)
    return session, [file for file in files if file]


def _asked_for(opened: ClientConnection, session: str, file: str) -> tuple[str, str]:
    """Where the file lies, and why it does not."""
    asked = BackMsg(
        backend_operation_request={"request_id": "1", "session_id": session, "deferred_file": {"file_id": file}}
    )
    opened.send(asked.SerializeToString())
    while True:
        answer = ForwardMsg.FromString(opened.recv(timeout=60))
        if answer.WhichOneof("type") == "backend_operation_response":
            found = answer.backend_operation_response
            return found.deferred_file.url, found.error_msg


def test_a_file_is_made_for_the_session_whose_button_it_is(guarded: str) -> None:
    with line(guarded, ADMINISTRATOR) as mine, line(guarded, VIEWER) as other, line(guarded, ADMINISTRATOR) as again:
        session, files = _files(mine)
        assert files
        for opened in (other, again):
            its_own, _ = _files(opened)
            assert _asked_for(opened, its_own, files[0])[0] == ""
            assert _asked_for(opened, session, files[0])[0] == ""
        url, error = _asked_for(mine, session, files[0])
        assert (url.startswith("/media/"), error) == (True, "")
