"""The metrics of points, on movements that can be counted by hand; and breakage on members whose fate is known."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from metrics.engine.schemas import MOVEMENTS
from metrics.programme import breakage as broken
from metrics.programme.ledger import EPOCH, SPEND, replayed
from metrics.programme.points import points, points_balances, points_by_age, points_liability, points_trend
from tests.metrics.frames import lazy, stored
from tests.metrics.programme.by_hand import movements

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 3, 31)


def move(who: int, date: str, kind: str, amount: float, last: str | None = None, region: str = "East") -> dict:
    day = dt.date.fromisoformat(date)
    return {
        "customer_key": who, "moved_at": dt.datetime.combine(day, dt.time(9)), "source": "s", "movement_id": f"{date}{who}{kind}",
        "kind": kind, "points": amount, "expires_on": dt.date.fromisoformat(last) if last else None, "region": region,
    }  # fmt: skip


ROWS = [
    move(1, "2025-12-10", "earn", 100),
    move(1, "2026-01-15", "spend", -40),
    move(2, "2026-01-20", "earn", 50, "2026-02-10", "West"),
    move(2, "2026-03-05", "adjust", 5, region="West"),
    move(3, "2026-02-02", "earn", 30),
    move(3, "2026-02-03", "cancel", -30),
]
TYPES = dict(stored("points").schema) | {"region": pl.String}


def frame(rows: list[dict]):
    return lazy(pl.DataFrame([dict.fromkeys(TYPES) | row for row in rows], schema=TYPES))


FLOWS = ("members", "opening", "earned", "adjusted", "spent", "expired", "cancelled", "outstanding")


@pytest.mark.parametrize(
    ("rows", "by", "expected"),
    [
        ([], (), [(0, 0, 0, 0, 0, 0, 0, 0)]),
        ([], ("region",), []),
        (ROWS, (), [(2, 100, 80, 5, 40, 50, 30, 65)]),
        (ROWS, ("region",), [("East", 1, 100, 30, 0, 40, 0, 30, 60), ("West", 1, 0, 50, 5, 0, 50, 0, 5)]),
    ],
)
def test_what_moved_in_a_period(rows: list[dict], by: tuple[str, ...], expected: list[tuple]) -> None:
    found = points(frame(rows), as_of=LAST, start=FIRST, end=LAST, by=by)
    assert found.select(*by, *FLOWS).rows() == expected


def test_month_by_month_each_opens_with_what_the_one_before_left() -> None:
    found = points_trend(frame(ROWS), as_of=LAST, start=dt.date(2025, 6, 1), end=LAST)
    assert found.select("period", *FLOWS).rows() == [
        (dt.date(2025, 12, 1), 1, 0, 100, 0, 0, 0, 0, 100),
        (dt.date(2026, 1, 1), 2, 100, 50, 0, 40, 0, 0, 110),
        (dt.date(2026, 2, 1), 1, 110, 30, 0, 0, 50, 30, 60),
        (dt.date(2026, 3, 1), 2, 60, 0, 5, 0, 0, 0, 65),
    ]
    assert points_trend(frame([]), as_of=LAST, start=FIRST, end=LAST).height == 0


@pytest.mark.parametrize("seed", range(2))
def test_a_trend_is_the_same_as_its_periods_asked_one_by_one(seed: int) -> None:
    rows = [row | {"region": "E" if row["customer_key"] % 2 else "W"} for row in movements(seed, 400, 9)]
    trend = points_trend(frame(rows), as_of=LAST, start=FIRST, end=LAST, by=["region"])
    for start, end in ((FIRST, dt.date(2026, 1, 31)), (dt.date(2026, 2, 1), dt.date(2026, 2, 28))):
        once = points(frame(rows), as_of=LAST, start=start, end=end, by=["region"])
        assert trend.filter(period=start).select("region", *FLOWS).rows() == once.select("region", *FLOWS).rows()
    moved = (
        trend["opening"] + trend["earned"] + trend["adjusted"] - trend["spent"] - trend["expired"] - trend["cancelled"]
    )
    assert moved.to_list() == trend["outstanding"].to_list()


def test_members_by_balance() -> None:
    found = points_balances(frame(ROWS), as_of=LAST, minimum=1)
    assert found.select("band", "members", "holding", "points").rows()[:3] == [
        ("0", 3, 1, 0),
        ("1-99", 3, 2, 65),
        ("100-499", 3, 0, 0),
    ]
    assert found["holding"].sum() == 3
    assert points_balances(frame([]), as_of=LAST).height == 0
    assert points_balances(frame(ROWS), as_of=LAST)["share"].null_count() == 6


# Of awards that are all seen to their end after 60 days, 1 of 4 points is spent on day 30, the rest expires on day 60.
SEEN = [
    row
    for who in range(1, 41)
    for row in (
        move(who, "2025-01-01", "earn", 100, "2025-03-01"),
        move(who, "2025-01-31", "spend", -25),
        move(who, "2026-01-01", "earn", 100, "2026-03-01"),
    )
]


def test_breakage_of_awards_whose_like_was_seen_to_the_end() -> None:
    day = dt.date(2026, 1, 10)
    row = points_liability(frame(SEEN), as_of=day, point_value=0.5).row(0, named=True)
    assert (row["members"], row["outstanding"], row["beyond_share"]) == (40, 4000, 0.0)
    assert row["breakage"] == pytest.approx(0.75) and row["liability"] == pytest.approx(4000 * 0.25 * 0.5)
    assert row["low"] <= 0.75 <= row["high"] and row["liability_low"] <= row["liability"] <= row["liability_high"]
    ages = points_by_age(frame(SEEN), as_of=day)
    assert ages.select("age_days", "spent", "expired").rows()[:3] == [
        (0, 0.0, 0.0), (30, pytest.approx(0.25), 0.0), (60, pytest.approx(0.25), pytest.approx(0.75)),
    ]  # fmt: skip


def test_awards_older_than_any_that_was_seen_are_spent_or_expired_as_is_said() -> None:
    rows = [move(who, "2025-01-01", "earn", 100) for who in range(1, 41)]
    spent, expired = (
        points_liability(frame(rows), as_of=LAST, beyond=beyond).row(0, named=True) for beyond in ("spent", "expired")
    )
    assert (spent["breakage"], spent["beyond_share"], spent["liability"]) == (0.0, 1.0, pytest.approx(40.0))
    assert (expired["breakage"], expired["liability"]) == (1.0, 0.0)
    with pytest.raises(ValueError, match="beyond is “lost”"):
        points_liability(frame(rows), as_of=LAST, beyond="lost")


@pytest.mark.parametrize("rows", [[], ROWS])
def test_below_the_minimum_the_counts_stand_alone(rows: list[dict]) -> None:
    row = points_liability(frame(rows), as_of=LAST).row(0, named=True)
    assert (row["members"], row["outstanding"]) == ((2, 65) if rows else (0, 0))
    assert row["breakage"] is None and row["liability"] is None


def lives(random: np.random.Generator, members: int, days: int, last_days: int) -> pl.DataFrame:
    """Members who come as often as they like and spend as often as is their way: some always, some hardly ever."""
    begin, rows = dt.datetime(2024, 1, 1, 9), []
    for who in range(1, members + 1):
        rate, careful = random.gamma(1.0, 1 / 40) + 1 / 400, 0.5 * random.beta(1.2, 1.0)
        at, balance = random.random() * 200, []
        while (at := at + random.exponential(1 / rate)) <= days:
            now = begin + dt.timedelta(days=int(at))
            balance = [award for award in balance if award[1] >= now.date()]
            have = sum(left for left, _ in balance)
            if have and random.random() < careful:
                wanted = have if random.random() < 0.5 else max(have // 2, 1)
                rows.append((who, now, "s", f"{len(rows):07}", MOVEMENTS[SPEND], -float(wanted), None, None))
                while wanted:
                    part = min(wanted, balance[0][0])
                    balance[0][0] -= part
                    wanted -= part
                    balance = [award for award in balance if award[0]]
            last = (now + dt.timedelta(days=last_days)).date()
            award = [int(random.integers(20, 300)), last]
            rows.append((who, now + dt.timedelta(hours=1), "s", f"{len(rows):07}", "earn", float(award[0]), None, last))
            balance.append(award)
    columns = ("customer_key", "moved_at", "source", "movement_id", "kind", "points", "award_id", "expires_on")
    return pl.DataFrame(rows, schema={name: TYPES[name] for name in columns}, orient="row")


def test_the_interval_holds_what_comes_of_points_in_93_to_97_of_100_runs() -> None:
    """Of 100 worlds, with what was really spent afterwards; a share of 0.95 is seen as 0.90 to 0.99 in so many."""
    as_of, held = dt.date(2025, 12, 1), 0
    today = (as_of - EPOCH).days
    for seed in range(100):
        rows = lives(np.random.default_rng(seed), 120, 900, 180)
        now = replayed(rows.filter(pl.col("moved_at").dt.date() <= as_of), as_of=as_of)
        of = broken.pieces(now, np.ones(len(now.keys), bool), today=today)
        _share, low, high, _beyond = broken.breakage(of, now.keys.to_numpy(), beyond_expires=False, confidence=0.95)
        later = replayed(rows, as_of=as_of + dt.timedelta(days=190))
        known = later.taken.award >= 0
        award, why, day, units = (
            column[known] for column in (later.taken.award, later.taken.why, later.taken.day, later.taken.units)
        )
        spent = units[(why == SPEND) & (day > today) & (later.opened[award] <= today)].sum()
        held += low <= 1 - spent / now.left.sum() <= high
    assert 0.90 <= held / 100 <= 0.99
