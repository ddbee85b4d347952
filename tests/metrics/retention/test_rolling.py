"""Retention in windows from each customer's own first order."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from metrics.retention.retention import TYPES, retention_average
from metrics.retention.rolling import rolling_retention
from tests.metrics.frames import day, lazy, order_days
from tests.metrics.statistics.test_survival_laws import AS_OF, visits
from tests.metrics.test_laws import holds, law

# Windows of 10 days; seen to 31 January    days after the first order
VISITS = [
    *[(1, "2026-01-01"), (1, "2026-01-10"), (1, "2026-01-11")],  # 0, 9 (window 0), 10 (window 1); three windows ended
    *[(2, "2026-01-05"), (2, "2026-01-25")],  #                    0, 20 (window 2); two windows ended
    *[(3, "2026-01-25")],  #                                       0; none has ended
]
ASKED = {"as_of": day("2026-01-31"), "window_days": 10}


def cells(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    return frame.select("period", "customers", "active", "complete").rows()


def test_no_orders_give_no_row() -> None:
    empty = rolling_retention(order_days([]), **ASKED)
    assert empty.height == 0
    assert dict(empty.schema) == TYPES
    assert rolling_retention(order_days([], region=[]), **ASKED, by=["region"]).height == 0


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("on", [(0, 2, 2, False), (1, 2, 1, False), (2, 1, 0, False)]),
        ("on_or_after", [(0, 2, 2, False), (1, 2, 2, False), (2, 1, 0, False)]),
    ],
)
def test_only_those_count_whose_window_has_ended(kind: str, expected: list[tuple]) -> None:
    assert cells(rolling_retention(order_days(VISITS), **ASKED, kind=kind)) == expected


@pytest.mark.parametrize(
    ("as_of", "periods"), [("2026-01-09", 0), ("2026-01-10", 1), ("2026-01-19", 1), ("2026-01-20", 2)]
)
def test_a_window_ends_on_its_last_day(as_of: str, periods: int) -> None:
    result = rolling_retention(order_days([(1, "2026-01-01")]), as_of=day(as_of), window_days=10)
    assert cells(result) == [(period, 1, int(period == 0), True) for period in range(periods)]


def test_cohorts_are_months_of_the_first_order_and_old_customers_do_not_become_new() -> None:
    rows = [*VISITS, (1, "2026-02-05"), (4, "2026-02-01")]
    result = rolling_retention(
        order_days(rows), as_of=day("2026-02-20"), window_days=10, cohorts_from=day("2026-02-14")
    )
    assert result.select("cohort", "period", "customers").rows() == [
        (day("2026-02"), 0, 1),
        (day("2026-02"), 1, 1),
    ]


def test_the_average_takes_windows_that_have_ended_for_the_whole_cohort() -> None:
    average = retention_average(rolling_retention(order_days(VISITS[:5]), **ASKED))
    assert average.select("period", "customers", "active").rows() == [(0, 2, 2), (1, 2, 1)]


@law
@given(visits(), st.integers(1, 60), st.randoms(use_true_random=False))
def test_laws(rows: pl.DataFrame, window_days: int, random) -> None:
    """A share between 0 and 1, 1 in the first window, never less on or after than on; no order of rows, and groups that add up."""
    places = list(range(rows.height))
    random.shuffle(places)
    on, after = (
        rolling_retention(lazy(rows), as_of=AS_OF, window_days=window_days, kind=kind) for kind in ("on", "on_or_after")
    )
    for result in (on, after):
        holds(result, "retention", 0, 1)
        assert result.filter(pl.col("period") == 0, pl.col("retention") != 1).is_empty()
    keys = ["cohort", "period"]
    assert_frame_equal(on.select(*keys, "customers"), after.select(*keys, "customers"))
    assert (after["active"] >= on["active"]).all()
    parts, shuffled = (
        rolling_retention(lazy(r), as_of=AS_OF, window_days=window_days, by=["region"]) for r in (rows, rows[places])
    )
    assert_frame_equal(parts, shuffled, check_exact=True)
    counts = ["customers", "active"]
    assert_frame_equal(parts.group_by(keys).agg(pl.col(counts).sum()).sort(keys), on.select(*keys, *counts))


def test_a_window_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="window_days is 0; it must be 1 or more"):
        rolling_retention(order_days(VISITS), as_of=dt.date(2026, 1, 31), window_days=0)
