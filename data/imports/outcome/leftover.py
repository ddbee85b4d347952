"""The lines left out, as a file that a person can open in a spreadsheet without harm."""

import csv
import io

import duckdb
import pyarrow as pa

from data.text.formula_safe import safe

COLUMNS = ("file", "line", "column", "value", "rule", "reason")
READ_ROWS = 10_000


def reader(connection: duckdb.DuckDBPyConnection) -> pa.RecordBatchReader:
    """COLUMNS of every line left out, in the order of files and lines."""
    return connection.sql(
        """
        select n.name as file, f.line, coalesce(f.bad_column, '') as "column", coalesce(f.bad_value, '') as "value", f.rule, r.reason
        from fates f join file_names n using (file_no) join reasons r using (rule) order by f.file_no, f.line
        """
    ).to_arrow_reader(READ_ROWS)


def as_csv(rows: pa.RecordBatchReader, rule: str | None) -> bytes:
    """UTF-8 with a BOM, so that Excel shows Chinese; cells that a spreadsheet would run as a formula get an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for batch in rows:
        for row in batch.to_pylist():
            if rule is None or row["rule"] == rule:
                writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in row.values()])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")
