"""Backups while the app runs: those that the command asks it for, and those that the settings plan.

The app has the file to itself, so `python -m data.backup` leaves a request in a folder beside it. A thread of the app makes the copy there,
and the command takes it to where it is wanted: the app itself writes nowhere else.
"""

import datetime as dt
import errno
import logging
import shutil
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path

import duckdb

from data import owners
from data.errors import RapportError, StoreError
from data.opening import PLANNED, planned
from data.settings import Settings
from data.store import Store
from metrics.texts import N_

LOG = logging.getLogger("rapport.backups")
LOOK_SECONDS = 1.0
ANSWER_SECONDS, COPY_SECONDS = 15.0, 3600.0  # until the app has seen the request; until the copy is written
FORGOTTEN_SECONDS = ANSWER_SECONDS + COPY_SECONDS  # after which the command has given up
RETRY = dt.timedelta(minutes=15)


def requests(db: Path) -> Path:
    """The folder of requests of a file."""
    return db.with_name(f"{db.name}.requests")


def ask_app(db: Path, target: Path) -> None:
    """Have the app that has `db` open write a copy to `target`. StoreError when it does not, with its own sentence if it has one."""
    if target.exists():
        raise StoreError(N_("{path} exists already; name a file that does not."), path=target)
    if not owners.may_act_for(db):
        raise StoreError("{path} belongs to another user. Run the command as the user that the app runs as.", path=db)
    folder = requests(db)
    folder.mkdir(mode=0o700, exist_ok=True)
    owners.give(folder, like=db, mode=0o700)  # as root: it is the app that has to look into it
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
        _move(made, target, db)
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


def _move(made: Path, target: Path, db: Path) -> None:
    """Under the name of the target there is nothing, or the whole: also when it lies on another disk."""
    partial = target.with_name(f"{target.name}.partial")
    try:
        try:
            made.rename(partial)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            owners.begin_private(partial)
            shutil.copyfile(made, partial)
        owners.give(partial, like=db, mode=owners.PRIVATE)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


class Keeper:
    """The thread of the app that makes the backups of one store, as the settings plan them, until that store is closed."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._not_before = dt.datetime(1970, 1, 1)
        threading.Thread(target=self._run, name="rapport-backups", daemon=True).start()

    def _run(self) -> None:
        while not self._store.closed.wait(LOOK_SECONDS):
            try:
                self._answer_requests()
                self._keep_plan(dt.datetime.now())
            except (RapportError, OSError, duckdb.Error) as error:
                if not self._store.closed.is_set():
                    LOG.error("A backup failed: %(reason)s", {"reason": str(error)})
            except Exception as error:  # a fault of ours must not end all backups to come
                LOG.error("A backup met a fault of ours", exc_info=error)

    def _answer_requests(self) -> None:
        _remove_forgotten(requests(self._store.path))
        for request in requests(self._store.path).glob("*.request"):
            with suppress(FileNotFoundError):  # the command gave up meanwhile
                taken = request.rename(request.with_suffix(".taken"))
                self._answer(taken)

    def _answer(self, taken: Path) -> None:
        try:
            self._store.backup(taken.with_suffix(".duckdb"))
        except (RapportError, OSError, duckdb.Error) as error:
            LOG.error("A backup failed: %(reason)s", {"reason": str(error)})
            _fail(taken, f"The app could not write the copy: {error}")
        except Exception:
            _fail(taken, "The app could not write the copy. Its log says why.")
            raise

    def _keep_plan(self, now: dt.datetime) -> None:
        """Make the planned backup when it is due, and remove the oldest of its kind beyond those to keep."""
        folder, every = self._settings.backup_dir, dt.timedelta(hours=self._settings.backup_hours)
        if folder is None or now < self._not_before:
            return
        self._not_before = now + RETRY  # also after an error
        folder.mkdir(parents=True, exist_ok=True)
        kept = planned(folder)
        age = now - kept[-1][0] if kept else dt.timedelta.max
        if age < every:
            self._not_before = min(self._not_before, now + every - age)
            return
        self._store.backup(folder / now.strftime(PLANNED))
        LOG.info("A planned backup was written")
        for _, old in planned(folder)[: -self._settings.backup_keep]:
            old.unlink()


def _remove_forgotten(folder: Path) -> None:
    """What a command that was killed did not take: by then nobody waits for it, and a copy may hold whom somebody has erased since."""
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > FORGOTTEN_SECONDS:
                path.unlink()


def _fail(taken: Path, sentence: str) -> None:
    """Tell the command, which waits for the copy, that there will be none."""
    said = taken.with_suffix(".saying")
    said.write_text(sentence, "utf-8")
    said.rename(taken.with_suffix(".failed"))
