"""Who is in which tier when: order of tiers, rules, paths, and lapsing."""

import datetime as dt

import pytest

from metrics.tiers.tiers import parse_rule, ranked, tier_paths, tiers_by_rule
from tests.metrics.frames import day, order_days, periods, tier_changes


@pytest.mark.parametrize(
    ("tiers", "ladder", "expected"),
    [
        ([], "", []),
        (["gold", "bronze", "lapsed", "gold"], "", ["bronze", "gold"]),
        (["Platinum", "Silver", "Gold"], "", ["Silver", "Gold", "Platinum"]),
        (["金卡", "银卡", "钻石"], "", ["银卡", "金卡", "钻石"]),
        (["L2", "L1", "L3"], "", ["L1", "L2", "L3"]),
        (["star", "gold"], "", ["gold", "star"]),
        (["star", "gold"], "star, gold, moon", ["star", "gold", "moon"]),
    ],
)
def test_order_of_tiers(tiers: list[str], ladder: str, expected: list[str]) -> None:
    assert ranked(tiers, ladder) == expected


def test_a_ladder_names_every_tier() -> None:
    with pytest.raises(ValueError, match="ladder is “gold”; it does not name the tier “star”"):
        ranked(["star", "gold"], "gold")


def test_a_rule_is_read() -> None:
    assert parse_rule("silver=1000, gold = 2500.5") == {"silver": 1000, "gold": 2500.5}


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("silver", "has the part “silver”; write it as silver=1000, gold=3000"),
        ("silver=much", "has the part “silver=much”"),
        ("=5", "has the part “=5”"),
        ("silver=1, silver=2", "has the part “silver=2”"),
        (", ".join(f"t{n}={n}" for n in range(1, 400)), "has 399 tiers; at most 50"),
        ("lapsed=1", "has the part “lapsed=1”"),
        ("silver=10, gold=3", "gold is at 3, which is not above the tier before it"),
        ("silver=nan", "has the part “silver=nan”"),
        ("silver=-1", "puts silver at -1; a threshold lies between 0 and 1,000,000,000"),
        ("silver=1, gold=inf", "puts gold at inf; a threshold lies between 0 and 1,000,000,000"),
    ],
)
def test_a_rule_that_cannot_be_read_is_told_how_to_write_it(rule: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_rule(rule)


def changes_by(rule: str, events: list[tuple[int, str, int]], **options) -> list[tuple[object, ...]]:
    """Each order is worth 10."""
    made = tiers_by_rule(periods(events), as_of=day("2026-12-31"), thresholds=parse_rule(rule), **options)
    return made.collect("polars").to_native().sort("customer_key", "effective_on").rows()


def test_a_rule_on_nothing_gives_no_change() -> None:
    assert changes_by("silver=1", []) == []


def test_a_rule_looks_at_the_trailing_months_at_each_months_end() -> None:
    events = [(1, "2026-01", 2), (1, "2026-02", 3), (2, "2026-05", 1), (3, "2026-01", 0)]
    assert changes_by("silver=20, gold=50", events, months=3) == [
        (1, day("2026-02"), "silver"),  # 20 at the end of January
        (1, day("2026-03"), "gold"),  # 50 at the end of February, and of March
        (1, day("2026-05"), "silver"),  # 30 at the end of April, January being out
        (1, day("2026-06"), "lapsed"),
    ]


def test_a_rule_on_orders() -> None:
    assert changes_by("any=1, often=3", [(1, "2026-01", 2), (1, "2026-02", 1)], months=2, measure="orders") == [
        (1, day("2026-02"), "any"),
        (1, day("2026-03"), "often"),
        (1, day("2026-04"), "any"),
        (1, day("2026-05"), "lapsed"),
    ]


def test_a_month_end_after_as_of_has_decided_nothing() -> None:
    made = tiers_by_rule(periods([(1, "2026-01", 2)]), as_of=day("2026-01-31"), thresholds={"silver": 1.0})
    assert made.collect("polars").to_native().height == 0


CHANGES = [
    (1, "2026-01-10", "bronze"),
    (1, "2026-02-10", "gold"),
    (2, "2026-02-20", "bronze"),
    (3, "2026-01-01", "bronze"),
]


def paths(dates: list[str], **options) -> list[tuple[object, ...]]:
    made = tier_paths(tier_changes(CHANGES), dates=[day(date) for date in dates], **options)
    return sorted(made.rows(), key=str)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2025-12-31", []),
        ("2026-01-09", [("bronze", 1)]),
        ("2026-01-10", [("bronze", 2)]),
        ("2026-02-10", [("bronze", 1), ("gold", 1)]),
        ("2026-02-20", [("bronze", 2), ("gold", 1)]),
    ],
)
def test_the_tier_on_a_date_is_that_of_the_last_change_on_or_before_it(date: str, expected: list[tuple]) -> None:
    assert paths([date]) == expected


def test_paths_have_null_before_the_first_change() -> None:
    assert paths(["2026-01-31", "2026-02-28"]) == [
        ("bronze", "bronze", 1),
        ("bronze", "gold", 1),
        (None, "bronze", 1),
    ]


@pytest.mark.parametrize(
    ("date", "tiers"),
    [
        ("2026-02-09", ["bronze", "bronze"]),  # 1 and 3; 30 days after entering, 1 is still a member
        ("2026-02-10", ["bronze", "gold"]),  # 1 entered 31 days ago, but ordered
        ("2026-03-07", ["bronze", "bronze", "lapsed"]),  # 1 has not ordered since 4 February
    ],
)
def test_a_member_lapses_who_has_neither_ordered_nor_entered_for_longer(date: str, tiers: list[str]) -> None:
    visits = order_days([(1, "2026-02-04"), (3, "2026-02-01"), (3, "2026-03-01"), (9, "2026-03-01")])
    rows = paths([date], order_days=visits, lapse_days=30)
    assert sorted(tier for tier, members in rows for _ in range(members)) == tiers


@pytest.mark.parametrize(
    ("date", "tier"), [("2026-02-10", "bronze"), ("2026-02-11", "lapsed"), ("2026-05-01", "lapsed")]
)
def test_who_never_ordered_lapses_from_the_first_tier_on(date: str, tier: str) -> None:
    """A later change of tier is no order: 30 days after the first one, whatever came since."""
    changes = [(1, "2026-01-11", "bronze"), (1, "2026-02-01", "bronze"), (1, "2026-04-20", "bronze")]
    made = tier_paths(
        tier_changes(changes), dates=[day(date)], order_days=order_days([(9, "2026-01-01")]), lapse_days=30
    )
    assert made.rows() == [(tier, 1)]


def test_lapsing_needs_orders_and_days() -> None:
    with pytest.raises(ValueError, match="lapse_days needs the frame order_days"):
        paths(["2026-02-28"], lapse_days=30)
    with pytest.raises(ValueError, match="lapse_days is -1; it must be 0 or more"):
        paths(["2026-02-28"], lapse_days=-1)


def test_a_tier_called_new_is_refused() -> None:
    with pytest.raises(ValueError, match="A tier is called “new”"):
        tier_paths(tier_changes([(1, "2026-01-01", "new")]), dates=[dt.date(2026, 2, 1)])
