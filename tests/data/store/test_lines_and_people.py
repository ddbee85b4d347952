"""Rows that come together, and rows that name two people or nobody: versions, undo, scope and totals as for any other table."""

import datetime as dt
from pathlib import Path

import pytest

from data.segment import EVERYBODY, Segment
from data.store.soundness import check
from data.store.store import Counts, Store
from metrics.engine.schemas import DATES, TABLES, TOGETHER, people
from tests.data.rows import order, take

AT = dt.datetime(2026, 1, 5)
ORDERS = [order("1", "a", "2026-01-05", 30.0, region="East"), order("2", "b", "2026-01-06", 5.0, region="West")]


def lines(*numbered: tuple[str, int, str, float]) -> list[dict[str, object]]:
    return [
        {"source": "shop", "order_id": o, "line": n, "product": what, "amount": amount}
        for o, n, what, amount in numbered
    ]


FULL = lines(("1", 1, "mug", 10.0), ("1", 2, "tea", 15.0), ("1", 3, "pen", 5.0), ("2", 1, "mug", 5.0))
FEWER = lines(("1", 1, "mug", 10.0), ("1", 2, "tea", 20.0))


def seen(store: Store, version: int | None = None, scope: Segment = EVERYBODY) -> list[tuple[str, int, str, float]]:
    with store.snapshot(version, scope=scope) as snap:
        rows = snap.order_lines().collect("polars").to_native()
    return sorted(rows.select("order_id", "line", "product", "amount").rows())


def plain(rows: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [(row["order_id"], row["line"], row["product"], row["amount"]) for row in rows]


def test_without_lines_there_is_no_line(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        assert seen(store) == []
        take(store, orders=ORDERS)
        assert seen(store) == []


def test_lines_of_an_order_are_replaced_as_a_whole_and_come_back_as_one(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=ORDERS, order_lines=FULL)
        assert seen(store) == plain(FULL)
        fewer = take(store, order_lines=FEWER)
        assert fewer.counts["order_lines"] == Counts(2, 0, 1, 1)
        assert seen(store) == plain(FEWER) + plain(FULL[3:])
        again = take(store, order_lines=FEWER)
        assert again.counts["order_lines"] == Counts(2, 0, 0, 2)
        store.undo(fewer.import_id)
        assert seen(store) == plain(FEWER) + plain(FULL[3:])  # the second of the two still says so
        store.undo(again.import_id)
        assert seen(store) == plain(FULL)
        assert seen(store, 2) == plain(FEWER) + plain(FULL[3:])
        with store.reading() as cursor:
            check(cursor, store.path)


def test_a_line_is_seen_by_who_sees_its_order_and_dated_as_it(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=ORDERS, order_lines=FULL, members=[{"customer_id": "a"}])
        east = Segment(region=("East",))
        assert seen(store, scope=east) == plain(FULL[:3])
        with store.snapshot() as snap:
            early = snap.order_lines(end=dt.date(2026, 1, 5)).collect("polars").to_native()
        assert sorted(early["order_id"].unique()) == ["1"]


ONE_OF_EACH: dict[str, dict[str, object]] = {
    "points": {"source": "t", "movement_id": "1", "customer_id": "p", "moved_at": AT, "kind": "earn", "points": 5.0},
    "referrals": {"source": "t", "customer_id": "p", "referrer_id": "q", "referred_on": AT.date()},
    "benefits": {"source": "t", "use_id": "1", "customer_id": "p", "used_at": AT, "benefit": "gift", "cost": 2.0},
    "events": {"source": "t", "event_id": "1", "name": "Training", "starts_on": AT.date()},
}


@pytest.mark.parametrize("table", ONE_OF_EACH)
def test_each_table_is_taken_in_seen_counted_and_taken_back(tmp_path: Path, table: str) -> None:
    named = {str(ONE_OF_EACH[table][name]) for name in people(table)}
    with Store.open(tmp_path / "s.duckdb") as store:
        taken = take(store, **{table: [ONE_OF_EACH[table]]})
        assert taken.counts[table] == Counts(1, 1, 0, 0)
        assert taken.customers_new == len(named)
        with store.snapshot() as snap:
            assert getattr(snap, table)().collect("polars").shape[0] == 1
            assert getattr(snap, table)(as_of=AT.date() - dt.timedelta(days=1)).collect("polars").shape[0] == 0
            assert set(snap.customers().collect("polars")["customer_id"].to_list()) == named
            assert snap.extent().customers == len(named)
        store.undo(taken.import_id)
        with store.snapshot() as snap:
            assert getattr(snap, table)().collect("polars").shape[0] == 0
            assert snap.customers().collect("polars").shape[0] == 0
        with store.reading() as cursor:
            check(cursor, store.path)


def test_every_table_but_lines_says_when_and_lines_belong_to_orders() -> None:
    assert set(TABLES) - set(DATES) == set(TOGETHER) == {"order_lines"}
    assert all(date in TABLES[table].columns() for table, date in DATES.items())
