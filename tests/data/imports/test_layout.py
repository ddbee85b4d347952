"""Trap 3: delimiters, quotes, ragged rows by physical line, titles, duplicate headers."""

import pytest

from data.imports import NamedBytes, stage
from data.imports.layout import unique_headers
from tests.data.imports.files import left_out, orders, receipt_of, staged_rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_is_found(delimiter: str) -> None:
    lines = ["Order ID,Customer ID,Order Date,Amount", "A1,C1,2026-01-02,10", "A2,C2,2026-01-03,20"]
    data = "\n".join(lines).replace(",", delimiter).encode()
    rows = staged_rows([NamedBytes("a.csv", data)], profile="orders")
    assert [(row["order_id"], row["amount"]) for row in rows] == [("A1", 10.0), ("A2", 20.0)]


def test_a_comma_decimal_in_a_semicolon_file_does_not_mislead() -> None:
    data = b"Order ID;Order Date;Amount\nA1;2026-01-02;1,50\nA2;2026-01-02;2,50\nA3;2026-01-02;3,75\n"
    assert [row["amount"] for row in staged_rows([NamedBytes("a.csv", data)], profile="orders")] == [1.5, 2.5, 3.75]


def test_single_quotes_are_found() -> None:
    data = b"'Order ID','Order Date','Amount'\n'A1','2026-01-02','1'\n'A,2','2026-01-02','2'\n'A3','2026-01-02','2'\n"
    assert [row["order_id"] for row in staged_rows([NamedBytes("a.csv", data)], profile="orders")] == [
        "A1",
        "A,2",
        "A3",
    ]


def test_a_title_above_the_header_is_skipped() -> None:
    file = orders(
        "A1,C1,2026-01-02,10", "A2,C1,2026-01-02,x", header="Sales report\n\nOrder ID,Customer ID,Order Date,Amount\n"
    )
    receipt = receipt_of(file, profile="orders")
    assert (receipt.lines_in, receipt.left_out[0].example_line) == (2, 5)


RAGGED = (
    b"Order ID,Customer ID,Order Date,Amount\n"  # line 1
    b"A1,C1,2026-01-02,10\n"
    b"A2,C1,2026-01-02\n"  # line 3: too few
    b'A3,"C\n1",2026-01-02,10\n'  # lines 4 and 5: a quoted line break
    b"A4,C1,2026-01-02,10,9\n"  # line 6: too many
    b"\n"
    b'A5,C1,2026-01-02,"1"0\n'  # line 8: quotes that do not pair up
    b",,,\n"
    b"A6,C1,2026-01-02,ten\n"  # line 10: not a number
    b"A7,C1,2026-01-02,7\n"
    b"\n"
)


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_ragged_rows_are_left_out_by_physical_line(ends: bytes) -> None:
    receipt = receipt_of(NamedBytes("a.csv", RAGGED.replace(b"\n", ends)), profile="orders")
    assert {entry.rule: entry.example_line for entry in receipt.left_out} == {
        "too_few_cells": 3,
        "too_many_cells": 6,
        "broken_quote": 8,
        "not_a_number": 10,
    }
    assert receipt.lines_in == 7
    assert receipt.lines_in == receipt.lines_taken + sum(entry.lines for entry in receipt.left_out)


def test_empty_trailing_columns_are_no_ragged_rows() -> None:
    file = orders("A1,C1,2026-01-02,10,,", "A2,C1,2026-01-02,10,,")
    assert left_out(receipt_of(file, profile="orders")) == {}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], ()),
        (["a", " A ", "a"], ("a", "A (2)", "a (3)")),
        (["", "b", ""], ("column 1", "b", "column 3")),
        (["two\nlines"], ("two lines",)),
    ],
)
def test_headers_are_unique_and_never_empty(headers: list[str], expected: tuple[str, ...]) -> None:
    assert unique_headers(headers) == expected


def test_left_out_rows_as_csv_are_safe_in_a_spreadsheet() -> None:
    file = orders("A1,C1,2026-01-02,=1+1", "A2,C1,2026-01-02,10", "A3,C1,@x,10")
    with stage([file], store=None, profile="orders") as staged:
        text = staged.left_out_csv()
        one_rule = staged.left_out_csv("not_a_date").decode("utf-8-sig").splitlines()
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.decode("utf-8-sig").splitlines() == [
        "file,line,column,value,rule,reason",
        "orders.csv,2,Amount,'=1+1,not_a_number,The cell is not a number in the convention of its column.",
        "orders.csv,4,Order Date,'@x,not_a_date,The cell is not a date in the convention of its column.",
    ]
    assert len(one_rule) == 2
