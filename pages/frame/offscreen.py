"""A page run without a browser: for scheduled pages and the command line. What it emits is kept, and nothing is drawn.

Streamlit's own AppTest is not for this: it replaces the runtime of the process while it runs and leaves none behind, which would end
every other session. So the page gets a context of its own, with its own session, on a thread of its own. The names used here are not
documented by Streamlit: its version is pinned, and a test runs every page through this file, also inside a running app.
"""

import logging
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from streamlit import runtime
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import RerunException, StopException, add_script_run_ctx
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state import SafeSessionState, SessionState

from data.errors import RapportError
from data.people.access import Forbidden, Person
from data.questions import patience
from metrics.texts import N_
from pages.frame.registry import ENTRIES
from pages.frame.reports import begun
from pages.shared.bar import filters
from pages.shared.model import rendering
from pages.shared.model.report import Keeper, Report
from pages.shared.screen.states import no_data, not_begun
from pages.shared.session import auth, cached, site, view
from pages.shared.session.language import LANGUAGE_KEY
from pages.shared.words.texts import LANGUAGES

APP = Path(__file__).parents[2] / "app.py"
RUN_SECONDS = 120

_log = logging.getLogger(__name__)


def render(
    code: str, params: Mapping[str, list[str]], language: str, *, person: Person | None = None, address: str = ""
) -> Report:
    """Run a page without a browser on the process's store, in the app or on the command line, and give what it emits.

    `params` are those of the URL; `person` is whose rights and rows it runs with (without one, those of the app
    itself: who sits at the machine, and nobody where people sign in); `address` is where the app is reached, for the link.
    RapportError when the page is not known or its run does not end well.
    """
    found: list[Report] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            add_script_run_ctx(threading.current_thread(), _context(session, {**params, "lang": [language]}))
            with auth.standing_for(person):
                found.append(_run(code, language))
        except BaseException as error:
            failed.append(error)

    session = f"offscreen-{uuid.uuid4()}"
    thread = threading.Thread(target=run, name=session, daemon=True)
    thread.start()
    thread.join(RUN_SECONDS)
    if thread.is_alive():
        patience.abandon(thread.ident or 0)  # what it still asks the store is asked for nobody
    _forget(session)
    if failed:
        raise failed[0]
    if not found:
        raise RapportError(N_("The page “{code}” took too long."), code=code)
    report = found[0]
    report.link = address.rstrip("/") + report.link
    return report


def _run(code: str, language: str) -> Report:
    """As app.py does it, without the bar and the navigation."""
    entry = next((entry for entry in ENTRIES if entry.code == code), None)
    if entry is None or language not in LANGUAGES:
        raise RapportError(N_("There is no page “{code}” in the language “{language}”."), code=code, language=language)
    if not entry.allowed:
        raise Forbidden(N_("You may not open the page “{code}”."), code=code)
    site.know(ENTRIES)
    st.session_state[LANGUAGE_KEY] = language
    cached.renew()
    scope = cached.access().person.scope
    settled = view.settle(cached.extent(), filters.codes(), entry.options, scope=scope) if entry.data else None
    view.remember(settled, entry.options)
    report = begun(entry, settled)
    try:
        with rendering.by(Keeper(report)):
            if entry.data and settled is None:
                no_data()
            elif settled and settled.start > settled.as_of:
                not_begun(settled)
            else:
                entry.run()
    except (StopException, RerunException):
        _log.log(logging.WARNING, "The page %s wanted to start anew", code)
    return report


def _context(session: str, params: Mapping[str, list[str]]) -> ScriptRunContext:
    query = urlencode(params, doseq=True)
    state = SafeSessionState(SessionState(), lambda: None)
    with state.query_params() as told:
        told.set_initial_query_params(query)
        told.populate_from_query_string(query)
    script = str(APP)
    return ScriptRunContext(
        session_id=session,
        _enqueue=lambda _message: None,
        query_string=query,
        session_state=state,
        uploaded_file_mgr=MemoryUploadedFileManager("/offscreen"),
        main_script_path=script,
        user_info={},
        fragment_storage=MemoryFragmentStorage(),
        pages_manager=PagesManager(script, ScriptCache(), setup_watcher=False),
    )


def _forget(session: str) -> None:
    """What the run left with the app's runtime, if there is one."""
    if runtime.exists():
        files = runtime.get_instance().media_file_mgr
        files.clear_session_refs(session)
        files.remove_orphaned_files()
