"""`python -m tests.benchmarks.build CUSTOMERS STORE`: generate the large set and merge it into a new store."""

import sys
from collections.abc import Callable
from pathlib import Path

from data.store.store import ImportMeta, Store
from tests.benchmarks.generate import FOLDER, generate, readers


def main(customers: int, path: Path) -> None:
    """The store appears under its name only once it is whole."""
    paths = generate(FOLDER.with_name(f"rows-{customers}"), customers=customers, progress=_show("generated"))
    partial = path.with_suffix(".partial.duckdb")
    partial.unlink(missing_ok=True)
    with Store.open(partial) as store:
        store.merge(readers(paths), ImportMeta("benchmark", "", "benchmark"), progress=_show("merged"))
    partial.replace(path)


def _show(what: str) -> Callable[[float], None]:
    return lambda share: print(f"\r{share:4.0%} {what}   ", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
