"""The large set for benchmarks is the demo in parts, and a store takes it."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data.store.store import ImportMeta, Store
from metrics.engine.schemas import TABLES
from tests.benchmarks import generate as large


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "PART_CUSTOMERS", 40)


def test_no_customers_give_files_without_rows(tmp_path: Path) -> None:
    paths = large.generate(tmp_path, customers=0)
    assert {table: pq.read_metadata(path).num_rows for table, path in paths.items()} == dict.fromkeys(TABLES, 0)


def test_parts_add_up_to_one_set_that_a_store_takes(tmp_path: Path) -> None:
    heard: list[float] = []
    paths = large.generate(tmp_path / "rows", customers=100, progress=heard.append)
    assert heard == [0.4, 0.8, 1.0]
    rows = {table: pq.read_metadata(path).num_rows for table, path in paths.items()}
    assert rows["members"] == 100
    assert rows["orders"] > 500
    with Store.open(tmp_path / "large.duckdb") as store:
        merged = store.merge(large.readers(paths), ImportMeta("large", "0" * 64, "demo"))
    assert {table: counts.new for table, counts in merged.counts.items()} == rows
    assert merged.customers_new == 100


def test_a_set_is_made_once_and_again_only_when_asked_for_another(tmp_path: Path) -> None:
    paths = large.generate(tmp_path, customers=50)
    made = paths["orders"].stat().st_mtime_ns
    assert large.generate(tmp_path, customers=50)["orders"].stat().st_mtime_ns == made
    large.generate(tmp_path, customers=50, seed=1)
    assert paths["orders"].stat().st_mtime_ns != made
