"""Exports into a new store, beside DuckDB's own read_csv into a table and pandas.read_csv; each in a process of its own."""

import gzip
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data.store.snapshot import Snapshot
from tests.benchmarks.measure import ROOT, Line, process

LIMIT_RATIO, LIMIT_MIB = 3.0, 2048
ONLINE_RETAIL = ROOT.parent / "shared" / "data" / "online_retail" / "online_retail.csv.gz"
CSV_ORDERS = 1_000_000
TOLD = ("--profile", "orders", "--map", "ordered_at=ordered_at")  # the others are guessed; a mapping is remembered

DUCKDB = "import sys, duckdb; duckdb.connect(sys.argv[2]).execute('create table t as from read_csv(?)', [sys.argv[1]])"
PANDAS = "import sys, pandas; pandas.read_csv(sys.argv[1], encoding_errors='replace', parse_dates=[sys.argv[2]])"


@dataclass(frozen=True)
class Export:
    """A file to import: what it is, which column holds the date, how long it may take from the browser to its receipt, and what
    data.load must be told where the headers do not tell."""

    what: str
    path: Path
    date_column: str
    upload_limit_s: float
    options: tuple[str, ...] = ()


def exports(snap: Snapshot, folder: Path) -> list[Export]:
    """UCI Online Retail where the reference data lie beside the project, and a CSV of up to a million orders of the set."""
    found = []
    if ONLINE_RETAIL.exists():
        path = folder / "online_retail.csv"
        if not path.exists():
            with gzip.open(ONLINE_RETAIL) as packed, path.open("wb") as plain:
                shutil.copyfileobj(packed, plain)
        found.append(Export("Online Retail", path, "InvoiceDate", 2.5))
    path = folder / "orders.csv"
    snap.cursor.sql(
        "select order_id, customer_id, ordered_at, amount, discount, channel from orders "
        "join customer_keys using (customer_key) where replaced_by is null and kind = 'order' limit $limit",
        params={"limit": CSV_ORDERS},
    ).pl().write_csv(path, datetime_format="%Y-%m-%d %H:%M:%S")
    return [*found, Export("orders as CSV", path, "ordered_at", 6.0, TOLD)]


def lines(files: list[Export]) -> Iterator[Line]:
    """One line per file."""
    for file in files:
        with tempfile.TemporaryDirectory() as folder:
            load: list[str | Path] = ["-m", "data.load", file.path, *file.options, "--db", f"{folder}/store.duckdb"]
            ours = process([sys.executable, *load])
            duckdb = process([sys.executable, "-c", DUCKDB, file.path, f"{folder}/plain.duckdb"])
            pandas = process([sys.executable, "-c", PANDAS, file.path, file.date_column])
        ratio = ours.seconds / duckdb.seconds
        yield Line(
            f"{file.what} ({file.path.stat().st_size / 1e6:.0f} MB), checked and merged",
            f"{ours.seconds:.1f} s, {ours.peak_mib:,.0f} MiB · read_csv {duckdb.seconds:.1f} s ({ratio:.1f}×)"
            f" · pandas {pandas.seconds:.1f} s, {pandas.peak_mib:,.0f} MiB",
            f"≤ {LIMIT_RATIO:.0f}× read_csv, ≤ {LIMIT_MIB} MiB",
            ratio <= LIMIT_RATIO and ours.peak_mib <= LIMIT_MIB,
        )
