"""Lists of customers are as long as the metrics count: in every cell of the demo, in several units and kinds."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from data.demo.load import load
from data.questions.ask import Question, ask, asked_with, whole
from data.questions.behind import MEMBERS, answers_of, cohort_customers, tier_movers
from data.segment import Segment
from data.store.snapshot import Snapshot
from data.store.store import Store
from metrics.engine.periods import EVERY, start_of
from metrics.engine.reduce import collected
from metrics.feedback.nps import GROUPS
from metrics.retention.retention import KINDS
from metrics.tiers.moves import movers
from tests.metrics.frames import lazy


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Snapshot, Question]]:
    with Store.open(tmp_path_factory.mktemp("demo") / "demo.duckdb") as opened:
        load(opened, customers=600, seed=1)
        with opened.snapshot() as snap:
            question = whole(snap)
            assert question
            yield snap, question


@pytest.mark.parametrize("segment", [Segment(), Segment(region=("East China",)), Segment(tier=("gold", "silver"))])
def test_the_answers_are_as_many_as_the_score_counts(demo, segment: Segment) -> None:
    snap, question = demo
    asked = replace(question, segment=segment, start=dt.date(2025, 10, 1), as_of=dt.date(2026, 5, 14))
    counted = ask(snap, "nps", asked).row(0, named=True)
    assert counted["n"] > 0
    for kind in GROUPS:
        assert answers_of(snap, asked, kind=kind).height == counted[kind]


CELLS = [
    *[
        ("retention", unit, {"period": unit, "kind": kind})
        for kind in KINDS
        for unit in ("week", "month", "quarter", "year")
    ],
    *[
        ("rolling_retention", "month", {"window_days": days, "kind": kind})
        for days, kind in ((30, "on"), (45, "on_or_after"))
    ],
]


@pytest.mark.parametrize("as_of", [dt.date(2026, 7, 18), dt.date(2026, 2, 28)])
@pytest.mark.parametrize(("metric", "unit", "arguments"), CELLS)
def test_every_cell_of_the_triangle(demo, metric: str, unit: str, arguments, as_of: dt.date) -> None:
    """The members of all cohorts at once, counted by when each ordered first."""
    snap, question = demo
    asked = replace(question, as_of=as_of, start=dt.date(2023, 10, 1), segment=Segment(region=("North China",)))
    frame, given = asked_with(snap, metric, asked, **arguments)
    taken = lazy(collected(frame))
    for only_shown in ("by", "members", "data_from"):
        given.pop(only_shown)
    first = pl.col("first_order_at").cast(pl.Date).dt.truncate(EVERY[unit])
    cohorts = collected(snap.customers(as_of=as_of)).select("customer_key", cohort=first)
    triangle = ask(snap, metric, asked, **arguments)
    assert triangle["period"].max() > 0
    for (number,), cells in triangle.group_by("period"):
        members = collected(MEMBERS[metric](taken, number=number, **given)).join(cohorts, on="customer_key")
        counted = members.group_by("cohort").agg(customers=pl.len().cast(pl.Int64), active=pl.col("active").sum())
        expected = cells.filter(pl.col("customers") > 0).select("cohort", "customers", "active")
        assert_frame_equal(counted, expected, check_row_order=False, check_dtypes=False)


@pytest.mark.parametrize(("metric", "unit", "arguments"), CELLS[:3] + CELLS[-1:])
def test_lists_of_the_triangle(demo, metric: str, unit: str, arguments) -> None:
    snap, question = demo
    triangle = ask(snap, metric, question, **arguments)
    last = triangle["period"].max()
    for number in (0, 1, 3, last):
        of_period = triangle.filter(pl.col("period") == number)
        for active, expected in ((True, pl.col("active")), (False, pl.col("customers") - pl.col("active"))):
            listed = cohort_customers(snap, question, metric=metric, number=number, active=active, **arguments)
            counts = Counter(start_of(day, unit) for day in listed["first_order"])
            of_cohorts = dict(of_period.select("cohort", n=expected).filter(pl.col("n") > 0).iter_rows())
            assert counts == Counter(of_cohorts)


@pytest.mark.parametrize("number", [1, 3])
def test_a_cohort_and_a_group_of_it(demo, number: int) -> None:
    snap, question = demo
    for metric in ("retention", "rolling_retention"):
        triangle = ask(snap, metric, replace(question, by=("tier",)))
        cells = triangle.filter(
            pl.col("period") == number, pl.col("cohort") >= dt.date(2026, 1, 1), pl.col("tier").is_not_null()
        )
        assert cells.height
        for tier, cohort, active in cells.select("tier", "cohort", "active").iter_rows():
            asked = replace(question, start=cohort, end=cohort, segment=Segment(tier=(tier,)))
            listed = cohort_customers(snap, asked, metric=metric, number=number, active=True)
            assert (listed.height, set(listed["tier"]) - {tier}) == (active, set())


@pytest.mark.parametrize(
    "arguments",
    [
        {"lapse_days": 365},
        {"lapse_days": 0},
        {"lapse_days": 90, "rule": "silver=300, gold=1500", "months": 6},
        {"rule": "silver=2, gold=6", "measure": "orders", "ladder": "silver, gold"},
    ],
)
@pytest.mark.parametrize("end", [dt.date(2026, 3, 31), dt.date(2026, 12, 31)])
def test_every_cell_of_the_migration(demo, arguments, end: dt.date) -> None:
    snap, question = demo
    asked = replace(question, start=dt.date(2025, 12, 31), end=end)
    matrix = ask(snap, "tier_migration", asked, **arguments)
    assert matrix["members"].sum() > 0
    frame, given = asked_with(snap, "tier_migration", asked, **arguments)
    taken = lazy(collected(frame))
    dates = {name: given[name] for name in ("as_of", "start", "end")}
    lapses = {"lapse_days": given.get("lapse_days", 0)}
    if "order_days" in given:
        lapses["order_days"] = lazy(collected(given["order_days"]))
    for from_tier, to_tier, members in matrix.select("from_tier", "to_tier", "members").iter_rows():
        found = collected(movers(taken, from_tier=from_tier, to_tier=to_tier, **dates, **lapses))
        assert found.height == found["customer_key"].n_unique() == members, (from_tier, to_tier)


def test_lists_of_the_migration(demo) -> None:
    snap, question = demo
    asked = replace(question, start=dt.date(2025, 12, 31))
    cells = ask(snap, "tier_migration", asked).filter(pl.col("members") > 0).select("from_tier", "to_tier", "members")
    assert cells.height > 5
    for from_tier, to_tier, members in cells.iter_rows():
        assert tier_movers(snap, asked, from_tier=from_tier, to_tier=to_tier).height == members
