"""`python -m data.imports [list | undo N]`: the history of imports, and taking one back."""

import argparse
import sys
from pathlib import Path

from data.command import ended
from data.settings import Settings
from data.store.store import Store


def main(arguments: list[str] | None = None) -> int:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--db", type=Path, default=argparse.SUPPRESS, help="the DuckDB file (default: RAPPORT_DB)")
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    parser = argparse.ArgumentParser(
        prog="python -m data.imports", description="The history of imports.", parents=[common]
    )
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("list", parents=[common], help="list imports and undos, newest first")
    undo = commands.add_parser("undo", parents=[common], help="take an import back")
    undo.add_argument("number", type=int)
    options = parser.parse_args(arguments)
    return ended(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    as_json = getattr(options, "json", False)
    with Store.open(getattr(options, "db", None) or Settings.read().db) as store:
        if options.command == "undo":
            version = store.undo(options.number)
            said = f"Import {options.number} was taken back: version {version}."
            print(f'{{"version": {version}}}' if as_json else said)
            return 0
        history = store.imports()
    if as_json:
        print(history.write_json())
        return 0
    for row in history.iter_rows(named=True):
        replaced = f" (replaces {row['undoes']})" if row["undoes"] else ""
        file = f"{row['profile']}: {row['file_name']}{replaced}"
        what = f"undoes {row['undoes']}" if row["kind"] == "undo" else file
        print(f"{row['id']:>4}  {row['at']:%Y-%m-%d %H:%M}  {row['status']:<8} {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
