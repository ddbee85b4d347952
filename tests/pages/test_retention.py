"""Retention of small shops: one minimum for table, curve and chooser, and a sentence where nothing can be drawn."""

import json
from pathlib import Path

import pytest

from data.store import Store
from tests.data.rows import order, take
from tests.pages.conftest import words

PERIOD = {"from_": "2026-04-01", "to": "2026-06-30", "lang": "en"}
MONTHS = range(1, 7)


def shop(**first_orders: int) -> list[dict]:
    """So many customers per first month ("m1": January), each with an order in every month after it, to June."""
    return [
        order(f"{first}-{place}-{month}", f"{first}-{place}", f"2026-{month:02}-10", 10.0)
        for first, size in first_orders.items()
        for place in range(size)
        for month in MONTHS
        if month >= int(first[1:])
    ]


def opened(open_app, path: Path, rows: list[dict], **params: str):
    with Store.open(path / "s.duckdb") as store:
        take(store, orders=rows)
    app = open_app(path / "s.duckdb", "retention", **PERIOD | params)
    assert not app.exception
    return app


def heat(app) -> dict:
    (table,) = [found for found in map(_data, app.get("bidi_component")) if "head" in found]
    return table


def _data(element) -> dict:
    return json.loads(element.proto.json or "{}")


def test_a_cohort_of_one_is_withheld_and_not_offered(open_app, tmp_path: Path) -> None:
    app = opened(open_app, tmp_path, shop(m1=1, m2=30, m3=55), cohort="2026-01")
    said = words(app)
    assert "—: fewer than 30 customers. The average row takes in all cohorts." in said
    assert "01 has fewer than 30 customers, or has completed no period." in said
    assert "Too few customers to compare cohort 2026-02 with the others" in said
    assert "clearly differ" not in said
    assert list(app.selectbox[0].options) == ["no cohort", "2026-03", "2026-02"]
    rows = {row["name"]: row["cells"] for row in heat(app)["rows"]}
    assert rows["2026-01"][0] == {
        "text": "—",
        "state": "few",
        "read": "2026-01, month 1 · Too few to show: 1 of 30",
    }
    assert rows["2026-02"][0]["text"] == "100.0"
    assert rows["Weighted average"][0]["read"].startswith("Weighted average, month 1: 86 of 86 customers")


@pytest.mark.parametrize(
    ("sizes", "said", "charts"),
    [
        ({"m1": 4, "m2": 7}, "A cohort is shown from 30 customers; the largest has 7. Choose quarters", 0),
        ({"m1": 20, "m2": 29}, "A cohort is shown from 30 customers; the largest has 29. Choose quarters", 1),
        ({"m6": 40}, "No cohort has completed a period yet", 0),
        ({"m1": 30}, "All cohorts together", 1),
    ],
)
def test_nothing_is_drawn_from_too_few(open_app, tmp_path: Path, sizes, said, charts) -> None:
    app = opened(open_app, tmp_path, shop(**sizes), cohort="none")
    assert said in words(app)
    assert "less than half" not in words(app)
    assert len(app.get("plotly_chart")) == charts


def test_quarters_of_too_few_name_another_remedy(open_app, tmp_path: Path) -> None:
    app = opened(open_app, tmp_path, shop(m1=4, m2=7), unit="quarter")
    assert "the largest has 11. Widen the filters, or upload more orders." in words(app)
    assert "Too few to show: 11 of 30" in words(app)
