"""Saved answers to the usual questions: `customers` (one row each), `customer_periods` (one row per customer and month) and `order_days`
(one row per customer and day with an order, with the days before and after it).

Their definitions are the metric functions of the same names; here their results are kept fresh for the customers that a change touched.
"""

import duckdb
import narwhals.stable.v2 as nw

from data.sql import first_row, only_value
from data.store.extent import home_currency, keys_query
from metrics.engine import rollups as definitions

# From this share of touched customers on, writing all anew (sorted by customer) is faster than replacing rows.
REBUILD_SHARE = 0.2

PRESENT = "replaced_by is null"
TOUCHED = "and customer_key in (select customer_key from touched)"
# The name of the value that is the home currency: joined, two relations must not share one.
HOME = {"order": "home_of_orders", "refund": "home_of_refunds"}

Texts = dict[str, tuple[str, tuple[str, ...]]]  # by rollup


def forget_touched(cursor: duckdb.DuckDBPyConnection) -> None:
    """Start the list of customers whose rollups must be made anew."""
    cursor.execute("create or replace temp table touched (customer_key bigint)")


def touch(cursor: duckdb.DuckDBPyConnection, query: str) -> None:
    """Add the customer keys that the query gives to the list."""
    cursor.execute(f"insert into touched select distinct * from ({query}) where columns(*) is not null")


def refresh_all(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the rollups of all customers anew."""
    forget_touched(cursor)
    touch(cursor, "select customer_key from customer_keys")
    refresh(cursor)


def refresh(cursor: duckdb.DuckDBPyConnection) -> None:
    """Bring the rollups up to date: for the touched customers, or all of them when many were touched or the currency changed."""
    currency = home_currency(cursor)
    known = first_row(cursor, "select value from meta where key = 'currency'")
    share = only_value(
        cursor,
        "select (select count(distinct customer_key) from touched) / nullif((select count(*) from customers), 0)",
    )
    everyone = share is None or share >= REBUILD_SHARE or known != (currency,)
    cursor.execute("delete from meta where key = 'currency'")
    cursor.execute("insert into meta values ('currency', $currency)", {"currency": currency})
    gone = "" if everyone else f"where true {TOUCHED}"
    for table, (text, names) in _texts(cursor, "" if everyone else TOUCHED).items():
        cursor.execute(f"delete from {table} {gone}")
        cursor.execute(f"insert into {table} {text}", dict.fromkeys(names, currency))


def _texts(cursor: duckdb.DuckDBPyConnection, who: str) -> Texts:
    """The query that makes the rows of each rollup, and the names of its values, all of them the home currency.

    They hang on the tables alone, and to have the engine look through each of their many steps takes longer than to make the rollups of a
    few thousand customers: so they are written once for all files that have the same tables.
    """
    tables = tuple(
        cursor.execute(
            "select table_name, column_name, data_type from duckdb_columns() where not internal and database_name = current_database()"
            " order by table_name, column_index"
        ).fetchall()
    )
    if (who, tables) not in _written:
        _written[who, tables] = _write(cursor, who, [(table, column) for table, column, _ in tables])
    return _written[who, tables]


_written: dict[tuple[str, tuple[tuple[str, str, str], ...]], Texts] = {}


def _write(cursor: duckdb.DuckDBPyConnection, who: str, tables: list[tuple[str, str]]) -> Texts:
    orders, refunds = (_rows(cursor, kind, who) for kind in ("order", "refund"))
    periods = definitions.with_neighbour_months(definitions.customer_periods(orders, refunds))
    days = definitions.with_neighbours(definitions.order_days(orders))
    written = {}
    for table, made, order in (
        ("customer_periods", periods.to_native(), "customer_key"),
        ("order_days", days.to_native(), "customer_key, day"),
        ("customers", _with_attributes(definitions.customers(orders, refunds).to_native(), who), "customer_key"),
    ):
        columns = ", ".join(column for name, column in tables if name == table)
        text = _derived(made, f"select {columns} from made order by {order}").sql_query()
        written[table] = (text, tuple(name for name in HOME.values() if f"${name}" in text))
    return written


def _rows(cursor: duckdb.DuckDBPyConnection, kind: str, who: str) -> nw.LazyFrame:
    """Orders or refunds; their money is in the home currency, the value for which is still to be given."""
    home = HOME[kind]
    money = ", ".join(f"{in_home_currency(name, f'${home}')} as {name}" for name in ("amount", "discount"))
    return nw.from_native(
        cursor.sql(
            f"select customer_key, ordered_at, {money} from orders r "
            f"where {PRESENT} and kind = '{kind}' and customer_key is not null {who}",
            params={home: None},
        )
    )


def in_home_currency(column: str, currency: str) -> str:
    """The money in a column of orders r, null where it is in another currency than the given one, so that sums leave it out."""
    return f"case when r.currency is null or r.currency is not distinct from {currency} then r.{column} end"


def attributes_query(visible: str, who: str = "") -> str:
    """One row per customer that is visible: id, when joined, first order, and the attributes it is chosen by.

    Region and acquisition channel come from the members file; where it is silent, from the first order.
    """
    first = "row(ordered_at, order_id, source)"
    known = f"select customer_key from ({keys_query(visible)}) where true {who}"
    return f"""
        select k.customer_key, k.customer_id, m.joined_on, o.first_order_at,
            coalesce(m.acquisition_channel, o.channel) as acquisition_channel, coalesce(m.region, o.region) as region
        from ({known}) v join customer_keys k using (customer_key)
        left join (select * from members where {visible}) m using (customer_key)
        left join (
            select customer_key, min(ordered_at) as first_order_at,
                arg_min_null(channel, {first}) as channel, arg_min_null(region, {first}) as region
            from orders where {visible} and kind = 'order' and customer_key is not null {who} group by customer_key
        ) o using (customer_key)
    """


def _with_attributes(totals: duckdb.DuckDBPyRelation, who: str) -> duckdb.DuckDBPyRelation:
    return _derived(
        totals,
        f"""
        select a.* exclude (first_order_at), t.first_order_at, t.last_order_at, coalesce(t.orders, 0) as orders,
            coalesce(t.revenue, 0) as revenue, coalesce(t.order_days, 0) as order_days,
            coalesce(t.repeat_spend, 0) as repeat_spend, coalesce(t.repeat_spend_days, 0) as repeat_spend_days
        from ({attributes_query(PRESENT, who)}) a left join made t using (customer_key)
        """,
    )


def _derived(made: duckdb.DuckDBPyRelation, query: str) -> duckdb.DuckDBPyRelation:
    """The relation that a query on another one, named `made` in it, gives."""
    relation = made.query("made", query)
    assert relation is not None, "a select gives a relation"
    return relation
