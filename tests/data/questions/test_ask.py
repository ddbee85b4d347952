"""A question reaches the metric with the rows, dates and columns it is about, and a wrong one is answered by what would be right."""

import datetime as dt
from pathlib import Path

import pytest

from data.errors import RapportError
from data.questions.ask import Question, ask, columns_to_split_by, whole
from data.segment import Segment
from data.store.store import Store
from metrics.catalogue import CATALOGUE
from tests.data.rows import nps, order, take

DAY = dt.date.fromisoformat
ORDERS = [
    order("1", "a", "2026-01-05", 10, region="East"),
    order("2", "a", "2026-02-05", 10),
    order("3", "b", "2026-01-20", 10, region="West"),
    order("4", "b", "2026-03-02", 10),
    order("5", "c", "2026-02-11", 10, region="West"),
]
ANSWERS = [
    nps("1", "a", "2026-01-10", 10, touchpoint="app"),
    nps("2", "b", "2026-02-10", 0, touchpoint="store"),
    nps("3", None, "2026-04-10", 9),
    nps("4", "c", "2026-02-10", 0, survey="csat", scale_low=1.0, scale_high=5.0) | {"score": 5.0},
]


@pytest.fixture
def snap(tmp_path: Path):
    with Store.open(tmp_path / "s.duckdb") as store:
        take(store, orders=ORDERS, feedback=ANSWERS)
        with store.snapshot() as snapshot:
            yield snapshot


def question(start: str = "2026-01-01", end: str = "2026-04-30", as_of: str = "2026-04-30", **more) -> Question:
    return Question(DAY(start), DAY(end), DAY(as_of), **more)


def test_an_empty_store_has_no_question(tmp_path: Path):
    with Store.open(tmp_path / "s.duckdb") as store, store.snapshot() as empty:
        assert whole(empty) is None
        (row,) = ask(empty, "nps", question()).to_dicts()
        assert (row["n"], row["nps"]) == (0, None)
        assert ask(empty, "retention", question()).is_empty()


def test_the_whole_question_reaches_from_the_first_day_to_the_last(snap):
    assert whole(snap) == question("2026-01-05", "2026-04-10", "2026-04-10")


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        (question(), (3, 2, 1)),
        (question(end="2026-02-28"), (2, 1, 1)),
        (question(as_of="2026-01-31"), (1, 1, 0)),
        (question(segment=Segment(region=("West",))), (1, 0, 1)),
    ],
)
def test_nps_takes_the_rows_of_the_window_and_of_its_own_question_only(snap, asked: Question, counts):
    (row,) = ask(snap, "nps", asked, minimum=1).to_dicts()
    assert (row["n"], row["promoters"], row["detractors"]) == counts


def test_retention_takes_the_window_for_cohorts_and_sees_no_day_without_orders(snap):
    """Answers reach to April, orders to 2 March: April is not observed, so no cell may be 0 for it; March has begun only."""
    rows = ask(snap, "retention", question("2026-01-01", "2026-01-31")).to_dicts()
    assert [(r["cohort"], r["period"], r["customers"], r["active"], r["complete"]) for r in rows] == [
        (DAY("2026-01-01"), 0, 2, 2, True),
        (DAY("2026-01-01"), 1, 2, 1, True),
        (DAY("2026-01-01"), 2, 2, 1, False),
    ]


def test_weekly_retention_comes_from_the_orders(snap):
    rows = ask(snap, "retention", question("2026-01-01", "2026-01-10"), period="week")
    active = {r["period"]: r["active"] for r in rows.iter_rows(named=True)}
    assert {week for week, count in active.items() if count} == {0, 4}


def test_value_sees_customers_whole_up_to_the_date_whatever_the_window(snap):
    rows = ask(snap, "clv", question("2026-02-01", "2026-02-28"), horizon_weeks=4, discount_rate=0.0)
    assert rows.select("customer_id", "purchases", "clv").rows() == [
        ("a", pytest.approx(4 / 52), pytest.approx(40 / 52)),  # one more order since 5 January, taken for a year's
        ("b", pytest.approx(4 / 52), pytest.approx(40 / 52)),
        ("c", 0, 0),
    ]
    earlier = ask(snap, "clv", question(as_of="2026-02-10"))
    assert earlier["customer_id"].to_list() == ["a", "b"]


