"""The number of a period: covered or not, by the metric's own function, in the scope of whoever asked."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from data.alerts.measured import covered, judged, past, reading, rows
from data.alerts.periods import Period
from data.alerts.rules import Asked, Condition, Rule
from data.demo.load import load
from data.questions.ask import Question, ask
from data.segment import Segment
from data.store.extent import Extent
from data.store.store import Store
from metrics.catalogue import CATALOGUE, WATCHED
from tests.data.alerts.conftest import fill, rule
from tests.data.rows import nps, order, take

NORTH, SOUTH = Segment(region=("North",)), Segment(region=("South",))
ROWS: dict[str, dict[str, str | int | float | bool]] = {
    "retention": {"period": 3},
    "cohort_orders": {"period": 3},
    "revenue_retention": {"period": 3},
    "tier_rates": {"move": "upgrade"},
    "promoter_value": {"kind": "promoter"},
    "recovery": {"kind": "low"},
    "score_mean": {"scale_low": 1.0, "scale_high": 5.0},
    "repeat_curve": {"elapsed": 30},
    "gap_curve": {"elapsed": 30},
    "tier_migration": {"from_tier": "silver", "to_tier": "silver"},
    "time_in_tier": {"tier": "silver", "elapsed": 1},
    "tier_outlook": {"tier": "silver"},
    "tier_value": {"tier": "silver"},
    "tier_replay": {"tier": "silver"},
    "segment_sizes": {"segment": "champions"},
    "segment_moves": {"from_segment": "champions", "to_segment": "champions"},
    "segment_returns": {"segment": "champions"},
}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("metric", "orders", "answers", "period"),
    [
        ("nps", None, None, None),
        ("nps", ("2026-01-01", "2026-06-30"), None, None),  # orders say nothing about answers
        ("nps", None, ("2026-01-01", "2026-03-30"), "2026-02"),
        ("nps", None, ("2026-01-01", "2026-03-31"), "2026-03"),
        ("nps", ("2026-01-01", "2026-06-30"), ("2026-01-01", "2026-03-31"), "2026-03"),
        ("nps", None, ("2026-03-02", "2026-03-31"), None),  # March is not covered from its first day on
        ("repeat_rate", ("2026-01-01", "2026-06-30"), ("2026-01-01", "2026-03-31"), "2026-06"),
        ("answered_share", ("2026-01-01", "2026-06-30"), ("2026-01-01", "2026-03-31"), "2026-03"),
        ("promoter_value", ("2026-01-01", "2026-03-31"), ("2026-01-01", "2026-06-30"), "2026-03"),
        ("inactive_share", None, ("2026-01-01", "2026-06-30"), None),
    ],
)  # fmt: skip
def test_a_period_counts_once_its_kind_of_data_cover_it(metric: str, orders, answers, period: str | None) -> None:
    first, last = map(day, orders) if orders else (None, None)
    said_first, said_last = map(day, answers) if answers else (None, None)
    extent = Extent(orders_first=first, orders_last=last, feedback_first=said_first, feedback_last=said_last)
    found = covered(extent, Asked(metric, CATALOGUE[metric].watched_columns[0]), "month")
    assert (found.code if found else None) == period


@pytest.mark.parametrize(
    ("month", "segment", "value", "before", "why"),
    [
        ("2026-01", NORTH, 60.0, None, "within"),
        ("2026-02", NORTH, 60.0, 60.0, "within"),
        ("2026-03", NORTH, -60.0, 60.0, "below"),
        ("2026-03", SOUTH, 0.0, 0.0, "below"),
        ("2026-03", Segment(region=("West",)), None, None, "too_few"),  # one answer
        ("2026-03", Segment(region=("Nowhere",)), None, None, "too_few"),
    ],
)
def test_below_by_segment(store: Store, month: str, segment: Segment, value, before, why: str) -> None:
    with store.snapshot() as snap:
        found = judged(snap, rule("below", 30, segment=segment), Period.of_code(month))
    assert (found.now.value, found.before.value) == (pytest.approx(value), pytest.approx(before))
    assert found.why == why


def test_the_number_is_the_one_that_the_page_shows(store: Store) -> None:
    with store.snapshot() as snap:
        found = judged(snap, rule(), Period.of_code("2026-03")).now
        (row,) = ask(snap, "nps", Question(day("2026-03-01"), day("2026-03-31"), day("2026-03-31"))).to_dicts()
    assert (found.value, found.low, found.high, found.n) == (row["nps"], row["low"], row["high"], row["n"])


def test_changed_beyond_its_interval(store: Store) -> None:
    changed = rule("changed", None)
    with store.snapshot() as snap:
        assert [(one.period.code, one.why) for one in past(snap, changed, "month")] == [
            ("2026-01", "too_few"),
            ("2026-02", "no_change"),
            ("2026-03", "fell"),
        ]


def test_the_past_is_judged_as_it_would_have_been(store: Store) -> None:
    for asked in (rule(), rule("changed", None), rule("above", 0, segment=NORTH)):
        with store.snapshot() as snap:
            for one in past(snap, asked, "month"):
                assert one == judged(snap, asked, one.period)


def test_nothing_after_the_period_is_seen(store: Store) -> None:
    with store.snapshot() as snap:
        before = judged(snap, rule(), Period.of_code("2026-02"))
    take(store, feedback=[nps(f"later {place}", None, "2026-04-15", 0) for place in range(90)])
    with store.snapshot() as snap:
        assert judged(snap, rule(), Period.of_code("2026-02")) == before


def test_a_scope_limits_what_is_counted(store: Store) -> None:
    with store.snapshot(scope=NORTH) as snap:
        assert judged(snap, rule(), Period.of_code("2026-03")).now.value == pytest.approx(-60)
        assert judged(snap, rule(segment=SOUTH), Period.of_code("2026-03")).now.n == 0


def test_without_data_there_is_no_past(tmp_path: Path) -> None:
    with Store.open(tmp_path / "empty.duckdb") as store, store.snapshot() as snap:
        assert past(snap, rule(), "month") == []
    with Store.open(tmp_path / "one.duckdb") as store:
        fill(store, "2026-01")
        with store.snapshot() as snap:
            assert [one.period.code for one in past(snap, rule(), "month")] == ["2026-01"]
            assert past(snap, rule(), "quarter") == []


def test_retention_in_its_third_month_is_that_of_the_cohort_three_months_before(tmp_path: Path) -> None:
    again = {f"c{place}" for place in range(12)}
    orders = [order(f"{place}", f"c{place}", "2026-01-10", 10) for place in range(40)]
    orders += [order(f"{name} again", name, "2026-04-10", 10) for name in again]
    orders.append(order("last", "z", "2026-04-30", 10))
    with Store.open(tmp_path / "r.duckdb") as store:
        take(store, orders=[*orders, order("first", "y", "2025-12-01", 5)])
        with store.snapshot() as snap:
            asked = rule(metric="retention", column="retention", row={"period": 3}, value=0.5)
            found = judged(snap, asked, Period.of_code("2026-04"))
    assert (found.now.value, found.now.n) == (0.3, 40)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    with Store.open(path) as store:
        load(store, customers=600, seed=1)
    return path


@pytest.mark.parametrize("metric", WATCHED)
def test_every_metric_can_be_watched(demo: Path, metric: str) -> None:
    """There is one row, each of its columns is a number, and a change has an interval where the table says that it has one."""
    arguments: dict[str, str | int | float | bool] = {"minimum": 1} if "minimum" in CATALOGUE[metric].options else {}
    asked = Asked(metric, CATALOGUE[metric].watched_columns[0], arguments, ROWS.get(metric, {}))
    condition = Condition("changed") if CATALOGUE[metric].compares(asked.column) else Condition("above", -1e9)
    with Store.open(demo) as store, store.snapshot() as snap:
        period = covered(snap.extent(), asked, "month")
        assert period is not None
        found, row = judged(snap, Rule(asked, condition), period), rows(snap, asked, period)
    assert row.height == 1
    assert found.now.value is not None
    assert (found.change.change is not None) == CATALOGUE[metric].compares(asked.column)
    for column in CATALOGUE[metric].watched_columns:
        value = reading(row, replace(asked, column=column)).value
        assert value is None or isinstance(value, int | float)
        if CATALOGUE[metric].columns[column].kind == "share" and value is not None and metric != "revenue_retention":
            assert 0 <= value <= 1
        if CATALOGUE[metric].columns[column].kind == "count" and value is not None:
            assert isinstance(value, int)
