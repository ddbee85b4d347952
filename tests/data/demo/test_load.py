"""The demo in a store, and at the command line."""

from pathlib import Path

import polars as pl
import pytest

from data.demo import build, load
from data.demo.__main__ import main
from data.errors import StoreError
from data.store.store import ImportMeta, Store


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "demo.duckdb") as store:
        yield store


def test_no_customers_load_as_an_empty_demo(store: Store) -> None:
    merged = load(store, customers=0)
    assert merged is not None and merged.customers_new == 0
    assert store.imports()["profile"].to_list() == ["demo"]


def test_all_rows_arrive_and_the_badge_is_on(store: Store) -> None:
    heard: list[float] = []
    merged = load(store, customers=150, progress=heard.append)
    frames = build(customers=150)
    assert merged is not None
    assert {table: counts.new for table, counts in merged.counts.items()} == {t: f.height for t, f in frames.items()}
    with store.snapshot() as snap:
        extent = snap.extent()
    assert extent.demo
    assert (extent.orders, extent.feedback, extent.currency) == (
        frames["orders"].height,
        frames["feedback"].height,
        "CNY",
    )
    assert heard == sorted(heard) and heard[0] == 0 and heard[-1] == 1


def test_the_same_demo_twice_changes_nothing(store: Store) -> None:
    load(store, customers=20)
    assert load(store, customers=20) is None
    assert store.imports().height == 1


def test_another_demo_takes_the_place_of_the_first(store: Store) -> None:
    load(store, customers=20)
    load(store, customers=30, seed=4)
    current = store.imports().filter(pl.col("kind") == "import", pl.col("status") == "current")
    assert current["mapping"].to_list() == ['{"customers": 30, "seed": 4}']
    with store.snapshot() as snap:
        assert snap.extent().orders == build(customers=30, seed=4)["orders"].height


def test_real_data_are_never_mixed_with_the_demo(store: Store) -> None:
    real = build(customers=3)["members"].to_arrow()
    merged = store.merge({"members": real.to_reader}, ImportMeta("members.csv", "0" * 64, "mapped"))
    sentence = (
        r"demo\.duckdb holds data already \(members\.csv\), .* Name another file with --db, or undo its imports first\."
    )
    with pytest.raises(StoreError, match=sentence):
        load(store, customers=20)
    assert store.imports().height == 1
    store.undo(merged.import_id)
    assert load(store, customers=20) is not None


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "shop.duckdb"
    command = ["--db", str(path), "--customers", "12", "--seed", "9"]
    assert main(command) == 0
    assert "12 members" in capsys.readouterr().out
    assert main(command) == 0
    assert capsys.readouterr().out == f"{path} holds these demo data already.\n"
    path.write_bytes(b"something else")
    assert main(command) == 2
    assert str(path) in capsys.readouterr().err


@pytest.mark.parametrize("value", ["-1", "many", "1.5"])
def test_command_line_refuses_what_is_no_number(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--customers", value])
    assert stopped.value.code == 2
    assert f"must be a whole number from 0 up, but is “{value}”" in capsys.readouterr().err
