"""Time in a tier, the way to the top, and the test of steadiness."""

import pytest

from metrics.tiers.outlook import OUTLOOK_TYPES, TIME_TYPES, tier_outlook, tier_stationarity, time_in_tier
from tests.metrics.frames import day, order_days, tier_changes

DATES = {"as_of": day("2026-06-30"), "start": day("2026-01-01"), "end": day("2026-06-30")}
LAPSES = {"order_days": order_days([]), "lapse_days": 0}


def test_no_tiers_give_no_row_and_nothing_to_test() -> None:
    nothing = tier_changes([])
    assert dict(time_in_tier(nothing, **DATES).schema) == TIME_TYPES
    assert time_in_tier(nothing, **DATES).height == 0
    assert dict(tier_outlook(nothing, **DATES, **LAPSES).schema) == OUTLOOK_TYPES
    assert tier_outlook(nothing, **DATES, **LAPSES).height == 0
    assert tier_stationarity(nothing, **DATES, **LAPSES).row(0) == (6, 0, 0.0, 0, None)
    for metric in (time_in_tier, tier_outlook, tier_stationarity):
        assert metric(tier_changes([], region=[]), **DATES, **LAPSES, by=["region"]).height == 0


# customer            Dec     Jan     Feb     Mar     Apr     May     Jun
STAYS = [
    *[
        (1, "2025-06-01", "silver"),
        (1, "2026-02-10", "gold"),
        (1, "2026-04-10", "silver"),
    ],  # silver's start is not known
    *[(2, "2026-01-10", "silver"), (2, "2026-04-20", "lapsed")],  # silver for 3 months
    *[(3, "2026-04-02", "silver")],  # silver, still
]


def test_time_in_tier_follows_those_who_were_seen_to_enter() -> None:
    curve = time_in_tier(tier_changes(STAYS), **DATES, minimum=0)
    assert curve.select("tier", "elapsed", "members", "moved", "at_risk").rows() == [
        # silver: customers 1 (from April, followed for 2 months), 2 (3 months, left), 3 (2 months)
        ("silver", 0, 3, 0, 3),
        ("silver", 1, 3, 0, 3),
        ("silver", 2, 3, 0, 1),
        ("silver", 3, 3, 1, 0),
        # gold: customer 1, from February to April
        ("gold", 0, 1, 0, 1),
        ("gold", 1, 1, 0, 1),
        ("gold", 2, 1, 1, 0),
    ]
    assert curve["stay_share"].to_list() == [1, 1, 1, 0, 1, 1, 0]


def test_an_unfinished_period_is_not_looked_at() -> None:
    dates = {**DATES, "as_of": day("2026-06-29")}
    assert tier_stationarity(tier_changes(STAYS), **dates, **LAPSES)["periods"].item() == 5
    assert time_in_tier(tier_changes(STAYS), **dates, minimum=0)["elapsed"].max() == 3


# Each month one of four bronze members moves: to gold by way of silver, or out
STEPS = [
    *[(key, "2025-06-01", "bronze") for key in range(4)],
    *[(0, "2026-01-15", "silver"), (0, "2026-02-15", "gold")],
    *[(1, "2026-01-15", "lapsed")],
]


def test_outlook_by_hand() -> None:
    """January to June: bronze has 4 + 2·5 steps, one up and one out, so h = h·12/14 + 1/14 + 0: ½. Silver goes up at once."""
    outlook = tier_outlook(tier_changes(STEPS), **DATES, **LAPSES, minimum=1)
    assert outlook.select("tier", "top", "steps", "moves").rows() == [
        ("bronze", "gold", 14, 2),
        ("silver", "gold", 1, 1),
    ]
    assert outlook["reach_top"].to_list() == pytest.approx([0.5, 1])
    # Leaving bronze takes 7 months whichever way, then silver one more
    assert outlook["periods_to_top"].to_list() == pytest.approx([8, 1])
    for row in outlook.iter_rows(named=True):
        assert 0 <= row["low"] <= row["reach_top"] <= row["high"] <= 1


