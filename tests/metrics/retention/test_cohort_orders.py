"""Orders per customer by cohort and period, and their average row."""

import math
import statistics
from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from polars.testing import assert_frame_equal

from metrics.engine.periods import months_before
from metrics.retention.cohort_orders import TYPES, cohort_orders, cohort_orders_average
from metrics.retention.retention import retention
from tests.metrics.frames import day, lazy, periods
from tests.metrics.test_laws import AS_OF, customer_periods, holds, law

# customer, month, orders                        cohort    0  1  2
EVENTS = [
    *[(1, "2026-01", 2), (1, "2026-02", 1)],  # January   2  1
    *[(2, "2026-01", 1), (2, "2026-03", 4)],  # January   1     4
    *[(3, "2026-02", 1), (3, "2026-03", 0)],  # February  1  (a refund is no order)
]


def test_no_orders_give_no_row() -> None:
    empty = cohort_orders(periods([]), as_of=day("2026-03-15"))
    assert empty.height == 0
    assert dict(empty.schema) == TYPES
    assert cohort_orders_average(empty).height == 0


def test_orders_by_cohort_and_month() -> None:
    result = cohort_orders(periods(EVENTS), as_of=day("2026-03-15"))
    columns = ("cohort", "period", "customers", "orders", "orders_squared", "orders_per_customer", "complete")
    assert result.select(columns).rows() == [
        (day("2026-01"), 0, 2, 3, 5, 1.5, True),
        (day("2026-01"), 1, 2, 1, 1, 0.5, True),
        (day("2026-01"), 2, 2, 4, 16, 2.0, False),
        (day("2026-02"), 0, 1, 1, 1, 1.0, True),
        (day("2026-02"), 1, 1, 0, 0, 0.0, False),
    ]


def test_the_interval_is_that_of_a_mean() -> None:
    orders = [3, 1, 1, 2, 5]
    result = cohort_orders(periods([(key, "2026-01", n) for key, n in enumerate(orders)]), as_of=day("2026-01-31"))
    half = statistics.NormalDist().inv_cdf(0.975) * statistics.stdev(orders) / math.sqrt(len(orders))
    mean = statistics.mean(orders)
    assert result.select("low", "high").row(0) == pytest.approx((mean - half, mean + half))


@pytest.mark.parametrize("orders", [[2], [1, 1, 1]])
def test_no_spread_gives_no_interval(orders: list[int]) -> None:
    result = cohort_orders(periods([(key, "2026-01", n) for key, n in enumerate(orders)]), as_of=day("2026-01-31"))
    assert result.select("orders_per_customer", "low", "high").row(0) == (orders[0], None, None)


def test_below_the_minimum_the_counts_stand() -> None:
    result = cohort_orders(periods(EVENTS), as_of=day("2026-03-15"), minimum=3)
    assert result["orders"].to_list() == [3, 1, 4, 1, 0]
    assert result["orders_per_customer"].null_count() == result.height


def test_the_average_is_over_all_customers_of_ended_periods() -> None:
    average = cohort_orders_average(cohort_orders(periods(EVENTS), as_of=day("2026-03-15")))
    assert average.select("period", "customers", "orders", "orders_per_customer").rows() == [
        (0, 3, 4, pytest.approx(4 / 3)),
        (1, 2, 1, 0.5),
    ]


@law
@given(customer_periods())
def test_cells_are_those_of_retention_and_equal_plain_loops(rows: pl.DataFrame) -> None:
    result = cohort_orders(lazy(rows), as_of=AS_OF)
    keys = ["cohort", "period", "customers", "complete"]
    assert_frame_equal(result.select(keys), retention(lazy(rows), as_of=AS_OF).select(keys))
    holds(result.drop_nulls("low"), "orders_per_customer", 0, math.inf)
    first: dict = {}
    for key, month, orders in rows.select("customer_key", "month", "orders").sort("month").iter_rows():
        if orders:
            first.setdefault(key, month)
    expected: Counter = Counter()
    for key, month, orders in rows.select("customer_key", "month", "orders").iter_rows():
        if orders:
            expected[first[key], month] += orders
    found = {
        (row["cohort"], months_before(row["cohort"], -row["period"])): row["orders"]
        for row in result.iter_rows(named=True)
    }
    assert {key: orders for key, orders in found.items() if orders} == expected


@law
@given(customer_periods())
def test_order_of_rows_and_parts_change_nothing(rows: pl.DataFrame) -> None:
    result = cohort_orders(lazy(rows), as_of=AS_OF, period="quarter")
    assert_frame_equal(cohort_orders(lazy(rows.reverse()), as_of=AS_OF, period="quarter"), result)
    parts = cohort_orders(lazy(rows), as_of=AS_OF, period="quarter", by=["region"])
    sums = ("customers", "orders", "orders_squared")
    added = parts.group_by("cohort", "period").agg(pl.col(*sums).sum())
    assert_frame_equal(added, result.select("cohort", "period", *sums), check_row_order=False, check_column_order=False)
