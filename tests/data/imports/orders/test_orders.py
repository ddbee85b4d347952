"""Orders of any shop: which rows count by their status, what the lines of one order are, and whether refunds are taken off."""

import pytest

from data.errors import Refused
from data.imports import NamedBytes, Undecided, Unread, stage
from data.imports.cells.status import standing_of, standings
from tests.data.imports.exports import left_out, receipt_of, staged_rows

HEADER = "order_id,customer_id,ordered_at,amount"


def table(header: str, *rows: str) -> NamedBytes:
    return NamedBytes("a.csv", "\n".join([header, *rows, ""]).encode())


def question(file: NamedBytes, **values: str) -> Undecided:
    with pytest.raises(Undecided) as caught:
        stage([file], store=None, profile="orders", values=values)
    return caught.value


def revenue(file: NamedBytes, **values: str) -> float:
    return receipt_of(file, profile="orders", values=values).revenue


@pytest.mark.parametrize(
    ("cell", "kind", "standing"),
    [
        ("", "status", None),
        ("Completed", "status", "counts"),
        ("wc-completed", "status", "counts"),
        ("  PAID ", "status", "counts"),
        ("CANCELLED_BY_CUSTOMER", "status", "cancelled"),
        ("交易关闭", "status", "cancelled"),
        ("等待买家付款", "status", "not_paid"),
        ("storniert", "status", "cancelled"),
        ("Refund", "event", "refund"),
        ("Refund", "after_sale", "refunded"),
        ("-", "after_sale", "counts"),
        ("0", "flag", "counts"),
        ("false", "flag", "counts"),
        ("0000-00-00 00:00:00", "flag", "counts"),
        ("2026-01-05", "flag", "cancelled"),
        ("yes", "flag", "cancelled"),
        ("", "paid", "not_paid"),
        ("2026-01-05", "paid", "counts"),
        ("Zapfenstreich", "status", None),
    ],
)
def test_what_a_status_says(cell: str, kind: str, standing: str | None) -> None:
    assert standing_of(cell, kind, {}) == standing


def test_no_word_says_two_things() -> None:
    assert len(standings()) > 300
    assert standing_of("paid", "status", {"paid": "cancelled"}) == "cancelled"  # a vendor's own word goes first


STATUS = table(
    f"{HEADER},status", "1,a,2026-01-05,100,Completed", "2,b,2026-01-06,50,Parked", "3,c,2026-01-07,70,Parked"
)


def test_an_unknown_status_is_asked_for_with_its_count() -> None:
    asked = question(STATUS)
    assert isinstance(asked, Unread)
    assert [(cell.value, cell.lines) for cell in asked.cells] == [("Parked", 2)]
    assert "--value status:Parked=ANSWER" in asked.remedy
    assert "(counts, does not count or refund)" in asked.remedy


@pytest.mark.parametrize(
    ("answer", "total", "left"),
    [("counts", 220.0, {}), ("does not count", 100.0, {"not_counted": 2}), ("refund", -20.0, {})],
)
def test_an_answer_about_a_status_is_applied(answer: str, total: float, left: dict[str, int]) -> None:
    for option in ("status:Parked", "status:*"):
        receipt = receipt_of(STATUS, profile="orders", values={option: answer})
        assert (receipt.revenue, left_out(receipt)) == (total, left)


def test_an_answer_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="“maybe” for the status “parked” is none of: counts, does not count, refund"):
        stage([STATUS], store=None, profile="orders", values={"status:Parked": "maybe"})


def test_an_empty_status_among_others_is_asked_for() -> None:
    file = table(f"{HEADER},status", "1,a,2026-01-05,100,Paid", "2,b,2026-01-06,50,", "3,c,2026-01-06,5,NULL")
    asked = question(file)
    assert isinstance(asked, Unread)
    assert [(cell.value, cell.lines) for cell in asked.cells] == [("(empty)", 2)]
    assert revenue(file, **{"status:(empty)": "does not count"}) == 100.0


def test_words_that_would_leave_out_more_than_they_leave_are_asked_for() -> None:
    file = table(f"{HEADER},status", *(f"{n},a,2026-01-0{n},10,pending" for n in range(1, 6)), "6,a,2026-01-06,10,paid")
    assert question(file).option == "status:*"
    assert revenue(file, **{"status:pending": "counts"}) == 60.0


def test_rows_of_sales_and_refunds() -> None:
    """A sort of rows that names no refund says nothing; one that does is asked for where it is not understood."""
    file = table(f"{HEADER},type", "1,a,2026-01-05,100,Sale", "2,a,2026-01-06,30,Refund")
    rows = {row["order_id"]: (row["kind"], row["amount"]) for row in staged_rows([file], profile="orders")}
    assert rows == {"1": ("order", 100.0), "2": ("refund", -30.0)}
    assert revenue(table(f"{HEADER},type", "1,a,2026-01-05,100,Gift", "2,a,2026-01-06,30,Mug")) == 130.0
    assert question(table(f"{HEADER},type", "1,a,2026-01-05,100,Gift", "2,a,2026-01-06,30,Refund")).option == "event:*"


