"""The migration matrix and the rates of moves."""

import polars as pl
import pytest
from scipy.stats import beta

from metrics.statistics.paired import paired_change
from metrics.tiers.mover_sums import tier_rates_sums
from metrics.tiers.moves import (
    MATRIX_TYPES,
    RATE_TYPES,
    members_by_tier,
    movers,
    tier_migration,
    tier_rates,
    tier_rates_trend,
)
from tests.metrics.frames import day, tier_changes

DATES = {"as_of": day("2026-06-30"), "start": day("2026-01-31"), "end": day("2026-03-31")}
# customer                                 31 January   31 March
CHANGES = [
    *[(1, "2026-01-01", "silver")],  #      silver       silver
    *[(2, "2026-01-01", "silver"), (2, "2026-02-01", "gold")],  # silver, gold
    *[(3, "2026-01-31", "gold"), (3, "2026-03-31", "silver")],  # gold, silver
    *[(4, "2026-02-01", "silver")],  #      new          silver
    *[(5, "2026-01-01", "silver"), (5, "2026-02-01", "lapsed")],  # silver, lapsed
    *[(6, "2026-01-01", "silver"), (6, "2026-01-20", "lapsed"), (6, "2026-03-01", "gold")],  # lapsed, gold
    *[(7, "2026-01-01", "silver"), (7, "2026-01-20", "lapsed")],  # lapsed throughout
    *[(8, "2026-04-01", "gold")],  #        not yet
]


def test_no_tiers_give_no_row() -> None:
    empty = tier_migration(tier_changes([]), **DATES)
    assert empty.height == 0
    assert dict(empty.schema) == MATRIX_TYPES
    assert tier_migration(tier_changes([], region=[]), **DATES, by=["region"]).height == 0


def test_matrix() -> None:
    matrix = tier_migration(tier_changes(CHANGES), **DATES)
    assert dict(matrix.schema) == MATRIX_TYPES
    assert matrix.select("from_tier", "to_tier", "members").rows() == [
        ("silver", "silver", 1), ("silver", "gold", 1), ("silver", "lapsed", 1),
        ("gold", "silver", 1), ("gold", "gold", 0), ("gold", "lapsed", 0),
        ("new", "silver", 1), ("new", "gold", 0), ("new", "lapsed", 0),
        ("lapsed", "silver", 0), ("lapsed", "gold", 1), ("lapsed", "lapsed", 0),
    ]  # fmt: skip
    assert matrix["share"].to_list() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1, 0, 0, 1, 0, 0, 0, 1, 0])


def test_nothing_is_seen_after_as_of() -> None:
    early = tier_migration(tier_changes(CHANGES), **{**DATES, "as_of": day("2026-03-30")})
    assert early.filter(pl.col("from_tier") == "gold")["members"].to_list() == [0, 1, 0]


@pytest.mark.parametrize(
    ("dates", "members"),
    [
        ({"as_of": day("2026-01-30")}, 0),  # before the first date: nobody was seen to stay
        ({"end": day("2026-01-30")}, 0),
        ({"as_of": day("2026-01-31")}, 4),  # one day, on which everybody is where they are
        ({}, 4),
    ],
)
def test_what_cannot_be_seen_yet_is_nobody_and_not_everybody_staying(dates: dict, members: int) -> None:
    """Members 1, 2, 3 and 5 have a tier on 31 January."""
    asked = {**DATES, **dates}
    rates = tier_rates(tier_changes(CHANGES), **asked, minimum=1)
    assert rates["members"].to_list() == [members] * 4
    assert rates["rate"].is_null().to_list() == [not members] * 4
    matrix = tier_migration(tier_changes(CHANGES), **asked)
    assert bool(matrix.height) == bool(members)
    assert dict(matrix.schema) == MATRIX_TYPES
    stayed = movers(tier_changes(CHANGES), **asked, from_tier="silver", to_tier="silver")
    assert bool(stayed.collect("polars").shape[0]) == bool(members)
    split = tier_rates(tier_changes(CHANGES, region=["east"] * len(CHANGES)), **asked, by=["region"])
    assert bool(split.height) == bool(members)


def test_interval_is_the_marginal_of_a_dirichlet_with_a_half_in_each_cell() -> None:
    """Three cells, ½ each: silver stays has Beta(7 + ½, 3 + 1)."""
    rows = [(key, "2026-01-01", "silver") for key in range(10)] + [(key, "2026-02-01", "gold") for key in range(3)]
    cell = tier_migration(tier_changes(rows), **DATES).row(0, named=True)
    assert (cell["from_tier"], cell["to_tier"], cell["members"]) == ("silver", "silver", 7)
    assert (cell["low"], cell["high"]) == pytest.approx(beta.ppf([0.025, 0.975], 7.5, 4))


