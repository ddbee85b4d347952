"""Trap 3: delimiters, quotes, ragged rows by physical line, titles, duplicate headers."""

import pytest

from data.imports import NamedBytes, stage
from data.imports.files.layout import unique_headers
from tests.data.imports.exports import left_out, orders, receipt_of, refusal, staged_rows


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
    receipt = receipt_of(file, profile="orders", values={"amount:*": "leave out"})
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
    receipt = receipt_of(
        NamedBytes("a.csv", RAGGED.replace(b"\n", ends)), profile="orders", values={"amount:*": "leave out"}
    )
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
    values = {"amount:*": "leave out", "ordered_at:*": "leave out"}
    with stage([file], store=None, profile="orders", values=values) as staged:
        text = staged.left_out_csv()
        one_rule = staged.left_out_csv("not_a_date").decode("utf-8-sig").splitlines()
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.decode("utf-8-sig").splitlines() == [
        "file,line,column,value,rule,reason",
        "orders.csv,2,Amount,'=1+1,not_a_number,The cell is not a number in the convention of its column.",
        "orders.csv,4,Order Date,'@x,not_a_date,The cell is not a date in the convention of its column.",
    ]
    assert len(one_rule) == 2


def _with_rows(changed: dict[int, str]) -> NamedBytes:
    """A thousand orders on the lines 2 to 1001, some of them written otherwise."""
    return orders(*(changed.get(n, f"{n},c{n},2025-01-01,{n}") for n in range(2, 1002)))


OPENED = '6,"c6,2025-01-01,6'


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({6: OPENED}, 6),
        ({6: OPENED, 700: '700,"c700,2025-01-01,1'}, 6),
        ({6: OPENED, 700: '700,"c700",2025-01-01,1'}, 6),
        ({6: OPENED, 700: '700,c700",2025-01-01,700'}, 6),  # closes well-formed, 694 rows inside one cell
        ({6: OPENED, 700: '700,c700,2025-01-01,700"'}, 6),
        ({1000: '1000,"c1000,2025-01-01,1'}, 1000),
    ],
    ids=[
        "never closed",
        "opened twice",
        "a quoted cell later",
        "closed later",
        "closed at the end",
        "one line swallowed",
    ],
)
def test_an_open_quote_that_swallows_lines_is_refused_with_its_line(changed: dict[int, str], line: int) -> None:
    sentence = refusal(_with_rows(changed), profile="orders")
    assert sentence.startswith(f"orders.csv, line {line}: a quote is opened that is not closed where the cell ends")


def test_an_open_quote_in_the_last_line_loses_that_line_only() -> None:
    receipt = receipt_of(_with_rows({1001: '1001,"c,2025-01-01,1'}), profile="orders")
    assert (receipt.lines_in, receipt.lines_taken, left_out(receipt)) == (1000, 999, {"broken_quote": 1})


def test_a_long_text_over_many_lines_is_kept() -> None:
    comment = "\n".join(["Dear shop, thanks", *(f"line {n}, and more" for n in range(40)), "Yours"])
    data = f'NPS,Date,Comment\n9,2026-01-02,"{comment}"\n8,2026-01-02,x\n'.encode()
    assert [row["comment"] for row in staged_rows([NamedBytes("a.csv", data)], "feedback")] == [comment, "x"]


def test_a_quote_that_swallows_more_than_a_line_may_hold_is_named() -> None:
    rows = [f"{n},c{n},2025-01-01,{n}" for n in range(300_000)]
    rows[3] = '3,"c3,2025-01-01,3'
    assert "line 5: a quote is opened that is not closed" in refusal(orders(*rows), profile="orders")


def test_a_cell_that_is_too_long_is_called_so() -> None:
    receipt = receipt_of(orders("A1,C1,2026-01-02,1", f"A2,{'x' * (5 << 20)},2026-01-02,1"), profile="orders")
    (entry,) = receipt.left_out
    assert (entry.rule, entry.lines, entry.example_line) == ("too_long", 1, 3)


REPEATED = "order_id,customer_id,ordered_at,amount,Amount,note,note\n"


def test_a_header_that_comes_twice_and_is_used_is_refused() -> None:
    file = orders("A1,C1,2026-01-02,10,20,x,y", header=REPEATED)
    assert refusal(file, profile="orders") == (
        "orders.csv: columns 4 and 5 are both called “amount”, and amount can be only one of them. "
        "Rename or remove the other one."
    )
    for column, amount in {"amount": 10.0, "Amount (2)": 20.0}.items():  # said by a person: nothing to guess
        assert [row["amount"] for row in staged_rows([file], profile="orders", mapping={"amount": column})] == [amount]


def test_a_header_that_comes_twice_and_is_not_used_is_no_matter() -> None:
    file = orders("A1,C1,2026-01-02,10,x,y", header="order_id,customer_id,ordered_at,amount,note,note\n")
    assert left_out(receipt_of(file, profile="orders")) == {}
