"""Backups while the app runs: those that the command asks it for, and those that the settings plan.

The app has the file to itself, so `python -m data.backup` leaves a request in a folder beside it. One thread of the app sees it at once,
another, which may be at work on a planned copy or writing the file anew, makes the copy there when its turn comes, and the command takes
it to where it is wanted: the app itself writes nowhere else.
"""

import datetime as dt
import errno
import itertools
import logging
import shutil
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb

from data.errors import RapportError, StoreError
from data.file import copying, halves, owners, space
from data.file.opening import PLANNED, planned
from data.settings import Settings
from data.store.store import Store
from metrics.texts import N_

LOG = logging.getLogger("rapport.backups")
LOOK_SECONDS = 1.0
ANSWER_SECONDS, COPY_SECONDS = (
    15.0,
    3600.0,
)  # until the app has seen the request; until the copy is written, and those before it
FORGOTTEN_SECONDS = ANSWER_SECONDS + COPY_SECONDS  # after which the command has given up
SUMMER_TIME = dt.timedelta(hours=2)
AHEAD = "The backup %(file)s is dated in the future: the clock was wrong when it was made, or is wrong now"
RETRY, RARELY = dt.timedelta(minutes=15), dt.timedelta(days=1)


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
    endings = (".seen", ".taken", ".duckdb", ".failed")
    seen, taken, made, failed = (request.with_suffix(ending) for ending in endings)
    request.touch()
    try:
        if not _appears(ANSWER_SECONDS, seen, taken, made, failed):
            raise StoreError(
                "{path} is open in a process that makes no backups, or that is still opening it. Run the command again in a minute; "
                "if it says this again, stop that process first.",
                path=db,
            )
        if not _appears(COPY_SECONDS, made, failed):
            raise StoreError("The app did not finish the copy of {path}. Its log says why.", path=db)
        if failed.exists():
            raise StoreError("{reason}", reason=failed.read_text("utf-8"))
        _move(made, target, db)
    finally:
        for name in (request, seen, taken, made, failed):
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
    with halves.writing(target) as partial, space.plainly(target.parent):
        try:
            made.rename(partial)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            space.look(target.parent, space.size(made), copying.NEEDS, target=target)
            owners.begin_private(partial)
            shutil.copyfile(made, partial)
        owners.give(partial, like=db, mode=owners.PRIVATE)
        copying.flush(partial)
        partial.replace(target)
        copying.flush(target.parent)


class Keeper:
    """The threads of the app that see to the backups of one store, as asked for and as the settings plan them, until it is closed."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._not_before = self._rewrite_after = self._now = dt.datetime(1970, 1, 1)
        self._rewrite_wait = dt.timedelta()
        for name, *works in (("backups", self._clear_away, self._look), ("requests", self._see)):
            threading.Thread(target=self._run, args=works, name=f"rapport-{name}", daemon=True).start()

    def _run(self, *works: Callable[[dt.datetime], None]) -> None:
        """Each of the works once a second, the last of them over and over."""
        for work in itertools.chain(works, itertools.repeat(works[-1])):
            if self._store.closed.wait(LOOK_SECONDS):
                return
            try:
                work(dt.datetime.now())
            except (RapportError, OSError, duckdb.Error) as error:
                if not self._store.closed.is_set():
                    LOG.error("A backup failed: %(reason)s", {"reason": str(error)})
            except Exception as error:  # a fault of ours must not end all backups to come
                LOG.error("A backup met a fault of ours", exc_info=error)

    def _look(self, now: dt.datetime) -> None:
        self._answer_requests()
        self._rewrite_when_due(now)
        self._keep_plan(now)

    def _clear_away(self, _now: dt.datetime) -> None:
        """Remove parts of copies that a killed app left, and tell the commands that wait for them."""
        asked = requests(self._store.path)
        for taken in asked.glob("*.taken"):
            if not taken.with_suffix(".duckdb").exists():
                _fail(taken, "The app was stopped while it wrote the copy. Run the command again.")
        if asked.is_dir():
            halves.sweep(asked)
        if self._settings.backup_dir and self._settings.backup_dir.is_dir():
            halves.sweep(self._settings.backup_dir)

    def _rewrite_when_due(self, now: dt.datetime) -> None:
        """Write the file anew without the rows of erased people, where there was no room for it, or no moment, before. Each time the whole
        file is copied, and people wait for a moment: so after each failure it is tried half as often, down to once a day."""
        ahead = self._rewrite_after - now
        if dt.timedelta() < ahead <= max(self._rewrite_wait, RETRY):  # one further ahead: the clock was set back
            return
        failed = self._store.rewrite_is_due() and not self._store.rewrite()
        self._rewrite_wait = min(max(2 * self._rewrite_wait, RETRY), RARELY) if failed else dt.timedelta()
        self._rewrite_after = now + max(self._rewrite_wait, RETRY)

    def _see(self, _now: dt.datetime) -> None:
        """Tell the commands that wait that somebody will answer."""
        for request in requests(self._store.path).glob("*.request"):
            with suppress(FileNotFoundError):  # the command gave up meanwhile
                request.rename(request.with_suffix(".seen"))

    def _answer_requests(self) -> None:
        _remove_forgotten(requests(self._store.path))
        for seen in requests(self._store.path).glob("*.seen"):
            with suppress(FileNotFoundError):  # the command gave up meanwhile
                taken = seen.rename(seen.with_suffix(".taken"))
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
        went_back, self._now = now < self._now, now
        if folder is None or (now < self._not_before and not went_back):
            return
        self._not_before = now + RETRY  # also after an error
        folder.mkdir(parents=True, exist_ok=True)
        kept = past(folder, now)
        age = now - kept[-1][0] if kept else dt.timedelta.max
        if age < every:
            self._not_before = min(self._not_before, now + every - age)
            return
        for _, path in ahead(folder, now):
            LOG.warning(AHEAD, {"file": path.name})
        self._store.backup(folder / now.strftime(PLANNED))
        LOG.info("A planned backup was written")
        for _, old in past(folder, now)[: -self._settings.backup_keep]:
            old.unlink()


def past(folder: Path, now: dt.datetime) -> list[tuple[dt.datetime, Path]]:
    """The planned backups that were made by now, oldest first: by these goes the plan, and of these the oldest are removed."""
    return [(at, path) for at, path in planned(folder) if at <= now]


def ahead(folder: Path, now: dt.datetime) -> list[tuple[dt.datetime, Path]]:
    """The planned backups that are dated in the future, by more than a change of summer time: the clock was wrong when they were made,
    or is wrong now."""
    return [(at, path) for at, path in planned(folder) if at > now + SUMMER_TIME]


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
