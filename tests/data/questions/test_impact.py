"""What events changed: the demo's training is found at its stores, nothing is found where nothing happened, and why there is none."""

import datetime as dt
from collections.abc import Iterator

import polars as pl
import pytest

from data.demo.load import load
from data.demo.world import TRAINED_STORES, TRAINING_ON
from data.questions.ask import Question
from data.questions.impact import NUMBERS, events, impact
from data.store.snapshot import Snapshot
from data.store.store import Store
from metrics.engine.reduce import unfolded
from tests.data.rows import nps, order, take

LAST = dt.date(2026, 7, 18)
ASKED = Question(LAST, LAST, LAST)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with Store.open(tmp_path_factory.mktemp("demo") / "s.duckdb") as store:
        load(store, customers=10_000)
        with store.snapshot() as snap:
            yield snap


@pytest.mark.parametrize("number", NUMBERS)
def test_an_empty_store_knows_no_event_and_no_effect(tmp_path, number: str) -> None:
    with Store.open(tmp_path / "s.duckdb") as store, store.snapshot() as snap:
        assert events(snap, ASKED).height == 0
        row = impact(snap, ASKED, number=number, begins_on=TRAINING_ON, stores=("A",)).row(0, named=True)
    assert (row["state"], row["value"], row["treated"]) == ("too_short", None, 0)


def test_the_training_is_found(demo: Snapshot) -> None:
    training = events(demo, ASKED).filter(pl.col("kind") == "training").row(0, named=True)
    stores = tuple(name.strip() for name in training["stores"].split(";"))
    assert (training["starts_on"], sorted(stores)) == (TRAINING_ON, sorted(TRAINED_STORES))
    found = impact(demo, ASKED, number="nps", begins_on=TRAINING_ON, stores=stores)
    row = found.drop("study").row(0, named=True)
    assert (row["state"], row["treated"], row["others"], row["assignments"]) == ("ok", 4, 8, 495)
    assert 0 < row["low"] < row["value"] < row["high"]
    assert row["p"] <= 0.05
    assert row["trend_low"] <= 0 <= row["trend_high"]
    assert row["placebo_low"] <= 0 <= row["placebo_high"]  # a date at which nothing happened
    months = unfolded(found, "study")["month"]
    assert months.is_sorted()
    assert dt.date(2025, 1, 1) not in set(months)  # the month in which it began is neither before nor after
    assert (months.min(), months.max()) == (dt.date(2024, 1, 1), dt.date(2026, 1, 1))


def test_it_changed_nothing_in_what_an_order_is_worth(demo: Snapshot) -> None:
    row = impact(demo, ASKED, number="order_value", begins_on=TRAINING_ON, stores=TRAINED_STORES).row(0, named=True)
    assert row["low"] <= 0 <= row["high"]
    assert row["least"] > 0


def test_other_stores_that_were_not_trained_show_nothing(demo: Snapshot) -> None:
    others = ("Shanghai Pudong", "Nanjing Gulou", "Shenzhen Nanshan", "Beijing Haidian")
    question = Question(LAST, LAST, dt.date(2025, 1, 1))  # before anybody was trained
    row = impact(demo, question, number="nps", begins_on=dt.date(2024, 5, 1), stores=others).row(0, named=True)
    assert row["low"] <= 0 <= row["high"]
    assert row["p"] > 0.05


@pytest.mark.parametrize(
    ("begins_on", "stores", "state"),
    [
        (TRAINING_ON, (), "everywhere"),
        (TRAINING_ON, ("Elsewhere",), "no_store"),
        (dt.date(2026, 6, 1), TRAINED_STORES, "too_short"),
        (dt.date(2023, 8, 1), TRAINED_STORES, "too_short"),
    ],
)
def test_without_a_comparison_it_says_why(
    demo: Snapshot, begins_on: dt.date, stores: tuple[str, ...], state: str
) -> None:
    row = impact(demo, ASKED, number="nps", begins_on=begins_on, stores=stores).row(0, named=True)
    assert (row["state"], row["value"], row["low"]) == (state, None, None)
    assert (row["design"] is not None) == (state == "everywhere")


def test_cells_by_hand(tmp_path) -> None:
    """Two stores, two months, NPS and the value of an order."""
    said = [("A", "2026-01-05", 9), ("A", "2026-01-06", 0), ("A", "2026-02-05", 10), ("B", "2026-01-07", 8)]
    with Store.open(tmp_path / "s.duckdb") as store:
        take(
            store,
            feedback=[nps(f"f{n}", None, at, score, store=name) for n, (name, at, score) in enumerate(said)],
            orders=[
                order("1", "c", "2026-01-05", 10.0, store="A"),
                order("2", "c", "2026-01-06", 5.0, store="A"),
                order("3", "c", "2026-01-06", 5.0),
            ],
        )  # fmt: skip
        with store.snapshot() as snap:
            cells = NUMBERS["nps"](snap, ASKED, dt.date(2026, 1, 1), dt.date(2026, 2, 28))
            values = NUMBERS["order_value"](snap, ASKED, dt.date(2026, 1, 1), dt.date(2026, 2, 28))
    january, february = dt.date(2026, 1, 1), dt.date(2026, 2, 1)
    assert cells.rows() == [("A", january, 2.0, 0.0), ("A", february, 1.0, 100.0), ("B", january, 1.0, 0.0)]
    assert values.rows() == [("A", january, 2.0, 15.0)]