def test_a_tier_without_members_has_no_share_and_one_below_the_minimum_neither() -> None:
    matrix = tier_migration(tier_changes(CHANGES), **DATES, minimum=2, ladder="silver, gold, black")
    shares = dict(matrix.group_by("from_tier").agg(pl.col("share").null_count()).iter_rows())
    assert shares == {"silver": 0, "gold": 4, "black": 4, "new": 4, "lapsed": 4}
    assert matrix.filter(pl.col("from_tier") == "black")["members"].sum() == 0


def test_matrix_by_an_attribute_has_the_same_cells_in_each_group() -> None:
    frame = tier_changes(CHANGES, region=["a" if key % 2 else None for key, *_ in CHANGES])
    matrix = tier_migration(frame, **DATES, by=["region"])
    assert matrix.group_by("region", maintain_order=True).agg(pl.len(), pl.col("members").sum()).rows() == [
        ("a", 12, 3),
        (None, 12, 3),
    ]


def test_rates() -> None:
    rates = tier_rates(tier_changes(CHANGES), **DATES, minimum=1)
    assert dict(rates.schema) == RATE_TYPES
    assert rates.select("move", "members", "moved", "rate").rows() == [
        ("upgrade", 4, 1, 0.25),
        ("retain", 4, 1, 0.25),
        ("downgrade", 4, 1, 0.25),
        ("lapse", 4, 1, 0.25),
    ]


def test_rates_of_nobody_are_empty_and_no_row_when_split() -> None:
    rates = tier_rates(tier_changes([]), **DATES)
    assert rates.select("members", "moved", "rate").rows() == [(0, 0, None)] * 4
    assert tier_rates(tier_changes([], region=[]), **DATES, by=["region"]).height == 0


@pytest.mark.parametrize(("members", "withheld"), [(29, True), (30, False)])
def test_below_the_minimum_the_counts_stand_and_the_rate_is_withheld(members: int, withheld: bool) -> None:
    rates = tier_rates(tier_changes([(key, "2026-01-01", "gold") for key in range(members)]), **DATES)
    assert rates["members"].to_list() == [members] * 4
    assert rates["rate"].null_count() == 4 * withheld


def test_the_ladder_says_what_is_up() -> None:
    rates = tier_rates(tier_changes(CHANGES), **DATES, minimum=1, ladder="gold, silver")
    up, _, down, _ = rates["moved"].to_list()
    assert (up, down) == (1, 1)
    only = tier_changes([(1, "2026-01-01", "silver"), (1, "2026-02-01", "gold")])
    assert tier_rates(only, **DATES)["moved"].to_list() == [1, 0, 0, 0]
    assert tier_rates(only, **DATES, ladder="gold, silver")["moved"].to_list() == [0, 0, 1, 0]


def test_trend_counts_each_period_from_the_day_before_it() -> None:
    dates = {"as_of": day("2026-03-31"), "start": day("2026-02-10"), "end": day("2026-04-30")}
    trend = tier_rates_trend(tier_changes(CHANGES), **dates, minimum=1)
    assert trend.filter(pl.col("moved") > 0).drop("rate", "low", "high").rows() == [
        (day("2026-02"), True, "upgrade", 4, 1),
        (day("2026-02"), True, "retain", 4, 2),
        (day("2026-02"), True, "lapse", 4, 1),
        (day("2026-03"), True, "retain", 4, 3),
        (day("2026-03"), True, "downgrade", 4, 1),
    ]


def test_trend_marks_an_unfinished_period_and_is_empty_without_one() -> None:
    dates = {"as_of": day("2026-03-30"), "start": day("2026-03-01"), "end": day("2026-03-30")}
    trend = tier_rates_trend(tier_changes(CHANGES), **dates, minimum=1)
    assert trend["complete"].to_list() == [False] * 4
    assert tier_rates_trend(tier_changes(CHANGES), **{**dates, "end": day("2026-02-01")}).height == 0


def test_change_of_a_move() -> None:
    now, before = (
        tier_changes(
            [(key + shift, "2026-01-01", "silver") for key in range(n)]
            + [(key + shift, "2026-02-01", "gold") for key in range(up)]
        )
        for shift, up, n in ((0, 56, 70), (100, 48, 80))
    )
    for move, expected in (("upgrade", (0.2, 0.0524, 0.3339)), ("retain", (-0.2, -0.3339, -0.0524))):
        sides = [tier_rates_sums(frame, move=move, **DATES) for frame in (now, before)]
        assert paired_change(*sides).row(0) == pytest.approx(expected, abs=0.00005)


def test_members_by_tier_on_both_dates() -> None:
    events = [
        (1, "2026-01-01", "silver"),
        (1, "2026-02-01", "gold"),
        (2, "2026-01-01", "silver"),
        (3, "2026-03-01", "gold"),
        (4, "2026-01-01", "silver"),
        (4, "2026-02-01", "lapsed"),
    ]
    found = members_by_tier(tier_migration(tier_changes(events), **DATES))
    assert found.rows() == [("silver", 3, 1, -2, pytest.approx(1 / 3)), ("gold", 0, 2, 2, pytest.approx(2 / 3))]
    assert members_by_tier(tier_migration(tier_changes([]), **DATES)).is_empty()
