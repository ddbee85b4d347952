"""Classes of customers as the store counts them, against plain SQL over its rows; and what is asked of them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from data import load
from data.demo.load import load as load_demo
from data.errors import RapportError
from data.questions.ask import Question, ask, whole
from data.questions.behind import class_members
from data.segment import Segment
from data.store.snapshot import Snapshot
from data.store.store import Store
from metrics.segments.schemes import SCHEMES

# Of everybody known on a date: orders, revenue, last and first day, quarters, the last answer; and scores by their definition
NUMBERS = """
    with bought as (select * from orders where replaced_by is null and customer_key is not null and ordered_at::date <= $as_of),
    home as (select currency from bought group by currency order by count(*) desc limit 1),
    paid as (
        select customer_key, count(*) filter (kind = 'order') as orders,
            sum(case when currency is not distinct from (select currency from home) then amount else 0 end) as revenue,
            max(ordered_at::date) filter (kind = 'order') as last_day, min(ordered_at::date) filter (kind = 'order') as first_day,
            count(distinct case when kind = 'order' and $as_of - ordered_at::date < 364
                then ($as_of - ordered_at::date) // 91 end) as quarters
        from bought group by customer_key
    ),
    said as (
        select customer_key, arg_max(score, responded_at) as score from feedback
        where replaced_by is null and survey = 'nps' and customer_key is not null and responded_at::date <= $as_of group by 1
    ),
    known as (
        select customer_key from customers where joined_on <= $as_of union select customer_key from paid where orders > 0
    ),
    numbers as (
        select known.customer_key, coalesce(orders, 0) as orders, coalesce(revenue, 0) as revenue, coalesce(quarters, 0) as quarters,
            coalesce((score >= 9)::int, 0) as recommends, $as_of - first_day as days_known, $as_of - last_day as days_silent,
            last_day
        from known left join paid using (customer_key) left join said using (customer_key)
    )
"""
CLASSES = {
    "ladder": """
        select case when orders = 0 then 'prospect' when orders = 1 then 'first_time'
            when (orders >= 4 or quarters >= 3) and recommends = 1 then 'advocate'
            when orders >= 4 or quarters >= 3 then 'loyal' else 'repeat' end as segment, count(*) as n from numbers group by 1
    """,
    "stages": """
        select case when orders = 0 then 'awareness' when days_silent > $hiatus then 'decline'
            when orders = 1 then 'exploration' when orders <= 3 then 'formation' else 'maintenance' end as segment, count(*) as n
        from numbers group by 1
    """,
    "age": """
        select case when orders = 0 then 'potential' when days_known < 90 then 'newcomer' else 'established' end as segment,
            count(*) as n from numbers group by 1
    """,
    "rfm": """
        select case when r >= 4 and f >= 4 and m >= 4 then 'champions'
            when r >= 4 and f >= 4 or r = 3 and f >= 4 then 'loyal' when r >= 3 and m = 5 then 'big_spenders'
            when r >= 4 and f >= 2 then 'promising' when r >= 4 then 'recent' when r = 3 then 'fading'
            when f >= 4 and m >= 4 then 'must_keep' when f >= 2 then 'at_risk' else 'asleep' end as segment, count(*) as n
        from (
            select 1 + 5 * (rank() over (order by last_day) - 1) // count(*) over () as r,
                1 + 5 * (rank() over (order by orders) - 1) // count(*) over () as f,
                1 + 5 * (rank() over (order by revenue) - 1) // count(*) over () as m
            from numbers where orders > 0
        ) group by 1
    """,
}
FILES = ("demo", "online_retail/online_retail.csv.gz")


@pytest.fixture(scope="module", params=FILES, ids=["demo", "online_retail"])
def snap(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    db = tmp_path_factory.mktemp("classes") / "classes.duckdb"
    if request.param == "demo":
        with Store.open(db) as store:
            load_demo(store, customers=1500, seed=4)
    else:
        assert load.main([str(request.getfixturevalue("shared") / "data" / request.param), "--db", str(db)]) == 0
    with Store.open(db) as store, store.snapshot() as found:
        yield found


def asked(snap: Snapshot, *, before: int = 0) -> Question:
    found = whole(snap)
    last = snap.extent().orders_last
    assert found is not None and last is not None
    end = last - dt.timedelta(days=before)
    return replace(found, start=end - dt.timedelta(days=80), end=end)


def plainly(snap: Snapshot, scheme: str, as_of: dt.date) -> dict[str, int]:
    hiatus = ask(snap, "hiatus", Question(as_of, as_of, as_of))["hiatus_days"].item()
    found = snap.cursor.execute(
        NUMBERS + CLASSES[scheme], {"as_of": as_of, **({"hiatus": hiatus} if scheme == "stages" else {})}
    )
    return dict(found.fetchall())


@pytest.mark.parametrize("before", [0, 47])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_class_holds_as_many_as_plain_sql_counts(snap: Snapshot, scheme: str, before: int) -> None:
    question = asked(snap, before=before)
    found = ask(snap, "segment_sizes", question, scheme=scheme)
    expected = plainly(snap, scheme, question.end)
    assert {code: n for code, n in found["segment", "customers"].rows() if n} == expected
    assert found["sorted_customers"].to_list() == [sum(expected.values())] * found.height
    assert len(expected) >= 3 or scheme == "age"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_moves_add_up_to_both_dates_and_lists_to_moves(snap: Snapshot, scheme: str) -> None:
    question = asked(snap)
    eve = question.start - dt.timedelta(days=1)
    moves = ask(snap, "segment_moves", question, scheme=scheme)
    after = moves.group_by("to_segment").agg(pl.col("members").sum())
    was = moves.group_by("from_segment").agg(pl.col("members").sum(), pl.col("before").first())
    if scheme != "stages":  # one hiatus, that of the last day, on both dates
        expected = plainly(snap, scheme, eve)
        assert {code: n for code, n, _ in was.rows() if n and code != "new_here"} == expected
    assert {code: n for code, n in after.rows() if n} == plainly(snap, scheme, question.end)
    assert was["members"].equals(was["before"])
    returns = ask(snap, "segment_returns", question, scheme=scheme)
    assert dict(returns["segment", "customers"].rows()) == {
        code: n for code, n in was.select("from_segment", "members").rows() if code != "new_here"
    }
    row = (
        moves.filter(pl.col("from_segment") != pl.col("to_segment")).sort("members", descending=True).row(0, named=True)
    )
    listed = class_members(snap, question, segment=row["to_segment"], before=row["from_segment"], scheme=scheme)
    assert listed.height == row["members"] > 0
    assert listed["revenue"].is_sorted(descending=True)


def test_a_class_is_a_filter_and_a_split_of_every_other_number(snap: Snapshot) -> None:
    question = asked(snap)
    sizes = dict(ask(snap, "segment_sizes", replace(question, as_of=question.end))["segment", "customers"].rows())
    split = ask(snap, "historical_clv", replace(question, by=("rfm_segment",)))
    assert dict(split["rfm_segment", "customers"].drop_nulls().rows()) == {code: n for code, n in sizes.items() if n}
    chosen = ask(snap, "historical_clv", replace(question, segment=Segment(rfm_segment=("champions",))))
    assert chosen["customers"].item() == sizes["champions"]


@pytest.mark.parametrize("metric", ["segment_sizes", "segment_moves", "segment_returns"])
@pytest.mark.parametrize("column", ["rfm_segment", "loyalty_rung"])
def test_customers_chosen_by_their_class_are_refused(snap: Snapshot, metric: str, column: str) -> None:
    question = replace(asked(snap), segment=Segment(**{column: ("loyal",)}))
    with pytest.raises(RapportError, match="cannot be computed for customers chosen by their class"):
        ask(snap, metric, question)
    with pytest.raises(RapportError, match=f"cannot be split by “{column}”"):
        ask(snap, metric, replace(question, by=(column,), segment=Segment()))


def test_an_empty_store_has_no_classes(tmp_path: Path) -> None:
    with Store.open(tmp_path / "empty.duckdb") as store, store.snapshot() as snap:
        day = dt.date(2026, 1, 1)
        assert snap.values("rfm_segment") == snap.values("loyalty_rung") == []
        found = ask(snap, "segment_sizes", Question(day, day, day), scheme="ladder")
        assert found["customers"].sum() == 0
