"""Runs of pages take turns by person; a run that nobody waits for leaves the queue; the check of the server's health waits for nobody."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime import app_session
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import RerunData, ScriptRunner, ScriptRunnerEvent
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.runtime.state import SessionState

from data.questions import patience
from pages.shared.serving import runs
from pages.shared.serving.runs import FileHandler, Runner, person_of
from pages.shared.serving.turns import Turnstile
from pages.shared.session import auth
from tests.pages.conftest import ROOT

PATIENCE_SECONDS = 20
APP = str(ROOT / "app.py")


@dataclass
class Server:
    """The runtime as far as runs ask it: who is in which session; and what the runs did."""

    people: dict[str, str] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    go_on: dict[str, threading.Event] = field(default_factory=dict)
    chain: int = 1
    error: Exception | None = None
    runners: list[Runner] = field(default_factory=list)
    loops: list[asyncio.AbstractEventLoop] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def get_client(self, session: str) -> Any:
        if session not in self.people:
            return None
        return SimpleNamespace(client_context=SimpleNamespace(remote_ip=self.people[session]))

    def is_active_session(self, session: str) -> bool:
        return session in self.people

    def get_app_session(self, session: str) -> Any:
        return SimpleNamespace(_user_info={}) if session in self.people else None

    def open(self, session: str, who: str | None) -> Runner:
        """A session of this person, which asks for its first page."""
        if who is not None:
            self.people[session] = who
        self.go_on[session] = threading.Event()
        self.loops.append(asyncio.new_event_loop())
        runner = Runner(
            session_id=session, main_script_path=APP, session_state=SessionState(),
            uploaded_file_mgr=MemoryUploadedFileManager("/x"), script_cache=ScriptCache(), initial_rerun_data=RerunData(),
            user_info={}, fragment_storage=MemoryFragmentStorage(),
            pages_manager=PagesManager(APP, ScriptCache(), setup_watcher=False), event_loop=self.loops[-1],
        )  # fmt: skip
        runner.on_event.connect(self.heard)
        self.runners.append(runner)
        runner.start()
        return runner

    def heard(self, sender: Runner, event: ScriptRunnerEvent, **_: object) -> None:
        with self.changed:
            self.ended.append(f"{sender._session_id} {event.name}")
            self.changed.notify_all()

    def run(self, runner: Runner, _data: RerunData) -> None:
        """In the place of Streamlit's: the script is run, once or as often as it is asked for meanwhile."""
        for _ in range(self.chain):
            runner._install_event_loop()
            with self.changed:
                self.begun.append(runner._session_id)
                self.changed.notify_all()
            self.go_on[runner._session_id].wait(PATIENCE_SECONDS)
            if self.error:
                raise self.error

    def until(self, what: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(what, PATIENCE_SECONDS), (self.begun, self.ended)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Two runs at once, one of each person."""
    made = Server()
    monkeypatch.setattr(runtime, "get_instance", lambda: made)
    monkeypatch.setattr(runs, "runs", Turnstile(2, 1))
    monkeypatch.setattr(runs, "files", Turnstile(2, 1))
    monkeypatch.setattr(auth, "mode", lambda: auth.Mode.OPEN)
    monkeypatch.setattr(ScriptRunner, "_run_script", lambda runner, data: made.run(runner, data))
    yield made
    for event in made.go_on.values():
        event.set()
    for runner in made.runners:
        runner.request_stop()
        runner._script_thread.join(PATIENCE_SECONDS)
        assert not runner._script_thread.is_alive()
    for loop in made.loops:
        loop.close()
    assert (runs.runs.running, runs.runs.waiting) == (0, 0)


def test_sessions_of_one_person_run_one_after_the_other_and_others_beside_them(server: Server) -> None:
    for place in range(5):
        server.open(f"heavy {place}", "a")
    server.open("other", "b")
    server.until(lambda: len(server.begun) == 2)
    assert server.begun[1] == "other"
    server.go_on[server.begun[0]].set()
    server.until(lambda: len(server.begun) == 3)
    server.until(lambda: runs.runs.waiting == 3)


def test_a_run_that_was_stopped_while_it_waited_leaves_the_queue_and_says_so(server: Server) -> None:
    server.open("first", "a")
    server.until(lambda: server.begun == ["first"])
    waiting = server.open("second", "a")
    while not runs.runs.waiting:
        pass
    waiting.request_stop()
    server.until(lambda: "second SHUTDOWN" in server.ended)
    assert server.ended == ["second SCRIPT_STOPPED_WITH_SUCCESS", "second SHUTDOWN"]
    assert (server.begun, runs.runs.waiting) == (["first"], 0)


def test_a_run_that_was_stopped_before_it_asked_for_a_place_gets_none(server: Server, monkeypatch) -> None:
    asked = runs.runs.ask

    def late(who: object) -> object:
        server.runners[-1]._stopped.set()
        return asked(who)

    server.open("first", "a")
    server.until(lambda: server.begun == ["first"])
    monkeypatch.setattr(runs.runs, "ask", late)
    server.open("second", "a")
    server.until(lambda: "second SCRIPT_STOPPED_WITH_SUCCESS" in server.ended)
    assert server.begun == ["first"]


def test_a_session_that_asks_again_and_again_gives_others_their_turn(server: Server) -> None:
    server.chain = 3
    server.open("again", "a")
    server.until(lambda: server.begun == ["again"])
    server.open("other", "a")
    while not runs.runs.waiting:
        pass
    server.go_on["again"].set()
    server.until(lambda: "other" in server.begun)
    assert server.begun[:2] == ["again", "other"]


def test_a_run_that_fails_gives_its_turn_back(server: Server, monkeypatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    server.error = RuntimeError("a fault")
    server.open("first", "a")
    server.until(lambda: server.begun == ["first"])
    server.go_on["first"].set()
    server.until(lambda: "first SHUTDOWN" in server.ended)
    assert runs.runs.running == 0


def test_the_check_of_health_waits_for_no_turn(server: Server) -> None:
    server.open("one", "a")
    server.open("two", "b")
    server.until(lambda: len(server.begun) == 2)
    server.open("health", None)
    server.until(lambda: server.begun[2:] == ["health"])
    assert runs.runs.running == 2


@pytest.mark.parametrize(
    ("mode", "user", "address", "who"),
    [
        (auth.Mode.LOCAL, {}, "127.0.0.1", "session"),
        (auth.Mode.OPEN, {}, "192.0.2.1", ("at", "192.0.2.1")),
        (auth.Mode.OPEN, {}, "2001:db8::1", ("at", "2001:db8::1")),
        (auth.Mode.OPEN, {}, None, ("at", None)),
        (auth.Mode.SIGN_IN, {}, "192.0.2.1", ("at", "192.0.2.1")),
        (auth.Mode.SIGN_IN, {"is_logged_in": False, "sub": "x"}, "192.0.2.1", ("at", "192.0.2.1")),
        (auth.Mode.SIGN_IN, {"is_logged_in": True, "iss": "i", "sub": "x"}, "192.0.2.1", ("signed in", "i", "x")),
        (auth.Mode.SIGN_IN, {"is_logged_in": True, "iss": "i", "sub": "x"}, "192.0.2.9", ("signed in", "i", "x")),
        (auth.Mode.SIGN_IN, {"is_logged_in": True, "iss": "j", "sub": "x"}, "192.0.2.1", ("signed in", "j", "x")),
        (auth.Mode.SIGN_IN, {"is_logged_in": True, "email": "a@b.c"}, "192.0.2.1", ("signed in", "None", "a@b.c")),
    ],
)
def test_whose_turn_it_is(server: Server, monkeypatch, mode: auth.Mode, user: dict, address: str, who: object) -> None:
    monkeypatch.setattr(auth, "mode", lambda: mode)
    server.people["session"] = address
    assert person_of("session", user) == who
    assert person_of("no such session", user) is None


def asked(page: str = "", **widgets: dict[str, Any]) -> RerunData:
    states = WidgetStates()
    for name, value in widgets.items():
        states.widgets.add(id=name, **value)
    return RerunData(page_script_hash=page, widget_states=states)


@pytest.mark.parametrize(
    ("first", "second", "script", "given_up"),
    [
        (asked(), asked(), True, False),
        (asked(), asked("nps"), True, True),
        (asked("nps"), asked("nps"), True, False),
        (asked(), asked(a={"bool_value": True}), True, True),
        (asked(a={"bool_value": True}), asked(a={"bool_value": True}), True, False),
        (asked(a={"bool_value": True}), asked(a={"bool_value": False}), True, True),
        (asked(), asked(button={"trigger_value": True}), True, True),
        (asked(), asked(theme={"json_value": "{}"}), True, False),
        (asked(), RerunData(query_string="lang=en"), True, False),
        (asked(), RerunData(fragment_id="x"), True, False),
        (asked(), asked("nps"), False, False),  # what a click does is not broken off
    ],
)
def test_what_the_run_before_asks_is_given_up_when_something_else_is_wanted(
    server: Server, monkeypatch, first: RerunData, second: RerunData, script: bool, given_up: bool
) -> None:
    abandoned: list[int] = []
    monkeypatch.setattr(patience, "abandon", abandoned.append)
    runner = server.open("one", "a")
    server.until(lambda: server.begun == ["one"])
    runner._context = SimpleNamespace(has_script_started=script)
    runner.request_rerun(first)
    abandoned.clear()
    runner.request_rerun(second)
    assert abandoned == ([runner._script_thread.ident] if given_up else [])


class Media:
    """Streamlit's files, as far as downloads ask for them."""

    def __init__(self) -> None:
        self._deferred_callables = {"file": {"session_id": "mine"}}
        self.made: list[str] = []
        self.turns: list[int] = []

    def execute_deferred(self, file: str) -> str:
        self.made.append(file)
        self.turns.append(runs.files.running)
        return "/media/file"


@pytest.mark.parametrize(
    ("session", "file", "made"),
    [
        ("mine", "file", ["file"]),
        ("other", "file", []),
        ("gone", "file", []),
        ("", "file", []),
        ("mine", "no such file", []),
        ("mine", "", []),
    ],
)
def test_a_file_is_made_for_the_session_whose_button_it_is(
    server: Server, session: str, file: str, made: list[str]
) -> None:
    server.people |= {"mine": "a", "other": "a"}
    media = Media()
    request = BackendOperationRequest(request_id="1", deferred_file={"file_id": file})
    answer = asyncio.run(FileHandler(lambda: media).handle(request, session))
    assert media.made == made
    assert bool(answer.deferred_file.url) == bool(made)
    assert bool(answer.error_msg) != bool(made)
    assert media.turns == [1] * len(made)
    assert (runs.files.running, runs.files.waiting) == (0, 0)


def test_a_file_waits_for_the_turn_of_its_person_and_is_not_made_for_who_has_gone(server: Server) -> None:
    server.people["mine"] = "a"
    media, before = Media(), runs.files.ask(("at", "a"))
    request = BackendOperationRequest(request_id="1", deferred_file={"file_id": "file"})

    async def asks() -> str:
        waiting = asyncio.create_task(FileHandler(lambda: media).handle(request, "mine"))
        while not runs.files.waiting:
            await asyncio.sleep(0)
        assert media.made == []
        del server.people["mine"]
        before.leave()
        return (await waiting).error_msg

    assert asyncio.run(asyncio.wait_for(asks(), PATIENCE_SECONDS))
    assert media.made == []
    assert (runs.files.running, runs.files.waiting) == (0, 0)


def test_every_session_of_the_server_takes_turns(monkeypatch) -> None:
    monkeypatch.setattr(app_session, "ScriptRunner", ScriptRunner)
    monkeypatch.setattr(app_session, "DeferredFileHandler", None)
    runs.begin()
    assert (app_session.ScriptRunner, app_session.DeferredFileHandler) == (Runner, FileHandler)
    assert st.get_option("runner.fastReruns") is False
