"""The text that makes the rollups is written once for all files with the same tables: each file gets its own rows and its own currency."""

from pathlib import Path

import polars as pl
import pytest

from data.store import rollups
from data.store.store import Store
from tests.data.rows import order, take

TABLES = ("customers", "customer_periods", "order_days")


def saved(store: Store) -> dict[str, pl.DataFrame]:
    with store.reading() as cursor:
        return {name: cursor.sql(f"from {name} order by all").pl() for name in TABLES}


def orders(currency: str | None, other: str | None, amount: float) -> list[dict[str, object]]:
    return [
        order("1", "a", "2026-01-05", amount, currency=currency),
        order("2", "a", "2026-02-05", amount, currency=currency),
        order("3", "b", "2026-02-06", 7.0, currency=currency),
        order("4", "b", "2026-02-07", 1000.0, currency=other),
        order("R", "a", "2026-02-08", -1.0, currency=currency, kind="refund"),
    ]


@pytest.mark.parametrize(
    ("currency", "other", "spent"),
    [
        (None, None, {"a": 9.0, "b": 1007.0}),
        ("EUR", "USD", {"a": 9.0, "b": 7.0}),
        ("USD", "EUR", {"a": 9.0, "b": 7.0}),
        ("CNY", None, {"a": 9.0, "b": 1007.0}),
    ],
)
def test_money_is_in_the_currency_of_the_file(
    tmp_path: Path, currency: str | None, other: str | None, spent: dict[str, float]
) -> None:
    """One file after the other, in one process."""
    with Store.open(tmp_path / "a.duckdb") as store:
        assert all(frame.is_empty() for frame in saved(store).values())
        take(store, orders=orders(currency, other, 5.0))
        found = saved(store)["customers"].select("customer_id", pl.col("revenue").cast(pl.Float64))
    assert dict(found.iter_rows()) == spent


def test_few_customers_brought_up_to_date_are_as_if_all_were_made_anew(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.duckdb") as store:
        take(store, orders=[order(f"{n}", f"c{n % 40}", f"2026-0{1 + n % 6}-05", 10 + n) for n in range(120)])
        take(store, orders=[order("120", "c7", "2026-06-30", 5.0), order("121", "new", "2026-06-30", 5.0)])
        updated = saved(store)
        with store.changing() as cursor:
            rollups.refresh_all(cursor)
        assert all(frame.equals(updated[name]) for name, frame in saved(store).items())
        assert updated["customers"].height == 41


def test_other_tables_have_a_text_of_their_own(tmp_path: Path) -> None:
    """As in the midst of an upgrade of an older file."""
    with Store.open(tmp_path / "a.duckdb") as store:
        take(store, orders=orders("EUR", None, 5.0))
        before, known = saved(store), len(rollups._written)
        with store.changing() as cursor:
            cursor.execute("alter table orders alter amount type decimal(30, 4)")
            rollups.refresh_all(cursor)
        assert len(rollups._written) == known + 1
        assert saved(store)["customers"]["revenue"].to_list() == before["customers"]["revenue"].to_list()
