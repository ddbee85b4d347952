"""Few answers, or answers that name no group: the page says how many, what is missing and what mends it, and draws nothing."""

from pathlib import Path

import pytest

from data.store import Store
from tests.data.rows import nps, take
from tests.pages.conftest import words

PERIOD = {"from_": "2026-04-01", "to": "2026-06-30", "lang": "en"}
TREND = "A trend needs two months with 30 answers each; the"


def answers(**more: object):
    """Makes rows of so many answers per month: {4: 40} are 40 in April."""

    def rows(months: dict[int, int]) -> list[dict]:
        return [
            nps(f"{month}-{place}", f"c{place}", f"2026-{month:02}-10", float(place % 11), **more)
            for month, size in months.items()
            for place in range(size)
        ]

    return rows


def opened(open_app, path: Path, rows: list[dict], code: str = "nps", **params: str):
    with Store.open(path / "s.duckdb") as store:
        take(store, feedback=rows)
    app = open_app(path / "s.duckdb", code, **PERIOD, **params)
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("months", "said", "charts"),
    [
        ({4: 9}, ["Too few to show: 9 of 30", f"{TREND} fullest has 9. Widen the filters"], 0),
        ({4: 12, 5: 20}, ["Too few to show: 20 of 30", f"{TREND} fullest has 20."], 0),
        ({4: 40}, ["Too few to show: 0 of 30", f"{TREND} second fullest has 0."], 0),
        ({4: 40, 5: 12}, ["Too few to show: 12 of 30", f"{TREND} second fullest has 12."], 0),
        ({2: 30, 3: 30, 4: 5}, ["No clear change in NPS since"], 1),
    ],
)
def test_a_trend_needs_two_months(open_app, tmp_path: Path, months, said, charts) -> None:
    app = opened(open_app, tmp_path, answers()(months))
    assert all(part in words(app) for part in said)
    assert len(app.get("plotly_chart")) == 1 + charts  # the distribution is always there


@pytest.mark.parametrize(
    ("by", "missing"),
    [
        ("touchpoint", "The answers name no touchpoint."),
        ("channel", "The answers name no channel."),
        ("region", "No region is known"),
        ("tier", "No answer belongs to a customer with a tier."),
        ("cohort", "No answer belongs to a customer with an order."),
    ],
)
def test_groups_that_nobody_named_say_what_is_missing(open_app, tmp_path: Path, by: str, missing: str) -> None:
    said = words(opened(open_app, tmp_path, answers()({4: 40}), by=by))
    assert "Too few answers to compare groups" not in said
    assert missing in said


def test_groups_are_listed_with_their_n(open_app, tmp_path: Path) -> None:
    rows = [*answers(touchpoint="app")({4: 9}), *answers()({5: 31})]
    said = words(opened(open_app, tmp_path, rows))
    assert "Too few answers to compare groups" in said
    assert "Too few to show: 9 of 30" in said
    assert "not known · 31 answers" in said
