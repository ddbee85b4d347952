"""Backups while the app runs: those that the command asks it for, and those that the settings plan.

The app has the file to itself, so `python -m data.backup` leaves a request in a folder beside it. A thread of the app makes the copy there,
and the command takes it to where it is wanted: the app itself writes nowhere else.
"""

import datetime as dt
import logging
import shutil
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path

import duckdb

from data.errors import RapportError, StoreError
from data.settings import Settings
from data.store import Store
from metrics.texts import N_

LOG = logging.getLogger("rapport.backups")
LOOK_SECONDS = 1.0
ANSWER_SECONDS, COPY_SECONDS = 15.0, 3600.0  # until the app has seen the request; until the copy is written
RETRY = dt.timedelta(minutes=15)
NAME = "rapport-%Y-%m-%d-%H%M%S.duckdb"
PLANNED = "rapport-????-??-??-??????.duckdb"


def requests(db: Path) -> Path:
    """The folder of requests of a file."""
    return db.with_name(f"{db.name}.requests")


def ask_app(db: Path, target: Path) -> None:
    """Have the app that has `db` open write a copy to `target`. StoreError when it does not, with its own sentence if it has one."""
    if target.exists():
        raise StoreError(N_("{path} exists already; name a file that does not."), path=target)
    folder = requests(db)
    folder.mkdir(mode=0o700, exist_ok=True)
    request = folder / f"{uuid.uuid4().hex}.request"
    taken, made, failed = (request.with_suffix(suffix) for suffix in (".taken", ".duckdb", ".failed"))
    request.touch()
    try:
        if not _appears(ANSWER_SECONDS, taken, made, failed):
            raise StoreError("{path} is open in a process that makes no backups. Stop it first.", path=db)
        if not _appears(COPY_SECONDS, made, failed):
            raise StoreError("The app did not finish the copy of {path}. Its log says why.", path=db)
        if failed.exists():
            raise StoreError("{reason}", reason=failed.read_text("utf-8"))
        _move(made, target)
    finally:
        for name in (request, taken, made, failed):
            name.unlink(missing_ok=True)


def _appears(seconds: float, *names: Path) -> bool:
    """Whether one of the files is there within so long."""
    deadline = time.monotonic() + seconds
    while not any(name.exists() for name in names):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _move(made: Path, target: Path) -> None:
    """Under the name of the target there is nothing, or the whole: also when it lies on another disk."""
    partial = target.with_name(f"{target.name}.partial")
    try:
        shutil.move(made, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


class Keeper:
    """The thread of the app that makes the backups of one store, until that is closed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._not_before = dt.datetime(1970, 1, 1)
        threading.Thread(target=self._run, name="rapport-backups", daemon=True).start()

    def _run(self) -> None:
        while not self._store.closed.wait(LOOK_SECONDS):
            try:
                self._answer_requests()
                self._keep_plan(Settings.read(), dt.datetime.now())
            except (RapportError, OSError, duckdb.Error) as error:
                if not self._store.closed.is_set():
                    LOG.error("A backup failed: %(reason)s", {"reason": str(error)})

    def _answer_requests(self) -> None:
        for request in requests(self._store.path).glob("*.request"):
            with suppress(FileNotFoundError):  # the command gave up meanwhile
                taken = request.rename(request.with_suffix(".taken"))
                self._answer(taken)

    def _answer(self, taken: Path) -> None:
        try:
            self._store.backup(taken.with_suffix(".duckdb"))
        except (RapportError, OSError, duckdb.Error) as error:
            LOG.error("A backup failed: %(reason)s", {"reason": str(error)})
            said = taken.with_suffix(".saying")
            said.write_text(f"The app could not write the copy: {error}", "utf-8")
            said.rename(taken.with_suffix(".failed"))

    def _keep_plan(self, settings: Settings, now: dt.datetime) -> None:
        """Make the planned backup when it is due, and remove the oldest of its kind beyond those to keep."""
        folder = settings.backup_dir
        if folder is None or now < self._not_before:
            return
        self._not_before = now + RETRY  # also after an error
        folder.mkdir(parents=True, exist_ok=True)
        kept = sorted(folder.glob(PLANNED))
        age = now - dt.datetime.strptime(kept[-1].name, NAME) if kept else dt.timedelta.max
        if age < dt.timedelta(hours=settings.backup_hours):
            self._not_before = min(self._not_before, now + dt.timedelta(hours=settings.backup_hours) - age)
            return
        self._store.backup(folder / now.strftime(NAME))
        LOG.info("A planned backup was written")
        for old in sorted(folder.glob(PLANNED))[: -settings.backup_keep]:
            old.unlink()
