"""The store keeps versions: what an import adds, what undoing takes back, and what stays readable."""

import datetime as dt
import threading
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import Cancelled, StoreError
from data.segment import Segment
from data.sql import first_row, only_value
from data.store import schema
from data.store.store import Counts, ImportMeta, Store
from tests.data.rows import nps, order, readers, table, take
from tests.examples import examples


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "store.duckdb") as opened:
        yield opened


def amounts(store: Store, version: int | None = None) -> dict[str, float]:
    with store.snapshot(version) as snap:
        frame = snap.orders().select("order_id", "amount").collect("polars").to_native()
    return dict(sorted(frame.iter_rows()))


def rollup(store: Store, name: str) -> list[tuple]:
    with store.snapshot() as snap:
        return snap.cursor.sql(f"select * from {name} order by all").fetchall()


def test_an_empty_store_has_version_zero_and_no_rows(store: Store):
    with store.snapshot() as snap:
        assert snap.version == 0
        assert snap.extent().last is None
        assert snap.extent().orders == 0
        assert snap.values("region") == []
        for frame in (snap.orders(), snap.refunds(), snap.feedback(), snap.answers(), snap.tier_changes()):
            assert len(frame.collect("polars")) == 0
        for frame in (snap.customer_periods(), snap.customers(), snap.order_days()):
            assert len(frame.collect("polars")) == 0
    assert store.imports().is_empty()


def test_an_import_without_rows_is_a_version_too(store: Store):
    merged = take(store, orders=[])
    assert merged.counts == {"orders": Counts(0, 0, 0, 0)}
    assert amounts(store) == {}


def test_the_newest_row_of_a_key_wins_and_equal_rows_stay(store: Store):
    first = take(store, orders=[order("1", "a", "2026-01-01", 10), order("2", "b", "2026-01-02", 20)])
    second = take(
        store,
        name="b.csv",
        orders=[
            order("1", "a", "2026-01-01", 8, refund=2.0),
            order("2", "b", "2026-01-02", 20),
            order("3", "b", "2026-02-01", 5),
        ],
    )
    assert first.counts["orders"] == Counts(rows=2, new=2, changed=0, same=0)
    assert second.counts["orders"] == Counts(rows=3, new=1, changed=1, same=1)
    assert (first.customers_new, second.customers_new) == (2, 0)
    assert amounts(store) == {"1": 8, "2": 20, "3": 5}
    assert amounts(store, version=1) == {"1": 10, "2": 20}
    assert amounts(store, version=0) == {}


def test_the_last_of_equal_keys_in_one_import_counts(store: Store):
    merged = take(store, orders=[order("1", "a", "2026-01-01", 10), order("1", "a", "2026-01-01", 12)])
    assert merged.counts["orders"].rows == 1
    assert amounts(store) == {"1": 12}


def test_the_same_order_number_of_two_shops_is_two_orders(store: Store):
    take(store, orders=[order("1", "a", "2026-01-01", 10), order("1", "a", "2026-01-01", 12, source="other")])
    with store.snapshot() as snap:
        assert len(snap.orders().collect("polars")) == 2


A, B, C = ([order("1", "a", "2026-01-01", amount)] for amount in (10.0, 20.0, 30.0))


@pytest.mark.parametrize(
    ("imports", "undone", "left"),
    [
        ([A], [1], {}),
        ([A, B], [2], {"1": 10}),
        ([A, B], [1], {"1": 20}),
        ([A, B], [1, 2], {}),
        ([A, B], [2, 1], {}),
        ([A, A], [1], {"1": 10}),
        ([A, A], [2], {"1": 10}),
        ([A, A], [2, 1], {}),
        ([A, A, B], [1, 3], {"1": 10}),
        ([A, B, A], [3], {"1": 20}),
        ([A, B, A], [2], {"1": 10}),
        ([A, B, C], [2, 3], {"1": 10}),
        ([A, B, B, C], [2, 4], {"1": 20}),
    ],
)
def test_undo_leaves_what_the_other_imports_hold(store: Store, imports, undone, left):
    for place, rows in enumerate(imports):
        take(store, name=f"{place}.csv", orders=rows)
    for import_id in undone:
        store.undo(import_id)
    assert amounts(store) == left
    status = dict(store.imports().filter(pl.col("kind") == "import").select("id", "status").iter_rows())
    assert status == {i: "undone" if i in undone else "current" for i in range(1, len(imports) + 1)}


