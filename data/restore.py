"""`python -m data.restore BACKUP`: put a backup in the place of the DuckDB file, which is kept beside it."""

import argparse
import datetime as dt
import shutil
import stat
import sys
from pathlib import Path

import duckdb

from data.command import ended
from data.errors import RapportError
from data.file import copying, halves, opening, owners, space
from data.file.opening import OpenElsewhere, log_of
from data.settings import Settings
from data.store import engine, soundness
from data.store.store import Store
from metrics.texts import N_

NEEDS = N_(
    "Restoring {path} needs {need} MB, but {free} MB are free at {folder}. Make room, and try again; nothing was changed."
)


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when the backup is in place, 2 with one sentence when it cannot be; then nothing was changed."""
    parser = argparse.ArgumentParser(prog="python -m data.restore", description=__doc__)
    parser.add_argument("backup", type=Path, help="the backup, of this Rapport or an older one")
    parser.add_argument("--db", type=Path, help="the DuckDB file (default: RAPPORT_DB)")
    options = parser.parse_args(arguments)
    return ended(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    path = options.db or Settings.read().db
    replaced = restore(options.backup, path)
    print(f"{options.backup} is now {path}." + (f" What was there is {replaced}." if replaced else ""))
    return 0


def restore(backup: Path, db: Path) -> Path | None:
    """Check a backup, bring it to the present schema and put it in the place of `db`; where the replaced file lies now.

    It gets the mode and the owner of the file that it replaces; without one, its owner alone may read it, and as root that is the owner
    of the folder. A backup that is not whole, or a file that the app has open, raises StoreError, and nothing is changed.
    """
    if not backup.is_file():
        raise RapportError("There is no file {path}.", path=backup)
    if db.exists() and backup.samefile(db):
        raise RapportError("{path} is the file itself. Name a backup.", path=backup)
    db = opening.real(db)
    opening.check_kind(db)
    db.parent.mkdir(parents=True, exist_ok=True)
    engine.take_up(db)
    space.look(db.parent, 2 * space.size(backup), NEEDS, path=backup)
    with halves.writing(db, "restoring") as fresh, space.plainly(db.parent):
        owners.begin_private(fresh)
        shutil.copyfile(backup, fresh)
        if log_of(backup).is_file():  # of a replaced file: what it had not yet taken in
            shutil.copyfile(log_of(backup), log_of(fresh))
        _check(fresh, backup)
        copying.flush(fresh)
        return _put_in_place(fresh, db)


def _check(fresh: Path, backup: Path) -> None:
    """Migrate and check the copy; errors name the backup."""
    if not fresh.stat().st_size:  # the engine would take it for a new file
        raise RapportError("{path} is empty. Restore another backup.", path=backup)
    try:
        with Store.open(fresh) as store, store.reading() as cursor:
            soundness.check(cursor, fresh)
    except duckdb.Error as error:
        raise RapportError("{path} cannot be read as a Rapport file. Restore another backup.", path=backup) from error
    except RapportError as error:
        raise RapportError(error.template, **{**error.values, "path": backup}) from error


def _put_in_place(fresh: Path, db: Path) -> Path | None:
    """Give the copy the name, in one step: a kill leaves the old file or the new one there, each whole and with its own log."""
    if not db.exists():
        owners.give(fresh, like=db.parent, mode=owners.PRIVATE)
        if log_of(db).exists():  # of a file that is gone
            log_of(db).replace(log_of(_kept(db)))
        try:
            copying.name(fresh, db)
        except FileExistsError:
            raise OpenElsewhere(
                N_("{path} is open in the running app. Use the app, or stop it first."), path=db
            ) from None
        copying.flush(db.parent)
        return None
    owners.give(fresh, like=db, mode=stat.S_IMODE(db.stat().st_mode))
    kept = _kept(db)
    held = _hold(db)
    try:
        copying.name(db, kept)
        if log_of(db).exists():  # only of a file that cannot be read: a start after a kill puts it back
            log_of(db).replace(log_of(kept))
        fresh.replace(db)
        copying.flush(db.parent)
    finally:
        if held:
            held.close()
    return kept


def _kept(db: Path) -> Path:
    name = f".replaced-{dt.datetime.now():%Y-%m-%d-%H%M%S}"
    names = (opening.beside(db, f"{name}{number}") for number in ("", *(f"-{each}" for each in range(2, 1000))))
    return next(each for each in names if not each.exists() and not log_of(each).exists())


def _hold(db: Path) -> duckdb.DuckDBPyConnection | None:
    """Have the file oneself, so that no app opens it meanwhile, with all it holds in the file. None for one that cannot be read: it
    may be the reason for restoring."""
    if engine.is_open(db):
        raise OpenElsewhere(N_("{path} is open in the running app. Use the app, or stop it first."), path=db)
    try:
        held = opening.connect(db, Settings.read().memory_limit_mib)
    except OpenElsewhere:
        raise
    except RapportError:
        return None
    try:
        held.execute("checkpoint")
    except duckdb.Error as error:
        held.close()
        if space.is_full(error):
            raise
        return None
    return held


if __name__ == "__main__":
    sys.exit(main())
