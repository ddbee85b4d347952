"""The lifecycle of customers: who counts as what in each period, and the share of inactive ones over time."""

import pytest

from metrics.churn.lifecycle import STOCK_TYPES, TYPES, inactive_share_trend, lifecycle
from tests.metrics.frames import day, order_days

DATES = {"as_of": day("2026-04-15"), "start": day("2026-01-01"), "end": day("2026-04-15")}
# With a threshold of 40 days        January     February    March                          April, to the 15th
VISITS = [
    *[(1, "2026-01-10"), (1, "2026-02-10"), (1, "2026-03-10")],  # new, returning, returning; 19 April is not reached
    *[(2, "2026-01-31")],  #             new         .           dormant (since 13 March)
    *[(3, "2026-01-01"), (3, "2026-03-05")],  # new  dormant     resurrected; dormant in April (since 15 April)
    *[(4, "2026-01-20"), (4, "2026-03-31")],  # new  .           returning, though silent since 2 March
]


def test_no_orders_give_no_row() -> None:
    empty = lifecycle(order_days([]), **DATES)
    assert empty.height == 0
    assert dict(empty.schema) == TYPES
    assert lifecycle(order_days([], region=[]), **DATES, by=["region"]).height == 0
    assert inactive_share_trend(order_days([]), **DATES).height == 0


def test_flows_by_month() -> None:
    result = lifecycle(order_days(VISITS), **DATES, hiatus_days=40, stock=True)
    assert dict(result.schema) == TYPES | STOCK_TYPES
    assert result.rows() == [
        # period, new, returning, resurrected, dormant, active, complete
        (day("2026-01"), 4, 0, 0, 0, 4, True),
        (day("2026-02"), 0, 1, 0, 1, 3, True),
        (day("2026-03"), 0, 2, 1, 1, 3, True),
        (day("2026-04"), 0, 0, 0, 1, 2, False),
    ]


@pytest.mark.parametrize(("as_of", "dormant"), [("2026-02-18", 0), ("2026-02-19", 0), ("2026-02-20", 1)])
def test_dormant_from_the_day_after_the_threshold(as_of: str, dormant: int) -> None:
    """40 days after 10 January is 19 February: still active that day, no longer the next."""
    dates = {**DATES, "as_of": day(as_of)}
    result = lifecycle(order_days([(1, "2026-01-10")]), **dates, hiatus_days=40)
    assert result["dormant"].to_list() == [0, dormant]


@pytest.mark.parametrize(("last", "flow"), [("2026-01-31", "returning"), ("2026-01-30", "resurrected")])
def test_resurrected_when_no_longer_active_at_the_end_of_the_period_before(last: str, flow: str) -> None:
    """With 28 days, an order on 31 January holds to 28 February, one on the 30th does not."""
    result = lifecycle(order_days([(1, last), (1, "2026-03-20")]), **DATES, hiatus_days=28)
    assert result.filter(result["period"] == day("2026-03"))[flow].item() == 1


def test_who_is_new_and_gone_within_a_period_is_both() -> None:
    result = lifecycle(order_days([(1, "2026-01-02")]), **DATES, hiatus_days=7, stock=True, period="quarter")
    assert result.rows() == [(day("2026-01"), 1, 0, 0, 1, 0, True), (day("2026-04"), 0, 0, 0, 0, 0, False)]


def test_periods_are_chosen_but_customers_are_known_from_before() -> None:
    dates = {**DATES, "start": day("2026-02-20"), "end": day("2026-03-01")}
    result = lifecycle(order_days(VISITS), **dates, hiatus_days=40, stock=True)
    assert result.rows() == [(day("2026-02"), 0, 1, 0, 1, 3, True), (day("2026-03"), 0, 2, 1, 1, 3, True)]


def test_the_threshold_comes_from_the_data_when_none_is_given() -> None:
    given, found = (lifecycle(order_days(VISITS), **DATES, hiatus_days=days, quantile=0.5) for days in (63, 0))
    assert found.rows() == given.rows()


def test_without_a_threshold_nobody_is_known_to_be_dormant() -> None:
    result = lifecycle(order_days([(1, "2026-01-02"), (2, "2026-02-02")]), **DATES, stock=True)
    assert result["new"].to_list() == [1, 1, 0, 0]
    assert result["dormant"].null_count() == result["active"].null_count() == 4
    shares = inactive_share_trend(order_days([(1, "2026-01-02")]), **DATES, minimum=1)
    assert shares["customers"].to_list() == [1, 1, 1, 1]
    assert shares["inactive_share"].null_count() == 4


def test_split_by_an_attribute() -> None:
    frame = order_days(VISITS, region=["a", "a", "a", None, "a", "a", None, None])
    result = lifecycle(frame, **DATES, hiatus_days=40, by=["region"])
    assert result.rows() == [
        ("a", day("2026-01"), 2, 0, 0, 0),
        ("a", day("2026-02"), 0, 1, 0, 1),
        ("a", day("2026-03"), 0, 1, 1, 0),
        ("a", day("2026-04"), 0, 0, 0, 1),
        (None, day("2026-01"), 2, 0, 0, 0),
        (None, day("2026-02"), 0, 0, 0, 0),
        (None, day("2026-03"), 0, 1, 0, 1),
        (None, day("2026-04"), 0, 0, 0, 0),
    ]


def test_inactive_share_over_time() -> None:
    trend = inactive_share_trend(order_days(VISITS), **DATES, hiatus_days=40, minimum=1)
    assert trend.select("period", "complete", "customers", "inactive", "inactive_share").rows() == [
        (day("2026-01"), True, 4, 0, 0.0),
        (day("2026-02"), True, 4, 1, 0.25),
        (day("2026-03"), True, 4, 1, 0.25),
        (day("2026-04"), False, 4, 2, 0.5),
    ]


def test_an_unknown_period_is_named_with_those_allowed() -> None:
    with pytest.raises(ValueError, match="period is “day”; it must be one of week, month, quarter, year"):
        lifecycle(order_days(VISITS), **DATES, period="day")
