"""Revenue by cohort and period."""

import polars as pl
import pytest
from hypothesis import given
from polars.testing import assert_frame_equal

from metrics.engine.rollups import with_neighbour_months
from metrics.retention.cohorts import MARKS
from metrics.retention.retention import retention
from metrics.retention.revenue_retention import TYPES, revenue_retention, revenue_retention_average
from tests.metrics.frames import day, lazy, period_rows, periods
from tests.metrics.test_laws import AS_OF, customer_periods, law

# customer, month, orders (each worth 10)        cohort    0   1   2   3
EVENTS = [
    *[(1, "2026-01", 2), (1, "2026-02", 1)],  # January   20  10
    *[(2, "2026-01", 1), (2, "2026-04", 1)],  # January   10          10
    *[(3, "2026-02", 1)],  #                     February  10
]


def test_no_orders_give_no_row() -> None:
    empty = revenue_retention(periods([]), as_of=day("2026-04-15"))
    assert empty.height == 0
    assert dict(empty.schema) == TYPES


def test_revenue_by_cohort_and_month() -> None:
    result = revenue_retention(periods(EVENTS), as_of=day("2026-04-15")).drop(MARKS)
    assert result.rows() == [
        (day("2026-01"), 0, 2, 30, 1, 15, True),
        (day("2026-01"), 1, 2, 10, 1 / 3, 20, True),
        (day("2026-01"), 2, 2, 0, 0, 20, True),
        (day("2026-01"), 3, 2, 10, 1 / 3, 25, False),
        (day("2026-02"), 0, 1, 10, 1, 10, True),
        (day("2026-02"), 1, 1, 0, 0, 10, True),
        (day("2026-02"), 2, 1, 0, 0, 10, False),
    ]


def test_refunds_of_their_own_lower_revenue_and_make_no_cohort() -> None:
    rows = period_rows([(1, "2026-01", 1), (1, "2026-02", 0), (2, "2026-01", 0)])
    rows = rows.with_columns(revenue=pl.Series([10.0, -4.0, -9.0]))
    result = revenue_retention(lazy(rows), as_of=day("2026-02-28"))
    assert result.select("customers", "revenue", "revenue_retention", "cumulative_per_customer").rows() == [
        (1, 10, 1, 10),
        (1, -4, -0.4, 6),
    ]


@pytest.mark.parametrize("saved", [False, True])
def test_a_refund_dated_before_the_first_order_stands_in_its_own_month(saved: bool) -> None:
    """Of the one customer who has ordered: money back in November and December, 10 in February, 1 of it back in March."""
    rows = period_rows([(1, "2025-11", 0), (1, "2025-12", 0), (1, "2026-02", 1), (1, "2026-03", 0), (2, "2025-12", 0)])
    rows = rows.with_columns(revenue=pl.Series([-3.0, -4.0, 10.0, -1.0, -9.0]))
    frame = with_neighbour_months(lazy(rows)) if saved else lazy(rows)
    result = revenue_retention(frame, as_of=day("2026-03-31"))
    assert result.select("cohort", "period", "customers", "revenue", "cumulative_per_customer", "complete").rows() == [
        (day("2026-02"), -3, 1, -3, -3, True),
        (day("2026-02"), -2, 1, -4, -7, True),
        (day("2026-02"), 0, 1, 10, 3, True),
        (day("2026-02"), 1, 1, -1, 2, True),
    ]
    assert result["revenue_retention"].to_list() == [-0.3, -0.4, 1, -0.1]
    average = revenue_retention_average(result)
    assert average.select("period", "revenue", "cumulative_per_customer").rows() == [(0, 10, 3), (1, -1, 2)]
    quarters = revenue_retention(frame, as_of=day("2026-03-31"), period="quarter")
    assert quarters.select("period", "revenue").rows() == [(-1, -7), (0, 9)]


def test_a_cohort_that_paid_nothing_at_first_has_no_retention() -> None:
    rows = period_rows([(1, "2026-01", 1), (1, "2026-02", 1)]).with_columns(revenue=pl.Series([0.0, 5.0]))
    result = revenue_retention(lazy(rows), as_of=day("2026-02-28"))
    assert result["revenue_retention"].to_list() == [None, None]
    assert result["cumulative_per_customer"].to_list() == [0, 5]


def test_quarters_and_chosen_cohorts() -> None:
    asked = {"as_of": day("2026-04-15"), "period": "quarter"}
    assert revenue_retention(periods(EVENTS), **asked)["revenue"].to_list() == [50, 10]
    late = revenue_retention(periods(EVENTS), as_of=day("2026-04-15"), cohorts_from=day("2026-02-20"))
    assert late["cohort"].unique().to_list() == [day("2026-02")]


def test_weeks_need_a_frame_by_week() -> None:
    with pytest.raises(ValueError, match="Cohorts by week need the column “week”"):
        revenue_retention(periods(EVENTS), as_of=day("2026-04-15"), period="week")
    weeks = [(1, "2026-01-05", 1), (1, "2026-01-19", 2)]
    result = revenue_retention(periods(weeks, column="week"), as_of=day("2026-01-20"), period="week")
    assert result.select("period", "revenue", "complete").rows() == [(0, 10, True), (1, 0, True), (2, 20, False)]


def test_below_the_minimum_the_sums_stand() -> None:
    result = revenue_retention(periods(EVENTS), as_of=day("2026-04-15"), minimum=2).filter(pl.col("period") == 1)
    assert result.select("customers", "revenue", "revenue_retention", "cumulative_per_customer").rows() == [
        (2, 10, 1 / 3, 20),
        (1, 0, None, None),
    ]


def test_the_average_is_that_of_the_cohorts_whose_period_has_ended() -> None:
    triangle = revenue_retention(periods(EVENTS), as_of=day("2026-04-15"))
    # month 1: (10 + 0) of (30 + 10), 3 customers have brought 50; month 2: January alone
    assert revenue_retention_average(triangle).rows() == [
        (0, 3, 40, 1, pytest.approx(40 / 3)),
        (1, 3, 10, 1 / 4, pytest.approx(50 / 3)),
        (2, 2, 0, 0, 20),
    ]
    assert revenue_retention_average(triangle, minimum=3)["revenue_retention"].to_list() == [1, 1 / 4, None]
    assert revenue_retention_average(triangle.clear()).height == 0


def test_a_saved_first_month_changes_nothing() -> None:
    with_first = with_neighbour_months(periods(EVENTS))
    asked = {"as_of": day("2026-04-15"), "period": "quarter"}
    assert_frame_equal(revenue_retention(with_first, **asked), revenue_retention(periods(EVENTS), **asked))


@law
@given(customer_periods())
def test_cells_are_those_of_retention_and_revenue_adds_up(rows: pl.DataFrame) -> None:
    result = revenue_retention(lazy(rows), as_of=AS_OF)
    keys = ["cohort", "period", "customers", "complete"]
    own = result.filter(pl.col("period") >= 0).select(keys)
    assert_frame_equal(own, retention(lazy(rows), as_of=AS_OF).select(keys))
    buyers = rows.filter(pl.col("orders").sum().over("customer_key") > 0)
    assert result["revenue"].sum() == pytest.approx(buyers["revenue"].sum())
    assert_frame_equal(revenue_retention(lazy(rows.reverse()), as_of=AS_OF), result)
    parts = revenue_retention(lazy(rows), as_of=AS_OF, by=["region"])
    added = parts.group_by("cohort", "period").agg(pl.col("customers", "revenue").sum())
    assert_frame_equal(
        added,
        result.select("cohort", "period", "customers", "revenue"),
        check_row_order=False,
        check_column_order=False,
    )
