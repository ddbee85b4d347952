"""Lines of orders out of the exports that have them: what they hold, and that they make up the orders that are taken."""

from collections import defaultdict

import pytest

from data.imports import NamedBytes, stage
from tests.data.imports.exports import staged_rows
from tests.data.imports.test_vendors import EXPORTS

VENDORS = {export.profile: NamedBytes("export.csv", export.text.encode()) for export in EXPORTS}
GENERAL = "Order ID,Customer,Date,Item,Category,Qty,{}\n"


def lines(text: bytes | NamedBytes, **arguments: object) -> list[tuple]:
    file = text if isinstance(text, NamedBytes) else NamedBytes("a.csv", text)
    rows = staged_rows([file], "order_lines", **arguments)
    return sorted(
        tuple(row[name] for name in ("order_id", "line", "product", "product_group", "quantity", "amount"))
        for row in rows
    )


def kinds(text: bytes, **arguments: object) -> set[str]:
    with stage([NamedBytes("a.csv", text)], store=None, **arguments) as staged:
        return set(staged.tables())


def test_orders_without_products_have_no_lines() -> None:
    assert kinds(b"Order ID,Customer,Date,Amount\n1,a,2026-01-02,5\n", profile="orders") == {"orders"}


PARTS = [("1", 1, "Mug", "Kitchen", 2.0, 10.0), ("1", 2, "Tea", "Food", 1.0, 4.5), ("2", 1, "Mug", "Kitchen", 1.0, 5.0)]
SQUARE = [
    ("TX1", 1, "Latte", "Coffee", 1.0, 5.0),
    ("TX1", 2, "Bagel", "Food", 2.0, 7.0),
    ("TX2", 1, "Latte", "Coffee", 1.0, 5.0),
    ("TX2 refund", 1, "Latte", "Coffee", -1.0, -5.0),
]
WOOCOMMERCE = [
    ("101", 1, "Mug", None, 1.0, None),
    ("101", 2, "Cup", None, 1.0, None),
    ("106", 1, "Mug", None, 1.0, None),
]


@pytest.mark.parametrize(
    ("header", "values", "expected"),
    [
        ("Line amount", {}, PARTS),
        ("Order total", {"lines": "total"}, [(*line[:5], None) for line in PARTS]),  # of its line nothing is known
    ],
)
def test_an_amount_of_its_own_where_the_lines_are_parts(
    header: str, values: dict[str, str], expected: list[tuple]
) -> None:
    amounts = ("10", "4.5", "5") if not values else ("14.5", "14.5", "5")
    text = GENERAL.format(header) + (
        f"1,a,2026-01-02,Mug,Kitchen,2,{amounts[0]}\n1,a,2026-01-02,Tea,Food,1,{amounts[1]}\n2,b,2026-01-03,Mug,Kitchen,1,{amounts[2]}\n"
    )
    assert (
        lines(text.encode(), profile="orders", mapping={"amount": header}, values=values or {"lines": "sum"})
        == expected
    )


def test_lines_of_orders_that_do_not_count_are_none() -> None:
    text = GENERAL.format("Amount").replace("Qty", "Qty,Status")
    text += "1,a,2026-01-02,Mug,Kitchen,2,completed,10\n2,a,2026-01-03,Tea,Food,1,cancelled,4\n,a,2026-01-04,Pen,Office,1,completed,\n"
    assert lines(text.encode(), profile="orders") == [("1", 1, "Mug", "Kitchen", 2.0, 10.0)]


def test_a_state_of_an_order_is_no_line() -> None:
    text = "Order ID,Customer,Date,Product,Amount,Status\n1,a,2026-01-02,Mug,10,open\n1,a,2026-01-02,Mug,10,completed\n"
    assert lines(text.encode(), profile="orders", values={"lines": "last", "status:open": "counts"}) == [
        ("1", 1, "Mug", None, None, 10.0)
    ]


@pytest.mark.parametrize(("profile", "expected"), [("square_items", SQUARE), ("woocommerce_orders", WOOCOMMERCE)])
def test_lines_of_vendors(profile: str, expected: list[tuple]) -> None:
    assert lines(VENDORS[profile]) == expected


@pytest.mark.parametrize("profile", ["square_items", "amazon_orders", "douyin_orders"])
def test_lines_that_are_parts_add_up_to_their_orders(profile: str) -> None:
    with stage([VENDORS[profile]], store=None) as staged:
        orders = staged.tables()["orders"]().read_all().to_pylist()
        parts = staged.tables()["order_lines"]().read_all().to_pylist()
    total: defaultdict[str, float] = defaultdict(float)
    for row in parts:
        total[row["order_id"]] += row["amount"]
    assert {row["order_id"]: round(row["amount"], 2) for row in orders} == {k: round(v, 2) for k, v in total.items()}
