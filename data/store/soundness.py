"""Whether a file is whole: its tables, and the rules that rows of different tables keep with each other."""

from pathlib import Path

import duckdb

from data.errors import StoreError
from data.sql import only_value
from data.store import schema
from data.store.extent import keys_query, visible_in
from data.store.schema import key
from metrics.engine.schemas import NATURAL_KEYS, people

COLUMNS = """select table_name, column_name, data_type from duckdb_columns()
    where schema_name = 'main' and not internal and table_name in (select table_name from duckdb_tables() where not temporary)"""


def check(cursor: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Read every row, and raise StoreError with the first rule that does not hold. The file must be of the present schema."""
    try:
        broken = next((rule for rule, query in _rules().items() if only_value(cursor, query)), None)
        if broken is None and not _expected_columns() <= set(cursor.execute(COLUMNS).fetchall()):
            broken = "a table or column is missing"
        for (table,) in cursor.execute("select table_name from duckdb_tables() where not temporary").fetchall():
            cursor.execute(
                f'select bit_xor(hash(r)) from "{table}" r'
            ).fetchall()  # the engine checks each block it reads
    except duckdb.Error as error:
        raise _unsound(path, str(error).partition("\n")[0]) from error
    if broken:
        raise _unsound(path, broken)


def _rules() -> dict[str, str]:
    """What must not be true, as a query that answers whether it is."""
    rules = {
        "versions have gaps": "select count(*) <> coalesce(max(id), 0) or count(distinct id) <> count(*) from imports",
        "a customer has two keys": "select count(*) <> count(distinct customer_id) from customer_keys",
        "two customers have one key": "select count(*) <> count(distinct customer_key) from customer_keys",
    }
    for table in NATURAL_KEYS:
        names = ", ".join(key(table))
        rules |= {
            f"a row of {table} stands twice in one version": f"""
                select count(*) > 0 from (select {names} from {table} where replaced_by is null group by {names} having count(*) > 1)
            """,
            f"a row of {table} is of no import": f"""
                select count(*) > 0 from {table} where added_by not in (select id from imports)
                    or replaced_by not in (select id from imports) or replaced_by <= added_by
            """,
        }
        for name in people(table).values():
            rules[f"a row of {table} is of no known customer ({name})"] = (
                f"select count(*) > 0 from {table} where {name} not in (select customer_key from customer_keys)"
            )
    rules["the saved totals are of other customers"] = (
        f"select (select count(*) from customers) <> (select count(*) from ({keys_query(visible_in(None))}))"
    )
    return rules


def _expected_columns() -> set[tuple[str, str, str]]:
    with duckdb.connect() as empty:
        schema.create(empty)
        return set(empty.execute(COLUMNS).fetchall())


def _unsound(path: Path, broken: str) -> StoreError:
    return StoreError("{path} is not whole: {broken}. Restore another backup.", path=path, broken=broken)
