"""The large set for benchmarks: about 10 M orders, 1 M customers and 2 M feedback rows, as Parquet, in bounded memory.

The same generator as the demo, in parts of 50,000 customers who buy more than twice as often; each part is a row group, so neither
writing nor reading ever holds more than one. `python -m tests.benchmarks.generate [--to FOLDER] [--customers N] [--seed N]`.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from data.demo.build import build_part
from data.demo.world import SEED, Pace
from metrics.engine.schemas import TABLES

CUSTOMERS = 1_000_000
PART_CUSTOMERS = 50_000
BATCH_ROWS = 131_072
FOLDER = Path(__file__).parents[2] / "bench" / "rows"
FAST = Pace(rate=2.75, staying=2.5, answers=0.52)  # about 10 orders and 2 answers per customer
STAMP = "made.json"

Frames = dict[str, pl.DataFrame]


def parts(customers: int = CUSTOMERS, seed: int = SEED) -> Iterator[Frames]:
    """One frame per table and part; ids of different parts never meet, so the parts together are one set."""
    for number, first in enumerate(range(0, max(customers, 1), PART_CUSTOMERS)):
        yield build_part(min(PART_CUSTOMERS, customers - first), seed=seed, part=number, pace=FAST)


def generate(
    folder: Path = FOLDER,
    *,
    customers: int = CUSTOMERS,
    seed: int = SEED,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Path]:
    """Write one Parquet file per table and return their paths; a folder that holds this very set already is left as it is."""
    paths = {table: folder / f"{table}.parquet" for table in TABLES}
    stamp = {"customers": customers, "seed": seed, "part": PART_CUSTOMERS, "pace": vars(FAST)}
    if (folder / STAMP).is_file() and json.loads((folder / STAMP).read_text()) == stamp:
        return paths
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STAMP).unlink(missing_ok=True)
    with ExitStack() as open_files:
        writers: dict[str, pq.ParquetWriter] = {}
        for number, frames in enumerate(parts(customers, seed), start=1):
            for table, frame in frames.items():
                rows = frame.to_arrow()
                if table not in writers:
                    writers[table] = open_files.enter_context(pq.ParquetWriter(paths[table], rows.schema))
                writers[table].write_table(rows)
            if progress:
                progress(min(1.0, number * PART_CUSTOMERS / max(customers, 1)))
    (folder / STAMP).write_text(json.dumps(stamp))
    return paths


def readers(paths: dict[str, Path]) -> dict[str, Callable[[], pa.RecordBatchReader]]:
    """What `Store.merge` takes: one reader per table, a batch at a time."""
    return {table: lambda path=path: _reader(path) for table, path in paths.items()}  # type: ignore[misc]


def _reader(path: Path) -> pa.RecordBatchReader:
    file = pq.ParquetFile(path)
    return pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(BATCH_ROWS))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.generate", description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder to write to (default: %(default)s)")
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    started = time.perf_counter()
    paths = generate(asked.to, customers=asked.customers, seed=asked.seed)
    for table, path in paths.items():
        print(f"{table:<14}{pq.ParquetFile(path).metadata.num_rows:>12,}  {path.stat().st_size / 2**20:>8,.1f} MiB")
    print(f"{time.perf_counter() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