def test_a_holdout_is_kept_from_the_model(snap):
    for asked, weeks in ((question(as_of="2026-02-02"), 0), (question(), 4)):  # orders reach to 2 March
        (row,) = ask(snap, "clv_model", asked, holdout_weeks=weeks).to_dicts()
        assert (row["customers"], row["state"]) == (2, "too_few_customers")
    groups = ask(snap, "clv_model", question(by=("region",))).select("region", "customers").rows()
    assert groups == [("East", 1), ("West", 2)]


@pytest.mark.parametrize(
    ("by", "groups"), [(("region",), ["East", "West", None]), (("touchpoint",), ["app", "store", None])]
)
def test_a_split_has_one_row_per_group(snap, by, groups):
    assert ask(snap, "nps", question(by=by))[by[0]].to_list() == groups


def test_the_parts_of_a_split_add_up(snap):
    (total,) = ask(snap, "repeat_rate", question(), minimum=1).to_dicts()
    parts = ask(snap, "repeat_rate", question(by=("region",)), minimum=1)
    assert (parts["buyers"].sum(), parts["repeat_buyers"].sum()) == (total["buyers"], total["repeat_buyers"]) == (3, 2)


@pytest.mark.parametrize(
    ("name", "asked", "arguments", "sentence"),
    [
        ("npx", question(), {}, "There is no metric “npx”. Did you mean “nps”? There are: nps"),
        ("retention", question(), {"knd": "on"}, "has no argument “knd”. Did you mean “kind”?"),
        (
            "retention",
            question(),
            {"kind": "on_after"},
            "“on_after” is not allowed for kind of “retention”. Did you mean “on_or_after”?",
        ),
        (
            "retention",
            question(by=("touchpoint",)),
            {},
            "“retention” cannot be split by “touchpoint”. It can be split by: region",
        ),
        ("nps", question(by=("touchpiont",)), {}, "Did you mean “touchpoint”?"),
        ("nps", question(by=("1; drop table orders",)), {}, "cannot be split by"),
    ],
)
def test_a_wrong_question_is_told_what_would_be_right(snap, name, asked, arguments, sentence):
    with pytest.raises(RapportError) as caught:
        ask(snap, name, asked, **arguments)
    assert sentence in str(caught.value)


def test_the_repeat_curve_merges_orders_of_one_day_and_follows_customers_to_the_last_order(tmp_path: Path):
    orders = [
        order("1", "a", "2026-01-01T09:00", 10, region="East"),
        order("2", "a", "2026-01-01T18:00", 10),
        order("3", "a", "2026-01-08", 10, region="West"),
        order("4", "b", "2026-01-10", 10),
        order("5", None, "2026-01-11", 10),
        order("6", "b", "2026-02-20", 10),
    ]
    with Store.open(tmp_path / "r.duckdb") as store:
        take(store, orders=orders)
        with store.snapshot() as snapshot:
            curve = ask(snapshot, "repeat_curve", question(end="2026-01-31", by=("region",)), minimum=0)
    weeks = {(r["region"], r["elapsed"]): (r["customers"], r["second_orders"]) for r in curve.iter_rows(named=True)}
    assert weeks[("East", 0)] == (1, 0)
    assert weeks[("East", 1)] == (1, 1)  # the region is the customer's, not that of the order
    assert weeks[(None, 5)] == (1, 0)


def test_churn_metrics_reach_back_to_the_first_order_and_end_with_the_last(snap):
    """Customer a is known since January, so the order of February is no first one; answers reach to April, orders to 2 March."""
    rows = ask(snap, "lifecycle", question("2026-02-01", "2026-04-30"), hiatus_days=60).to_dicts()
    assert [(row["period"], row["new"], row["returning"]) for row in rows] == [
        (DAY("2026-02-01"), 1, 1),
        (DAY("2026-03-01"), 0, 1),
    ]
    (row,) = ask(snap, "inactive_share", question(), hiatus_days=20, minimum=1).to_dicts()
    assert (row["customers"], row["inactive"]) == (3, 1)
    (row,) = ask(snap, "hiatus", question(segment=Segment(region=("West",))), minimum=1).to_dicts()
    assert (row["gaps"], row["open_gaps"], row["hiatus_days"]) == (3, 2, 41)


