"""Nobody is on a list for action who fails its rule: checked by plain loops over random histories."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from random import Random

import polars as pl
import pytest

from data.questions.ask import Question, ask
from data.questions.behind import cohort_customers, tier_movers, tier_movers_size
from data.questions.reactivation import reactivation
from data.store.snapshot import Snapshot
from data.store.store import Store
from metrics.engine.periods import months_before
from tests.data.rows import order, take

FIRST, LAST = dt.date(2025, 7, 1), dt.date(2026, 6, 30)
DAY = dt.timedelta(days=1)
History = dict[str, list[dt.date]]
LAPSE_DAYS = 45


def history(seed: int) -> History:
    """The days on which each of some customers ordered; of seed 0 nobody did."""
    draw = Random(seed)
    days = (LAST - FIRST).days
    return {
        f"c{key:02}": sorted(
            {FIRST + dt.timedelta(days=draw.randint(0, days)) for _ in range(draw.choice((1, 2, 3, 9)))}
        )
        for key in range(40 * (seed > 0))
    }


@pytest.fixture(scope="module", params=range(4))
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Snapshot, History]]:
    """A store of that history, in which everybody with an order joined as silver."""
    path: Path = tmp_path_factory.mktemp("lists") / "s.duckdb"
    orders = history(request.param)
    rows = [order(f"{who}-{day}", who, f"{day}T23:59:00", 10.0) for who, days in orders.items() for day in days]
    tiers = [{"customer_id": who, "effective_on": days[0], "tier": "silver"} for who, days in orders.items()]
    with Store.open(path) as store:
        if rows:
            take(store, orders=rows, tier_changes=tiers)
        with store.snapshot() as snap:
            yield snap, orders


@pytest.mark.parametrize("as_of", [dt.date(2026, 3, 31), LAST])
@pytest.mark.parametrize("hiatus_days", [1, 60])
def test_whoever_is_to_be_won_back_is_silent(found: tuple[Snapshot, History], as_of: dt.date, hiatus_days: int) -> None:
    snap, orders = found
    listed = reactivation(snap, Question(FIRST, as_of, as_of), hiatus_days=hiatus_days)
    last = min(as_of, max((days[-1] for days in orders.values()), default=as_of))
    quiet = as_of if not orders else last - dt.timedelta(days=hiatus_days)
    expected = {
        who for who, days in orders.items() if (seen := [day for day in days if day <= as_of]) and max(seen) < quiet
    }
    assert set(listed["customer_id"]) == expected
    assert listed["customer_id"].is_unique().all()


@pytest.mark.parametrize("number", [1, 3])
def test_who_has_not_come_back_has_no_order_since(found: tuple[Snapshot, History], number: int) -> None:
    snap, orders = found
    cohort = dt.date(2025, 9, 1)
    listed = cohort_customers(
        snap, Question(cohort, cohort, LAST), metric="retention", number=number, active=False, kind="on_or_after"
    )
    begins = months_before(cohort, -number)
    expected = {
        who
        for who, days in orders.items()
        if days[0].replace(day=1) == cohort and not any(day >= begins for day in days)
    }
    assert set(listed["customer_id"]) == expected


def test_who_lapsed_has_not_ordered_since(found: tuple[Snapshot, History]) -> None:
    snap, orders = found
    start, end = dt.date(2025, 12, 31), dt.date(2026, 3, 31)
    question = Question(start, end, LAST)
    cell = {"from_tier": "silver", "to_tier": "lapsed", "lapse_days": LAPSE_DAYS}
    everybody, listed = (tier_movers(snap, question, silent=silent, **cell) for silent in (False, True))
    after = {who for who, days in orders.items() if days[-1] > end}
    assert set(listed["customer_id"]) == set(everybody["customer_id"]) - after
    assert tier_movers_size(snap, question, **cell).row(0) == (everybody.height, listed.height)
    matrix = ask(snap, "tier_migration", question, lapse_days=LAPSE_DAYS)
    lapsed = matrix.filter(pl.col("from_tier") == "silver", pl.col("to_tier") == "lapsed")["members"].sum()
    assert everybody.height == lapsed
    if orders:
        assert set(everybody["customer_id"]) & after, "some have come back in these histories, or nothing is tried"
