"""Saved answers to the usual questions: `customers` (one row each), `customer_periods` (one row per customer and month) and `order_days`
(one row per customer and day with an order, with the days before and after it).

Their definitions are the metric functions of the same names; here their results are kept fresh for the customers that a change touched.
"""

import duckdb
import narwhals.stable.v2 as nw

from data.sql import Parameters, first_row, only_value
from data.store.extent import home_currency
from metrics.engine import rollups as definitions

# From this share of touched customers on, writing all anew (sorted by customer) is faster than replacing rows.
REBUILD_SHARE = 0.2

PRESENT = "replaced_by is null"


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
    who = "" if everyone else "and customer_key in (select customer_key from touched)"
    gone = "" if everyone else "where customer_key in (select customer_key from touched)"
    orders, refunds = (_rows(cursor, kind, currency, who) for kind in ("order", "refund"))
    periods = definitions.with_neighbour_months(definitions.customer_periods(orders, refunds))
    days = definitions.with_neighbours(definitions.order_days(orders))
    for table, made, order in (
        ("customer_periods", periods.to_native(), "customer_key"),
        ("order_days", days.to_native(), "customer_key, day"),
        ("customers", _with_attributes(definitions.customers(orders, refunds).to_native(), who), "customer_key"),
    ):
        columns = ", ".join(
            name for (name,) in cursor.execute(f"select column_name from (describe {table})").fetchall()
        )
        cursor.execute(f"delete from {table} {gone}")
        _derived(made, f"select {columns} from made order by {order}").insert_into(table)


def _rows(cursor: duckdb.DuckDBPyConnection, kind: str, currency: str | None, who: str) -> nw.LazyFrame:
    params = Parameters()
    home = params.add(currency)
    money = ", ".join(f"{in_home_currency(name, home)} as {name}" for name in ("amount", "discount"))
    return nw.from_native(
        cursor.sql(
            f"select customer_key, ordered_at, {money} from orders r "
            f"where {PRESENT} and kind = {params.add(kind)} and customer_key is not null {who}",
            params=dict(params),
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
    known = " union ".join(
        f"select customer_key from {table} where {visible} and customer_key is not null {who}"
        for table in ("orders", "members", "feedback", "answers", "tier_changes")
    )
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
