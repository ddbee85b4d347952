"""Revenue by cohort and period."""

import polars as pl
import pytest
from hypothesis import given
from polars.testing import assert_frame_equal

from metrics.retention import retention
from metrics.revenue_retention import TYPES, revenue_retention
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
    result = revenue_retention(periods(EVENTS), as_of=day("2026-04-15"))
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


def test_weeks_are_not_offered() -> None:
    with pytest.raises(ValueError, match="period is “week”; it must be one of month, quarter, year"):
        revenue_retention(periods(EVENTS), as_of=day("2026-04-15"), period="week")


@law
@given(customer_periods())
def test_cells_are_those_of_retention_and_revenue_adds_up(rows: pl.DataFrame) -> None:
    result = revenue_retention(lazy(rows), as_of=AS_OF)
    keys = ["cohort", "period", "customers", "complete"]
    assert_frame_equal(result.select(keys), retention(lazy(rows), as_of=AS_OF).select(keys))
    assert result["revenue"].sum() == rows["revenue"].sum()
    assert_frame_equal(revenue_retention(lazy(rows.reverse()), as_of=AS_OF), result)
    parts = revenue_retention(lazy(rows), as_of=AS_OF, by=["region"])
    added = parts.group_by("cohort", "period").agg(pl.col("customers", "revenue").sum())
    assert_frame_equal(
        added,
        result.select("cohort", "period", "customers", "revenue"),
        check_row_order=False,
        check_column_order=False,
    )
