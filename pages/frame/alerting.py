"""Alerts in the app: the thread that runs them, and how a page is drawn for a message. `python -m data.alerts` finds both by name."""

import logging
import threading
from dataclasses import dataclass

from data.alerts import book
from data.alerts.watcher import Watcher
from data.people.access import Person, Role
from data.segment import Segment
from data.settings import text
from data.store.store import Store
from pages.frame import offscreen
from pages.shared.files.html import document
from pages.shared.model.report import Report
from pages.shared.session.opened import store

__all__ = ["begin", "render", "store"]

log = logging.getLogger("rapport.alerts")
# A message goes to people whom nobody signed in: what customers wrote and who they are stays out of it.
KEPT_OUT = frozenset({"comments", "customers", "share"})


_beginning = threading.Lock()
_watching: tuple[Store, Watcher] | None = (
    None  # not in a cache: emptied, it would have a second thread send everything twice
)


def begin() -> None:
    """Have one thread of the process run the alerts, once there are any. Whatever goes wrong here reaches no page."""
    global _watching  # what must live as long as the store does
    try:
        opened = store()
        if not book.any_active(opened):
            return
        with _beginning:
            if _watching and _watching[0] is opened and _watching[1].running:
                return
            watcher = Watcher(opened, render)
            watcher.start()
            _watching = (opened, watcher)
    except Exception as error:
        log.log(logging.ERROR, "Alerts could not begin: %(error)s", {"error": type(error).__name__})


@dataclass(frozen=True)
class Drawn:
    """A page for a message: its title, and all of it as one HTML file, made when it is asked for."""

    report: Report

    @property
    def title(self) -> str:
        return self.report.title

    @property
    def html(self) -> str:
        return document(self.report)


def render(page: str, params: dict[str, list[str]], language: str, scope: Segment) -> Drawn:
    """The page as somebody sees it who may look at the customers of `scope`, and at nobody by name."""
    reader = Person("", Role.VIEWER, scope=scope, denied=KEPT_OUT)
    return Drawn(offscreen.render(page, params, language, person=reader, address=text("RAPPORT_ADDRESS")))
