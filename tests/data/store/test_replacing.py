"""What takes the place of demo data does it in one step: nobody sees both, nor neither, and neither is half done."""

import importlib
import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from data.demo.load import load
from data.errors import Cancelled, StoreError
from data.people import audit
from data.people.access import LOCAL, Access
from data.store import merging, soundness
from data.store.store import ImportMeta, Store
from tests.data.rows import nps, order, readers, table

DEMO = [order(f"d{i}", f"m{i % 40}", "2026-01-01", 1.0) for i in range(400)]
REAL = [order(f"r{i}", f"c{i % 40}", "2026-02-01", 2.0) for i in range(300)]
ALSO = [
    order("d1", "m1", "2026-01-01", 1.0),
    order("d2", "m2", "2026-01-01", 9.0),
]  # the same as a demo row, and another


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "s.duckdb") as opened:
        put(opened, DEMO, profile="demo")
        yield opened


def put(store: Store, rows: list[dict], *, profile: str = "test", replacing: tuple[int, ...] = (), **more) -> int:
    meta = ImportMeta(f"{profile}.csv", f"{profile} {len(rows)} {replacing}", profile)
    tables = readers({"orders": table("orders", rows)})
    return store.merge(tables, meta, replacing=replacing, **more).import_id


def seen(store: Store, version: int | None = None) -> tuple[int, float, bool]:
    """Orders and revenue as rows and as saved totals say, and whether there are demo data."""
    with store.snapshot(version) as snap:
        rows = snap.orders().select("amount").collect("polars")["amount"].to_list()
        assert sum(snap.customers().select("orders").collect("polars")["orders"].to_list()) == len(rows)
        assert snap.extent().orders == len(rows)
        return len(rows), sum(rows), snap.extent().demo


BEFORE, AFTER = (400, 400.0, True), (300, 600.0, False)


def test_the_new_rows_and_the_end_of_the_old_ones_are_one_version(store: Store) -> None:
    assert put(store, REAL, replacing=(1,)) == 2
    assert [seen(store, version) for version in (1, 2, None)] == [BEFORE, AFTER, AFTER]
    assert store.imports().select("id", "kind", "undoes", "status").rows() == [
        (2, "import", 1, "current"),
        (1, "import", None, "undone"),
    ]
    with store.reading() as cursor:
        soundness.check(cursor, store.path)


def test_rows_that_both_hold_stay_and_others_go(store: Store) -> None:
    put(store, ALSO, replacing=(1,))
    assert seen(store) == (2, 10.0, False)
    store.undo(2)
    assert seen(store) == (0, 0, False)


def test_no_reader_sees_both_or_neither(store: Store) -> None:
    states, stop = set(), threading.Event()

    def read() -> None:
        while not stop.is_set():
            states.add(seen(store))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    put(store, REAL, replacing=(1,))
    stop.set()
    for thread in threads:
        thread.join()
    assert states <= {BEFORE, AFTER}


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 6, "_record", "_write", "_take_back", "_finish"])
def test_a_failure_at_any_step_leaves_the_old_rows(
    store: Store, monkeypatch: pytest.MonkeyPatch, step: int | str
) -> None:
    calls = itertools.count(1)

    def fail(*_: object) -> None:
        if isinstance(step, str) or next(calls) == step:
            raise Cancelled("stopped")

    if isinstance(step, str):
        monkeypatch.setattr(merging, step, fail)
    with pytest.raises((Cancelled, duckdb.InvalidInputException)):
        put(store, REAL, replacing=(1,), progress=None if isinstance(step, str) else fail)
    monkeypatch.undo()
    assert seen(store) == BEFORE
    assert len(store.imports()) == 1
    assert put(store, REAL, replacing=(1,)) == 2
    assert seen(store) == AFTER


@pytest.mark.parametrize("gone", [(7,), (2,)])
def test_what_cannot_be_undone_is_refused_and_nothing_is_taken_in(store: Store, gone: tuple[int, ...]) -> None:
    store.undo(1)
    with pytest.raises(StoreError, match="There is no import"):
        put(store, REAL, replacing=gone)
    with pytest.raises(StoreError, match="is undone already"):
        put(store, REAL, replacing=(1,))
    assert len(store.imports()) == 2


def test_several_go_in_one_transaction(store: Store) -> None:
    put(store, REAL[:3], profile="demo")
    states, stop = set(), threading.Event()

    def read() -> None:
        while not stop.is_set():
            states.add(seen(store))

    reader = threading.Thread(target=read)
    reader.start()
    put(store, REAL, replacing=(1, 2))
    stop.set()
    reader.join()
    assert states <= {(403, 406.0, True), AFTER}
    assert store.imports()["status"].to_list() == ["current", "current", "undone", "undone"]


def test_another_demo_takes_the_place_of_the_first_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(*, customers: int, seed: int) -> dict:
        return {"orders": table("orders", [order(f"{seed}-{i}", f"m{i}", "2026-01-01", 1.0) for i in range(customers)])}

    monkeypatch.setattr(importlib.import_module("data.demo.load"), "build", build)
    with Store.open(tmp_path / "d.duckdb") as opened:
        load(opened, customers=5, seed=1)
        load(opened, customers=7, seed=2)
        assert [seen(opened, version)[0] for version in (1, 2)] == [5, 7]
        assert len(opened.imports()) == 2


def test_the_audit_says_what_was_done_or_nothing_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    access = Access(store, LOCAL)
    meta = ImportMeta("real.csv", "real", "test")

    def refuse(*_: object) -> None:
        raise StoreError("no room")

    with monkeypatch.context() as broken:
        broken.setattr(audit, "add", refuse)
        with pytest.raises(StoreError):
            access.merge(readers({"orders": table("orders", REAL)}), meta, replacing=(1,))
        with pytest.raises(StoreError):
            access.undo(1)
    assert seen(store) == BEFORE
    access.merge(readers({"orders": table("orders", REAL)}), meta, replacing=(1,))
    access.undo(2)
    assert audit.entries(store, limit=9).select("action", "subject").rows() == [
        ("undo", "2"),
        ("undo", "1"),
        ("upload", "2"),
    ]


def test_answers_come_with_orders_in_one_step(store: Store) -> None:
    tables = readers(
        {"orders": table("orders", REAL), "feedback": table("feedback", [nps("f", "c1", "2026-02-02", 9.0)])}
    )
    store.merge(tables, ImportMeta("both.xlsx", "both", "test"), replacing=(1,))
    with store.snapshot() as snap:
        assert (snap.extent().orders, snap.extent().feedback) == (300, 1)
