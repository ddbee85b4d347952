"""Who is behind a number: cases by hand, and who may see them."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from data.people.access import Access, Forbidden, Person, Role, personal
from data.questions.ask import Question
from data.questions.behind import ANSWER_TYPES, CUSTOMER_TYPES, answers_of, cohort_customers, tier_movers
from data.segment import Segment
from data.store.store import Store
from tests.data.rows import nps, order, take

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 6, 30)
ALL = Question(FIRST, LAST, LAST)
EMPTY: list[tuple[Callable[..., pl.DataFrame], dict[str, object], dict]] = [
    (answers_of, {"kind": "promoters"}, ANSWER_TYPES),
    (answers_of, {"kind": "passives", "comments": True, "limit": 3}, {**ANSWER_TYPES, "comment": pl.String()}),
    (cohort_customers, {"metric": "retention", "number": 1, "active": True}, CUSTOMER_TYPES),
    (cohort_customers, {"metric": "retention", "number": 1, "active": False, "period": "week"}, CUSTOMER_TYPES),
    (cohort_customers, {"metric": "rolling_retention", "number": 1, "active": True, "limit": 3}, CUSTOMER_TYPES),
    (tier_movers, {"from_tier": "new", "to_tier": "gold"}, CUSTOMER_TYPES),
    (tier_movers, {"from_tier": "silver", "to_tier": "lapsed", "rule": "silver=1"}, CUSTOMER_TYPES),
]

ORDERS = [
    order("a1", "a", "2026-01-05T10:00", 50.0, region="East"),
    order("a2", "a", "2026-01-25T10:00", 1.0),
    order("a3", "a", "2026-03-10T10:00", 9.0),
    order("b1", "b", "2026-01-31T23:00", 70.0, region="West"),
    order("b2", "b", "2026-02-01T10:00", 5.0),
    order("c1", "c", "2026-01-20T10:00", 60.0, region="West"),
    order("d1", "d", "2026-06-02T10:00", 80.0),
    {**order("r1", "c", "2026-03-03T10:00", -10.0), "kind": "refund"},
    order("?", None, "2026-02-02T10:00", 99.0),
    order("last", "d", "2026-06-30T10:00", 1.0),
]
ANSWERS = [
    nps("1", "a", "2026-02-01", 10, comment="good"),
    nps("2", "a", "2026-02-03", 9),
    nps("3", None, "2026-02-02", 9, region="North"),
    nps("4", "b", "2026-02-02", 7),
    nps("5", "z", "2026-02-02", 6),  # without an order
    nps("6", "c", "2026-02-09", 0),
    {**nps("7", "c", "2026-02-09", 5), "scale_high": 5.0},
    nps("8", "c", "2025-12-31", 0),
]
TIERS = [
    {"customer_id": who, "effective_on": dt.date.fromisoformat(day), "tier": tier}
    for who, day, tier in (
        ("a", "2026-01-01", "silver"),
        ("a", "2026-02-01", "gold"),
        ("b", "2026-01-10", "gold"),
        ("b", "2026-03-01", "lapsed"),
        ("c", "2026-02-20", "silver"),
        ("e", "2026-01-01", "silver"),  # a member without an order
    )
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("behind") / "s.duckdb") as opened:
        take(opened, orders=ORDERS, feedback=ANSWERS, tier_changes=TIERS)
        yield opened


@pytest.mark.parametrize(("function", "arguments", "types"), EMPTY)
def test_an_empty_store_lists_nobody(tmp_path: Path, function, arguments, types) -> None:
    with Store.open(tmp_path / "empty.duckdb") as opened, opened.snapshot() as snap:
        assert function(snap, ALL, **arguments).equals(pl.DataFrame(schema=types))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("promoters", [("2", 9, "a", "East", "gold", None, 3, 60), ("3", 9, None, "North", None, None, None, None),
                       ("1", 10, "a", "East", "gold", None, 3, 60)]),
        ("passives", [("4", 7, "b", "West", "lapsed", None, 2, 75)]),
        ("detractors", [("6", 0, "c", "West", "silver", None, 1, 50), ("5", 6, "z", None, None, None, 0, 0)]),
    ],
)  # fmt: skip
def test_answers_of_a_kind(store: Store, kind: str, expected: list[tuple]) -> None:
    days = {row["feedback_id"]: row["responded_at"] for row in ANSWERS}
    with store.snapshot() as snap:
        found = answers_of(snap, ALL, kind=kind)
        newest = answers_of(snap, ALL, kind=kind, limit=1)
        written = answers_of(snap, ALL, kind=kind, comments=True)
    assert found.rows() == [(days[number], *rest) for number, *rest in expected]
    assert newest.equals(found.head(1))
    assert written.drop("comment").equals(found)
    assert written["comment"].drop_nulls().to_list() == ["good"] * (kind == "promoters")


def test_without_any_order_nobody_has_none(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb") as opened:
        take(opened, feedback=ANSWERS)
        with opened.snapshot() as snap:
            found = answers_of(snap, ALL, kind="promoters")
    assert found.select("orders", "revenue").unique().rows() == [(None, None)]
    assert {name: found.schema[name] for name in ("orders", "revenue")} == {"orders": pl.Int64, "revenue": pl.Float64}


def test_what_came_after_the_date_is_not_known(store: Store) -> None:
    early = replace(ALL, as_of=dt.date(2026, 2, 1))
    with store.snapshot() as snap:
        assert answers_of(snap, early, kind="promoters").select("score", "tier", "orders", "revenue").rows() == [
            (10, "gold", 2, 51)
        ]


JANUARY, JUNE = dt.date(2026, 1, 1), dt.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("start", "end", "arguments", "back", "away"),
    [
        (JANUARY, JANUARY, {"number": 0}, "bac", ""),
        (JANUARY, JANUARY, {"number": 1}, "b", "ac"),
        (JANUARY, JANUARY, {"number": 2}, "a", "bc"),  # a refund is no order
        (JANUARY, JANUARY, {"number": 1, "kind": "on_or_after"}, "ba", "c"),
        (JANUARY, JANUARY, {"number": 3, "kind": "on_or_after"}, "", "bac"),
        (JANUARY, JANUARY, {"number": 1, "period": "quarter"}, "", "bac"),
        (JANUARY, JANUARY, {"number": 5}, "", "bac"),
        (JANUARY, JANUARY, {"number": 6}, "", ""),  # July has not begun
        (JUNE, JUNE, {"number": 1}, "", ""),
        (JANUARY, JUNE, {"number": 1}, "b", "ac"),  # d's July has not begun
        (dt.date(2026, 1, 26), dt.date(2026, 1, 26), {"number": 1, "period": "week"}, "", "b"),
    ],
)
def test_cohorts(store: Store, start, end, arguments, back: str, away: str) -> None:
    asked = replace(ALL, start=start, end=end)
    with store.snapshot() as snap:
        found = [
            cohort_customers(snap, asked, metric="retention", active=active, **arguments) for active in (True, False)
        ]
        if back:
            top = cohort_customers(snap, asked, metric="retention", active=True, limit=1, **arguments)
            assert top.equals(found[0].head(1))
    assert ["".join(rows["customer_id"]) for rows in found] == [back, away]


@pytest.mark.parametrize(
    ("arguments", "back", "away"),
    [
        ({"number": 0, "window_days": 10}, "bac", ""),
        ({"number": 2, "window_days": 10}, "a", "bc"),  # 20 days after the first order
        ({"number": 1, "window_days": 30, "kind": "on_or_after"}, "a", "bc"),
        ({"number": 4, "window_days": 30}, "", "bac"),  # b's ends on the last day of the data, 30 June
        ({"number": 5, "window_days": 30}, "", ""),
        ({"number": 14, "window_days": 11}, "", "a"),  # 165 days: c is known for 162
    ],
)
def test_windows(store: Store, arguments, back: str, away: str) -> None:
    asked = replace(ALL, end=JANUARY)
    with store.snapshot() as snap:
        found = [
            cohort_customers(snap, asked, metric="rolling_retention", active=active, **arguments)
            for active in (True, False)
        ]
    assert ["".join(rows["customer_id"]) for rows in found] == [back, away]


def test_what_is_known_of_a_customer(store: Store) -> None:
    with store.snapshot() as snap:
        found = cohort_customers(
            snap, replace(ALL, end=JANUARY), metric="retention", number=1, active=False, kind="on_or_after"
        )
    day = dt.date(2026, 1, 20)
    assert found.rows() == [("c", "West", "silver", None, day, day, 1, 50.0)]


@pytest.mark.parametrize(
    ("from_tier", "to_tier", "arguments", "who"),
    [
        ("silver", "gold", {}, "a"),
        ("silver", "silver", {"lapse_days": 0}, "e"),
        ("silver", "lapsed", {"lapse_days": 30}, "e"),  # never ordered
        ("gold", "lapsed", {}, "b"),
        ("new", "silver", {}, "c"),
        ("new", "lapsed", {}, ""),
        ("lapsed", "lapsed", {}, ""),
        ("gold", "gold", {}, ""),
        ("platinum", "gold", {}, ""),
        ("new", "x", {"rule": "x=55, y=65"}, "a"),  # c had 10 of 60 back
        ("new", "y", {"rule": "x=55, y=65"}, "b"),
    ],
)
def test_movers(store: Store, from_tier: str, to_tier: str, arguments, who: str) -> None:
    asked = replace(ALL, start=dt.date(2026, 1, 15), end=dt.date(2026, 3, 20))
    if "rule" in arguments:
        asked = replace(asked, end=dt.date(2026, 4, 1))
    with store.snapshot() as snap:
        found = tier_movers(snap, asked, from_tier=from_tier, to_tier=to_tier, **arguments)
    assert "".join(found["customer_id"]) == who


def test_nobody_without_the_right_gets_a_list(store: Store) -> None:
    viewer, analyst = (Access(store, Person("x", role)) for role in (Role.VIEWER, Role.ANALYST))
    for function, arguments in (
        (cohort_customers, {"metric": "retention", "number": 1, "active": True}),
        (tier_movers, {"from_tier": "silver", "to_tier": "gold"}),
        (answers_of, {"kind": "promoters"}),
    ):
        with pytest.raises(Forbidden):
            viewer.table(1, function, ALL, **arguments)
        assert personal(analyst.table(1, function, ALL, **arguments))
    written = viewer.table(1, answers_of, ALL, kind="promoters", comments=True)
    assert "customer_id" not in written.columns
    silent = Access(store, Person("x", Role.ANALYST, denied=frozenset({"comments"})))
    assert silent.table(1, answers_of, ALL, kind="promoters").height == 3
    with pytest.raises(Forbidden):
        silent.table(1, answers_of, ALL, kind="promoters", comments=True)


def test_a_person_limited_to_a_region_gets_its_customers_alone(store: Store) -> None:
    west = Access(store, Person("x", Role.ANALYST, scope=Segment(region=("West",))))
    found = west.table(1, cohort_customers, ALL, metric="retention", number=1, active=False)
    assert found["customer_id"].to_list() == ["c"]
    assert west.table(1, answers_of, ALL, kind="promoters").height == 0
