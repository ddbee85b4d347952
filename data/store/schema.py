"""The tables of the DuckDB file, and how an older file becomes a present one.

Every uploaded row is kept in versions. `row_id` names a content, `origin` the import that brought it; it is visible from version
`added_by` until version `replaced_by` (null: still visible). A version is the id of an import or of an undo. `sightings` notes which
later imports brought the same content again, so that undoing the first of them loses nothing that another one holds.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import polars as pl

from data.errors import StoreError
from data.file import copying, space
from data.sql import only_value
from data.store import member_columns, rollups
from metrics.engine.schemas import EXACT, MONEY, NATURAL_KEYS, PEOPLE, TABLES
from metrics.texts import N_

VERSION = 8
REWRITE = "rewrite"  # a key of meta: the file holds bytes of deleted rows, until it is written anew
NEEDS = N_(
    "{path} is of an older Rapport, and bringing it up to date needs {need} MB, but {free} MB are free at {folder}. "
    "Make room, and start again; nothing was changed."
)
SQL_TYPES = {
    pl.String(): "VARCHAR",
    pl.Float64(): "DOUBLE",
    pl.Int64(): "BIGINT",
    pl.Date(): "DATE",
    pl.Datetime("us"): "TIMESTAMP",
}
MONEY_TYPE = "decimal(38, 4)"  # sums are exact, in whatever order they are added

ORDER_DAYS = """create table order_days (customer_key bigint, day date, previous_day date, next_day date, first_day date,
    age integer, previous_age integer, next_age integer)"""
CUSTOMER_PERIODS = f"""create table customer_periods (customer_key bigint, month date, previous_month date, next_month date,
    first_month date, orders bigint, revenue {MONEY_TYPE}, discount {MONEY_TYPE})"""
CUSTOMERS = f"""create table customers (customer_key bigint, customer_id varchar, first_order_at timestamp, last_order_at timestamp,
    orders bigint, revenue {MONEY_TYPE}, order_days bigint, repeat_spend {MONEY_TYPE}, repeat_spend_days bigint, joined_on date,
    acquisition_channel varchar, region varchar)"""

# By what else than their own columns customers can be told apart: one row per customer and column of the members file that has few values.
ATTRIBUTES = "create table customer_attributes (customer_key bigint, name varchar, value varchar)"

# What people do with the data: who did what, links, kept answers of pinned links, alerts and what became of them, ended sign-ins.
SHARING = """
create table audit (done_at timestamp, who varchar, action varchar, subject varchar, detail varchar);
create table links (id varchar, kind varchar, page varchar, view varchar, version integer, metric_versions varchar, pages varchar,
    locked boolean, comments boolean, customers boolean, scope varchar, maker varchar, made_at timestamp, expires_at timestamp,
    revoked_at timestamp, last_used_at timestamp, uses bigint);
create table kept_answers (version integer, question varchar, frame blob);
create table alerts (id integer, kind varchar, name varchar, asked varchar, condition varchar, every varchar, channel varchar,
    target varchar, language varchar, scope varchar, maker varchar, made_at timestamp, stopped_at timestamp);
create table deliveries (alert_id integer, period varchar, status varchar, attempts integer, message varchar, error varchar,
    tried_at timestamp);
create table ended_sessions (session varchar, ended_at timestamp);
"""

# Whom lists were exported to contact, and who was held out of them by lot.
CAMPAIGNS = """
create table if not exists campaigns (id integer, share double, seed varchar, begins_on date, ends_on date, maker varchar,
    made_at timestamp, ended_at timestamp);
create table if not exists campaign_members (campaign_id integer, customer_key bigint, arm varchar, listed_on date);
"""

FIXED = f"""
create table meta (key varchar, value varchar);
create table imports (id integer, kind varchar, undoes integer, file_name varchar, sha256 varchar, profile varchar,
    mapping varchar, who varchar, done_at timestamp, receipt varchar, extent varchar);
create table customer_keys (customer_key bigint, customer_id varchar);
create table sightings (table_name varchar, row_id bigint, import_id integer);
create table mappings (signature varchar, mapping varchar, kept_at timestamp);
{CUSTOMER_PERIODS};
{CUSTOMERS};
{ORDER_DAYS};
{ATTRIBUTES};
{SHARING}
{CAMPAIGNS}
"""


def _add_neighbours(connection: duckdb.DuckDBPyConnection) -> None:
    """2: the days and months with an order are saved with the ones before and after. The first files of schema 1 also lack columns of
    customers."""
    connection.execute(
        f"drop table customer_periods; drop table customers; {CUSTOMER_PERIODS}; {CUSTOMERS}; {ORDER_DAYS}"
    )
    _lay_tables(connection)  # the rollups look at every table
    rollups.refresh_all(connection)


def _add_sharing(connection: duckdb.DuckDBPyConnection) -> None:
    """3: links, alerts and who did what are kept in the file."""
    connection.execute(SHARING)


def _keep_exact_money(connection: duckdb.DuckDBPyConnection) -> None:
    """4: money is kept as decimals. What no import brings, infinite or not a number, is unknown."""
    for name in MONEY:
        connection.execute(f"alter table orders alter {name} type {MONEY_TYPE} using try_cast({name} as {MONEY_TYPE})")
    connection.execute(f"drop table customer_periods; drop table customers; {CUSTOMER_PERIODS}; {CUSTOMERS}")
    _lay_tables(connection)
    rollups.refresh_all(connection)


def _save_member_columns(connection: duckdb.DuckDBPyConnection) -> None:
    """5: what members files say beside their own columns is saved by customer."""
    connection.execute(ATTRIBUTES)
    member_columns.refresh(connection)


def _take_refunds_off(connection: duckdb.DuckDBPyConnection) -> None:
    """6: what customers spent after their first day is net of refund documents."""
    _lay_tables(connection)
    rollups.refresh_all(connection)


def _lay_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables of uploaded rows that are not there yet. 7: lines of orders, points, referrals, benefits and events."""
    for table, rows in TABLES.items():
        columns = ", ".join(
            f"{PEOPLE[name]} bigint" if name in PEOPLE else f"{name} {sql_type(table, name)}"
            for name in rows.column_names()
        )
        connection.execute(
            f"create table if not exists {table} (row_id bigint, origin integer, added_by integer, replaced_by integer, {columns})"
        )


