"""History under a rule: members, moves and revenue by tier, and two rules side by side."""

import datetime as dt
import itertools

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.tiers.replay import COMPARED, REPLAY_TYPES, replay_difference, tier_replay
from metrics.tiers.tiers import parse_rule, tiers_by_rule
from tests.metrics.frames import day, lazy, order_days, period_rows, periods, tier_changes
from tests.metrics.test_laws import AS_OF, customer_periods, law

DATES = {"as_of": day("2026-03-31"), "start": day("2026-02-01"), "end": day("2026-03-31")}
# Customer → what is on 31 January and on 31 March; each order is worth 10
CHANGES = [
    (1, "2026-01-10", "bronze"),  # bronze → gold on 1 March: an upgrade
    (1, "2026-03-01", "gold"),
    (2, "2026-01-10", "gold"),  # gold → bronze in mid-February: a downgrade
    (2, "2026-02-15", "bronze"),
    (3, "2026-02-10", "bronze"),  # enters bronze
    (4, "2026-01-10", "bronze"),  # lapses
    (4, "2026-02-01", "lapsed"),
]
BOUGHT = [
    (1, "2026-01", 9),  # before the months
    (1, "2026-02", 1),  # as bronze
    (1, "2026-03", 2),  # as gold, from the first of March
    (2, "2026-02", 3),  # as gold: what changes in mid-month counts from the next one
    (2, "2026-03", 4),  # as bronze
    (3, "2026-02", 5),  # without a tier on 1 February
    (4, "2026-02", 6),  # lapsed on 1 February
    (5, "2026-03", 7),  # never has one
]


def replayed(**options) -> pl.DataFrame:
    return tier_replay(tier_changes(CHANGES), **{**DATES, "customer_periods": periods(BOUGHT), **options})


def test_nothing_is_no_member_and_no_revenue() -> None:
    found = tier_replay(tier_changes([]), **DATES, customer_periods=periods([]))
    assert found.schema == REPLAY_TYPES
    assert found.drop("from_on", "to_on").rows() == [(None, *[None] * 6, 0.0, None)]


def test_members_moves_and_revenue_by_hand() -> None:
    found = replayed()
    assert found.drop("from_on", "to_on", "revenue_share").rows() == [
        # tier, before, up, down, lapsed, entered, members, revenue
        ("bronze", 2, 1, 0, 1, 1, 2, 10.0 + 40.0),
        ("gold", 1, 0, 1, 0, 0, 1, 20.0 + 30.0),
        (None, None, None, None, None, None, None, 50.0 + 60.0 + 70.0),
    ]
    assert found["revenue_share"].to_list() == pytest.approx([50 / 280, 50 / 280, 180 / 280])
    assert found.select("from_on", "to_on").unique().row(0) == (day("2026-01-31"), day("2026-03-31"))


@pytest.mark.parametrize(
    ("options", "first", "last"),
    [
        ({"start": day("2026-02-02")}, "2026-02-28", "2026-03-31"),  # a month that is cut is left out
        ({"end": day("2026-03-30")}, "2026-01-31", "2026-02-28"),
        ({"as_of": day("2026-03-15")}, "2026-01-31", "2026-02-28"),
        ({"known_from": day("2026-02-01")}, "2026-02-28", "2026-03-31"),  # on 31 January tiers are not known
        ({"known_from": day("2026-01-31")}, "2026-01-31", "2026-03-31"),
    ],
)
def test_only_complete_months_whose_tiers_are_known_count(options: dict, first: str, last: str) -> None:
    assert replayed(**options).select("from_on", "to_on").unique().row(0) == (day(first), day(last))


@pytest.mark.parametrize(
    "options", [{"known_from": day("2026-03-01")}, {"as_of": day("2026-02-27")}, {"end": day("2026-01-01")}]
)
def test_what_the_data_do_not_cover_is_no_row_and_not_0(options: dict) -> None:
    found = replayed(**options)
    assert found.is_empty()
    assert found.schema == REPLAY_TYPES


def test_members_who_have_not_ordered_for_long_have_no_tier() -> None:
    visits = order_days([(1, "2026-02-20"), (2, "2026-01-15"), (3, "2026-02-10")])
    found = replayed(order_days=visits, lapse_days=60)
    assert found.select("tier", "members").rows() == [("bronze", 1), ("gold", 1), (None, None)]


def test_groups_have_the_same_tiers_and_add_up() -> None:
    regions = {1: "north", 2: "south", 3: "north", 4: "south", 5: None}
    rows = tier_changes(CHANGES, region=[regions[key] for key, *_ in CHANGES])
    bought = periods(BOUGHT, region=[regions[key] for key, *_ in BOUGHT])
    found = tier_replay(rows, **DATES, customer_periods=bought, by=["region"])
    assert found.select("region", "tier", "members", "revenue").rows() == [
        ("north", "bronze", 1, 10.0),
        ("north", "gold", 1, 20.0),
        ("north", None, None, 50.0),
        ("south", "bronze", 1, 40.0),
        ("south", "gold", 0, 30.0),
        ("south", None, None, 60.0),
        (None, "bronze", 0, 0.0),
        (None, "gold", 0, 0.0),
        (None, None, None, 70.0),
    ]


