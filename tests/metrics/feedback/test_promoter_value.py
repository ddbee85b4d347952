"""What is spent after an answer: which answers count, which days, whose money, and how sure the mean is."""

import datetime as dt
from collections import defaultdict
from statistics import mean, stdev

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from scipy import stats

from metrics.feedback.promoter_value import all_kinds, promoter_value, spend_difference
from tests.engines.generated import order_rows
from tests.metrics.frames import answer_rows, day, lazy

MONEY = {"customer_key": pl.Int64, "ordered_at": pl.Datetime("us"), "amount": pl.Float64, "discount": pl.Float64}
DATES = {"as_of": day("2026-06-30"), "start": day("2025-01-01"), "end": day("2026-06-30")}


def money(*rows: tuple[int, str, float | None]) -> nw.LazyFrame:
    """Rows (customer_key, moment, amount)."""
    return lazy(
        pl.DataFrame([(k, dt.datetime.fromisoformat(at), v, None) for k, at, v in rows], schema=MONEY, orient="row")
    )


def answers(*rows: tuple[int | None, str, float], **more: object) -> nw.LazyFrame:
    """Rows (customer_key, moment, score)."""
    return lazy(
        answer_rows(
            {"customer_key": k, "responded_at": dt.datetime.fromisoformat(at), "score": score, **more}
            for k, at, score in rows
        )
    )


def valued(
    said: nw.LazyFrame, orders: nw.LazyFrame, refunds: nw.LazyFrame | None = None, **more: object
) -> pl.DataFrame:
    options = {**DATES, "minimum": 1, **more}
    return promoter_value(said, orders=orders, refunds=money() if refunds is None else refunds, **options)


COUNTED = ("kind", "answers", "matched", "customers", "buyers")


def test_no_answers_is_three_rows_of_nothing_and_none_when_split() -> None:
    assert valued(answers(), money()).rows() == [
        (kind, 0, 0, 0, 0, None, None, None, None, None) for kind in ("promoter", "passive", "detractor")
    ]
    assert valued(answers(), money(), by=["region"]).height == 0


def test_three_kinds_by_hand() -> None:
    """Two promoters spend 30 and 50, two passives 0 and 10, a detractor nothing."""
    said = answers(
        (1, "2025-01-10", 9), (2, "2025-01-10", 10), (3, "2025-01-10", 8), (4, "2025-01-10", 7), (5, "2025-01-10", 6)
    )
    before = [(key, "2025-01-02", 100.0) for key in range(1, 6)]
    orders = money(
        *before, (1, "2025-02-01", 20.0), (1, "2025-08-01", 10.0), (2, "2025-03-01", 50.0), (4, "2025-03-01", 10.0)
    )
    found = valued(said, orders, confidence=0.5)
    assert found.select(COUNTED).rows() == [
        ("promoter", 2, 2, 2, 2),
        ("passive", 2, 2, 2, 1),
        ("detractor", 1, 1, 1, 0),
    ]
    # 30 and 50: mean 40, standard error 20/√2/√2 = 10; Student’s t with one degree of freedom is 1 at three quarters
    assert found.select("spend", "se", "low", "high").rows() == [
        pytest.approx((40, 10, 30, 50)),
        pytest.approx((5, 5, 0, 10)),
        (None, None, None, None),  # one customer has no spread
    ]


@pytest.mark.parametrize(
    ("at", "amount"),
    [
        ("2025-01-09 10:00", 0.0),  # before
        ("2025-01-10 23:59", 0.0),  # the day of the answer
        ("2025-01-11 00:00", 7.0),
        ("2026-01-10 23:59", 7.0),  # day 365
        ("2026-01-11 00:00", 0.0),
    ],
)
def test_the_horizon_begins_the_day_after_and_ends_on_its_last_day(at: str, amount: float) -> None:
    said = answers((1, "2025-01-10 12:00", 9), (2, "2025-01-10 12:00", 9))
    orders = money((1, "2025-01-01", 1.0), (2, "2025-01-01", 1.0), (1, at, 7.0), (2, at, 7.0))
    assert valued(said, orders)["spend"][0] == amount


@pytest.mark.parametrize(("at", "counts"), [("2025-06-30", 1), ("2025-07-01", 0), ("2024-12-31", 0)])
def test_answers_whose_horizon_is_not_over_do_not_count(at: str, counts: int) -> None:
    assert valued(answers((1, at, 9)), money((1, "2024-01-01", 1.0)))["answers"].to_list() == [counts, 0, 0]