def test_versions_before_an_undo_stay_readable(store: Store):
    take(store, orders=A)
    take(store, name="b.csv", orders=B)
    assert store.undo(2) == 3
    assert [amounts(store, version) for version in (1, 2, 3)] == [{"1": 10}, {"1": 20}, {"1": 10}]


@pytest.mark.parametrize(
    ("import_id", "sentence"), [(7, "There is no import 7"), (1, "is undone already"), (2, "There is no import 2")]
)
def test_only_a_current_import_can_be_undone(store: Store, import_id: int, sentence: str):
    take(store, orders=A)
    store.undo(1)
    with pytest.raises(StoreError, match=sentence):
        store.undo(import_id)


days = st.sampled_from(["2026-01-05", "2026-01-31", "2026-02-01", "2026-03-15"])
rows = st.builds(
    order, st.sampled_from("12345"), st.sampled_from(["a", "b", "c", None]), days, st.sampled_from([1.0, 2.5])
)
steps = st.lists(
    st.one_of(st.lists(rows, max_size=4, unique_by=lambda row: row["order_id"]), st.integers(1, 5)), max_size=7
)


@examples(15)
@given(history=steps)
def test_any_history_of_imports_and_undos_equals_its_replay(tmp_path_factory, history):
    """Law: what is visible is what the imports that are not undone leave when their rows are laid over each other in order;
    and the rollups, though refreshed for touched customers only, equal those of a store that took everything at once."""
    with Store.open(tmp_path_factory.mktemp("law") / "s.duckdb") as store:
        taken: dict[int, list[dict]] = {}
        for step in history:
            if isinstance(step, int):
                if step in taken:
                    store.undo(step)
                    del taken[step]
            else:
                taken[take(store, orders=step).import_id] = step
        expected = {row["order_id"]: row for rows in taken.values() for row in rows}
        assert amounts(store) == {key: row["amount"] for key, row in sorted(expected.items())}
        totals = rollup(store, "customers")
        with Store.open(tmp_path_factory.mktemp("law") / "t.duckdb") as fresh:
            take(fresh, orders=list(expected.values()))
            named = dict(rollup(store, "customer_keys"))
            again = dict(rollup(fresh, "customer_keys"))
            for name in ("customer_periods", "order_days"):
                assert sorted((named[key], *rest) for key, *rest in rollup(store, name)) == sorted(
                    (again[key], *rest) for key, *rest in rollup(fresh, name)
                )
            assert sorted(row[1:] for row in totals) == sorted(row[1:] for row in rollup(fresh, "customers"))


SOME = [
    order("1", "a", "2026-01-01", 10, region="East", channel="web"),
    order("2", "a", "2026-02-10", 20, region="West"),
    order("3", "b", "2026-02-20", 5, region="West"),
    order("4", None, "2026-02-21", 7, region="East"),
]


@pytest.mark.parametrize(
    ("segment", "ids"),
    [
        (Segment(), ["1", "2", "3", "4"]),
        (Segment(region=("East",)), ["1", "2", "4"]),
        (Segment(region=("West",)), ["3"]),
        (Segment(region=("East", "West"), acquisition_channel=("web",)), ["1", "2"]),
        (Segment(tier=("gold",)), ["3"]),
        (Segment(region=("nowhere'; drop table orders; --",)), []),
    ],
)
def test_a_segment_chooses_customers_not_orders(store: Store, segment: Segment, ids: list[str]):
    take(store, orders=SOME, tier_changes=[{"customer_id": "b", "effective_on": dt.date(2026, 1, 1), "tier": "gold"}])
    with store.snapshot() as snap:
        found = snap.orders(segment, as_of=dt.date(2026, 3, 1)).select("order_id").collect("polars").to_native()
    assert sorted(found["order_id"]) == ids


