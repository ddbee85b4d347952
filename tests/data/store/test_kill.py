"""A process that is killed in the middle of a merge leaves the file as it was."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from data.store.store import Store
from tests.data.rows import order, take

PROJECT = Path(__file__).parents[3]
MERGE = """
import sys
from data.store.store import ImportMeta, Store
from tests.data.rows import order, readers, table
rows = table("orders", [order(str(i), f"c{i % 20_000}", "2026-02-01", 2.0) for i in range(100_000)])
with Store.open(sys.argv[1]) as store:
    meta = ImportMeta("big.csv", "big", "test")
    store.merge(readers({"orders": rows}), meta, progress=lambda share: (print(share, flush=True), sys.stdin.readline()))
"""


def state(path: Path) -> list[list[tuple]]:
    with Store.open(path) as store, store.snapshot() as snap:
        names = ("orders", "imports", "customer_keys", "customers", "customer_periods", "sightings")
        return [snap.cursor.execute(f"select * from {name} order by all").fetchall() for name in names]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.75, 0.8, 0.95])
def test_a_kill_in_the_middle_of_a_merge_leaves_the_file_as_before(tmp_path: Path, share: float):
    path = tmp_path / "store.duckdb"
    with Store.open(path) as store:
        take(store, orders=[order(str(i), f"c{i}", "2026-01-01", 1.0) for i in range(50)])
    before = state(path)
    command = [sys.executable, "-c", MERGE, str(path)]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:  # the merge waits for a line after each step, so the kill falls between two of them
            if float(line) >= share:
                process.send_signal(signal.SIGKILL)
                break
            process.stdin.write("\n")
            process.stdin.flush()
    assert process.returncode == -signal.SIGKILL
    assert state(path) == before