@pytest.mark.parametrize(
    ("key", "first", "matched"),
    [(1, "2025-01-10 23:00", 1), (1, "2025-01-11", 0), (2, "2025-01-01", 0), (None, "2025-01-01", 0)],
)
def test_an_answer_is_matched_by_what_was_bought_until_then(key: int | None, first: str, matched: int) -> None:
    found = valued(answers((key, "2025-01-10 12:00", 9)), money((1, first, 5.0), (1, "2025-03-01", 5.0)))
    assert found.select("answers", "matched", "customers", "match_rate").row(0) == (1, matched, matched, matched)


def test_without_any_order_nobody_can_tell_who_had_ordered() -> None:
    said = answers((1, "2025-01-10 12:00", 9))
    found = valued(said, money())
    assert found.select("answers", "matched", "match_rate").row(0) == (1, 0, None)
    assert all_kinds(found).row(0) == (1, 0, None)
    assert all_kinds(valued(said, money((9, "2025-01-01", 1.0)))).row(0) == (1, 0, 0.0)


def test_each_customer_counts_once_with_the_newest_answer_and_the_lower_of_one_day() -> None:
    said = answers(
        (1, "2025-01-10", 0), (1, "2025-03-10", 10),  # has become a promoter
        (2, "2025-01-10 09:00", 3), (2, "2025-01-10 11:00", 9),
        (3, "2025-01-10", 10), (3, "2026-01-10", 0),  # the newest one is not observable yet
    )  # fmt: skip
    orders = money(*((key, "2025-01-01", 1.0) for key in (1, 2, 3)))
    assert valued(said, orders).select(COUNTED).rows() == [
        ("promoter", 3, 3, 2, 0),
        ("passive", 0, 0, 0, 0),
        ("detractor", 2, 2, 1, 0),
    ]


def test_refund_documents_lower_the_spend_and_are_no_order() -> None:
    said = answers((1, "2025-01-10", 9), (2, "2025-01-10", 9))
    orders = money((1, "2025-01-01", 9.0), (2, "2025-01-01", 9.0), (1, "2025-02-01", 50.0), (2, "2025-02-01", None))
    refunds = money((1, "2025-03-01", -20.0), (2, "2025-01-10", -9.0))
    assert valued(said, orders, refunds).select("customers", "buyers", "spend").row(0) == (2, 2, 15.0)
    only_refund = valued(said, money((1, "2025-01-01", 9.0), (2, "2025-01-01", 9.0)), money((1, "2025-03-01", -9.0)))
    assert only_refund.select("buyers", "spend").row(0) == (0, -4.5)


