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


MAY = [HEADER, ("1", "C1", "2026-05-05", 10), ("2", "C1", "2026-05-06", 5)]
SPLIT = [HEADER, ("2", "C1", "2026-05-06", 7), ("3", "C2", "2026-05-07", 1)]
COPIED = [HEADER, ("2", "C1", "2026-05-06", 5), ("3", "C2", "2026-05-07", 1)]
THREE = [HEADER, ("2", "C1", "2026-05-06", 100)]


@pytest.mark.parametrize(
    ("sheets", "added", "last"),
    [
        ([MAY, SPLIT], {"1": 10, "2": 12, "3": 1}, {"1": 10, "2": 7, "3": 1}),
        ([MAY, SPLIT, THREE], {"1": 10, "2": 112, "3": 1}, {"1": 10, "2": 100, "3": 1}),
        ([SPLIT, [*MAY, ("2", "C1", "2026-05-06", 4)]], {"1": 10, "2": 16, "3": 1}, {"1": 10, "2": 9, "3": 1}),
    ],
    ids=["one line on each", "on three", "two lines on one"],
)
def test_an_order_on_several_sheets_is_asked_for(
    sheets: list[list[tuple]], added: dict[str, float], last: dict[str, float]
) -> None:
    book = workbook({f"Part {n}": rows for n, rows in enumerate(sheets)})
    inside = {"lines": "sum"} if len(sheets[1]) > 3 else {}
    with pytest.raises(Undecided) as caught:
        stage([book], store=None, profile="orders", values=inside)
    assert (caught.value.option, caught.value.answers) == ("over_sheets", ("sum", "last"))
    for way, truth in (("sum", added), ("last", last)):
        values = {**inside, "over_sheets": way}
        rows = staged_rows([book], profile="orders", values=values)
        assert {row["order_id"]: row["amount"] for row in rows} == truth
        receipt = receipt_of(book, profile="orders", values=values)
        assert ("over_sheets", way) in {(one.what, one.value) for one in receipt.conventions}
        assert receipt.lines_taken + sum(one.lines for one in receipt.left_out) == sum(len(rows) - 1 for rows in sheets)


def test_a_copy_on_another_sheet_counts_once() -> None:
    receipt = read({"A": MAY, "B": COPIED})
    assert (receipt.orders, receipt.revenue) == (3, 16)
    assert [one for one in receipt.conventions if one.what == "over_sheets"] == []


def test_two_files_are_states_of_an_order() -> None:
    """Only the sheets of one workbook are one table: a later file says what became of an order."""
    files = [workbook({"A": MAY}), workbook({"A": SPLIT})]
    assert {row["order_id"]: row["amount"] for row in staged_rows(files, profile="orders")} == {"1": 10, "2": 7, "3": 1}


def test_over_sheets_is_one_of_two() -> None:
    assert "over_sheets is “first”" in refusal(
        workbook({"A": MAY, "B": SPLIT}), profile="orders", values={"over_sheets": "first"}
    )
