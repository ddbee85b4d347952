"""The demo data into the store, as one import with the profile "demo"."""

import hashlib
import json
from collections.abc import Callable

import polars as pl
import pyarrow as pa

from data.demo.build import build
from data.demo.world import CUSTOMERS, SEED
from data.errors import StoreError
from data.store.imported import Destination, ImportMeta, Merged
from metrics.texts import N_

PROFILE = "demo"
FILE_NAME = "demo data"
BATCH_ROWS = 100_000
BUILT_SHARE = 0.3  # of the time that loading takes


def load(
    store: Destination,
    *,
    customers: int = CUSTOMERS,
    seed: int = SEED,
    progress: Callable[[float], None] | None = None,
) -> Merged | None:
    """Merge the demo data; None when exactly these are there already. An earlier demo of another size or seed is undone in
    the same step.

    Raises StoreError when the store holds an import that is no demo: made-up rows never mix with real ones.
    """
    imports = store.imports().filter(pl.col("kind") == "import", pl.col("status") == "current")
    real = imports.filter(pl.col("profile") != PROFILE)
    if real.height:
        raise StoreError(
            N_(
                "{path} holds data already ({file}), and demo data never mix with it. "
                "Name another file with --db, or undo its imports first."
            ),
            path=store.path,
            file=real["file_name"][0],
        )
    mark = json.dumps({"customers": customers, "seed": seed})
    meta = ImportMeta(FILE_NAME, hashlib.sha256(f"demo {mark}".encode()).hexdigest(), PROFILE, mapping=mark)
    if store.loaded_as(meta.sha256, meta.mapping) is not None:
        return None
    report = progress or _ignore
    report(0.0)
    frames = build(customers=customers, seed=seed)
    report(BUILT_SHARE)
    readers = {table: _reader(frame) for table, frame in frames.items()}
    return store.merge(
        readers,
        meta,
        progress=lambda share: report(BUILT_SHARE + (1 - BUILT_SHARE) * share),
        replacing=imports["id"].to_list(),
    )


def _reader(frame: pl.DataFrame) -> Callable[[], pa.RecordBatchReader]:
    table = frame.to_arrow()
    return lambda: table.to_reader(BATCH_ROWS)


def _ignore(_share: float) -> None:
    """Nobody wants to know how far it is."""
