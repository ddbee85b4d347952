"""Runs of pages and downloads take turns: one heavy reader leaves the others theirs.

Streamlit starts a thread for each click. Here a session has one thread, which begins a run when its person's turn has come; a click in the
meantime is taken into account at its next step. The names used here are not documented by Streamlit: its version is pinned, and a test
runs a server through this file.
"""

import asyncio
import os
import threading
from collections.abc import Hashable
from typing import Any

from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse
from streamlit.runtime import app_session
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.scriptrunner import (
    RerunData,
    ScriptRunContext,
    ScriptRunner,
    ScriptRunnerEvent,
    get_script_run_ctx,
)

from data.questions import patience
from pages.shared.serving.turns import Place, Turnstile
from pages.shared.session import auth

CORES = os.cpu_count() or 2
RUNS_AT_ONCE, RUNS_OF_ONE = CORES + 1, 1
FILES_AT_ONCE, FILES_OF_ONE = CORES, 1

runs = Turnstile(RUNS_AT_ONCE, RUNS_OF_ONE)
# Files have turns of their own: who waits for a PDF can look at a page meanwhile.
files = Turnstile(FILES_AT_ONCE, FILES_OF_ONE)


def begin() -> None:
    """Have every session of this process take turns."""
    app_session.ScriptRunner = Runner  # type: ignore[misc]
    app_session.DeferredFileHandler = FileHandler  # type: ignore[misc]


class Left(Exception):
    """The run was given up before its turn came."""


class Runner(ScriptRunner):
    """Runs the script of one session, each time in a turn of the person whom the session belongs to."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._place: Place | None = None
        self._stopped = threading.Event()
        self._begun = False
        self._context: ScriptRunContext | None = None
        self._wanted = _wanted(self._requests._rerun_data)

    def request_stop(self) -> None:
        """As Streamlit's, also while the turn has not come; what the run is asking the store is given up."""
        super().request_stop()
        self._stopped.set()
        if place := self._place:
            place.withdraw()
        self._abandon()

    def request_rerun(self, rerun_data: RerunData) -> bool:
        """As Streamlit's. What the run in whose place it comes is asking the store is given up, when it was for something else."""
        taken = super().request_rerun(rerun_data)
        if taken and not rerun_data.fragment_id:
            wanted = _wanted(rerun_data)
            if wanted != self._wanted:
                self._abandon()
            self._wanted = wanted
        return taken

    def _abandon(self) -> None:
        """Only what the page itself asks: what a person had done by a click is brought to its end."""
        if self._script_thread and self._script_thread.ident and self._context and self._context.has_script_started:
            patience.abandon(self._script_thread.ident)

    def _run_script(self, rerun_data: RerunData) -> None:
        self._begun = True
        try:
            super()._run_script(rerun_data)
        except Left:  # the browser waits to hear that it has ended
            self.on_event.send(self, event=ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS)
        finally:
            self._give_back()

    def _install_event_loop(self) -> None:
        """Called by Streamlit before each run of the script, also of one that takes the place of another: each has a turn of its own."""
        super()._install_event_loop()
        self._context = get_script_run_ctx()
        if self._begun:
            self._give_back()
            self._take_turn()

    def _take_turn(self) -> None:
        who = person_of(self._session_id, self._user_info)
        if who is None:
            return
        self._place = place = runs.ask(who)
        if self._stopped.is_set():  # between the request and the place
            place.leave()
        if not place.wait():
            raise Left

    def _give_back(self) -> None:
        if self._place:
            self._place.leave()
            self._place = None


def _wanted(data: RerunData) -> tuple[object, ...]:
    """What a run is for: page and widgets. A component tells of itself that it was drawn, and the page writes its own address: neither
    asks for anything else."""
    widgets = data.widget_states.widgets if data.widget_states else ()
    chosen = {each.id: each.SerializeToString() for each in widgets if each.WhichOneof("value") != "json_value"}
    return data.page_script_hash, data.page_name, data.is_history_navigation, chosen


def person_of(session: str, user: Any) -> Hashable | None:
    """Whose turn it is in a session: of who has signed in, whatever the number of sessions; else of whoever is at that address; of the
    session itself where nobody but this machine is served. None for the check of the server's health, which no browser asked for."""
    client = runtime.get_instance().get_client(session)
    context = client.client_context if client else None
    if context is None:
        return None
    if auth.mode() is auth.Mode.LOCAL:
        return session
    if user.get("is_logged_in"):
        return ("signed in", str(user.get("iss")), str(user.get("sub") or user.get("email")))
    return ("at", context.remote_ip)


class FileHandler(DeferredFileHandler):
    """Makes a file when its button is pressed: for the session whose button it is, in a turn of its person."""

    async def handle(self, request: BackendOperationRequest, session_id: str) -> BackendOperationResponse:
        refused = BackendOperationResponse(request_id=request.request_id, error_msg="There is no such file here.")
        session = runtime.get_instance().get_app_session(session_id)
        if session is None or not self._is_of(request.deferred_file.file_id, session_id):
            return refused
        who = person_of(session_id, session._user_info)
        place = files.ask(who)
        try:
            await asyncio.shield(asyncio.wrap_future(place.turn))
            if not runtime.get_instance().is_active_session(session_id):
                return refused
            return await super().handle(request, session_id)
        finally:
            place.leave()

    def _is_of(self, file: str, session: str) -> bool:
        made = self._get_media_file_mgr()._deferred_callables.get(file)
        return made is not None and made["session_id"] == session
