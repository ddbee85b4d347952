"""`python -m data.restore BACKUP`: put a backup in the place of the DuckDB file, which is kept beside it."""

import argparse
import datetime as dt
import shutil
import stat
import sys
from pathlib import Path

import duckdb

from data import owners, soundness
from data.errors import RapportError
from data.settings import Settings
from data.store import OpenElsewhere, Store, connect


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when the backup is in place, 2 with one sentence when it cannot be; then nothing was changed."""
    parser = argparse.ArgumentParser(prog="python -m data.restore", description=__doc__)
    parser.add_argument("backup", type=Path, help="the backup, of this Rapport or an older one")
    parser.add_argument("--db", type=Path, help="the DuckDB file (default: RAPPORT_DB)")
    options = parser.parse_args(arguments)
    try:
        path = options.db or Settings.read().db
        replaced = restore(options.backup, path)
    except RapportError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(owners.refused(error), file=sys.stderr)
        return 2
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
    db.parent.mkdir(parents=True, exist_ok=True)
    fresh = db.with_name(f"{db.name}.restoring")
    try:
        owners.begin_private(fresh)
        shutil.copyfile(backup, fresh)
        _check(fresh, backup)
        return _put_in_place(fresh, db)
    finally:
        for name in db.parent.glob(f"{fresh.name}*"):
            name.unlink()


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
    if not db.exists():
        owners.give(fresh, like=db.parent, mode=owners.PRIVATE)
        fresh.replace(db)
        return None
    owners.give(fresh, like=db, mode=stat.S_IMODE(db.stat().st_mode))
    kept = db.with_name(f"{db.name}.replaced-{dt.datetime.now():%Y-%m-%d-%H%M%S}")
    held = _hold(db)
    try:
        for suffix in ("", ".wal"):
            part = db.with_name(db.name + suffix)
            if part.exists():
                part.rename(kept.with_name(kept.name + suffix))
        fresh.replace(db)
    finally:
        if held:
            held.close()
    return kept


def _hold(db: Path) -> duckdb.DuckDBPyConnection | None:
    """Have the file oneself, so that no app opens it meanwhile, with all it holds in the file. None for one that cannot be read: it
    may be the reason for restoring."""
    try:
        held = connect(db, Settings.read().memory_limit_mib)
        held.execute("checkpoint")
    except OpenElsewhere:
        raise
    except (RapportError, duckdb.Error):
        return None
    return held


if __name__ == "__main__":
    sys.exit(main())
