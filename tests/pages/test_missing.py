"""Data of one kind only: numbers of the other kind say what to upload, and no chart is drawn without points."""

import datetime as dt
from pathlib import Path

import pytest

from data.store.store import Store
from tests.data.rows import nps, order, take
from tests.pages.conftest import words

MONTHS = [f"2026-{month:02}-10" for month in range(1, 7)]
ORDERS = [order(f"{day}{i}", f"c{i}", day, 10.0, region="East China") for day in MONTHS for i in range(40)]
TIERS = [
    {"customer_id": f"c{i}", "effective_on": dt.date(2026, month, 2), "tier": tier}
    for month, tier in ((2, "silver"), (5, "gold"))
    for i in range(40 if month == 2 else 20)
]
ANSWERS = [nps(f"{day}{i}", f"c{i}", day, float(i % 11)) for day in MONTHS for i in range(40)]
SATISFACTION = [row | {"survey": "csat", "score": 4.0, "scale_low": 1.0, "scale_high": 5.0} for row in ANSWERS]


@pytest.mark.parametrize(
    ("rows", "code", "title", "said", "charts"),
    [
        ({"orders": ORDERS}, "nps", "NPS needs answers", "No answers yet", 0),
        ({"orders": ORDERS}, "", "No clear change in repeat rate", "Net revenue by month", 2),
        ({"orders": ORDERS, "feedback": SATISFACTION}, "nps", "NPS needs answers", "No answers yet", 0),
        ({"feedback": ANSWERS}, "retention", "Retention needs orders", "No orders yet", 0),
        ({"tier_changes": TIERS}, "retention", "Retention needs orders", "No orders yet", 0),
    ],
)
def test_what_was_never_uploaded_is_said_and_not_drawn(open_app, tmp_path: Path, rows, code, title, said, charts):
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, **rows)
    app = open_app(tmp_path / "s.duckdb", code, from_="2026-04-01", to="2026-06-30", lang="en")
    assert not app.exception
    assert title in app.title[0].value
    assert said in words(app)
    assert len(app.get("plotly_chart")) == charts
    assert "0 answers" not in words(app)


def test_tier_changes_alone_make_a_page_of_tiers(open_app, tmp_path: Path):
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, tier_changes=TIERS)
    app = open_app(tmp_path / "s.duckdb", "tiers", from_="2026-05-01", to="2026-05-31", lapse="0", lang="en")
    assert not app.exception
    assert "20 moved up" in words(app)
