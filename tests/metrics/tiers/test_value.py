"""What a member of a tier is worth, by hand on small chains."""

import polars as pl
import pytest

from metrics.tiers.value import VALUE_TYPES, tier_value
from tests.metrics.frames import day, order_days, periods, tier_changes

DATES = {"as_of": day("2026-02-28"), "start": day("2026-02-01"), "end": day("2026-02-28"), "lapse_days": 0}


def test_nothing_is_no_row() -> None:
    for options in ({}, {"customer_periods": periods([])}):
        found = tier_value(tier_changes([]), **DATES, **options)
        assert found.is_empty()
        assert found.schema == VALUE_TYPES


def test_members_who_stay_bring_their_monthly_spend_for_ever() -> None:
    """V = R / (1 − 1/(1+d)) for a tier that nobody leaves, d being a twelfth of the year's rate, compounded."""
    rows = tier_changes([(key, "2026-01-01", "gold") for key in range(40)])
    bought = periods([(key, "2026-02", 2) for key in range(20)] + [(1, "2026-01", 99)])
    found = tier_value(rows, **DATES, customer_periods=bought, discount_rate=0.2).row(0, named=True)
    monthly = 1.2 ** (1 / 12) - 1
    assert (found["tier"], found["steps"], found["spend"]) == ("gold", 40, pytest.approx(10.0))
    assert found["value"] == pytest.approx(10 * (1 + monthly) / monthly)
    assert found["low"] < found["value"] < found["high"]


def test_moves_lead_to_the_worth_of_where_they_go() -> None:
    """Half of bronze rises to gold, half of gold lapses: V(gold) = R + V(gold)/2(1+d), V(bronze) = R + (V(bronze) + V(gold))/2(1+d)."""
    events = [(key, "2026-01-01", "gold" if key < 40 else "bronze") for key in range(80)]
    events += [(key, "2026-02-10", "lapsed") for key in range(20)] + [
        (key, "2026-02-10", "gold") for key in range(40, 60)
    ]
    bought = periods([(key, "2026-02", 4) for key in range(40)] + [(key, "2026-02", 1) for key in range(40, 80)])
    found = tier_value(tier_changes(events), **DATES, customer_periods=bought, margin=0.5)
    keep = 1.1 ** (-1 / 12) / 2
    gold = 20 / (1 - keep)
    bronze = (5 + keep * gold) / (1 - keep)
    assert found["spend"].to_list() == pytest.approx([10.0, 40.0])
    assert found["value"].to_list() == pytest.approx([bronze, gold])
    assert found.filter((pl.col("low") > pl.col("value")) | (pl.col("high") < pl.col("value"))).is_empty()


def test_too_few_members_are_counted_and_not_valued() -> None:
    bought = periods([(1, "2026-02", 4)])
    found = tier_value(tier_changes([(1, "2026-01-01", "gold")]), **DATES, customer_periods=bought)
    assert found.rows() == [("gold", 1, 1, None, None, None, None, "too_few", None, None, None, None)]


@pytest.mark.parametrize(("members", "withheld"), [(29, True), (30, False)])
def test_the_months_of_one_member_do_not_make_up_for_other_members(members: int, withheld: bool) -> None:
    rows = tier_changes([(key, "2025-06-01", "gold") for key in range(members)])
    dates = {**DATES, "start": day("2026-01-01")}
    found = tier_value(rows, **dates, customer_periods=periods([(1, "2026-02", 4)])).row(0, named=True)
    assert (found["members"], found["steps"]) == (members, 2 * members)
    assert (found["value"] is None) == withheld


def test_months_before_tiers_are_known_are_left_out() -> None:
    rows = tier_changes([(key, "2026-01-01", "gold") for key in range(40)])
    bought = periods([(key, "2026-02", 2) for key in range(40)])
    found = tier_value(rows, **DATES, customer_periods=bought, known_from=day("2026-02-01"))
    assert found.is_empty()


def test_members_lapse_by_their_orders() -> None:
    rows = tier_changes([(key, "2026-01-01", "gold") for key in range(80)])
    options = {**DATES, "customer_periods": periods([(key, "2026-02", 1) for key in range(80)]), "lapse_days": 40}
    visits = order_days([(key, "2026-02-10") for key in range(40)])  # the others entered 58 days before the end
    found = tier_value(rows, **options, order_days=visits).row(0, named=True)
    assert found["value"] == pytest.approx(10 / (1 - 1.1 ** (-1 / 12) / 2))


def test_a_discount_rate_is_needed() -> None:
    with pytest.raises(ValueError, match="discount_rate is 0; it must be above 0"):
        tier_value(tier_changes([]), **DATES, discount_rate=0)
