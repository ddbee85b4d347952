"""A column that looks like a status, a refund or a customer and that no field takes is a question."""

import pytest

from data.imports import NamedBytes, Undecided, stage
from tests.data.imports.exports import receipt_of

FIRST = "Order ID,Order Date,Amount,"


def file(header: str, *cells: str, first: str = FIRST) -> NamedBytes:
    rows = "".join(f"A{n},2026-01-0{n},10,{cell}\n" for n, cell in enumerate(cells, start=1))
    return NamedBytes("a.csv", f"{first}{header}\n{rows}".encode())


@pytest.mark.parametrize(
    ("header", "cells", "answers", "revenue"),
    [
        ("Sale state of things", ("fine", "fine", "fine"), (), 30),
        ("Bestell-Statuscode", ("fine", "fine", "fine"), ("status", "not used"), None),
        ("My Status", ("Completed", "Cancelled", "Completed"), ("status", "not used"), 20),
        ("My Status", ("Completed", "Completed", "Completed"), (), 30),
        ("Where it is", ("Completed", "Cancelled", "Pending"), ("status", "not used"), 10),
        ("Delivery status", ("delivered", "on its way", ""), (), 30),
        ("Storno?", ("", "x", ""), ("status", "not used"), None),
        ("Sum refunded EUR", ("0", "10", "0"), ("refund", "not used"), None),
        ("Sum refunded EUR", ("0", "0", "0"), (), 30),
        ("Refund reason", ("", "broken", ""), ("cancelled", "not used"), 20),
        ("Buyer handle", ("ann", "bob", "ann"), ("customer_id", "not used"), 30),
        ("Customer note", ("ring twice", "gift", ""), (), 30),
        ("Test", ("false", "true", "false"), ("cancelled", "not used"), 20),
        ("Test", ("false", "false", "0"), (), 30),
        ("客户名字", ("安", "波", ""), ("customer_id", "not used"), 30),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_asked_or_named(header: str, cells: tuple[str, ...], answers: tuple[str, ...], revenue: float | None) -> None:
    export = file(header, *cells)
    if not answers:
        receipt = receipt_of(export, profile="orders")
        assert (receipt.revenue, [one.name for one in receipt.unused]) == (revenue, [header] * any(cells))
        return
    with pytest.raises(Undecided) as caught:
        stage([export], store=None, profile="orders")
    assert (caught.value.option, caught.value.answers) == (f"column:{header}", answers)
    aside = receipt_of(export, profile="orders", values={f"column:{header}": "not used"})
    assert (aside.revenue, [one.name for one in aside.unused]) == (30, [header])
    if revenue is not None:
        assert receipt_of(export, profile="orders", values={f"column:{header}": answers[0]}).revenue == revenue


@pytest.mark.parametrize(
    ("text", "header", "field", "not_used", "answered"),
    [
        ("Order ID,Order Date,Amount,Amount Paid\n1,2026-01-01,10,8\n2,2026-01-02,20,20\n", "Amount Paid", "amount", 30, 28),
        ("Order ID,Order Date,Grand Total,Order Amount\n1,2026-01-01,10,8\n", "Grand Total", "amount", 8, 10),
        ("订单编号,下单时间,金额,总金额\n1,2026-01-01,9,10\n", "总金额", "amount", 9, 10),
        ("Order ID,Order Date,Amount,Member,Email\n1,2026-01-01,10,,a@x.de\n2,2026-01-02,20,M2,b@x.de\n", "Email", "customer_id", 1, 2),
        ("Order ID,Order Date,Amount,Member,Phone\n1,2026-01-01,10,,0301234\n2,2026-01-02,20,,0301235\n", "Phone", "customer_id", 0, 2),
    ],
    ids=["paid beside amount", "two totals", "two sums", "guests with an e-mail", "no member at all"],
)  # fmt: skip
def test_two_columns_for_one_field(text: str, header: str, field: str, not_used: float, answered: float) -> None:
    export = NamedBytes("a.csv", text.encode())
    with pytest.raises(Undecided) as caught:
        stage([export], store=None, profile="orders")
    assert (caught.value.option, caught.value.answers) == (f"column:{header}", (field, "not used"))
    found = []
    for answer in ("not used", field):
        receipt = receipt_of(export, profile="orders", values={f"column:{header}": answer})
        found.append(receipt.revenue if field == "amount" else receipt.customers)
    assert found == [not_used, answered]


@pytest.mark.parametrize(
    "text",
    [
        "Order ID,Order Date,Amount,Amount Paid\n1,2026-01-01,10,10\n",
        "订单编号,下单时间,实付金额,订单金额\n1,2026-01-01,9,10\n",
        "Order ID,Order Date,Subtotal,Tax,Shipping,Total\n1,2026-01-01,10,1,2,13\n",
        "Order ID,Order Date,Amount,Member,Email\n1,2026-01-01,10,M1,\n2,2026-01-02,20,M2,b@x.de\n",
        "Order ID,Order Date,Amount,Member,Customer note\n1,2026-01-01,10,,ring twice\n",
    ],
    ids=["the same twice", "paid by its name", "parts of a total", "everybody is a member", "a note"],
)
def test_one_column_is_enough(text: str) -> None:
    assert receipt_of(NamedBytes("a.csv", text.encode()), profile="orders").orders


def test_who_named_the_column_is_not_asked() -> None:
    text = b"Order ID,Order Date,Amount,Amount Paid\n1,2026-01-01,10,8\n"
    assert receipt_of(NamedBytes("a.csv", text), profile="orders", mapping={"amount": "Amount"}).revenue == 10
