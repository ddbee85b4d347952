"""Sheets of a workbook: those with the same headers are one table, others are chosen or named; hidden ones are never first."""

import io
from collections.abc import Mapping, Sequence

import pytest
import xlsxwriter

from data.imports import NamedBytes, Receipt, Undecided, stage
from tests.data.imports.exports import receipt_of, refusal, staged_rows

HEADER = ("Order ID", "Customer ID", "Order Date", "Amount")
JANUARY = [HEADER, ("1", "C1", "2026-01-05", 10), ("2", "C2", "2026-01-06", 20)]
FEBRUARY = [("Order ID", "Order Date", "Customer ID", "Amount"), ("3", "2026-02-05", "C1", 5)]
OTHER = [("Order ID", "Customer ID", "Order Date", "Amount", "Note"), ("9", "C9", "2026-03-05", 7, "late")]
NOTES = [("Read me",), ("Made for the board",)]

Sheets = Mapping[str, Sequence[Sequence[object]]]


def workbook(sheets: Sheets, hidden: Sequence[str] = ()) -> NamedBytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            else:
                sheet.activate()  # a hidden one cannot be the open one
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return NamedBytes("book.xlsx", out.getvalue())


def read(sheets: Sheets, hidden: Sequence[str] = (), **values: str) -> Receipt:
    return receipt_of(workbook(sheets, hidden), profile="orders", values=values)


@pytest.mark.parametrize(
    ("sheets", "hidden", "values", "revenue", "unread"),
    [
        ({"Jan": JANUARY}, (), {}, 30, {}),
        ({"Jan": JANUARY, "Feb": FEBRUARY}, (), {}, 35, {}),
        ({"Empty": [], "Jan": JANUARY}, (), {}, 30, {"Empty": "sheet"}),
        ({"Old": OTHER, "Jan": JANUARY}, ("Old",), {}, 30, {"Old": "hidden sheet"}),
        ({"Notes": NOTES, "Jan": JANUARY}, (), {}, 30, {"Notes": "sheet"}),
        ({"Jan": JANUARY, "Feb": FEBRUARY, "Old": OTHER}, (), {"sheet": "old"}, 7, {"Jan": "sheet", "Feb": "sheet"}),
        ({"Jan": JANUARY, "Feb": FEBRUARY, "Old": OTHER}, (), {"sheet": "Feb/Jan"}, 35, {"Old": "sheet"}),
        ({"Old": OTHER, "Jan": JANUARY}, ("Old",), {"sheet": "Old"}, 7, {"Jan": "sheet"}),
    ],
    ids=["one", "alike", "an empty one", "hidden first", "notes first", "said", "said two", "said hidden"],
)
def test_which_sheets_are_read(
    sheets: Sheets, hidden: Sequence[str], values: dict[str, str], revenue: float, unread: dict[str, str]
) -> None:
    receipt = read(sheets, hidden, **values)
    assert receipt.revenue == revenue
    assert {one.name: one.what for one in receipt.unused if "sheet" in one.what} == unread
    filled = sum(sum(map(bool, row)) for name in unread for row in sheets[name])
    assert sum(one.cells for one in receipt.unused if "sheet" in one.what) == filled


def test_sheets_with_other_headers_are_asked_for() -> None:
    with pytest.raises(Undecided, match="has sheets with different headers: “Jan”") as caught:
        read({"Jan": JANUARY, "Feb": FEBRUARY, "Old": OTHER})
    assert (caught.value.option, caught.value.answers) == ("sheet", ("Jan/Feb", "Old", "Jan/Feb/Old"))


def test_a_sheet_that_is_not_there_is_refused() -> None:
    sentence = "book.xlsx has no sheet “mar”. Its sheets are: Jan, Feb."
    assert refusal(workbook({"Jan": JANUARY, "Feb": FEBRUARY}), profile="orders", values={"sheet": "Mar"}) == sentence


def test_lines_are_those_of_the_sheet() -> None:
    file = workbook({"Jan": [(), ("Sales",), (), *JANUARY], "Feb": [*FEBRUARY, ("4", "2026-02-05", "C1", "x")]})
    with stage([file], store=None, profile="orders", values={"amount:*": "leave out"}) as staged:
        (left,) = staged.receipt.left_out
        assert (staged.receipt.revenue, left.example_file, left.example_line) == (35, "book.xlsx [Feb]", 3)


def test_an_order_in_two_sheets_is_one() -> None:
    rows = staged_rows([workbook({"Jan": JANUARY, "Again": JANUARY[:2]})], profile="orders")
    assert sorted(row["order_id"] for row in rows) == ["1", "2"]
