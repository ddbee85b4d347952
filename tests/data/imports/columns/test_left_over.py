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
