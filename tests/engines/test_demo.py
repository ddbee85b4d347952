"""Every metric of the catalogue, asked of the demo data: Polars and Spark give what the store's own DuckDB gives, to 1e-9."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import narwhals.stable.v2 as nw
import pytest
from polars.testing import assert_frame_equal

from data.demo.load import load
from data.questions.ask import Question, ask, whole
from data.questions.behind import answers_of, cohort_customers, tier_movers
from data.store.snapshot import Snapshot
from data.store.store import Store
from metrics.catalogue import CATALOGUE
from tests.engines.conftest import Engine
from tests.metrics.frames import lazy

CUSTOMERS = 2_000  # the models of lifetime value want 1,000 buyers


@pytest.fixture(scope="module")
def snap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with Store.open(tmp_path_factory.mktemp("demo") / "demo.duckdb") as store:
        load(store, customers=CUSTOMERS, seed=1)
        with store.snapshot() as snap:
            yield snap


class Elsewhere:
    """A snapshot whose frames live in another engine; each is taken there once."""

    def __init__(self, snap: Snapshot, engine: Engine) -> None:
        self._snap, self._engine = snap, engine
        self._taken: dict[str, nw.LazyFrame] = {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._snap, name)
        return self._moving(name, found) if callable(found) and name not in ("extent", "ladder", "values") else found

    def _moving(self, name: str, method: Callable[..., nw.LazyFrame]) -> Callable[..., nw.LazyFrame]:
        def moved(*args: object, **kwargs: object) -> nw.LazyFrame:
            key = f"{name} {args} {kwargs}"
            if key not in self._taken:
                self._taken[key] = self._engine(method(*args, **kwargs).collect("polars").to_native())
            return self._taken[key]

        return moved


@pytest.fixture(scope="module", params=["polars", pytest.param("spark", marks=pytest.mark.spark)])
def elsewhere(request: pytest.FixtureRequest, snap: Snapshot) -> Elsewhere:
    return Elsewhere(snap, lazy if request.param == "polars" else request.getfixturevalue("spark_engine"))


ASKED = [(name, by) for name, metric in CATALOGUE.items() for by in ((), ("region",)) if metric.splits or not by]


@pytest.mark.parametrize(("name", "by"), ASKED, ids=[f"{name} {' '.join(by)}" for name, by in ASKED])
def test_metric(snap: Snapshot, elsewhere: Elsewhere, name: str, by: tuple[str, ...]) -> None:
    question = whole(snap)
    assert isinstance(question, Question)
    asked = replace(question, by=by)
    expected = ask(snap, name, asked)
    assert expected.height > 0
    found = ask(cast(Snapshot, elsewhere), name, asked)
    assert_frame_equal(found, expected, rel_tol=1e-9, abs_tol=1e-9)


LISTS = [
    (answers_of, {"kind": "detractors", "comments": True}),
    *[
        (cohort_customers, {"metric": "retention", "number": 2, "active": True, "period": unit, "kind": kind})
        for unit in ("week", "month", "quarter")
        for kind in ("on", "on_or_after")
    ],
    (cohort_customers, {"metric": "rolling_retention", "number": 2, "active": False}),
    (tier_movers, {"from_tier": "bronze", "to_tier": "silver"}),
    (tier_movers, {"from_tier": "new", "to_tier": "silver", "rule": "silver=500, gold=2000"}),
]


@pytest.mark.parametrize(("function", "arguments"), LISTS)
def test_list(snap: Snapshot, elsewhere: Elsewhere, function: Callable, arguments: dict[str, object]) -> None:
    """So are the lists of customers behind the numbers."""
    question = whole(snap)
    assert isinstance(question, Question)
    asked = replace(question, start=question.end.replace(year=question.end.year - 1, day=1))
    expected = function(snap, asked, **arguments)
    assert expected.height > 0
    assert_frame_equal(function(elsewhere, asked, **arguments), expected, rel_tol=1e-9, abs_tol=1e-9)
