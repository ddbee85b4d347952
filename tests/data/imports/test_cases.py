"""Files of which one number was wrong and nothing was asked: each now gives the right one, or a question whose answer gives it."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from data.errors import Refused
from data.imports import Undecided, stage


@dataclass(frozen=True)
class Case:
    """A file, the profile to load it by, what is asked first (an option, or none), the answer, and one column as it must come out."""

    file: str
    profile: str | None
    asked: str
    answers: dict[str, str]
    column: str
    values: list = field(default_factory=list)
    table: str = "orders"
    columns: dict[str, str] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)


CASES = [
    Case("csat_labels_half_known.csv", None, "", {}, "score", [5, 4, 4, 3, 1], "feedback"),
    Case("csat_scale_by_month_1.csv", None, "scale", {"scale": "1-7"}, "scale_high", [7] * 4, "feedback"),
    Case("csat_scale_by_month_2.csv", None, "scale", {"scale": "1-7"}, "scale_high", [7] * 4, "feedback"),
    Case("nps_one_to_five.csv", None, "scale", {"scale": "0-10"}, "score", [5, 5, 5, 4, 2], "feedback"),
    Case("csat-taken-as-nps.csv", "nps", "scale", {"scale": "0-10"}, "score", [5, 3, 5, 4], "feedback"),
    Case(
        "currency_in_cells.csv", "orders", "currency:¥", {"currency:¥": "JPY"}, "currency", ["EUR", "USD", "JPY", "EUR"]
    ),
    Case("date_two_digit_year_month_name.csv", "orders", "", {}, "ordered_at", ["2026-01-02", "2026-03-31"]),
    Case(
        "german_month_names.csv",
        "orders",
        "",
        {},
        "ordered_at",
        ["2026-01-12", "2026-03-03", "2026-05-05", "2025-10-05", "2025-12-05", "2025-11-05"],
    ),
    Case("null_customers.csv", "orders", "", {}, "customer_id", ["C01", "C02", *[None] * 6]),
    Case(
        "offset_hours_only.csv",
        "orders",
        "timezone",
        {"timezone": "UTC"},
        "ordered_at",
        ["2026-01-02 10:00", "2026-01-03 09:00"],
    ),
    Case(
        "utc_and_local.csv", "orders", "timezone", {"timezone": "Asia/Shanghai"}, "ordered_at", ["2026-08-01 07:30"] * 2
    ),
    Case(
        "tier_levels.csv",
        "tier_changes",
        "",
        {},
        "tier",
        ["Level 2", "Level 10", "Level 2", "Level 10", "Level 9"],
        "tier_changes",
    ),
    Case(
        "line-items.csv",
        "orders",
        "",
        {},
        "amount",
        [8.86, 3.86],
        columns={
            "customer_id": "household_id",
            "order_id": "basket_id",
            "ordered_at": "transaction_timestamp",
            "amount": "sales_value",
        },
    ),
    Case("status-ignored.csv", "orders", "", {}, "amount", [100], left={"cancelled": 1, "not_paid": 1}),
    Case("refund-already-taken-off.csv", "orders", "", {}, "amount", [100, 120], left={"not_paid": 1, "refunded": 1}),
    Case("shopify-cash-on-delivery.csv", None, "", {}, "amount", [2200], left={"not_paid": 1}),
    Case("square-items.csv", "orders", "", {}, "amount", [12, 5, -5]),
    Case("square-items.csv", None, "", {}, "amount", [12, 5, -5]),
    Case("amazon-all-orders.txt", None, "", {}, "amount", [50], left={"cancelled": 1}),
    Case(
        "amazon-all-orders.txt",
        "orders",
        "",
        {},
        "amount",
        [50],
        columns={"order_id": "amazon-order-id", "ordered_at": "purchase-date", "amount": "item-price"},
        left={"cancelled": 1},
    ),
    Case("woocommerce.csv", None, "", {}, "amount", [45], left={"cancelled": 1, "not_paid": 2, "refunded": 1}),
    Case(
        "woocommerce.csv",
        "orders",
        "status:*",
        {"status:*": "does not count"},
        "amount",
        [45],
        columns={"amount": "Order Total Amount", "customer_id": "Email (Billing)"},
        left={"cancelled": 1, "not_paid": 2, "refunded": 1},
    ),
    Case("two-sheets.xlsx", None, "", {}, "amount", [10, 10]),
    Case("whitespace-columns.txt", None, "", {}, "amount", [11.77, 12, 77]),
    Case("preamble_pairs.csv", "orders", "", {}, "amount", [120.5, 80, 60, 60]),
    Case("big5_read_as_gb18030.csv", "orders", "encoding", {"encoding": "big5"}, "customer_id", ["陳小明", "林美麗"]),
    Case("qualtrics.csv", None, "", {}, "score", [9, 3], "feedback", left={"no_score": 1, "preview": 1}),
    Case(
        "qualtrics.csv",
        "nps",
        "",
        {},
        "score",
        [9, 3],
        "feedback",
        columns={"score": "Q1", "responded_at": "RecordedDate", "customer_id": "RecipientEmail"},
        left={"no_score": 1, "preview": 1},
    ),
    Case("douyin.csv", None, "", {}, "amount", [69, 70], left={"cancelled": 1}),
    Case(
        "douyin.csv",
        "orders",
        "",
        {},
        "amount",
        [69, 70],
        columns={"ordered_at": "订单提交时间", "amount": "订单应付金额", "customer_id": "收件人手机号"},
        left={"cancelled": 1},
    ),
    Case(
        "year-and-month-columns.csv",
        "orders",
        "",
        {},
        "ordered_at",
        ["2026-01-01", "2026-02-01", "2026-02-01"],
        columns={"ordered_at": "year+month"},
    ),
    Case(
        "camel-case-headers.csv",
        "orders",
        "",
        {},
        "customer_id",
        ["47", "47", "48"],
        columns={"ordered_at": "OrderDate", "amount": "TotalCharges"},
    ),
]


@pytest.fixture(scope="module")
def cases(shared: Path) -> Path:
    folder = shared / "cases" / "imports"
    if not folder.is_dir():
        pytest.skip("the collected cases are not beside the project")
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_right_or_asked(cases: Path, case: Case) -> None:
    if case.asked:
        with pytest.raises(Undecided) as caught:
            stage([cases / case.file], store=None, profile=case.profile, mapping=case.columns)
        assert caught.value.option == case.asked
    with stage(
        [cases / case.file], store=None, profile=case.profile, values=case.answers, mapping=case.columns
    ) as staged:
        rows = staged.tables()[case.table]().read_all().to_pylist()
        assert {entry.rule: entry.lines for entry in staged.receipt.left_out} == case.left
    found = [row[case.column] for row in rows]
    if case.column == "ordered_at":
        found = [f"{time:%Y-%m-%d %H:%M}".removesuffix(" 00:00") for time in found]
    assert found == case.values


def test_ids_that_a_workbook_rounded_refuse_it(cases: Path) -> None:
    with pytest.raises(Refused, match="is a number rounded by a spreadsheet"):
        stage([cases / "long_ids_numeric.xlsx"], store=None)


def test_every_case_is_a_row(cases: Path) -> None:
    files = {path.name for path in cases.iterdir() if path.suffix != ".md"}
    assert files == {case.file for case in CASES} | {"long_ids_numeric.xlsx"}
