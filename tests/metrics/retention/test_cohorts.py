"""What the tables of cohorts share: which cohorts hold old customers, and where an average row ends."""

import datetime as dt
from collections.abc import Callable

import polars as pl
import pytest

from metrics.engine.rollups import with_neighbour_months
from metrics.retention.cohort_orders import cohort_orders, cohort_orders_average
from metrics.retention.cohorts import MARKS
from metrics.retention.retention import retention, retention_average
from metrics.retention.revenue_retention import revenue_retention, revenue_retention_average
from metrics.retention.rolling import rolling_retention
from tests.metrics.frames import day, lazy, order_days, periods

AS_OF, DATA_FROM = day("2026-04-30"), dt.date(2026, 1, 3)
EVENTS = [(1, "2026-01", 1), (2, "2026-01", 1), (3, "2026-02", 1), (4, "2026-02", 2), (5, "2026-02", 1)]
JOINED = {1: dt.date(2025, 6, 1), 2: dt.date(2026, 1, 3), 3: None, 4: dt.date(2026, 1, 2), 9: dt.date(2020, 1, 1)}
MEMBERS = lazy(
    pl.DataFrame(
        {"customer_key": list(JOINED), "joined_on": list(JOINED.values())}, schema_overrides={"joined_on": pl.Date}
    )
)
TABLES: dict[str, Callable[..., pl.DataFrame]] = {
    "retention": lambda **asked: retention(periods(EVENTS), **asked),
    "on or after": lambda **asked: retention(periods(EVENTS), kind="on_or_after", **asked),
    "saved": lambda **asked: retention(with_neighbour_months(periods(EVENTS)), **asked),
    "orders": lambda **asked: cohort_orders(periods(EVENTS), **asked),
    "revenue": lambda **asked: revenue_retention(with_neighbour_months(periods(EVENTS)), **asked),
    "rolling": lambda **asked: rolling_retention(order_days([(key, at) for key, at, _ in EVENTS]), **asked),
}  # fmt: skip


def marks(table: pl.DataFrame) -> list[tuple[object, ...]]:
    return table.select("cohort", *MARKS).unique().sort("cohort").rows()


@pytest.mark.parametrize("name", TABLES)
def test_the_first_cohort_and_members_who_joined_before_the_data_are_marked(name: str) -> None:
    found = marks(TABLES[name](as_of=AS_OF, members=MEMBERS, data_from=DATA_FROM))
    assert found == [(day("2026-01"), True, 1), (day("2026-02"), False, 1)]


@pytest.mark.parametrize("name", TABLES)
def test_where_the_day_or_the_members_are_not_known_nothing_is_marked(name: str) -> None:
    unknown = TABLES[name](as_of=AS_OF)
    assert marks(unknown) == [(day("2026-01"), None, None), (day("2026-02"), None, None)]
    nobody = MEMBERS.head(0)
    assert marks(TABLES[name](as_of=AS_OF, members=nobody, data_from=DATA_FROM)) == [
        (day("2026-01"), True, 0),
        (day("2026-02"), False, 0),
    ]


def test_marks_go_by_the_period_and_by_groups() -> None:
    regions = ["a", "b", "a", None, None]
    asked = {"as_of": AS_OF, "members": MEMBERS, "data_from": DATA_FROM}
    (quarter,) = marks(retention(periods(EVENTS), period="quarter", **asked))  # type: ignore[arg-type]
    assert quarter == (day("2026-01"), True, 2)
    parts = retention(periods(EVENTS, region=regions), by=["region"], **asked)  # type: ignore[arg-type]
    assert parts.filter(pl.col("period") == 0).select("region", "cohort", *MARKS).rows() == [
        ("a", day("2026-01"), True, 1),
        ("a", day("2026-02"), False, 0),
        ("b", day("2026-01"), True, 0),
        (None, day("2026-02"), False, 1),
    ]


AVERAGES: dict[str, Callable[..., pl.DataFrame]] = {
    "retention": lambda frame, **by: retention_average(retention(frame, as_of=AS_OF, **by), **by),
    "orders": lambda frame, **by: cohort_orders_average(cohort_orders(frame, as_of=AS_OF, **by), **by),
    "revenue": lambda frame, **by: revenue_retention_average(revenue_retention(frame, as_of=AS_OF, **by), **by),
}


@pytest.mark.parametrize("name", AVERAGES)
@pytest.mark.parametrize(("later", "expected"), [(3, [0, 1, 2, 3]), (4, [0, 1])])
def test_an_average_row_ends_where_fewer_than_half_of_its_customers_are_left(
    name: str, later: int, expected: list[int]
) -> None:
    """Three customers came in January, the others in March: these have seen month 1 alone."""
    events = [(key, "2026-01", 1) for key in range(3)] + [(key, "2026-03", 1) for key in range(3, 3 + later)]
    assert AVERAGES[name](periods(events))["period"].to_list() == expected
    both = periods([*events, (99, "2026-02", 1)], region=["a"] * len(events) + ["b"])
    groups = AVERAGES[name](both, by=["region"])
    assert groups.filter(pl.col("region") == "a")["period"].to_list() == expected
    assert groups.filter(pl.col("region") == "b")["period"].to_list() == [0, 1, 2]
