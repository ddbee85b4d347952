"""Laws of tiers that hold for every input."""

import datetime as dt
from bisect import bisect_right

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from metrics.tiers.moves import tier_migration, tier_rates
from metrics.tiers.outlook import tier_outlook, time_in_tier
from metrics.tiers.tiers import tiers_by_rule
from tests.metrics.frames import lazy, tier_change_rows
from tests.metrics.test_laws import AS_OF as MONTHS_AS_OF
from tests.metrics.test_laws import REGIONS, confidences, customer_periods, holds, law

AS_OF = dt.date(2026, 6, 30)
FIRST = dt.date(2026, 1, 1)
TIERS = ("bronze", "silver", "gold", "lapsed")


@st.composite
def changes(draw: st.DrawFn) -> pl.DataFrame:
    """Up to 40 changes of up to 12 customers, each with one region."""
    days = st.integers(-40, (AS_OF - FIRST).days).map(lambda number: str(FIRST + dt.timedelta(days=number)))
    seen = sorted(draw(st.sets(st.tuples(st.integers(1, 12), days), max_size=40)))
    rows = [(key, at, draw(st.sampled_from(TIERS))) for key, at in seen]
    return tier_change_rows(rows, region=pl.Series([REGIONS[key % 3] for key, *_ in rows], dtype=pl.String))


dates = st.dates(FIRST, AS_OF)


def tier_on(rows: pl.DataFrame, customer: int, date: dt.date) -> str | None:
    own = rows.filter(pl.col("customer_key") == customer).sort("effective_on")
    place = bisect_right(own["effective_on"].to_list(), date)
    return own["tier"][place - 1] if place else None


@law
@given(changes(), dates, dates)
def test_the_matrix_counts_every_member_by_the_tiers_of_both_dates(
    rows: pl.DataFrame, one: dt.date, other: dt.date
) -> None:
    start, end = sorted((one, other))
    found = tier_migration(lazy(rows), as_of=AS_OF, start=start, end=end)
    expected: dict[tuple[str, str], int] = {}
    for customer in rows["customer_key"].unique():
        before, after = tier_on(rows, customer, start), tier_on(rows, customer, end)
        if after and not before == after == "lapsed":
            expected[before or "new", after] = expected.get((before or "new", after), 0) + 1
    counted = {
        (f, t): members for f, t, members in found.select("from_tier", "to_tier", "members").iter_rows() if members
    }
    assert counted == expected


@law
@given(changes(), dates, confidences)
def test_shares_of_a_row_add_up_to_1_within_their_intervals(
    rows: pl.DataFrame, start: dt.date, confidence: float
) -> None:
    matrix = tier_migration(lazy(rows), as_of=AS_OF, start=start, end=AS_OF, confidence=confidence)
    holds(matrix, "share", 0, 1)
    sums = matrix.drop_nulls("share").group_by("from_tier").agg(pl.col("share").sum())
    assert sums.filter((pl.col("share") - 1).abs() > 1e-9).is_empty()
    rates = tier_rates(lazy(rows), as_of=AS_OF, start=start, end=AS_OF, confidence=confidence, minimum=0)
    holds(rates, "rate", 0, 1)
    assert rates["moved"].sum() == rates["members"][0]
    held = matrix.filter(~pl.col("from_tier").is_in(["new", "lapsed"]))["members"].sum()
    assert rates["members"].to_list() == [held] * 4


@law
@given(changes())
def test_outlook_and_time_in_tier_are_shares(rows: pl.DataFrame) -> None:
    asked = {"as_of": AS_OF, "start": FIRST, "end": AS_OF, "minimum": 0}
    outlook = tier_outlook(lazy(rows), **asked, lapse_days=0)
    holds(outlook, "reach_top", 0, 1)
    assert outlook.filter(pl.col("periods_to_top") < 1 - 1e-9).is_empty()
    stays = time_in_tier(lazy(rows), **asked)
    assert stays.filter(~pl.col("stay_share").is_between(0, 1)).is_empty()
    assert stays.filter(pl.col("moved") + pl.col("at_risk") > pl.col("members")).is_empty()


@law
@given(changes(), dates, st.randoms(use_true_random=False))
def test_row_order_changes_nothing_and_groups_add_up(rows: pl.DataFrame, start: dt.date, random) -> None:
    places = list(range(rows.height))
    random.shuffle(places)
    asked = {"as_of": AS_OF, "start": start, "end": AS_OF, "by": ["region"]}
    for metric in (tier_migration, tier_rates, time_in_tier, tier_outlook):
        options = asked | ({"lapse_days": 0} if metric is tier_outlook else {})
        found, expected = (metric(lazy(r), **options) for r in (rows[places], rows))
        assert_frame_equal(found, expected, check_exact=True)
    whole = tier_migration(lazy(rows), **{**asked, "by": []}).select("from_tier", "to_tier", "members")
    parts = tier_migration(lazy(rows), **asked).group_by("from_tier", "to_tier").agg(pl.col("members").sum())
    assert_frame_equal(parts, whole, check_row_order=False)


@law
@given(customer_periods(), st.integers(1, 4), st.integers(1, 40))
def test_a_rule_gives_the_tier_of_the_trailing_window_at_every_months_end(
    rows: pl.DataFrame, months: int, threshold: int
) -> None:
    rule = {"thresholds": {"silver": 10.0, "gold": 10.0 + threshold}, "months": months}
    made = tiers_by_rule(lazy(rows), as_of=MONTHS_AS_OF, **rule).collect("polars").to_native()
    for customer in rows["customer_key"].unique():
        own = rows.filter(pl.col("customer_key") == customer)
        for end in pl.date_range(dt.date(2025, 8, 1), MONTHS_AS_OF, "1mo", eager=True):
            begin = pl.select(pl.lit(end).dt.offset_by(f"-{months}mo")).item()
            spend = own.filter(pl.col("month").is_between(begin, end, closed="left"))["revenue"].sum()
            expected = "gold" if spend >= 10 + threshold else "silver" if spend >= 10 else None
            tier = tier_on(made, customer, end)
            assert (None if tier == "lapsed" else tier) == expected
