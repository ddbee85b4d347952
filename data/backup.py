"""`python -m data.backup PATH`: a consistent copy of the DuckDB file, whether or not the app has it open."""

import argparse
import sys
from pathlib import Path

from data.command import ended
from data.errors import RapportError
from data.file import opening
from data.settings import Settings
from data.store.backups import ask_app
from data.store.store import OpenElsewhere, Store


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when the copy is written, 2 with one sentence when it cannot be."""
    parser = argparse.ArgumentParser(prog="python -m data.backup", description=__doc__)
    parser.add_argument("target", type=Path, help="the file to write; it must not exist")
    parser.add_argument("--db", type=Path, help="the DuckDB file (default: RAPPORT_DB)")
    options = parser.parse_args(arguments)
    return ended(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    path = options.db or Settings.read().db
    opening.refuse_new(path)
    if not path.exists():
        raise RapportError("{path} does not exist, so there is nothing to copy.", path=path)
    back_up(path, options.target)
    print(f"{path} was copied to {options.target}.")
    return 0


def back_up(db: Path, target: Path) -> None:
    """Write the copy oneself, or have the running app write it."""
    try:
        store = Store.open(db)
    except OpenElsewhere:
        ask_app(db, target)
        return
    with store:
        store.backup(target)


if __name__ == "__main__":
    sys.exit(main())
