"""python -m data.demo [--db PATH] [--customers N] [--seed N]: fill a new file with demo data."""

import argparse
import sys
from pathlib import Path

from data.command import ended
from data.demo.load import load
from data.demo.world import CUSTOMERS, SEED
from data.settings import Settings
from data.store.store import Store


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when the demo data are in the file (loaded now or before), 2 when they were refused and nothing was written."""
    parser = argparse.ArgumentParser(prog="python -m data.demo", description="Fill a file with demo data.")
    parser.add_argument("--db", type=Path, help="the DuckDB file (default: RAPPORT_DB)")
    parser.add_argument("--customers", type=_count, default=CUSTOMERS, help="how many members (default: %(default)s)")
    parser.add_argument(
        "--seed", type=_count, default=SEED, help="another number gives another chain (default: %(default)s)"
    )
    asked = parser.parse_args(arguments)
    return ended(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    with Store.open(asked.db or Settings.read().db) as store:
        progress = _shown if sys.stderr.isatty() else None
        merged = load(store, customers=asked.customers, seed=asked.seed, progress=progress)
        path = store.path
    if merged is None:
        print(f"{path} holds these demo data already.")
    else:
        rows = ", ".join(f"{counts.rows:,} {table.replace('_', ' ')}" for table, counts in merged.counts.items())
        print(f"{path}: {rows}.")
    return 0


def _shown(share: float) -> None:
    """One line that fills up, for a person who waits at a terminal."""
    sys.stderr.write(f"\rBuilding the demo data … {share:4.0%}" + ("\n" if share >= 1 else ""))
    sys.stderr.flush()


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 up, but is “{text}”")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
