"""The store in a person's hands: row scope in every frame and metric, rights on everything that writes or names customers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from data.demo.load import load
from data.people import audit
from data.people.access import LEAST_ROLE, LOCAL, WHOLE_DATA, Access, Forbidden, Person, Role
from data.questions.ask import Question, ask, shared_days, whole
from data.questions.feedback import latest_comments
from data.questions.value import value_summary
from data.segment import Segment
from data.store.imported import ImportMeta
from data.store.snapshot import Snapshot
from data.store.store import Store
from metrics.catalogue import CATALOGUE
from tests.data.rows import nps, order, readers, table, take

EAST = Segment(region=("East China",))
FRAMES = ("orders", "refunds", "feedback", "answers", "tier_changes", "customer_periods", "customers", "order_days")
VIEWER, ANALYST = Person("v@x.y", Role.VIEWER), Person("a@x.y", Role.ANALYST)
EVA = Person("e@x.y", Role.ADMINISTRATOR, scope=EAST)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("demo") / "demo.duckdb") as store:
        load(store, customers=2_000, seed=1)
        take(
            store, orders=[order("x1", "new", "2026-01-05", 10, region="North China")]
        )  # so that version 1 is a past one
        yield store


def asked(store: Store) -> Question:
    with store.snapshot(1) as snap:
        question = whole(snap)
    assert question
    return question


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("name", FRAMES)
def test_a_scope_limits_every_frame_to_its_customers(store: Store, name: str, version: int) -> None:
    with store.snapshot(version, scope=EAST) as snap:
        rows = getattr(snap, name)().collect("polars").to_native()
        other = getattr(snap, name)(Segment(region=("West China",))).collect("polars").to_native()
    with store.snapshot(version) as snap:
        everything = getattr(snap, name)().collect("polars").to_native()
        people = snap.customers(EAST).collect("polars").to_native()
        expected = getattr(snap, name)(EAST).collect("polars").to_native()
    assert other.is_empty()  # a filter never widens a scope
    assert rows.height == expected.height
    named = rows.drop_nulls("customer_key")
    assert set(named["customer_key"]) <= set(people["customer_key"])
    assert rows.height < everything.height or everything.is_empty()
    if "region" in rows.columns:
        assert set(rows.filter(pl.col("customer_key").is_null())["region"]) <= {"East China"}


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_scope_gives_the_number_that_the_filter_gives(store: Store, name: str) -> None:
    question = asked(store)
    with store.snapshot() as snap:
        expected = ask(snap, name, replace(question, segment=EAST))
    with store.snapshot(scope=EAST) as snap:
        found = ask(snap, name, question)
    assert_frame_equal(found, expected, rel_tol=1e-9, abs_tol=1e-9, check_row_order=False)


def test_a_scope_hides_codes_and_counts_of_others(store: Store) -> None:
    with store.snapshot(1) as snap:
        whole_extent = snap.extent()
        regions = snap.values("region")
        tiers = snap.values("tier")
    with store.snapshot(1, scope=EAST) as snap:
        extent = snap.extent()
        assert snap.values("region") == ["East China"]
        assert snap.values("tier") == tiers  # all tiers live there too
        assert "delivery" in snap.values("touchpoint")
    assert len(regions) > 1
    assert (extent.first, extent.last, extent.currency) == (
        whole_extent.first,
        whole_extent.last,
        whole_extent.currency,
    )
    for count in ("orders", "customers", "feedback"):
        assert 0 < getattr(extent, count) < getattr(whole_extent, count)


def test_how_far_the_data_reach_does_not_depend_on_the_scope(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb") as small:
        take(
            small,
            orders=[
                order("1", "a", "2026-01-01", 1, region="East China"),
                order("2", "b", "2026-06-30", 1, region="West"),
            ],
            feedback=[nps("1", "b", "2026-02-01", 9, region="West"), nps("2", "b", "2026-06-01", 9, region="West")],
        )
        with small.snapshot() as snap:
            question = whole(snap)
            assert question
            days = shared_days(snap, question, survey="nps")
        with small.snapshot(scope=EAST) as snap:
            assert shared_days(snap, question, survey="nps").equals(days)


@pytest.mark.parametrize("action", LEAST_ROLE)
@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_what_it_is_trusted_with(role: Role, action: str) -> None:
    person = Person("x", role)
    assert person.may(action) == (role >= LEAST_ROLE[action])
    assert not replace(person, denied=frozenset({action})).may(action)
    assert replace(person, scope=EAST).may(action) == (person.may(action) and action not in WHOLE_DATA)
    if not person.may(action):
        with pytest.raises(Forbidden):
            person.check(action)


WRITES: dict[str, Callable[[Access], object]] = {
    "imports": lambda access: access.imports(),
    "compare": lambda access: access.compare({}),
    "merge": lambda access: access.merge({}, ImportMeta("f", "h", "p")),
    "undo": lambda access: access.undo(1),
    "loaded_as": lambda access: access.loaded_as("x"),
    "remembered_mappings": lambda access: access.remembered_mappings(),
    "beside": lambda access: access.beside("publish"),
}


@pytest.mark.parametrize("person", [VIEWER, EVA], ids=["viewer", "limited"])
@pytest.mark.parametrize("name", WRITES)
def test_who_may_not_change_data_reaches_nothing_that_does(store: Store, name: str, person: Person) -> None:
    before = store.imports()
    with pytest.raises(Forbidden, match="You may not do this"):
        WRITES[name](Access(store, person))
    assert store.imports().equals(before)


LISTS = [name for name, metric in CATALOGUE.items() if "customer_id" in metric.columns]


@pytest.mark.parametrize("name", LISTS)
def test_who_may_not_see_customers_gets_no_list_of_them(store: Store, name: str) -> None:
    with pytest.raises(Forbidden):
        Access(store, VIEWER).ask(1, name, asked(store))
    assert "customer_id" in Access(store, ANALYST).ask(1, name, asked(store)).columns


def test_there_are_lists_of_customers_to_refuse() -> None:
    assert {"clv", "worth_keeping"} <= set(LISTS)


def test_comments_lose_the_customer_for_who_may_not_see_one(tmp_path: Path) -> None:
    def named(snap: Snapshot, question: Question) -> pl.DataFrame:
        rows = snap.feedback(as_of=question.as_of).select("comment", "customer_key").collect("polars").to_native()
        return rows.rename({"customer_key": "customer_id"})

    with Store.open(tmp_path / "s.duckdb") as small:
        take(small, feedback=[nps("1", "b", "2026-02-01", 9)])
        with small.snapshot() as snap:
            question = whole(snap)
            assert question
        assert Access(small, VIEWER).table(1, named, question).columns == ["comment"]
        assert Access(small, ANALYST).table(1, named, question).columns == ["comment", "customer_id"]
        silent = replace(VIEWER, denied=frozenset({"comments"}))
        with pytest.raises(Forbidden):
            Access(small, silent).table(1, latest_comments, question, limit=5)


def test_a_summary_loses_the_customers_folded_into_it(store: Store) -> None:
    question = asked(store)
    terms = {"model": "mbg_nbd", "horizon_weeks": 52, "discount_rate": 0.1, "margin": 1.0, "below": 0.5, "shown": 20}
    seen = Access(store, ANALYST).table(1, value_summary, question, **terms)
    hidden = Access(store, VIEWER).table(1, value_summary, question, **terms)
    assert seen["keeping"][0] is not None
    assert hidden["keeping"][0] is None
    assert_frame_equal(hidden.drop("keeping"), seen.drop("keeping"), rel_tol=1e-9)


def test_people_who_see_the_same_share_answers_and_no_others_do() -> None:
    assert VIEWER.sees == replace(VIEWER, who="other", name="Other").sees
    different = {VIEWER.sees, ANALYST.sees, replace(VIEWER, scope=EAST).sees}
    different.add(replace(VIEWER, denied=frozenset({"comments"})).sees)
    assert len(different) == 4


def test_uploads_and_undos_are_noted_with_who_did_them(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb") as small:
        access = Access(small, ANALYST)
        rows_in = readers({"orders": table("orders", [order("1", "a", "2026-01-01", 1)])})
        access.merge(rows_in, ImportMeta("o" * 300 + ".csv", "h", "orders"))
        access.merge(rows_in, ImportMeta("again.csv", "h", "orders"))  # changes nothing
        access.undo(1)
        rows = audit.entries(small, limit=10).drop("at").rows()
        assert rows == [("a@x.y", "undo", "1", ""), ("a@x.y", "upload", "1", "o" * 200)]
        assert audit.entries(small, limit=1, action="upload").height == 1
        assert set(small.imports()["who"]) == {"a@x.y"}


def test_a_frame_without_anything_to_hide_is_handed_on_as_it_is(store: Store) -> None:
    question = asked(store)
    frames = [Access(store, person).ask(1, "nps", question) for person in (VIEWER, LOCAL)]
    assert frames[0].equals(frames[1])
    assert nw.from_native(frames[0]).shape[0] == 1
