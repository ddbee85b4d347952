"""What lies behind the themes of comments: the table of themes, the list with its search, quotes, words that no theme covers."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.questions.ask import Question, ask, whole
from data.questions.comments.quotes import (
    comment_count,
    comments_on,
    further_words,
    keyness,
    quotes,
    theme_by_score,
    theme_table,
)
from data.store.snapshot import Snapshot
from data.store.store import Store
from tests.data.rows import nps, order, take

RUDE = "The staff were rude and the delivery was late."
KIND = "Friendly staff, everything was fine."
ROWS = [
    *(nps(f"r{k}", f"c{k}", "2026-03-01", 2, comment=f"{RUDE} wombat", touchpoint="delivery") for k in range(40)),
    *(nps(f"k{k}", f"d{k}", "2026-03-02", 10, comment=KIND) for k in range(40)),
    *(nps(f"b{k}", f"e{k}", "2026-02-02", 10, comment=KIND) for k in range(40)),
    nps("none", "x", "2026-03-03", 5),
    nps("both", "y", "2026-03-04", 0, comment="没人理，服务太差了"),
    {**nps("both-csat", "y", "2026-03-04", 1, comment="没人理，服务太差了"), "survey": "csat", "scale_low": 1.0, "scale_high": 5.0},
]  # fmt: skip
RETAIL = {"trade": "retail", "tone": "blame"}


@pytest.fixture(scope="module")
def snap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with Store.open(Path(tmp_path_factory.mktemp("comments")) / "a.duckdb") as store:
        take(store, feedback=ROWS, orders=[order("1", "c1", "2026-02-01", 10)])
        with store.snapshot() as snap:
            yield snap


@pytest.fixture
def march(snap: Snapshot) -> Question:
    everything = whole(snap)
    assert everything
    return Question(dt.date(2026, 3, 1), dt.date(2026, 3, 31), everything.as_of)


def test_no_comments(snap: Snapshot) -> None:
    nothing = Question(dt.date(2020, 1, 1), dt.date(2020, 1, 31), dt.date(2020, 1, 31))
    rows = theme_table(snap, nothing, **RETAIL, before=(dt.date(2019, 12, 1), dt.date(2019, 12, 31)))
    assert rows["n"].sum() == 0
    assert rows["theme_share"].null_count() == rows["change"].null_count() == rows.height == 11
    for function in (theme_by_score, further_words):
        given = RETAIL if function is theme_by_score else {"trade": "retail"}
        assert function(snap, nothing, **given).is_empty()
    assert quotes(snap, nothing, **RETAIL, theme="service", limit=5).is_empty()


def test_a_person_with_two_scores_and_one_comment_counts_once(snap: Snapshot, march: Question) -> None:
    row = ask(snap, "theme_share", march, tone="blame").row(0, named=True)
    assert (row["n"], row["named"], row["blamed"], row["praised"]) == (81, 81, 41, 40)


def test_the_table_agrees_with_the_metrics_and_tells_the_change(snap: Snapshot, march: Question) -> None:
    rows = theme_table(snap, march, **RETAIL, before=(dt.date(2026, 2, 1), dt.date(2026, 2, 28)))
    service = rows.filter(theme="service").row(0, named=True)
    alone = ask(snap, "theme_share", march, tone="blame").row(0, named=True)
    assert {name: service[name] for name in alone} == alone
    assert (service["nps"], service["nps_n"]) == (-100, 41)
    assert service["change"] == pytest.approx(41 / 81)
    assert service["change_low"] > 0
    assert rows.filter(theme="location")["change"].item() == 0


def test_detractors_and_promoters_side_by_side(snap: Snapshot, march: Question) -> None:
    rows = theme_by_score(snap, march, **RETAIL).filter(theme="service")
    assert rows.select("kind", "n", "blamed").rows() == [("detractor", 41, 41), ("promoter", 40, 0)]


@pytest.mark.parametrize(
    ("theme", "tone", "search", "n"),
    [
        ("returns", "any", "", 0),
        ("service", "any", "", 81),
        ("service", "blame", "", 41),
        ("service", "praise", "", 40),
        ("service", "blame", "WOMBAT staff", 40),
        ("service", "blame", "[", 0),
        ("delivery", "blame", "", 40),
    ],
)
def test_list_and_count(snap: Snapshot, march: Question, theme: str, tone: str, search: str, n: int) -> None:
    asked = {"trade": "retail", "theme": theme, "tone": tone, "search": search}
    assert comments_on(snap, march, **asked).height == comment_count(snap, march, **asked)["n"].item() == n
    assert comments_on(snap, march, **asked, limit=3)["customer_id"].null_count() == 0


def test_quotes_are_not_alike(snap: Snapshot, march: Question) -> None:
    found = quotes(snap, march, trade="retail", theme="service", tone="any", limit=6)["comment"].to_list()
    assert sorted(found) == sorted([f"{RUDE} wombat", KIND])


def test_words_that_no_theme_covers(snap: Snapshot, march: Question) -> None:
    found = further_words(snap, march, trade="retail")
    assert found.select("word", "comments", "among_detractors").rows() == [("wombat", 40, 40)]


@pytest.mark.parametrize(
    ("counts", "expected"), [((10, 100, 10, 100), 0.0), ((0, 10, 0, 10), 0.0), ((20, 100, 0, 100), 27.7259)]
)
def test_keyness(counts: tuple[int, int, int, int], expected: float) -> None:
    """2·(20·ln 2) in the last case."""
    assert keyness(*counts) == pytest.approx(expected, abs=1e-4)
