"""Alerts in the app: the thread that runs them, and how a page is drawn for a message. `python -m data.alerts` finds both by name."""

import logging
from importlib import import_module

import streamlit as st

from data.access import Person, Role
from data.alerts import book
from data.alerts.run import Report
from data.alerts.watcher import Watcher
from data.errors import RapportError
from data.segment import Segment
from data.settings import text
from metrics.texts import N_
from pages.shared.opened import store

__all__ = ["begin", "render", "store"]

log = logging.getLogger("rapport.alerts")
DRAWS = "pages.shared.report"
# A message goes to people whom nobody signed in: what customers wrote and who they are stays out of it.
KEPT_OUT = frozenset({"comments", "customers", "share"})


def begin() -> None:
    """Have one thread of the process run the alerts, once there are any. Whatever goes wrong here reaches no page."""
    try:
        opened = store()
        if not book.any_active(opened):
            return
        if not _watcher(str(opened.path)).running:  # it ended with a store that was closed
            _watcher.clear()
            _watcher(str(opened.path))
    except Exception as error:
        log.log(logging.ERROR, "Alerts could not begin: %(error)s", {"error": type(error).__name__})


@st.cache_resource(show_spinner=False)
def _watcher(path: str) -> Watcher:  # noqa: ARG001 - another store has another thread
    watcher = Watcher(store(), render)
    watcher.start()
    return watcher


def render(page: str, params: dict[str, list[str]], language: str, scope: Segment) -> Report:
    """The page as somebody sees it who may look at the customers of `scope`, and at nobody by name."""
    try:
        draw = import_module(DRAWS).render
    except ImportError:
        raise RapportError(N_("Pages cannot be drawn here yet.")) from None
    reader = Person("", Role.VIEWER, scope=scope, denied=KEPT_OUT)
    drawn: Report = draw(page, params, language, person=reader, address=text("RAPPORT_ADDRESS"))
    return drawn