def test_outlook_is_the_same_each_time_and_withheld_below_the_minimum() -> None:
    first, second = (tier_outlook(tier_changes(STEPS), **DATES, **LAPSES, minimum=2) for _ in range(2))
    assert first.equals(second)
    assert first.select("members", "steps").rows() == [(4, 14), (1, 1)]
    assert first["reach_top"].is_null().to_list() == [False, True]
    assert first["periods_to_top"].is_null().to_list() == [False, True]


@pytest.mark.parametrize(("members", "withheld"), [(1, True), (29, True), (30, False)])
def test_the_months_of_one_member_do_not_make_up_for_other_members(members: int, withheld: bool) -> None:
    rows = [(key, "2025-06-01", "silver") for key in range(members)] + [(100, "2025-06-01", "gold")]
    found = tier_outlook(tier_changes(rows), **DATES, **LAPSES).row(0, named=True)
    assert (found["members"], found["steps"]) == (members, 6 * members)
    assert (found["reach_top"] is None) == withheld


def test_members_are_counted_once_in_each_group() -> None:
    """Customer 1 leaves silver and comes back to it; 3 enters it in the last month and is not followed."""
    rows = [
        (1, "2025-06-01", "silver"),
        (1, "2026-02-10", "gold"),
        (1, "2026-04-10", "silver"),
        (2, "2025-06-01", "silver"),
        (3, "2026-06-10", "silver"),
        (4, "2025-06-01", "gold"),
    ]
    groups = ["east", "east", "east", "west", "west", "west"]
    found = tier_outlook(tier_changes(rows, region=groups), **DATES, **LAPSES, by=["region"])
    assert found.select("region", "members", "steps").rows() == [("east", 1, 4), ("west", 1, 6)]


def test_without_a_way_up_there_is_no_time() -> None:
    rows = [
        (1, "2025-06-01", "bronze"),
        (2, "2025-06-01", "gold"),
        (3, "2025-06-01", "bronze"),
        (3, "2026-02-01", "lapsed"),
    ]
    row = tier_outlook(tier_changes(rows), **DATES, **LAPSES, minimum=1).row(0, named=True)
    assert (row["reach_top"], row["periods_to_top"]) == (0, None)
    assert row["high"] > 0


def test_the_top_is_the_highest_tier_of_any_month_end() -> None:
    rows = [
        (1, "2025-06-01", "silver"),
        (2, "2025-06-01", "gold"),
        (2, "2026-02-10", "platinum"),
        (2, "2026-03-10", "gold"),
    ]
    assert tier_outlook(tier_changes(rows), **DATES, **LAPSES)["top"].to_list() == ["platinum", "platinum"]


def test_one_tier_has_no_outlook() -> None:
    assert tier_outlook(tier_changes([(1, "2025-06-01", "gold")]), **DATES, **LAPSES).height == 0


def test_members_lapse_by_default_after_a_year_without_an_order() -> None:
    rows = [(key, "2025-01-01", "bronze") for key in range(3)] + [(3, "2025-01-01", "gold")]
    visits = order_days([(0, "2026-06-01"), (1, "2025-03-10")])
    outlook = tier_outlook(tier_changes(rows), **DATES, order_days=visits, minimum=1)
    # 0 ordered in June only, 2 never: both were lapsed from January on until then; 1 lapsed in March
    assert outlook.select("tier", "steps", "moves").rows() == [("bronze", 5, 3)]


def test_steady_moves_pass_and_a_break_does_not() -> None:
    def moves(january: int, february: int) -> float:
        rows = [(key, "2025-06-01", "bronze") for key in range(200)]
        rows += [(key, "2026-01-15", "gold") for key in range(january)]
        rows += [(200 + key, "2026-01-20", "bronze") for key in range(january)]  # as many again for February
        rows += [(100 + key, "2026-02-15", "gold") for key in range(february)]
        dates = {**DATES, "end": day("2026-02-28")}
        return tier_stationarity(tier_changes(rows), **dates, **LAPSES).row(0, named=True)

    steady, broken = moves(20, 20), moves(20, 90)
    assert (steady["periods"], steady["steps"], steady["degrees_of_freedom"]) == (2, 420, 1)
    assert steady["p_value"] == pytest.approx(1)
    assert broken["p_value"] < 1e-6
