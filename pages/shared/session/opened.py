"""The one store of the process.

It is held here and not in a cache of Streamlit: those are emptied by whoever asks, and the engine opens a file once per process.
"""

import logging
import threading

import duckdb

from data.errors import RapportError
from data.settings import Settings
from data.store.backups import Keeper
from data.store.store import Store

LOG = logging.getLogger("rapport.store")
CLOSED = "The file could not be opened at the start: %(reason)s"

_opening = threading.Lock()
_open: Store | None = None


def store() -> Store:
    """Opened once, at the place that the settings name; again only when it was closed. Pages reach it through cached.access(), which
    knows who asks."""
    global _open  # what must live as long as the process does
    found = _open
    if found is not None and not found.closed.is_set():
        return found
    with _opening:
        if _open is None or _open.closed.is_set():
            settings = Settings.read()
            _open = Store.open(settings.db)
            Keeper(_open, settings)
        return _open


def opens() -> bool:
    """Open it before anybody asks, so that backups are made. False, with a sentence in the log, when it cannot be opened now: pages try
    again, and say it too."""
    try:
        store()
    except (RapportError, OSError, duckdb.Error) as error:
        LOG.error(CLOSED, {"reason": str(error)})
        return False
    return True


def opening() -> bool:
    """Whether it is being opened now: an older file is brought up to date first, which takes its time."""
    return _opening.locked()


def answers() -> bool:
    """Whether it can be read."""
    try:
        with store().reading() as cursor:
            return bool(cursor.execute("select 1").fetchone())
    except (RapportError, OSError, duckdb.Error):
        return False
