"""Money in the store: exact to four decimals, whatever a file or an older store held."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from data.questions.ask import ask, whole
from data.sql import only_value
from data.store import schema
from data.store.store import Counts, Store
from tests.data.rows import order, take

TYPES = """select table_name, column_name, data_type from duckdb_columns() where column_name in
    ('amount', 'gross', 'discount', 'refund', 'revenue', 'repeat_spend') and table_name in ('orders', 'customers', 'customer_periods')"""


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (12.0, "12"),  # yen
        (0.1 + 0.2, "0.3"),
        (19.99, "19.99"),
        (-19.99, "-19.99"),
        (1.0049999999999999, "1.005"),
        (7.125, "7.125"),  # dinars have three decimals
        (3 * 1.33335, "4.0001"),  # a price finer than any coin
        (0.00004, "0"),
        (-0.00006, "-0.0001"),
        (1e-300, "0"),
        (999_999_999_999.99, "999999999999.99"),
        (1e14, "100000000000000"),
    ],
)
def test_an_amount_is_kept_to_four_decimals(tmp_path: Path, given: float, kept: str) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=[order("1", "a", "2026-01-01", given, discount=given)])
        with store.snapshot() as snap:
            found = snap.cursor.execute("select amount, discount from orders").fetchall()
            revenue = only_value(snap.cursor, "select revenue from customers")
        assert found == [(Decimal(kept), Decimal(kept))]
        assert revenue == Decimal(kept)


@pytest.mark.parametrize(
    ("again", "counts"),
    [
        (0.3, Counts(1, 0, 0, 1)),
        (0.1 + 0.2, Counts(1, 0, 0, 1)),
        (0.30004, Counts(1, 0, 0, 1)),
        (0.3001, Counts(1, 0, 1, 0)),
    ],
)
def test_a_row_is_the_same_when_its_money_is(tmp_path: Path, again: float, counts: Counts) -> None:
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=[order("1", "a", "2026-01-01", 0.1 + 0.2)])
        merged = take(store, orders=[order("1", "a", "2026-01-01", again)])
    assert merged.counts["orders"] == counts


AMOUNTS = [0.1 + 0.2, 19.99, 1 / 3, -5.005, 0.0, 2.5, 1e11 + 0.07, 7.125, 33.33, 4.2]
ORDERS = [
    order(str(number), f"c{number % 3}", f"2026-0{1 + number % 4}-05", amount, discount=amount / 10, gross=amount * 1.1)
    for number, amount in enumerate(AMOUNTS)
]
UNKNOWN = "update orders set gross = {value} where order_id = '3'"


def older(path: Path, version: int, *changes: str) -> None:
    """A file as the schema of that version had it: money as floating-point numbers, not rounded."""
    with Store.open(path) as store:
        take(store, orders=ORDERS, members=[{"customer_id": "c0", "region": "north"}])
        take(store, orders=[order("0", "c0", "2026-01-05", 8.0)])
    with duckdb.connect(str(path)) as old:
        for table, name, _type in old.execute(TYPES).fetchall():
            old.execute(f"alter table {table} alter {name} type double")
        for number, amount in enumerate(AMOUNTS):
            old.execute("update orders set amount = $1 where order_id = $2 and added_by = 1", [amount, str(number)])
        for change in changes:
            old.execute(change)
        old.execute("update meta set value = $1 where key = 'schema_version'", [str(version)])
        old.execute("drop table customer_attributes")
        if version < 3:
            for table in ("audit", "links", "kept_answers", "alerts", "deliveries", "ended_sessions"):
                old.execute(f"drop table {table}")
        if version < 2:
            old.execute("drop table order_days")


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("changes", [(), (UNKNOWN.format(value="'nan'"),), (UNKNOWN.format(value="'infinity'"),)])
def test_an_older_file_gets_exact_money(tmp_path: Path, version: int, changes: tuple[str, ...]) -> None:
    path = tmp_path / "old.duckdb"
    older(path, version, *changes)
    with Store.open(path) as store, store.snapshot() as snap, store.snapshot(1) as first:
        types = {kind for _table, _name, kind in snap.cursor.execute(TYPES).fetchall()}
        assert types == {"DECIMAL(38,4)"}
        kept = dict(snap.cursor.execute("select order_id, amount from orders where added_by = 1").fetchall())
        assert kept == {str(n): round(Decimal(amount), 4) for n, amount in enumerate(AMOUNTS)}
        total = only_value(snap.cursor, "select sum(revenue) from customers")
        assert total == sum(kept.values()) - kept["0"] + 8
        assert float(total) == pytest.approx(sum(AMOUNTS) - AMOUNTS[0] + 8, abs=0.005)
        gross = only_value(snap.cursor, "select gross from orders where order_id = '3'")
        assert (gross is None) == bool(changes)
        question = whole(first)
        assert question
        found = ask(first, "historical_clv", question, minimum=1)
    assert found["revenue"].to_list() == [float(sum(kept.values()))]
    assert len(list(tmp_path.glob(f"old.duckdb.schema-{version}.backup"))) == 1


def test_the_columns_of_money_are_of_one_type(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb") as store, store.reading() as cursor:
        found = cursor.execute(TYPES).fetchall()
    assert len(found) == 8
    assert {kind for _table, _name, kind in found} == {schema.MONEY_TYPE.upper().replace(" ", "")}
