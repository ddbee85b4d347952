"""A small file per kind that loads as it is: what a person fills who has no export."""

import csv
import io

from data.imports.profile import Column, by_name, find_columns

# Two rows per field; fields without an example are not in a template.
EXAMPLES = {
    "order_id": ("1001", "1002"),
    "customer_id": ("C001", "C002"),
    "ordered_at": ("2026-01-31 10:30", "2026-02-01 18:05"),
    "amount": ("45.00", "20.00"),
    "gross": ("50.00", "20.00"),
    "discount": ("5.00", "0.00"),
    "coupon": ("SPRING", ""),
    "channel": ("web", "shop"),
    "store": ("", "Main Street"),
    "region": ("North", "South"),
    "items": ("2", "1"),
    "currency": ("EUR", "EUR"),
    "status": ("completed", "completed"),
    "responded_at": ("2026-02-03", "2026-02-04"),
    "feedback_id": ("R1", "R2"),
    "touchpoint": ("delivery", "delivery"),
    "comment": ("Quick", "Too slow"),
    "joined_on": ("2025-06-01", "2025-07-15"),
    "acquisition_channel": ("friend", "search"),
    "tier": ("Silver", "Gold"),
    "effective_on": ("2026-01-01", "2026-03-01"),
}
SCORES = {"nps": ("0", "10"), "csat": ("1", "5"), "ces": ("1", "7")}


def template(kind: str) -> bytes:
    """The file of one kind (orders, members, nps, csat, ces, tier_changes), in UTF-8 with a mark, so that spreadsheets show it."""
    examples = EXAMPLES | ({"score": SCORES[kind]} if kind in SCORES else {})
    columns = [column for column in by_name(kind).outputs[0].columns if column.name in examples]
    if kind in SCORES:
        columns = [column for column in columns if column.name != "order_id"]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(map(_header, columns))
    writer.writerows([examples[column.name][row] for column in columns] for row in range(2))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _header(column: Column) -> str:
    """A name under which the column is found."""
    plain = [header for header in (column.name, *column.headers) if "+" not in header and not header.startswith("~")]
    return next(header for header in plain if find_columns(column, [header]))
