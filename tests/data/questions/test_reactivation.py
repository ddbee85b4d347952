"""Customers to win back, against plain Python over the same orders."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from data.questions.ask import Question, ask
from data.questions.reactivation import TYPES, WHO, reactivation, reactivation_size
from data.segment import Segment
from data.store.store import Store
from tests.data.rows import order, take

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 6, 30)
HIATUS_DAYS = 40
SPAN_DAYS = (LAST - FIRST).days
QUESTION = Question(FIRST, LAST, LAST)


def orders(seed: int = 5) -> list[dict]:
    """Some 300 orders of 60 customers, at any time of day, two of a day included; one on the last day."""
    draw = random.Random(seed)
    rows = []
    for place in range(300):
        day = FIRST + dt.timedelta(days=draw.randrange(SPAN_DAYS))
        key = draw.randrange(60)
        at = f"{day}T{draw.randrange(24):02}:59:59"
        rows.append(order(f"o{place}", f"c{key:02}", at, float(draw.randrange(10, 99)), region=f"R{key % 2}"))
    return [*rows, order("last", "c00", f"{LAST}T12:00:00", 5.0, region="R0")]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("silent") / "s.duckdb") as opened:
        take(opened, orders=orders())
        yield opened


def by_loops(as_of: dt.date, *, since: dt.date | None = None) -> list[tuple]:
    """What `reactivation` says, from the rows themselves."""
    days, spent, count = defaultdict(set), defaultdict(float), defaultdict(int)
    for row in orders():
        at = row["ordered_at"].date()
        if at <= as_of:
            days[row["customer_id"]].add(at)
            spent[row["customer_id"]] += row["amount"]
            count[row["customer_id"]] += 1
    found = []
    for customer, seen in days.items():
        first, last = min(seen), max(seen)
        silent_on = last + dt.timedelta(days=HIATUS_DAYS + 1)
        if silent_on > as_of or (since and silent_on < since):
            continue
        gap = (last - first).days / (len(seen) - 1) if len(seen) > 1 else None
        found.append((customer, first, last, (as_of - last).days, count[customer], spent[customer], gap))
    return sorted(found, key=lambda row: (-row[5], row[0]))


@pytest.mark.parametrize("as_of", [LAST, dt.date(2026, 5, 17)])
@pytest.mark.parametrize("since", [None, dt.date(2026, 4, 20)])
def test_the_list_equals_plain_loops(store: Store, as_of: dt.date, since: dt.date | None) -> None:
    question = Question(FIRST, as_of, as_of)
    with store.snapshot() as snap:
        found = reactivation(snap, question, hiatus_days=HIATUS_DAYS, since=since)
        size = reactivation_size(snap, question, hiatus_days=HIATUS_DAYS, since=since).row(0)
    expected = by_loops(as_of, since=since)
    assert expected
    assert dict(found.schema) == TYPES
    assert set(found["region"]) == {"R0", "R1"}
    assert found.drop(*WHO).rows() == [pytest.approx(row) for row in expected]
    assert size == (len(expected), pytest.approx(sum(row[5] for row in expected)))


def test_they_are_the_inactive_ones(store: Store) -> None:
    with store.snapshot() as snap:
        for question in (QUESTION, Question(FIRST, LAST, LAST, Segment(region=("R1",)))):
            size = reactivation_size(snap, question, hiatus_days=HIATUS_DAYS)["customers"][0]
            assert size == ask(snap, "inactive_share", question, hiatus_days=HIATUS_DAYS)["inactive"][0] > 0


def test_days_without_data_make_nobody_silent(store: Store) -> None:
    later = Question(FIRST, LAST, LAST + dt.timedelta(days=100))
    with store.snapshot() as snap:
        now, then = (reactivation(snap, asked, hiatus_days=HIATUS_DAYS) for asked in (QUESTION, later))
    assert now.equals(then)


def test_the_limit_keeps_the_most_valuable(store: Store) -> None:
    with store.snapshot() as snap:
        found = reactivation(snap, QUESTION, hiatus_days=HIATUS_DAYS, limit=3)
        size = reactivation_size(snap, QUESTION, hiatus_days=HIATUS_DAYS)["customers"][0]
    assert found["customer_id"].to_list() == [row[0] for row in by_loops(LAST)[:3]]
    assert size == len(by_loops(LAST)) > 3


def test_an_empty_store_lists_nobody(tmp_path: Path) -> None:
    with Store.open(tmp_path / "empty.duckdb") as opened, opened.snapshot() as snap:
        assert reactivation(snap, QUESTION, hiatus_days=HIATUS_DAYS).equals(pl.DataFrame(schema=TYPES))
        assert reactivation_size(snap, QUESTION, hiatus_days=HIATUS_DAYS).row(0) == (0, 0)
