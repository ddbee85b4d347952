"""The lines left out, as a file that a person can open in a spreadsheet without harm."""

import csv
import io

import duckdb

from data.formula_safe import safe

COLUMNS = ("file", "line", "column", "value", "rule", "reason")


def as_csv(connection: duckdb.DuckDBPyConnection, rule: str | None) -> bytes:
    """UTF-8 with a BOM, so that Excel shows Chinese; cells that a spreadsheet would run as a formula get an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select n.name, f.line, coalesce(f.bad_column, ''), coalesce(f.bad_value, ''), f.rule, r.reason
            from fates f join file_names n using (file_no) join reasons r using (rule)
            where $rule is null or f.rule = $rule order by f.file_no, f.line
            """,
            {"rule": rule},
        )
        while rows := cursor.fetchmany(10_000):
            writer.writerows([safe(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")