def test_split_by_a_column_each_group_has_its_three_kinds_and_the_unknown_one_too() -> None:
    said = [
        {"customer_key": 1, "region": "a", "score": 9.0},
        {"customer_key": 1, "region": None, "score": 0.0},
        {"customer_key": None, "region": None, "score": 0.0},
    ]
    rows = answer_rows({**row, "responded_at": dt.datetime(2025, 1, 10)} for row in said)
    found = valued(lazy(rows), money((1, "2025-01-01", 9.0)), by=["region"])
    assert found.select("region", *COUNTED).rows() == [
        ("a", "promoter", 1, 1, 1, 0), ("a", "passive", 0, 0, 0, 0), ("a", "detractor", 0, 0, 0, 0),
        (None, "promoter", 0, 0, 0, 0), (None, "passive", 0, 0, 0, 0), (None, "detractor", 2, 1, 1, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("customers", "withheld"), [(29, True), (30, False)])
def test_below_the_minimum_the_counts_stand_and_the_spend_is_withheld(customers: int, withheld: bool) -> None:
    said = answers(*((key, "2025-01-10", 9) for key in range(customers)))
    row = valued(said, money(*((key, "2025-01-01", 1.0) for key in range(customers))), minimum=30).row(0, named=True)
    assert row["customers"] == customers
    assert [row[name] is None for name in ("spend", "se", "low", "high")] == [withheld] * 4


@pytest.mark.parametrize(
    ("option", "text"), [({"horizon_days": 0}, "horizon_days is 0"), ({"confidence": 1}, "confidence is 1")]
)
def test_what_is_out_of_range_is_named(option: dict[str, object], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        valued(answers(), money(), **option)


def test_interval_and_difference_are_those_of_scipy() -> None:
    random = np.random.default_rng(3)
    spends = {9.0: random.gamma(0.6, 80, 40).round(2), 2.0: random.gamma(0.5, 60, 35).round(2)}
    keyed = list(enumerate((score, spend) for score, values in spends.items() for spend in values))
    said = answers(*((key, "2025-01-10", score) for key, (score, _) in keyed))
    orders = money(
        *((key, "2025-01-01", 1.0) for key, _ in keyed),
        *((key, "2025-02-01", float(spend)) for key, (_, spend) in keyed),
    )
    found = valued(said, orders)
    for kind, values in zip(("promoter", "detractor"), spends.values(), strict=True):
        expected = stats.ttest_1samp(values, 0).confidence_interval()
        assert found.filter(pl.col("kind") == kind).select("low", "high").row(0) == pytest.approx(tuple(expected))
    welch = stats.ttest_ind(*spends.values(), equal_var=False).confidence_interval()
    difference = spend_difference(found).row(0, named=True)
    assert (difference["low"], difference["high"]) == pytest.approx(tuple(welch))
    assert difference["difference"] == pytest.approx(spends[9.0].mean() - spends[2.0].mean())
    assert spend_difference(found, against="passive").row(0) == (None, None, None)


def test_equal_spends_have_an_interval_without_width() -> None:
    said = answers(*((key, "2025-01-10", 9.0 if key < 30 else 0.0) for key in range(60)))
    found = valued(said, money(*((key, "2025-01-01", 1.0) for key in range(60))))
    assert found.select("spend", "low", "high").row(0) == (0, 0, 0)
    assert spend_difference(found).row(0) == (0, 0, 0)


def test_plain_python_gets_the_same() -> None:
    """The definition once more, customer by customer, on generated orders with gaps, refunds and nulls."""
    orders, refunds = order_rows(seed=5), order_rows(seed=6, customers=140, orders=90, sign=-1)
    random = np.random.default_rng(7)
    said = answer_rows(
        {
            "customer_key": None if random.random() < 0.1 else int(random.integers(150)),
            "responded_at": dt.datetime(2024, 11, 20) + dt.timedelta(minutes=int(random.integers(400 * 1440))),
            "score": float(random.integers(11)),
        }
        for _ in range(500)
    )
    dates = {"as_of": day("2026-03-20"), "start": day("2024-12-01"), "end": day("2025-11-30")}
    found = promoter_value(lazy(said), orders=lazy(orders), refunds=lazy(refunds), **dates, horizon_days=120, minimum=2)
    bought = defaultdict(list)
    for row in orders.iter_rows(named=True):
        bought[row["customer_key"]].append((row["ordered_at"].date(), row["amount"] or 0.0))
    given_back = defaultdict(list)
    for row in refunds.iter_rows(named=True):
        given_back[row["customer_key"]].append((row["ordered_at"].date(), row["amount"] or 0.0))
    counted, newest = defaultdict(lambda: [0, 0]), {}
    for row in said.iter_rows(named=True):
        key, on = row["customer_key"], row["responded_at"].date()
        kind = "promoter" if row["score"] >= 9 else "passive" if row["score"] >= 7 else "detractor"
        if not dates["start"] <= on <= dates["end"] or on + dt.timedelta(days=120) > dates["as_of"]:
            continue
        counted[kind][0] += 1
        if key is None or not bought[key] or min(bought[key])[0] > on:
            continue
        counted[kind][1] += 1
        rank = (on, ("promoter", "passive", "detractor").index(kind))
        if key not in newest or rank > newest[key][0]:
            newest[key] = (rank, kind, on)
    spends = defaultdict(list)
    for key, (_, kind, on) in newest.items():
        spends[kind].append(
            sum(amount for at, amount in bought[key] + given_back[key] if on < at <= on + dt.timedelta(days=120))
        )
    assert min(len(values) for values in spends.values()) > 10
    for row in found.iter_rows(named=True):
        values = spends[row["kind"]]
        assert [row["answers"], row["matched"]] == counted[row["kind"]]
        assert row["customers"] == len(values)
        assert row["spend"] == pytest.approx(mean(values), rel=1e-9)
        assert row["se"] == pytest.approx(stdev(values) / len(values) ** 0.5, rel=1e-9)
