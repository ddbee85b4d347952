"""`make bench`: the table of what Rapport costs on a large set, beside hand-written SQL and pandas. ORDERS=… makes it small.

Each line is printed when it is measured; a figure that misses its target gets a ✗ and nothing fails. The targets are for the large set:
on a small one the milliseconds that every question costs are more than hand-written SQL takes in all.
"""

import os
import subprocess
import sys

from data.store.store import Store
from tests.benchmarks import again_speed, browser_speed, clv_speed, imports_speed, load_speed, metrics_speed
from tests.benchmarks.measure import MIB, ROOT, Line

ORDERS_PER_CUSTOMER = 10
FOLDER = ROOT / "bench"


def main() -> None:
    """Build what is missing in bench/, then measure."""
    customers = int(os.environ.get("ORDERS", "10000000")) // ORDERS_PER_CUSTOMER
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"store-{customers}.duckdb"
    if not path.exists():
        print(f"Building {path.relative_to(ROOT)} once", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "tests.benchmarks.build", str(customers), path], cwd=ROOT, check=True)
        print(file=sys.stderr)
    with Store.open(path) as store, store.snapshot() as snap:
        extent = snap.extent()
        size = f"{path.stat().st_size / MIB:,.0f} MiB"
        show(
            Line(
                "the set",
                f"{extent.orders:,} orders, {extent.customers:,} customers, {extent.feedback:,} answers, {size}",
            )
        )
        for line in metrics_speed.lines(snap):
            show(line)
        for line in clv_speed.lines(snap):
            show(line)
        exports = imports_speed.exports(snap, FOLDER)
    for line in imports_speed.lines(exports):
        show(line)
    for line in again_speed.lines(path):
        show(line)
    for line in browser_speed.lines(path, exports):
        show(line)
    for line in load_speed.lines(exports[-1]):
        show(line)


def show(line: Line) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