@pytest.mark.parametrize("version", [None, 1])
@pytest.mark.parametrize("as_of", [dt.date(2026, 1, 31), dt.date(2026, 2, 15), dt.date(2026, 12, 31)])
def test_rollups_and_orders_give_the_same_periods_at_any_date_and_version(store: Store, version, as_of):
    take(store, orders=SOME)
    if version:
        take(store, name="later.csv", orders=[order("9", "a", "2026-01-03", 99)])
    with store.snapshot(version) as snap:
        frame = snap.customer_periods(as_of=as_of, attributes=("region",)).collect("polars").to_native()
        customers = snap.customers(as_of=as_of).collect("polars").to_native()
    expected = {}
    for row in SOME:
        day = row["ordered_at"].date()
        if row["customer_id"] and day <= as_of:
            key = (row["customer_id"], day.replace(day=1))
            expected[key] = expected.get(key, 0) + row["amount"]
    names = dict(customers.select("customer_key", "customer_id").iter_rows())
    assert {(names[r["customer_key"]], r["month"]): r["revenue"] for r in frame.iter_rows(named=True)} == expected
    spent = {name: sum(v for (who, _), v in expected.items() if who == name) for name in ("a", "b")}
    assert dict(customers.select("customer_id", "revenue").iter_rows()) == spent


def test_a_tier_is_the_last_change_on_or_before_the_date(store: Store):
    changes = [("gold", dt.date(2026, 1, 1)), ("silver", dt.date(2026, 3, 1))]
    take(
        store,
        orders=SOME,
        tier_changes=[{"customer_id": "a", "effective_on": day, "tier": tier} for tier, day in changes],
    )
    for as_of, tier in ((dt.date(2025, 12, 31), None), (dt.date(2026, 2, 28), "gold"), (dt.date(2026, 3, 1), "silver")):
        with store.snapshot() as snap:
            frame = snap.customers(as_of=as_of, attributes=("tier",)).collect("polars").to_native()
        assert frame.filter(pl.col("customer_id") == "a")["tier"].to_list() == [tier]


def test_feedback_without_a_customer_keeps_its_own_region(store: Store):
    take(
        store,
        orders=SOME,
        feedback=[nps("1", "a", "2026-02-01", 9, region="South"), nps("2", None, "2026-02-01", 3, region="South")],
    )
    with store.snapshot() as snap:
        frame = snap.feedback(attributes=("region",)).select("feedback_id", "region").collect("polars").to_native()
        assert dict(frame.iter_rows()) == {"1": "East", "2": "South"}
        assert snap.values("region") == ["East", "South", "West"]


def test_money_in_another_currency_is_left_out_of_sums_and_counted(store: Store):
    take(store, orders=[order(str(i), "a", "2026-01-01", 10, currency=c) for i, c in enumerate(["EUR", "EUR", "USD"])])
    with store.snapshot() as snap:
        assert (snap.extent().currency, snap.extent().other_currency_orders) == ("EUR", 1)
        (row,) = snap.customer_periods().collect("polars").to_native().iter_rows(named=True)
    assert (row["orders"], row["revenue"]) == (3, 20)


@pytest.mark.parametrize("stop_at", [0.0, 0.02, 0.5, 0.7, 0.95])
def test_a_cancelled_import_leaves_nothing(store: Store, stop_at: float):
    take(store, orders=A)
    before = [rollup(store, name) for name in ("orders", "customers", "customer_periods", "imports", "customer_keys")]
    seen: list[float] = []
    many = table("orders", [order(str(i), f"c{i}", "2026-01-01", 1) for i in range(5000)])
    with pytest.raises(Cancelled):
        store.merge(
            readers({"orders": many}),
            ImportMeta("m.csv", "m", "test"),
            progress=seen.append,
            cancelled=lambda: max(seen, default=0) >= stop_at,
        )
    assert seen == sorted(seen)
    assert [
        rollup(store, name) for name in ("orders", "customers", "customer_periods", "imports", "customer_keys")
    ] == before


