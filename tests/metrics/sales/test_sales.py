"""The everyday numbers: by hand, with the empty case first, and what holds of all of them."""

from itertools import pairwise

import polars as pl
import pytest

from metrics.catalogue import CATALOGUE
from metrics.metric import Metric
from metrics.statistics.paired import Pairing
from tests.metrics.frames import day, lazy, sale_rows, tier_changes
from tests.metrics.sales.asked import BESIDE, asked
from tests.metrics.sales.asked import FAMILY as EVERY_ONE

SALES = [
    (1, "2026-01-05", 1, 30.0),
    (1, "2026-02-05", 2, 50.0),
    (2, "2026-02-10", 1, 20.0),
    (2, "2026-02-20", 0, -5.0),  # a refund that names no order
    (3, "2026-02-28", 1, 0.0),
    (4, "2026-02-12", 1, 8.0),
    (None, "2026-02-11", 1, 10.0),  # nobody known
    (None, "2026-04-11", 1, 7.0),
]
DATES = {"start": day("2026-02-10"), "end": day("2026-04-20"), "as_of": day("2026-04-20")}
EXPECTED: dict[str, tuple[float, list[float | None]]] = {  # of all rows, and of the months from December 2025 on
    "net_revenue": (120.0, [None, 30.0, 83.0, 0.0, 7.0]),
    "orders": (8, [None, 1, 6, 0, 1]),
    "buyers": (4, [None, 1, 4, 0, 0]),
    "order_value": (15.0, [None, None, 83 / 6, None, None]),  # of one customer alone there is no interval, and no mean
    "purchase_frequency": (6 / 4, [None, None, 5 / 4, None, None]),
    "members_share": (75 / 120, [None, None, 45 / 83, None, None]),
    "returning_share": (45 / 120, [None, None, 45 / 83, None, None]),
}

FAMILY = [metric for metric in EVERY_ONE if metric.frame != "order_days"]  # of active customers: test_active
metrics = pytest.mark.parametrize("metric", FAMILY, ids=lambda metric: metric.name)


@metrics
def test_of_nothing(metric: Metric) -> None:
    (row,) = asked(metric, sale_rows([])).to_dicts()
    assert row[metric.value] == (None if metric.bounded else 0)
    assert row[metric.n] == 0
    assert asked(metric, sale_rows([]).with_columns(region=pl.lit("x")), by=["region"]).is_empty()
    months = asked(CATALOGUE[metric.trend], sale_rows([]), **DATES)
    assert months[metric.value].to_list() == [None, None, None]
    assert months["complete"].to_list() == [True, True, False]


@metrics
def test_by_hand(metric: Metric) -> None:
    total, months = EXPECTED[metric.name]
    assert asked(metric, sale_rows(SALES))[metric.value].to_list() == [pytest.approx(total)]
    found = asked(CATALOGUE[metric.trend], sale_rows(SALES), **{**DATES, "start": day("2025-12-31")})
    assert found["period"].to_list() == [
        day(month) for month in ("2025-12", "2026-01", "2026-02", "2026-03", "2026-04")
    ]
    assert found[metric.value].to_list() == [month if month is None else pytest.approx(month) for month in months]


@metrics
@pytest.mark.parametrize("period", ["week", "month", "quarter", "year"])
def test_a_period_of_the_trend_is_the_number_of_its_rows(metric: Metric, period: str) -> None:
    rows = sale_rows(SALES).with_columns(region=pl.when(pl.col("customer_key") < 3).then(pl.lit("east")))
    trend = asked(CATALOGUE[metric.trend], rows, **DATES, period=period, by=["region"])
    begins = trend["period"].unique().sort().to_list()
    for start, after in pairwise([*begins, day("2027")]):
        inside = rows.filter(pl.col("day") >= start, pl.col("day") < after)
        alone = {row["region"]: row for row in asked(metric, inside, by=["region"]).to_dicts()}
        for row in trend.filter(pl.col("period") == start).to_dicts():
            if row["region"] in alone:
                assert {name: row[name] for name in metric.columns} == {
                    name: value if value is None else pytest.approx(value)
                    for name, value in alone[row["region"]].items()
                    if name != "region"
                }
            else:
                assert row[metric.value] == (None if metric.bounded else 0)


@metrics
def test_the_order_of_rows_changes_nothing(metric: Metric) -> None:
    rows = sale_rows(SALES)
    assert asked(metric, rows).equals(asked(metric, rows.reverse()))


@metrics
def test_the_whole_is_the_sum_of_its_groups_or_lies_between_them(metric: Metric) -> None:
    rows = sale_rows(SALES).with_columns(region=pl.when(pl.col("customer_key") < 3).then(pl.lit("east")))
    whole, groups = asked(metric, rows)[metric.value].item(), asked(metric, rows, by=["region"])[metric.value]
    if metric.bounded:
        assert groups.min() <= whole <= groups.max()  # type: ignore[operator]
    else:
        assert groups.sum() == pytest.approx(whole)


@metrics
def test_the_number_lies_in_its_interval(metric: Metric) -> None:
    (row,) = asked(metric, sale_rows(SALES)).to_dicts()
    if metric.bounded:
        assert row["low"] <= row[metric.value] <= row["high"]
        assert asked(metric, sale_rows(SALES), minimum=100)[metric.value].to_list() == [None]


def test_every_metric_of_the_family_has_a_trend_and_a_change() -> None:
    assert {metric.name for metric in FAMILY} == set(EXPECTED)
    assert all(metric.trend in CATALOGUE and metric.change for metric in EVERY_ONE)


def test_where_no_member_is_known_there_is_no_share_of_members() -> None:
    metric = CATALOGUE["members_share"]
    nobody = {
        "customers": lazy(BESIDE["customers"].with_columns(joined_on=pl.lit(None, pl.Date))),
        "tier_changes": tier_changes([]),
    }
    (row,) = metric.function(lazy(sale_rows(SALES)), **nobody, minimum=1).to_dicts()
    assert (row["orders"], row["members_share"], row["low"]) == (8, None, None)
    assert isinstance(metric.change, Pairing)
    sums = metric.change.sums(lazy(sale_rows(SALES)), **nobody)
    assert metric.change.change(sums, sums, minimum=1).rows() == [(None, None, None)]
