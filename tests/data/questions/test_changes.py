"""A comparison is that of the numbers that are shown, between periods, groups and cohorts, of every metric that has one."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from data.demo.load import load
from data.errors import RapportError
from data.questions.ask import Question, ask
from data.questions.changes import COLUMNS, change, cohort_difference, comparing, difference, earlier, number
from data.segment import Segment
from data.store.snapshot import Snapshot
from data.store.store import Store
from metrics.catalogue import CATALOGUE
from tests.data.rows import nps, take

DAY = dt.date.fromisoformat
AS_OF = DAY("2026-06-30")
NOW = Question(DAY("2026-01-01"), DAY("2026-03-31"), AS_OF)
BEFORE = Question(DAY("2025-07-01"), DAY("2025-09-30"), AS_OF)
ROWS = {
    "retention": {"period": 3},
    "rolling_retention": {"period": 3},
    "tier_rates": {"move": "upgrade"},
    "segment_sizes": {"segment": "champions"},
    "segment_returns": {"segment": "champions"},
}
ARGUMENTS: dict[str, dict[str, object]] = {
    "theme_nps": {"theme": "quality", "minimum": 2},
    "inactive_share": {"hiatus_days": 60},
    "tier_rates": {"lapse_days": 365},
}
COMPARED = [name for name, metric in CATALOGUE.items() if metric.change]
NULLS = dict.fromkeys(COLUMNS)


@pytest.fixture(scope="module")
def snap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with Store.open(tmp_path_factory.mktemp("changes") / "demo.duckdb") as store:
        load(store, customers=800, seed=1)
        with store.snapshot() as opened:
            yield opened


def asked(name: str) -> tuple[Question, Question, dict[str, object]]:
    """Two questions that differ for the metric, and how it is asked."""
    now, before = NOW, BEFORE
    if CATALOGUE[name].dates == "day":  # it looks at customers as of a day
        now, before = (replace(question, as_of=question.end) for question in (now, before))
    least = {"minimum": 5} if "minimum" in CATALOGUE[name].arguments else {}
    return now, before, {**least, **ARGUMENTS.get(name, {}), "row": ROWS.get(name, {})}


def value(name: str) -> str:
    return CATALOGUE[name].value


def test_without_answers_there_is_no_change(tmp_path: Path) -> None:
    with Store.open(tmp_path / "e.duckdb") as store, store.snapshot() as empty:
        assert change(empty, "nps", NOW, BEFORE).to_dicts() == [NULLS]
        by_region = (replace(question, by=("region",)) for question in (NOW, BEFORE))
        assert change(empty, "nps", *by_region).is_empty()
        assert difference(empty, "nps", replace(NOW, by=("region",)), "East", "West").to_dicts() == [NULLS]


@pytest.mark.parametrize("name", COMPARED)
def test_a_change_is_that_of_the_numbers_and_lies_in_its_interval(snap: Snapshot, name: str) -> None:
    now, before, given = asked(name)
    (found,) = change(snap, name, now, before, **given).to_dicts()
    sides = [number(snap, name, now, **given), earlier(snap, name, now, before, **given)]
    values = [side[value(name)][0] for side in sides]
    assert None not in values
    assert found["change"] == pytest.approx(values[0] - values[1])
    assert found["low"] <= found["change"] <= found["high"]


@pytest.mark.parametrize("name", COMPARED)
def test_a_surer_interval_is_wider(snap: Snapshot, name: str) -> None:
    now, before, given = asked(name)
    (found,) = change(snap, name, now, before, **given).to_dicts()
    (wide,) = change(snap, name, now, before, confidence=0.99, **given).to_dicts()
    assert wide["change"] == found["change"]
    assert wide["low"] < found["low"] and found["high"] < wide["high"]


@pytest.mark.parametrize("name", COMPARED)
def test_the_change_of_a_group_is_that_of_its_customers_alone(snap: Snapshot, name: str) -> None:
    now, before, given = asked(name)
    rows = change(snap, name, *(replace(question, by=("region",)) for question in (now, before)), **given)
    codes = rows["region"].drop_nulls().to_list()
    assert len(codes) > 1
    for code in codes:
        alone = (replace(question, segment=Segment(region=(code,))) for question in (now, before))
        (found,) = rows.filter(pl.col("region") == code).select(COLUMNS).rows()
        assert found == pytest.approx(change(snap, name, *alone, **given).row(0)), code


@pytest.mark.parametrize("name", COMPARED)
def test_the_difference_of_groups_is_that_of_their_numbers_whichever_comes_first(snap: Snapshot, name: str) -> None:
    now, _before, given = asked(name)
    question = replace(now, by=("region",))
    rows = number(snap, name, question, **given).drop_nulls(["region", value(name)])
    one, other = rows["region"][:2]
    (found,) = difference(snap, name, question, one, other, **given).to_dicts()
    (turned,) = difference(snap, name, question, other, one, **given).to_dicts()
    assert found["change"] == pytest.approx(rows[value(name)][0] - rows[value(name)][1])
    assert found["low"] <= found["change"] <= found["high"]
    assert [-turned[name] for name in ("change", "high", "low")] == pytest.approx([found[name] for name in COLUMNS])


@pytest.mark.parametrize("name", [name for name in COMPARED if CATALOGUE[name].pooled])
def test_a_cohort_is_compared_with_the_others_together(snap: Snapshot, name: str) -> None:
    question = replace(NOW, start=DAY("2025-06-01"), end=DAY("2025-12-31"))
    cells = ask(snap, name, question).filter("complete", pl.col("period") == 3)
    cohort = DAY("2025-09-01")
    mine, others = (cells.filter(wanted).sum() for wanted in (pl.col("cohort") == cohort, pl.col("cohort") != cohort))
    share = [(rows["active"] / rows["customers"])[0] for rows in (mine, others)]
    (found,) = cohort_difference(snap, name, question, cohort, row={"period": 3}, minimum=5).to_dicts()
    assert found["change"] == pytest.approx(share[0] - share[1])
    assert found["low"] <= found["change"] <= found["high"]
    withheld = cohort_difference(snap, name, question, cohort, row={"period": 3}, minimum=10**6)
    assert withheld.to_dicts() == [NULLS]


def test_below_the_minimum_nothing_is_compared(tmp_path: Path) -> None:
    rows = [
        nps(f"{month} {place}", f"c{place}", f"2026-{month}-10", 10) for month in ("01", "02") for place in range(30)
    ]
    with Store.open(tmp_path / "f.duckdb") as store:
        take(store, feedback=rows[:-1])  # 29 in February
        with store.snapshot() as snap:
            january, february = (
                Question(DAY(f"2026-{month}-01"), DAY(f"2026-{month}-28"), DAY("2026-02-28")) for month in ("01", "02")
            )
            assert change(snap, "nps", february, january).to_dicts() == [NULLS]
            assert change(snap, "nps", february, january, minimum=29)["change"].item() == 0


def test_a_metric_whose_change_has_no_interval_says_so(snap: Snapshot) -> None:
    with pytest.raises(RapportError, match="A change of “clv” has no interval"):
        change(snap, "clv", NOW, BEFORE)
    with pytest.raises(RapportError, match="There is no metric “npz”"):
        comparing("npz")