def test_compare_tells_what_a_merge_would_do_and_writes_nothing(store: Store):
    take(store, orders=A)
    counts = store.compare(readers({"orders": table("orders", [*B, order("2", "new", "2026-01-01", 1)])}))
    assert counts == {"orders": Counts(rows=2, new=1, changed=1, same=0)}
    assert amounts(store) == {"1": 10}
    assert rollup(store, "customer_keys") == [(1, "a")]


def test_eight_readers_see_the_old_state_or_the_new_one(store: Store):
    """An order and an answer arrive together: no reader ever sees the one without the other, nor rollups of another state."""
    take(store, orders=[order(str(i), f"c{i % 500}", "2026-01-01", 1) for i in range(2000)])
    states, stop = set(), threading.Event()

    def look() -> None:
        while not stop.is_set():
            with store.snapshot() as snap:
                orders = first_row(snap.cursor, "select count(*), sum(amount) from orders where replaced_by is null")
                answers = only_value(snap.cursor, "select count(*) from feedback where replaced_by is null")
                rolled = only_value(snap.cursor, "select sum(orders) from customer_periods")
            states.add((*orders, answers, int(rolled)))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    take(
        store,
        name="b.csv",
        orders=[order(str(i), f"c{i % 500}", "2026-01-01", 2) for i in range(4000)],
        feedback=[nps(str(i), None, "2026-01-01", 9) for i in range(100)],
    )
    stop.set()
    for thread in threads:
        thread.join()
    assert states <= {(2000, 2000.0, 0, 2000), (4000, 8000.0, 100, 4000)}
    assert len(states) >= 1


def test_another_process_is_told_where_the_file_is_open(store: Store, run_python):
    result = run_python(
        "from data.store.store import Store; import sys\ntry: Store.open(sys.argv[1])\nexcept Exception as e: print(type(e).__name__, e)",
        store.path,
    )
    assert (
        result.stdout.strip()
        == f"OpenElsewhere {store.path} is open in the running app. Use the app, or stop it first."
    )