LINES = {
    "parts": (
        f"{HEADER},product",
        ["1,a,2026-01-05,3.86,A", "1,a,2026-01-05,5.00,B", "2,b,2026-01-06,1.00,A"],
        "sum",
        9.86,
    ),
    "a total on each line": (
        "order_id,customer_id,ordered_at,order total,product",
        ["1,a,2026-01-05,8.86,A", "1,a,2026-01-05,8.86,B", "2,b,2026-01-06,1.00,A"],
        "total",
        9.86,
    ),
    "states": (f"{HEADER},updated at", ["1,a,2026-01-05,5,2026-01-05", "1,a,2026-01-05,5,2026-01-06"], "last", 5.0),
    "copies": (HEADER, ["1,a,2026-01-05,5", "1,a,2026-01-05,5"], "", 5.0),
}


@pytest.mark.parametrize("name", LINES)
def test_lines_of_one_order(name: str) -> None:
    header, rows, way, total = LINES[name]
    receipt = receipt_of(table(header, *rows), profile="orders")
    assert receipt.revenue == total
    assert [one.value for one in receipt.conventions if one.what == "lines"] == ([way] if way else [])
    assert receipt.lines_in == receipt.lines_taken + sum(left_out(receipt).values())


OPEN_LINES = {
    "amounts alone differ": (
        table(HEADER, "1,a,2026-01-05,3", "1,a,2026-01-05,5"),
        {"sum": 8.0, "last": 5.0, "first": 3.0},
    ),
    "one price or one total": (
        table(f"{HEADER},product", "1,a,2026-01-05,5,A", "1,a,2026-01-05,5,B"),
        {"sum": 10.0, "total": 5.0, "last": 5.0},
    ),
    "the same item twice": (
        table(f"{HEADER},product", "1,a,2026-01-05,5,A", "1,a,2026-01-05,5,A"),
        {"last": 5.0, "sum": 10.0},
    ),
}


@pytest.mark.parametrize("name", OPEN_LINES)
def test_lines_that_can_be_several_things_are_asked_for(name: str) -> None:
    file, totals = OPEN_LINES[name]
    asked = question(file)
    assert (asked.option, set(asked.answers)) == ("lines", set(totals))
    assert {answer: revenue(file, lines=answer) for answer in totals} == totals


def test_a_line_of_an_order_is_judged_by_its_own_status() -> None:
    file = table(
        f"{HEADER},item,item status",
        "1,a,2026-01-05,30,A,shipped",
        "1,a,2026-01-05,40,B,cancelled",
        "2,b,2026-01-06,5,A,shipped",
    )
    with stage([file], store=None, profile="orders", mapping={"status": "item status"}) as staged:
        assert (staged.receipt.orders, staged.receipt.revenue) == (2, 35.0)
        assert left_out(staged.receipt) == {"cancelled": 1}


def test_the_last_state_of_an_order_may_be_that_it_was_cancelled() -> None:
    file = table(f"{HEADER},status", "1,a,2026-01-05,30,paid", "2,b,2026-01-05,5,paid", "1,a,2026-01-05,30,cancelled")
    receipt = receipt_of(file, profile="orders")
    assert (receipt.orders, receipt.revenue) == (1, 5.0)


REFUNDS = {
    "given back in full": (["1,a,2026-01-05,50,50", "2,a,2026-01-06,10,0"], 10.0),
    "more than is left": (["1,a,2026-01-05,120,180", "2,a,2026-01-06,10,0"], 130.0),
}


@pytest.mark.parametrize("name", REFUNDS)
def test_whether_refunds_are_taken_off_is_seen(name: str) -> None:
    rows, total = REFUNDS[name]
    assert revenue(table(f"{HEADER},refund", *rows)) == total


def test_another_column_tells_whether_refunds_are_taken_off() -> None:
    rows = ["1,a,2026-01-05,30,20,50", "2,a,2026-01-06,10,0,10"]
    assert revenue(table(f"{HEADER},refund,before", *rows)) == 40.0
    rows = ["1,a,2026-01-05,50,20,30", "2,a,2026-01-06,10,0,10"]
    assert revenue(table(f"{HEADER},refund,after", *rows)) == 40.0


def test_refunds_of_which_nothing_tells_are_asked_for() -> None:
    file = table(f"{HEADER},refund", "1,a,2026-01-05,50,20", "2,a,2026-01-06,10,0")
    assert (question(file).option, question(file).answers) == ("refunds", ("to take off", "taken off"))
    assert (revenue(file, refunds="to take off"), revenue(file, refunds="taken off")) == (40.0, 60.0)


@pytest.mark.parametrize(
    ("header", "row", "day"),
    [
        ("order_id,year,month,amount", "1,2026,1,5", "2026-01-01 00:00"),
        ("order_id,Month,Year,amount", "1,2,2026,5", "2026-02-01 00:00"),
        ("order_id,year,month,day,amount", "1,2026,Mar,9,5", "2026-03-09 00:00"),
        ("order_id,Date,Time,amount", "1,2026-01-05,12:30:00,5", "2026-01-05 12:30"),
        ("order_id,Date,Time,amount", "1,25/01/2026,2:30 PM,5", "2026-01-25 14:30"),
    ],
)
def test_a_date_of_several_columns(header: str, row: str, day: str) -> None:
    (found,) = staged_rows([table(header, row)], profile="orders")
    assert f"{found['ordered_at']:%Y-%m-%d %H:%M}" == day


@pytest.mark.parametrize(
    "header", ["OrderId,UserId,OrderDate,TotalAmount", "ORDER ID,user_id,order-date,Total Amount (EUR)"]
)
def test_headers_are_known_in_any_spelling(header: str) -> None:
    (row,) = staged_rows([table(header, "1,u,2026-01-05,5")], profile="orders")
    assert (row["order_id"], row["customer_id"], row["amount"]) == ("1", "u", 5.0)