@pytest.fixture
def programme(tmp_path: Path):
    """Ada rises and buys to the end, Ben stays in silver without an order after January; changes reach beyond the last order."""
    changes = [
        ("ada", "2026-01-01", "silver"),
        ("ada", "2026-03-01", "gold"),
        ("ben", "2026-01-01", "silver"),
        ("cho", "2026-05-01", "silver"),
    ]
    with Store.open(tmp_path / "t.duckdb") as store:
        take(
            store,
            orders=[
                order("1", "ada", "2026-01-05", 100, region="East"),
                order("2", "ada", "2026-04-10", 100),
                order("3", "ben", "2026-01-20", 30, region="West"),
            ],
            tier_changes=[
                dict(zip(("customer_id", "effective_on", "tier"), (c, DAY(d), t), strict=True)) for c, d, t in changes
            ],
        )
        with store.snapshot() as snapshot:
            yield snapshot


def moves(snap, asked: Question, **arguments) -> list[tuple[object, ...]]:
    rows = ask(snap, "tier_migration", asked, **arguments).to_dicts()
    return [
        (*(row[name] for name in (*asked.by, "from_tier", "to_tier", "members")),) for row in rows if row["members"]
    ]


def test_tiers_are_those_of_the_two_dates_even_after_the_last_order(programme):
    asked = question("2026-01-31", "2026-05-31", "2026-05-31")
    assert moves(programme, asked) == [("silver", "silver", 1), ("silver", "gold", 1), ("new", "silver", 1)]
    split = Question(asked.start, asked.end, asked.as_of, by=("region",))
    assert moves(programme, split) == [
        ("East", "silver", "gold", 1),
        ("West", "silver", "silver", 1),
        (None, "new", "silver", 1),
    ]


def test_moves_are_not_told_of_members_chosen_by_where_they_ended(programme):
    with pytest.raises(RapportError, match="cannot be computed for members chosen by their tier"):
        ask(programme, "tier_rates", question(segment=Segment(tier=("gold",))))


def test_members_lapse_by_their_orders_when_days_are_given(programme):
    """Ben has been silent for 80 days on the last day that orders are known for, 10 April."""
    asked = question("2026-01-31", "2026-05-31", "2026-05-31")
    assert moves(programme, asked, lapse_days=79) == [("silver", "gold", 1), ("silver", "lapsed", 1)]
    assert ("silver", "silver", 1) in moves(programme, asked, lapse_days=80)


def test_a_rule_takes_the_place_of_uploaded_tiers_and_orders_them(programme):
    asked = question("2026-02-01", "2026-05-31", "2026-05-31")
    rule = {"rule": "low=20, high=90", "months": 2}
    assert moves(programme, asked, **rule) == [("low", "lapsed", 1), ("high", "lapsed", 1)]
    with pytest.raises(RapportError, match="“money” is not allowed for measure"):
        ask(programme, "tier_migration", asked, measure="money")
    rates = ask(programme, "tier_rates", asked, **rule, minimum=1)
    assert dict(zip(rates["move"], rates["moved"], strict=True))["lapse"] == 2


@pytest.mark.parametrize(
    "metric", [metric for metric in CATALOGUE.values() if metric.splits], ids=lambda metric: metric.name
)
def test_no_metric_is_split_by_a_column_that_it_has(metric):
    assert not set(columns_to_split_by(metric)) & set(metric.columns)
    assert ("tier" in columns_to_split_by(metric)) == (metric.frame != "tier_changes")