def test_a_newer_file_is_refused(tmp_path: Path):
    path = tmp_path / "newer.duckdb"
    Store.open(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("update meta set value = '99' where key = 'schema_version'")
    with pytest.raises(
        StoreError, match=f"written by a newer Rapport \\(schema 99; this one knows {schema.VERSION}\\)"
    ):
        Store.open(path)


def test_an_older_file_is_migrated_after_a_backup_copy(tmp_path: Path, monkeypatch):
    path = tmp_path / "older.duckdb"
    with Store.open(path) as store:
        take(store, orders=A)
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setitem(
        schema.MIGRATIONS, schema.VERSION - 1, lambda c: c.execute("alter table orders add column mood varchar")
    )
    with Store.open(path) as store, store.snapshot() as snap:
        assert snap.cursor.execute("select amount, mood from orders").fetchall() == [(10.0, None)]
    (backup,) = tmp_path.glob("*.backup")
    with duckdb.connect(str(backup), read_only=True) as old:
        assert old.execute("select amount from orders").fetchall() == [(10.0,)]
        assert old.execute("select value from meta where key = 'schema_version'").fetchall() == [
            (str(schema.VERSION - 1),)
        ]


SHARING = ("audit", "links", "kept_answers", "alerts", "deliveries", "ended_sessions")  # tables that came with schema 3


@pytest.mark.parametrize("first", [False, True])
def test_a_file_of_schema_1_gets_its_order_days_and_the_tables_of_sharing(tmp_path: Path, first: bool):
    path = tmp_path / "one.duckdb"
    with Store.open(path) as store:
        take(store, orders=A)
        expected = {name: rollup(store, name) for name in ("order_days", "customers")}
    with duckdb.connect(str(path)) as old:
        old.execute(
            "drop table order_days; drop table customer_attributes; update meta set value = '1' where key = 'schema_version'"
        )
        if first:  # of the first files
            old.execute("alter table customers drop repeat_spend; alter table customers drop repeat_spend_days")
        for name in SHARING:
            old.execute(f"drop table {name}")
    with Store.open(path) as store:
        assert {name: rollup(store, name) for name in expected} == expected
        with store.reading() as cursor:
            assert [cursor.execute(f"select count(*) from {name}").fetchall() for name in SHARING] == [[(0,)]] * len(
                SHARING
            )
        assert len(expected["order_days"]) == 1


def test_notes_beside_the_data_are_kept_only_when_nothing_failed(store: Store):
    def note() -> None:
        with store.noting() as cursor:
            cursor.execute("insert into ended_sessions values ('a', now()::timestamp)")

    note()
    with pytest.raises(RuntimeError), store.noting() as cursor:
        cursor.execute("insert into ended_sessions values ('b', now()::timestamp)")
        raise RuntimeError
    with store.reading() as cursor:
        assert cursor.sql("select session from ended_sessions").fetchall() == [("a",)]


def test_order_days_of_a_past_version_equal_those_saved_then(store: Store):
    take(store, orders=SOME)
    saved = rollup(store, "order_days")
    take(store, orders=[order("5", "a", "2026-01-20", 1), order("1", "b", "2026-01-01", 10)])
    assert rollup(store, "order_days") != saved
    with store.snapshot(1) as snap:
        frame = snap.order_days().collect("polars").to_native()
    assert sorted(frame.rows(), key=str) == sorted(saved, key=str)


def test_a_failed_migration_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch):
    path = tmp_path / "older.duckdb"
    Store.open(path).close()

    def fail(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("alter table orders add column mood varchar")
        raise ValueError("broken step")

    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setitem(schema.MIGRATIONS, schema.VERSION - 1, fail)
    with pytest.raises(ValueError, match="broken step"):
        Store.open(path)
    monkeypatch.undo()
    with Store.open(path) as store, store.snapshot() as snap:
        assert "mood" not in {
            name for (name,) in snap.cursor.execute("select column_name from (describe orders)").fetchall()
        }


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"not a database", "cannot be opened as a DuckDB file"), (None, "another program")]
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes | None, sentence: str):
    path = tmp_path / "other.duckdb"
    if content is None:
        with duckdb.connect(str(path)) as connection:
            connection.execute("create table theirs (a int)")
    else:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=sentence):
        Store.open(path)


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/passwd')",
        "copy orders to '/tmp/out.csv'",
        "attach '/tmp/other.duckdb'",
        "install httpfs",
        "set enable_external_access = true",
    ],
)
def test_the_engine_is_locked_down(store: Store, statement: str):
    with store.snapshot() as snap, pytest.raises(duckdb.Error, match=r"(?i)disabled|locked|cannot"):
        snap.cursor.execute(statement)


def test_mappings_and_files_are_remembered(store: Store):
    assert store.remembered_mappings() == {}
    take(store, orders=A, sha256="first", remember={"a|b": "{}"})
    take(store, orders=A, sha256="second", remember={"a|b": '{"score": "b"}'})
    assert store.remembered_mappings() == {"a|b": '{"score": "b"}'}
    assert store.loaded_as("hash") is None
    take(store, orders=A, sha256="hash")
    assert store.loaded_as("hash") == 3
    store.undo(3)
    assert store.loaded_as("hash") is None


def test_the_same_bytes_are_taken_in_once_whoever_comes_first(store: Store):
    first = take(store, orders=A, sha256="hash")
    again = take(store, orders=A, sha256="hash")
    assert (first.already_loaded, again.already_loaded) == (False, True)
    assert again.import_id == first.import_id == 1
    assert store.imports().height == 1


def test_the_receipt_tells_what_became_of_the_rows_when_they_were_merged(store: Store):
    """Two files lie ready; the second one's new order has come with the first by the time it is imported."""
    receipt = ImportMeta("b.csv", "b", "test", receipt=lambda merged: str(merged.counts["orders"]))
    take(store, orders=A)
    store.merge(readers({"orders": table("orders", [*B, order("2", "b", "2026-01-01", 1)])}), receipt)
    assert store.imports()["receipt"][0] == str(Counts(rows=2, new=1, changed=1, same=0))
