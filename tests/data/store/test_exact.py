"""Every metric, with its options and groups, gives the same frame to the bit however its data came to lie in the store.

Rows in another order, an import and its undo, a past version read from a later one, rollups refreshed, rebuilt or not read: binary
fractions added in another order differ in their last digits, so each of these would show.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from data.demo.build import build
from data.sql import only_value
from data.store import engine, rollups
from data.store.snapshot import Snapshot
from data.store.store import ImportMeta, Store
from metrics.catalogue import CATALOGUE
from tests.data.every import every
from tests.data.rows import full, readers

CUSTOMERS = 1200  # the models of lifetime value want 1,000 buyers
Tables = dict[str, pl.DataFrame]


def awkward() -> Tables:
    """Demo data with what real files hold: amounts of two, three and more decimals, sums such as 0.1 + 0.2, refunds, other currencies,
    a very large order, one order number in two shops, weights, scores between the points, and unknown regions."""
    tables, random = dict(build(customers=CUSTOMERS, seed=3)), np.random.default_rng(5)
    orders = tables["orders"]
    n = orders.height
    more = np.choose(random.integers(0, 5, n), [np.zeros(n), np.full(n, 0.005), 0.1 + random.random(n), 1 / 3, 0.3e-4])
    odd = random.random(n)
    orders = orders.with_columns(
        amount=pl.col("amount") * 1.1 + pl.Series(more),
        currency=pl.when(pl.Series(odd < 0.02)).then(pl.lit("XAU")).otherwise("currency"),
        region=pl.when(pl.Series(odd > 0.9)).then(None).otherwise("region"),
    )
    refunds = orders.sample(60, seed=1).with_columns(
        order_id="R" + pl.col("order_id"), kind=pl.lit("refund"), amount=-pl.col("amount") / 3
    )
    twins = orders.head(40).with_columns(source=pl.lit("another shop"), channel=pl.lit("elsewhere"))
    large = orders.slice(100, 1).with_columns(order_id=pl.lit("large"), amount=pl.lit(987_654_321_012.34))
    tables["orders"] = pl.concat([orders, refunds, twins, large])
    said = tables["feedback"]
    weights, moved = random.lognormal(0, 0.4, said.height), random.random(said.height) < 0.1
    tables["feedback"] = said.with_columns(
        weight=pl.when(pl.Series(moved)).then(None).otherwise(pl.Series(weights)),
        score=pl.when(pl.Series(moved) & (pl.col("score") < pl.col("scale_high")))
        .then(pl.col("score") + 1 / 7)
        .otherwise("score"),
    )
    return tables


def shuffled(tables: Tables, seed: int) -> Tables:
    return {name: rows.sample(fraction=1, shuffle=True, seed=seed) for name, rows in tables.items()}


def changed(tables: Tables, share: float) -> Tables:
    """A part of the orders and answers with other contents."""
    return {
        "orders": tables["orders"].sample(fraction=share, seed=2).with_columns(amount=pl.col("amount") * 0.7 + 1),
        "feedback": tables["feedback"].sample(fraction=share, seed=2).with_columns(weight=pl.lit(0.3)),
    }


def take(store: Store, tables: Tables) -> int:
    version = store.merge(readers(tables), ImportMeta("a.csv", str(store.imports().height), "test")).import_id
    assert version is not None
    return version


def lived(store: Store, tables: Tables) -> None:
    """Rows in another order, taken in, back, and in again, then all rollups made anew; an import of much and its undo, for which all
    rollups are made anew; then one of few rows and its undo, for which few are."""
    store.undo(take(store, shuffled(tables, 7)))
    take(store, shuffled(tables, 8))
    with store.changing() as cursor:
        rollups.refresh_all(cursor)
    store.undo(take(store, changed(tables, 0.5)))
    store.undo(take(store, {"orders": changed(tables, 1.0)["orders"].head(40)}))


def past(store: Store, tables: Tables) -> None:
    """Read at the version before."""
    take(store, tables)
    take(store, changed(tables, 0.5))


HISTORIES = {history.__name__: history for history in (lived, past)}
WITHOUT = "without rollups"
ADDING = ("weighted", "rule", "model", "survey", "period")  # options that change what is added up


class Worlds:
    """The same data by each history, each store made when it is first asked for; and as they were imported once."""

    def __init__(self, folder: Path, open_stores: ExitStack) -> None:
        self._folder, self._open, self._tables = folder, open_stores, awkward()
        self._snaps: dict[str, Snapshot] = {}
        store = self._store("plain")
        take(store, self._tables)
        self.plain = open_stores.enter_context(store.snapshot())
        self._snaps[WITHOUT] = Snapshot(self.plain.cursor, None, rollups=False)
        self.asked = list(every(self.plain))
        self._answers: dict[str, pl.DataFrame] = {}

    def _store(self, name: str) -> Store:
        return self._open.enter_context(Store.open(self._folder / f"{name}.duckdb"))

    def by(self, history: str) -> Snapshot:
        if history not in self._snaps:
            store = self._store(history)
            HISTORIES[history](store, self._tables)
            version = 1 if history == past.__name__ else None
            self._snaps[history] = self._open.enter_context(store.snapshot(version))
        return self._snaps[history]

    def expected(self, label: str) -> pl.DataFrame:
        if label not in self._answers:
            (asked,) = (asked for asked in self.asked if asked.label == label)
            self._answers[label] = asked.answer(self.plain)
        return self._answers[label]


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    with ExitStack() as open_stores:
        yield Worlds(tmp_path_factory.mktemp("exact"), open_stores)


@pytest.mark.parametrize("metric", CATALOGUE)
@pytest.mark.parametrize("history", [*HISTORIES, WITHOUT])
def test_same_to_the_bit(worlds: Worlds, history: str, metric: str) -> None:
    snap = worlds.by(history)
    own = [asked for asked in worlds.asked if asked.metric == metric]
    if history != WITHOUT:
        own = [asked for asked in own if all(name in ADDING for name, _value in asked.arguments)]
    assert len(own) > 1
    assert [each.label for each in own if not each.answer(snap).equals(worlds.expected(each.label))] == []


def test_most_questions_have_an_answer(worlds: Worlds) -> None:
    """A law about refusals and empty frames would say little."""
    frames = [worlds.expected(asked.label) for asked in worlds.asked]
    assert len(frames) > 250
    assert sum("refused" in frame.columns or frame.is_empty() for frame in frames) < len(frames) / 20


ADDED_UP = (
    *("revenue_retention", "historical_clv", "clv", "clv_model", "clv_variants", "tier_replay", "tier_value"),
    *("promoter_value", "nps", "nps_variants", "csat", "csat_variants", "ces", "score_mean"),
)


def many(orders: int = 140_000, answers: int = 140_000) -> Tables:
    """More rows than the engine gives to one thread (122,880), so that it shares them out."""
    random = np.random.default_rng(11)
    customers = [f"c{number}" for number in range(2000)]
    start = np.datetime64("2024-01-01", "us")

    def at(n: int) -> pl.Series:
        return pl.Series(start + random.integers(0, 700 * 86_400, n).astype("timedelta64[s]"))

    made = {
        "orders": pl.DataFrame(
            {
                "source": "shop",
                "order_id": pl.int_range(orders, eager=True).cast(pl.String),
                "kind": np.where(random.random(orders) < 0.02, "refund", "order"),
                "customer_id": random.choice(customers, orders),
                "ordered_at": at(orders),
                "amount": random.lognormal(3, 2, orders),
                "discount": random.random(orders),
            }
        ),
        "members": pl.DataFrame(
            {"customer_id": customers, "region": random.choice(["north", "south"], len(customers))}
        ),
        "feedback": pl.DataFrame(
            {
                "source": "survey",
                "feedback_id": pl.int_range(answers, eager=True).cast(pl.String),
                "customer_id": random.choice(customers, answers),
                "responded_at": at(answers),
                "survey": random.choice(["nps", "csat", "ces"], answers),
                "scale_low": 0.0,
                "scale_high": 10.0,
                "score": random.integers(0, 11, answers).astype(float),
                "weight": random.lognormal(0, 0.5, answers),
            }
        ).with_columns(
            scale_low=pl.when(pl.col("survey") == "ces").then(1.0).otherwise("scale_low"),
            scale_high=pl.when(pl.col("survey") == "ces").then(7.0).otherwise("scale_high"),
            score=pl.when(pl.col("survey") == "ces").then(1 + pl.col("score") * 0.6).otherwise("score"),
        ),
    }
    return {name: full(name, rows) for name, rows in made.items()}


def with_threads(connection: duckdb.DuckDBPyConnection, threads: int) -> duckdb.DuckDBPyConnection:
    connection.execute(f"set threads = {threads}")
    return connection


def test_threads_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does the place of the rows, where several threads each add a part of them."""
    frames: list[dict[str, pl.DataFrame]] = []
    plenty = many()
    for threads, rows in ((1, plenty), (4, shuffled(plenty, 3))):
        monkeypatch.setattr(engine, "_locked_down", lambda connection, n=threads: with_threads(connection, n))
        with Store.open(tmp_path / f"{threads}.duckdb") as store:
            take(store, rows)
            with store.snapshot() as snap:
                assert only_value(snap.cursor, "select current_setting('threads')") == threads
                plain = Snapshot(snap.cursor, None, rollups=False)
                asked = [
                    each
                    for each in every(snap, ADDED_UP)
                    if not each.arguments or each.arguments[0][0] in ("rule", "weighted")
                ]
                # without rollups on several threads alone: on one, the law above holds it
                places = (snap,) if threads == 1 else (snap, plain)
                frames += [{each.label: each.answer(where) for each in asked} for where in places]
    one, *others = frames
    assert len(one) > 40
    for other in others:
        assert [label for label, frame in one.items() if not other[label].equals(frame)] == []
