"""Where the headers stand, whatever is above them; and rows that are no data: totals, headers once more, notes."""

import pytest

from data.imports import NamedBytes
from tests.data.imports.exports import left_out, receipt_of, refusal

HEADER = "Order ID,Customer ID,Order Date,Amount"
ROWS = ("1,C1,2026-01-05,10", "2,C2,2026-01-06,20")


def file(*lines: str) -> NamedBytes:
    return NamedBytes("orders.csv", "".join(f"{line}\n" for line in lines).encode())


@pytest.mark.parametrize(
    "above",
    [
        (),
        ("Sales report",),
        ("Sales report,,,",),
        ("Report,Orders", "Exported by,Mara", "Period,2026-01-01 - 2026-06-30", ""),
        ("Report,Orders,Shop", "Status,Completed,", "Date,2026-07-01,12:00", ""),
        ("sep=,",),
        tuple(f"Filter {n},x" for n in range(20)),
    ],
    ids=["nothing", "title", "title with commas", "pairs", "threes", "sep", "many filters"],
)
def test_the_headers_are_found_below(above: tuple[str, ...]) -> None:
    receipt = receipt_of(file(*above, HEADER, *ROWS), profile="orders")
    assert (receipt.lines_in, receipt.revenue, left_out(receipt)) == (2, 30.0, {})


def test_headers_that_nobody_knows_are_found_by_their_place() -> None:
    text = file("Bericht,Alle", "Von,Mara", "Nummer,Wer,Wann,Wieviel", "1,C1,2026-01-05,10", "2,C2,2026-01-06,20")
    mapping = {"order_id": "Nummer", "customer_id": "Wer", "ordered_at": "Wann", "amount": "Wieviel"}
    assert receipt_of(text, profile="orders", mapping=mapping).revenue == 30.0


def test_the_line_of_the_headers_can_be_said() -> None:
    text = file("Order ID,Customer ID,Order Date,Amount", "No,Who,When,Sum", "1,C1,2026-01-05,10")
    mapping = {"order_id": "No", "ordered_at": "When", "amount": "Sum"}
    assert receipt_of(text, profile="orders", mapping=mapping, values={"header_row": "2"}).revenue == 10.0
    assert refusal(text, profile="orders", values={"header_row": "4"}).startswith("orders.csv: line 4 holds no headers")
    assert refusal(text, profile="orders", values={"header_row": "b"}).startswith("header_row is “b”")


@pytest.mark.parametrize(
    ("below", "revenue", "rules"),
    [
        ((), 30, {}),
        (("Total,,,30",), 30, {"total_row": 1}),
        (("合计,,2026-01-31,30",), 30, {"total_row": 1}),
        (("Grand Total:,,2026-01-31,30",), 30, {"total_row": 1}),
        ((",,Total,30",), 30, {"total_row": 1}),
        (("Summe (EUR),,31.01.2026,30",), 30, {"total_row": 1}),
        (
            ("Total for January,,2026-01-31,30", "3,C1,2026-02-01,5", "Total for February,,2026-02-28,5"),
            35,
            {"total_row": 2},
        ),
        (("3,C1,2026-02-01,5", ",,2026-02-01,35"), 35, {"sum_row": 1}),
        ((HEADER, "3,C1,2026-02-01,5"), 35, {"header_row": 1}),
        (("Exported by Mara,,,",), 30, {"note_row": 1}),
        (("3,Total Fitness Ltd,2026-02-01,5",), 35, {}),
        (("Average,,,15", "Total,,,30"), 30, {"total_row": 2}),
    ],
    ids=lambda value: "/".join(value) if isinstance(value, tuple) else None,
)
def test_rows_that_are_no_data(below: tuple[str, ...], revenue: float, rules: dict[str, int]) -> None:
    receipt = receipt_of(file(HEADER, *ROWS, *below), profile="orders")
    assert (receipt.revenue, left_out(receipt)) == (revenue, rules)
    assert receipt.lines_in == receipt.lines_taken + sum(rules.values())


def test_a_customer_whose_name_begins_as_a_total_is_none() -> None:
    text = file("Customer ID,Order Date,Amount", "Total Fitness Ltd,2026-01-05,10", "Ann,2026-01-06,20")
    assert receipt_of(text, profile="orders").revenue == 30.0


BLANKS = [
    " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n 00002 19970112  5   77.00\n",
    "customer_id  order_date        amount\nC1           2026-01-05 10:00   1.77\nC2           2026-01-06 11:00  99.00\n",
    "Customer ID  Order Date  Amount\nC 1  2026-01-05  1.77\nLong name  2026-01-06  99.00\nC  2026-01-06  0\n",
]


@pytest.mark.parametrize("text", BLANKS, ids=["blanks", "fixed places", "two blanks"])
def test_text_parted_by_blanks(text: str) -> None:
    mapping = {"ordered_at": "date", "amount": "dollar_value"} if "dollar" in text else {}
    receipt = receipt_of(NamedBytes("a.txt", text.encode()), profile="orders", mapping=mapping)
    assert (receipt.customers, receipt.revenue) == (2 + text.count("\nC  "), 100.77)
