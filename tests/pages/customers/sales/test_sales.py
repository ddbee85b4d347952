"""Sales: a number at choice by month and by group, too few orders, and a period that the data do not reach back to."""

from pathlib import Path

import pytest

from data.store.store import Store
from pages.customers.sales.entry import NUMBERS
from tests.data.rows import order, take
from tests.pages.conftest import words

ORDERS = [
    order(f"{month}{i}", f"c{i}", f"2026-{month:02}-01", 10.0 + i % 7) for month in range(1, 7) for i in range(40)
]


def opened(open_app, tmp_path: Path, rows: list[dict], **params: str):
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=rows)
    app = open_app(tmp_path / "s.duckdb", "sales", lang="en", **params)
    assert not app.exception
    return app


def cards(app) -> dict[str, dict]:
    parts = app.session_state["report.current"].parts
    return {card["id"]: card for part in parts if hasattr(part, "items") for card in part.items}


@pytest.mark.parametrize("number", NUMBERS)
def test_each_number_by_month_and_by_group(open_app, demo_path: Path, number: str) -> None:
    app = open_app(demo_path, "sales", number=number, groups="region", lang="en")
    assert not app.exception
    assert list(cards(app)) == list(NUMBERS)
    files = app.session_state["report.current"].sections
    assert {f"{number}_by_month", f"{number}_by_region", "sales_by_month"} <= set(files)


def test_too_few_orders_are_said_and_totals_stand(open_app, tmp_path: Path) -> None:
    found = cards(opened(open_app, tmp_path, ORDERS[:20], from_="2026-01-01", to="2026-01-31"))
    assert found["orders"]["value"] == "20"
    assert found["order_value"]["few"] == "Too few to show: 20 of 30"
    assert found["members_share"]["few"] == "Too few to show: 20 of 30"


@pytest.mark.parametrize(
    ("start", "end", "title", "change"),
    [
        ("2026-01-01", "2026-01-31", "Net revenue: 515", None),  # of December the data hold nothing
        ("2026-02-01", "2026-02-28", "No clear change in net revenue: 515, 515 before", "no clear change"),
        ("2026-01-01", "2026-06-30", "Net revenue: 3,090", None),
    ],
)
def test_a_total_is_compared_with_a_period_that_the_data_cover(
    open_app, tmp_path: Path, start: str, end: str, title: str, change: str | None
) -> None:
    app = opened(open_app, tmp_path, ORDERS, from_=start, to=end)
    assert app.title[0].value == title
    found = cards(app)
    assert found["net_revenue"].get("change") == change
    assert found["members_share"]["few"] == "No members known"
    assert found["active_customers"]["few"] == "Not observable yet"
    assert "Upload members with the day on which they joined" in found["members_share"]["detail"]


def test_without_orders(open_app, few_path: Path) -> None:
    app = open_app(few_path, "sales", lang="en")
    assert app.title[0].value == "Sales need orders"
    assert "No orders yet" in words(app)
