"""A last row that adds up all others, though no word says so and it may bear a date."""

from collections.abc import Collection

import duckdb

LEAST_ROWS = 3
RULE = "sum_row"


def leave_out_sum(connection: duckdb.DuckDBPyConnection, rows: str, fields: Collection[str]) -> None:
    """Mark the last row of a file of parsed `rows` when its amount is that of all others and it names neither order nor customer."""
    keys = [name for name in ("order_id", "customer_id", "phone") if name in fields]
    if "amount" not in fields or not keys:
        return
    nameless = " and ".join(f"{name} is null" for name in keys)
    connection.execute(
        f"""
        update {rows} x set rule = '{RULE}', bad_column = 'amount', bad_value = amount::varchar
        from (
            select file_no, max(row_no) as last, count(*) as n, sum(amount::decimal(38, 4)) as total from {rows}
            where rule is null and amount is not null group by file_no
        ) f
        where x.file_no = f.file_no and x.row_no = f.last and f.n > {LEAST_ROWS} and {nameless} and x.amount <> 0
            and abs(f.total - 2 * x.amount::decimal(38, 4)) < 0.005
        """
    )
