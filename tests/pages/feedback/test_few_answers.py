"""Few answers, or answers that name no group: the page says how many, what is missing and what mends it, and draws nothing."""

from pathlib import Path

import pytest

from data.store.store import Store
from tests.data.rows import nps, order, take
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
        ({2: 30, 3: 30, 4: 5}, ["NPS: no clear difference between 2026-02 and"], 1),
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


def test_without_orders_no_share_of_buyers_is_shown(open_app, tmp_path: Path) -> None:
    """Answers of a year and more, of customers whose orders nobody has uploaded: none has ordered as far as the data go."""
    rows = [
        nps(f"{year}-{place}", f"c{place}", f"{year}-05-{place % 28 + 1:02}", float(place % 11))
        for year in (2024, 2026)
        for place in range(60)
    ]
    app = opened(open_app, tmp_path, rows)
    titles = [title.value for title in app.subheader]
    assert "Which answers come from buyers is not known without orders" in titles
    assert "What promoters spend later is not known without orders" in titles
    assert "belong to a customer" not in words(app)
    assert not [found for found in app.get("bidi_component") if "match_rate" in found.proto.json]


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("2024-10-31", "answers of 31 October 2024 – 30 June 2025"),
        ("2024-04-01", "answers of 1 July 2024 – 30 June 2025"),
    ],
)
def test_answers_a_year_old_begin_no_earlier_than_the_first(open_app, tmp_path: Path, first: str, said: str) -> None:
    rows = [nps(day, "c0", day, 9.0) for day in (first, "2025-01-10", "2026-06-10")]
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=[order("o", "c0", "2024-01-01", 5.0), order("p", "c0", "2026-06-30", 5.0)])
    assert said in words(opened(open_app, tmp_path, rows))