def _add_campaigns(connection: duckdb.DuckDBPyConnection) -> None:
    """8: who was exported to be contacted, and who was held out, is kept in the file."""
    connection.execute(CAMPAIGNS)


# Steps from a schema version to the next one: {1: step_to_2, …}. A step gets a connection inside a transaction.
MIGRATIONS: dict[int, Callable[[duckdb.DuckDBPyConnection], None]] = {
    1: _add_neighbours,
    2: _add_sharing,
    3: _keep_exact_money,
    4: _save_member_columns,
    5: _take_refunds_off,
    6: _lay_tables,
    7: _add_campaigns,
}


def content(table: str) -> list[str]:
    """The columns of a stored row beyond its version: those of the schema, with customers as keys."""
    return [PEOPLE.get(name, name) for name in TABLES[table].column_names()]


def key(table: str) -> list[str]:
    """The columns that name a row of the world, whatever its version."""
    return [PEOPLE.get(name, name) for name in NATURAL_KEYS[table]]


def says_nothing(table: str, alias: str = "") -> str:
    """The condition that a row stands for one that came no longer (see merging): it has nothing beside its key."""
    return " and ".join(f"{alias}{name} is null" for name in content(table) if name not in key(table))


def sql_type(table: str, name: str) -> str:
    """The type of a stored column."""
    return MONEY_TYPE if name in EXACT.get(table, ()) else SQL_TYPES[TABLES[table].columns()[name].dtype]


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Lay the tables of an empty file, all or none."""
    connection.execute("begin")
    connection.execute(FIXED)
    _lay_tables(connection)
    connection.execute("insert into meta values ('schema_version', $version)", {"version": str(VERSION)})
    connection.execute("commit")


def version_of(connection: duckdb.DuckDBPyConnection, path: Path) -> int | None:
    """The schema version that the file names, or None for a file without tables. Someone else's file raises StoreError."""
    tables = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    if not tables:
        return None
    if not {"meta", "imports"} <= tables:
        raise StoreError(
            N_(
                "{path} is a DuckDB file of another program, without Rapport’s tables. Name another file in RAPPORT_DB."
            ),
            path=path,
        )
    return int(only_value(connection, "select value from meta where key = 'schema_version'"))


def want_rewrite(cursor: duckdb.DuckDBPyConnection) -> None:
    """Have the file written anew at the next start, unless it is done before."""
    forget_rewrite(cursor)
    cursor.execute("insert into meta values ($key, 'wanted')", {"key": REWRITE})


def rewrite_is_due(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Whether the file is still to be written anew."""
    return bool(only_value(cursor, "select count(*) from meta where key = $key", {"key": REWRITE}))


def forget_rewrite(cursor: duckdb.DuckDBPyConnection) -> None:
    """It was written anew."""
    cursor.execute("delete from meta where key = $key", {"key": REWRITE})


def migrate(connection: duckdb.DuckDBPyConnection, path: Path, found: int) -> None:
    """Bring an older file to VERSION step by step, in one transaction, after a copy beside it. A newer file raises StoreError."""
    if found > VERSION:
        raise StoreError(
            N_(
                "{path} was written by a newer Rapport (schema {found}; this one knows {known}). "
                "Install that version, or name another file in RAPPORT_DB."
            ),
            path=path,
            found=found,
            known=VERSION,
        )
    if found == VERSION:
        return
    space.look(path.parent, 2 * space.size(path), NEEDS, path=path)  # the copy, and what the steps write
    with space.plainly(path.parent):
        with connection.cursor() as cursor:
            copying.write_copy(cursor, path, path.with_name(f"{path.name}.schema-{found}.backup"))
        connection.execute("begin")
        try:
            for step in range(found, VERSION):
                MIGRATIONS[step](connection)
            connection.execute("update meta set value = $v where key = 'schema_version'", {"v": str(VERSION)})
            connection.execute("commit")
        except BaseException:
            with suppress(duckdb.Error):
                connection.execute("rollback")
            raise
