"""What the server does once, when it starts, whether or not anybody comes."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from data import sandbox
from data.file.workspace import sweep
from data.imports import JOBS
from data.settings import Settings
from pages.frame import alerting
from pages.frame.registry import ENTRIES
from pages.shared.serving.resting import keep_without_descriptors
from pages.shared.serving.standstill.watchdog import watching
from pages.shared.session.opened import opens
from pages.shared.words.texts import LANGUAGES, catalogue


@asynccontextmanager
async def serving(_app: object) -> AsyncIterator[None]:
    """Clear away what a killed server left, then begin backups and alerts: on a thread, so that visitors need not wait for a file that is
    brought up to date first. A server that stands still is ended."""
    sweep(starting=True)
    keep_without_descriptors()
    threading.Thread(target=_start, name="rapport-start", daemon=True).start()
    with watching(Settings.read().watchdog_seconds, asyncio.get_running_loop()):
        yield


def _start() -> None:
    warm()
    sandbox.start(JOBS, keep=True)
    if opens():
        alerting.begin()


def warm() -> None:
    """Load what every page needs, and have the garbage collector leave it alone.

    After each run of a page Streamlit has everything collected, while no other page can go on. With 25 visitors on two cores that
    looking through modules, catalogues and messages took four fifths of the time.
    """
    for entry in ENTRIES:
        import_module(entry.module)
    for language in LANGUAGES:
        catalogue(language)
    gc.collect()
    gc.freeze()
