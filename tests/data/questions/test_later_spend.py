"""Later spend, match rate and share of customers who answered, from a store: the demo against plain loops, and whose orders count."""

import datetime as dt
from collections import defaultdict
from pathlib import Path
from statistics import mean

import pytest

from data.demo.load import load
from data.questions.ask import Question, ask, shared_days
from data.segment import Segment
from data.store.store import Store
from tests.data.rows import nps, order, take

DAY = dt.date.fromisoformat
YEAR = dt.timedelta(days=365)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    with Store.open(tmp_path_factory.mktemp("demo") / "s.duckdb") as store:
        load(store, customers=1500, seed=4)
        with store.snapshot() as snapshot:
            yield snapshot


def rows(snap, query: str) -> list[tuple]:
    return snap.cursor.execute(query).fetchall()


def kind_of(score: float) -> str:
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


def test_later_spend_on_the_demo_is_that_of_plain_loops(demo) -> None:
    question = Question(DAY("2024-01-01"), DAY("2025-12-31"), DAY("2026-07-18"))
    bought, ordered_first = defaultdict(list), {}
    for key, kind, at, amount in rows(
        demo, "select customer_key, kind, ordered_at, amount from orders where customer_key is not null"
    ):
        bought[key].append((at.date(), amount))
        if kind == "order":
            ordered_first[key] = min(at.date(), ordered_first.get(key, dt.date.max))
    newest: dict[int, tuple] = {}
    matched = defaultdict(int)
    said = rows(
        demo,
        "select customer_key, responded_at, score from feedback where survey = 'nps' order by responded_at, score desc",
    )
    for key, at, score in said:
        on = at.date()
        if (
            question.start <= on <= question.end
            and on + YEAR <= question.as_of
            and ordered_first.get(key, dt.date.max) <= on
        ):
            matched[kind_of(score)] += 1
            if key not in newest or on > newest[key][0] or score < newest[key][1]:
                newest[key] = (on, score)
    spends = defaultdict(list)
    for key, (on, score) in newest.items():
        spends[kind_of(score)].append(sum(amount for at, amount in bought[key] if on < at <= on + YEAR))
    found = ask(demo, "promoter_value", question)
    assert found["customers"].sum() > 300
    for row in found.iter_rows(named=True):
        assert row["matched"] == matched[row["kind"]]
        assert row["customers"] == len(spends[row["kind"]])
        assert row["spend"] == pytest.approx(float(mean(spends[row["kind"]])), rel=1e-9)


def test_match_rate_and_answered_share_on_the_demo_are_those_of_plain_loops(demo) -> None:
    question = Question(DAY("2026-04-01"), DAY("2026-06-30"), DAY("2026-07-18"))
    period = "between '2026-04-01' and '2026-06-30 23:59:59'"
    known = {key for (key,) in rows(demo, "select customer_key from orders where kind = 'order'")} - {None}
    said = [
        key
        for (key,) in rows(demo, f"select customer_key from feedback where survey = 'nps' and responded_at {period}")
    ]
    bought = {
        key for (key,) in rows(demo, f"select customer_key from orders where kind = 'order' and ordered_at {period}")
    }
    bought -= {None}
    found = ask(demo, "match_rate", question).row(0, named=True)
    assert (found["n"], found["matched"]) == (len(said), sum(key in known for key in said))
    found = ask(demo, "answered_share", question).row(0, named=True)
    assert (found["buyers"], found["answered"]) == (len(bought), len(bought & set(said)))
    assert 0 < found["answered"] < found["buyers"]


@pytest.fixture
def snap(tmp_path: Path):
    """One customer whose answers alone name a region (of two kinds), and whose orders end before the answers do."""
    orders = [
        order("1", "a", "2024-01-05", 10, region=None),
        order("2", "a", "2024-03-05", 40, region=None),
        order("3", "b", "2025-03-01", 10, region="East"),
    ]
    answers = [
        nps("1", "a", "2024-02-01", 10, region="East"),
        nps("2", "a", "2024-06-01", 0, region="West"),
        nps("3", "x", "2026-06-01", 0, region="West"),
    ]
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=orders, feedback=answers)
        with store.snapshot() as snapshot:
            yield snapshot


def test_the_segment_chooses_answers_and_their_customers_bring_all_their_orders(snap) -> None:
    question = Question(DAY("2024-01-01"), DAY("2026-06-30"), DAY("2026-06-30"), Segment(region=("East",)))
    found = ask(snap, "promoter_value", question, minimum=1)
    assert found.select("kind", "answers", "customers", "buyers").row(0) == ("promoter", 1, 1, 1)


def test_a_horizon_that_the_orders_do_not_reach_is_not_observed(snap) -> None:
    """Orders end on 1 March 2025: the answer of February 2024 is a year before, that of June is not."""
    found = ask(snap, "promoter_value", Question(DAY("2024-01-01"), DAY("2026-06-30"), DAY("2026-06-30")))
    assert found["answers"].to_list() == [1, 0, 0]


@pytest.mark.parametrize(
    ("start", "end", "survey", "shared", "buyers"),
    [
        ("2026-04-01", "2026-06-30", "nps", (None, None), 0),  # answers of customers end before the quarter
        ("2026-02-01", "2026-06-30", "nps", ("2026-02-01", "2026-02-20"), 60),
        ("2026-01-01", "2026-02-10", "nps", ("2026-01-20", "2026-02-10"), 60),  # orders begin after the answers
        ("2026-04-01", "2026-06-30", "csat", (None, None), 0),  # nobody was asked
    ],
)
def test_buyers_count_on_the_days_that_orders_and_answers_both_cover(
    tmp_path: Path, start: str, end: str, survey: str, shared: tuple, buyers: int
) -> None:
    """Sixty buyers each in January, February and May; answers from 1 January to 20 February, later ones name nobody."""
    orders = [
        order(f"{day}{place}", f"c{place}", day, 10)
        for day in ("2026-01-20", "2026-02-10", "2026-05-05")
        for place in range(60)
    ]
    answers = [nps(f"{day}{place}", f"c{place}", day, 9) for day in ("2026-01-01", "2026-02-20") for place in range(15)]
    answers += [nps(f"nobody{place}", None, "2026-06-01", 9) for place in range(40)]
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=orders, feedback=answers)
        with store.snapshot() as snapshot:
            question = Question(DAY(start), DAY(end), DAY("2026-06-30"))
            days = shared_days(snapshot, question, survey=survey).row(0)
            found = ask(snapshot, "answered_share", question, survey=survey).row(0, named=True)
    assert days == tuple(day and DAY(day) for day in shared)
    assert found["buyers"] == buyers
    if not buyers:
        assert (found["answered_share"], found["low"], found["high"]) == (None, None, None)


def test_quarters_of_the_first_order_split_answers(snap) -> None:
    found = ask(snap, "nps", Question(DAY("2024-01-01"), DAY("2026-06-30"), DAY("2026-06-30"), by=("cohort_quarter",)))
    assert found.select("cohort_quarter", "n").rows() == [("2024-Q1", 2), (None, 1)]