def test_tier_changes_alone_are_data_too(tmp_path: Path):
    with Store.open(tmp_path / "s.duckdb") as store:
        changes = [("a", "2026-01-01", "basic"), ("b", "2026-01-01", "basic"), ("a", "2026-03-15", "gold")]
        take(
            store,
            tier_changes=[{"customer_id": who, "effective_on": DAY(day), "tier": tier} for who, day, tier in changes],
        )
        with store.snapshot() as snap:
            asked = whole(snap)
            assert asked == question("2026-01-01", "2026-03-15", "2026-03-15")
            rates = ask(snap, "tier_rates", asked, minimum=1)
            assert dict(rates.select("move", "moved").iter_rows()) == {
                "upgrade": 1,
                "retain": 1,
                "downgrade": 0,
                "lapse": 0,
            }


def test_a_refund_after_the_last_order_counts(tmp_path: Path):
    with Store.open(tmp_path / "s.duckdb") as store:
        refund = order("R1", "a", "2026-04-20", -10) | {"kind": "refund"}
        take(store, orders=[*ORDERS, refund])
        with store.snapshot() as snap:
            assert snap.extent().last == DAY("2026-04-20")
            for as_of, revenue in (("2026-04-19", 50.0), ("2026-04-20", 40.0), ("2026-12-31", 40.0)):
                (row,) = ask(snap, "historical_clv", question(as_of=as_of), minimum=1).to_dicts()
                assert row["revenue"] == revenue


def test_attributes_are_those_of_the_first_order_and_of_no_order_to_come(tmp_path: Path):
    rows = [order("1", "a", "2026-01-05", 10), order("2", "a", "2026-06-05", 10, channel="web", region="North")]
    late = order("3", "b", "2026-06-05", 10)
    with Store.open(tmp_path / "s.duckdb") as store:
        last = nps("2", None, "2026-07-01", 9)  # how far the answers reach
        take(store, orders=[*rows, late], feedback=[nps("1", "b", "2026-01-10", 9), last])
        with store.snapshot() as snap:
            for name in ("region", "acquisition_channel"):
                (found,) = ask(snap, "repeat_rate", question(by=(name,)), minimum=1).to_dicts()
                assert found[name] is None
            for name, known in (("cohort", "2026-06"), ("cohort_quarter", "2026-Q2")):
                for as_of, cohort in (("2026-06-04", None), ("2026-06-05", known)):
                    (found,) = ask(snap, "nps", question(as_of=as_of, by=(name,)), minimum=1).to_dicts()
                    assert found[name] == cohort


@pytest.mark.parametrize(("as_of", "regions"), [("2026-01-31", ["East"]), ("2026-04-30", ["East", "North", "South"])])
def test_the_customers_region_goes_before_the_answers_and_is_that_of_the_first_order_in_a_lifetime(
    tmp_path: Path, as_of: str, regions: list[str]
) -> None:
    """Answers of January say North: one of nobody known counts there, one of a whose first order is still to come, in February, in East."""
    with Store.open(tmp_path / "r.duckdb") as store:
        orders = [order("1", "a", "2026-02-05", 10, region="East"), order("2", "a", "2026-03-05", 10, region="West")]
        answers = [nps("1", "a", "2026-01-10", 10, region="North")]
        later = [nps("2", None, "2026-04-10", 10, region="North"), nps("3", "m", "2026-04-11", 10, region="North")]
        members = [{"customer_id": "m", "region": "South"}]
        take(
            store,
            orders=[*orders, order("3", "m", "2026-04-12", 10, region="West")],
            feedback=[*answers, *later],
            members=members,
        )
        with store.snapshot() as opened:
            found = ask(opened, "nps", question(as_of=as_of, by=("region",)), minimum=1)
            assert found["region"].to_list() == regions
            one = question(as_of=as_of, segment=Segment(region=("East",)))
            assert ask(opened, "nps", one, minimum=1)["n"].item() == 1


@pytest.mark.parametrize("name", ["inactive_share", "hiatus", "retention", "lifecycle", "historical_clv"])
def test_a_date_after_the_last_order_is_cut_to_it(snap, name: str) -> None:
    """Orders reach to 2 March, answers to 10 April."""
    late, cut = (ask(snap, name, question(as_of=as_of)) for as_of in ("2026-04-30", "2026-03-02"))
    assert late.equals(cut)
    assert not late.equals(ask(snap, name, question(as_of="2026-02-01")))