def test_two_replays_side_by_side() -> None:
    now, other = replayed(), replayed(ladder="bronze, gold, top").filter(pl.col("tier").ne_missing("bronze"))
    found = replay_difference(now, other)
    assert found.select("tier", "members", "members_other", "members_change").rows() == [
        ("bronze", 2, None, -2),
        ("gold", 1, 1, 0),
        ("top", None, 0, 0),
        (None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("now", "other", "ordered"),
    [
        ([], [], []),
        ([], ["b", "a"], ["b", "a"]),
        (["bronze", "silver", "gold", "platinum"], ["gold"], ["bronze", "silver", "gold", "platinum"]),
        (["silver", "gold"], ["bronze", "platinum"], ["bronze", "silver", "gold", "platinum"]),
        (["gold", "silver"], ["silver", "gold"], ["gold", "silver"]),  # a rule may go against the usual order
        (["gold", "silver"], ["bronze", "gold"], ["bronze", "gold", "silver"]),
        (["a", "c"], ["b", "c"], ["b", "a", "c"]),
        (["a", "c"], ["a", "b", "c", "d"], ["a", "b", "c", "d"]),
        (["a", "b"], ["vip", "b"], ["vip", "a", "b"]),
    ],
)
def test_tiers_of_two_replays_stand_from_lowest_to_highest(
    now: list[str], other: list[str], ordered: list[str]
) -> None:
    rows = [
        pl.DataFrame({"tier": [*tiers, None]}, schema={"tier": pl.String}).with_columns(
            pl.lit(1).alias(name) for name in COMPARED
        )
        for tiers in (now, other)
    ]
    assert replay_difference(*rows)["tier"].to_list() == [*ordered, None]


RULES = st.tuples(st.integers(1, 60), st.integers(1, 60), st.integers(0, 60))


def by_rule(rows: pl.DataFrame, rule: str, months: int = 3) -> pl.DataFrame:
    changes = tiers_by_rule(lazy(rows), as_of=AS_OF, thresholds=parse_rule(rule), months=months)
    dates = {"as_of": AS_OF, "start": day("2026-01-01"), "end": AS_OF}
    return tier_replay(changes, **dates, customer_periods=lazy(rows), ladder="a, b")


@law
@given(customer_periods(), RULES)
def test_raising_a_threshold_never_raises_who_is_above_it(rows: pl.DataFrame, rule: tuple[int, int, int]) -> None:
    low, step, raised = rule
    one = by_rule(rows, f"a={low},b={low + step}")
    other = by_rule(rows, f"a={low},b={low + step + raised}")
    for column in ("members", "members_before", "revenue"):
        before, after = (frame.filter(pl.col("tier") == "b")[column].sum() for frame in (one, other))
        assert after <= before + 1e-9
    everyone = [frame["members"].sum() for frame in (one, other)]
    assert everyone[0] == everyone[1]


@law
@given(customer_periods(), RULES)
def test_members_and_revenue_add_up(rows: pl.DataFrame, rule: tuple[int, int, int]) -> None:
    low, step, _ = rule
    found = by_rule(rows, f"a={low},b={low + step}")
    months = rows.filter(pl.col("month").is_between(day("2026-01"), day("2026-05")))
    assert found["revenue"].sum() == pytest.approx(months["revenue"].sum())
    assert found["revenue_share"].sum() in (0, pytest.approx(1))
    held = found.filter(pl.col("tier").is_not_null())
    assert held.filter(
        pl.col("upgrades") + pl.col("downgrades") + pl.col("lapsed") > pl.col("members_before")
    ).is_empty()
    moved = held["members_before"].sum() - held["lapsed"].sum() + held["entered"].sum()
    assert moved == held["members"].sum()


@law
@given(customer_periods(), RULES)
def test_it_is_what_a_plain_loop_over_customers_and_months_gives(
    rows: pl.DataFrame, rule: tuple[int, int, int]
) -> None:
    low, step, _ = rule
    spent = {(key, month): revenue for key, month, _, revenue, *_ in rows.iter_rows()}
    customers = {key for key, _ in spent}

    def tier(customer: int, on: dt.date) -> str | None:
        """What the last month end before the day decided, from the three months up to it."""
        total = sum(spent.get((customer, earlier(on, back)), 0) for back in (1, 2, 3))
        return "b" if total >= low + step else "a" if total >= low else None

    months = [day(f"2026-{month:02}") for month in range(1, 6)]
    expected = {name: [0, 0.0] for name in ("a", "b", None)}
    for customer, month in itertools.product(customers, months):
        expected[tier(customer, month)][1] += spent.get((customer, month), 0)
    for customer in customers:
        expected[tier(customer, day("2026-05-31"))][0] += 1
    found = by_rule(rows, f"a={low},b={low + step}")
    known = {
        name: [members, revenue] for name, members, revenue in found.select("tier", "members", "revenue").iter_rows()
    }
    for name in ("a", "b"):
        if name in known or expected[name] != [0, 0.0]:
            assert known[name] == pytest.approx(expected[name])
    assert known[None][1] == pytest.approx(expected[None][1])


def earlier(date: dt.date, months: int) -> dt.date:
    index = date.year * 12 + date.month - 1 - months
    return dt.date(index // 12, index % 12 + 1, 1)


def test_a_rule_looks_only_at_rows_that_are_there() -> None:
    assert by_rule(period_rows([]), "a=1,b=2").drop("from_on", "to_on").rows() == [
        ("a", 0, 0, 0, 0, 0, 0, 0.0, None),
        ("b", 0, 0, 0, 0, 0, 0, 0.0, None),
        (None, *[None] * 6, 0.0, None),
    ]
