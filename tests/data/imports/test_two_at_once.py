"""Two imports that lie ready at the same time."""

from pathlib import Path

from data.imports import NamedBytes, Receipt, stage
from data.store.store import Store

HEAD = "order_id,customer_id,ordered_at,amount\n"
FIRST = NamedBytes("a.csv", f"{HEAD}1,ann,2026-01-01,10\n2,bob,2026-01-02,20\n".encode())
SECOND = NamedBytes("b.csv", f"{HEAD}2,bob,2026-01-02,15\n3,bob,2026-01-03,30\n".encode())


def test_the_stored_receipt_is_that_of_the_merge(tmp_path: Path):
    with Store.open(tmp_path / "s.duckdb") as store:
        with (
            stage([FIRST], store=store, profile="orders") as first,
            stage([SECOND], store=store, profile="orders") as second,
        ):
            assert (second.receipt.orders_new, second.receipt.orders_changed) == (2, 0)
            first.take_in()
            taken = second.take_in()
        assert (taken.orders_new, taken.orders_changed) == (1, 1)
        assert Receipt.from_json(store.imports()["receipt"][0]) == taken


def test_the_same_file_read_twice_is_taken_in_once(tmp_path: Path):
    with Store.open(tmp_path / "s.duckdb") as store:
        with (
            stage([FIRST], store=store, profile="orders") as first,
            stage([FIRST], store=store, profile="orders") as again,
        ):
            assert first.take_in().import_id == 1
            receipt = again.take_in()
        assert (receipt.import_id, receipt.already_loaded) == (None, 1)
        assert store.imports().height == 1
