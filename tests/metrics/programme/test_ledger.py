"""The ledger of points: as a plain loop gives it, to the unit, whatever comes; and its single rules as a table."""

import datetime as dt

import polars as pl
import pytest

from metrics.engine.schemas import MOVEMENTS
from metrics.programme.ledger import EPOCH, UNIT, Ledger, replay
from tests.metrics.frames import lazy, stored
from tests.metrics.programme.by_hand import by_hand, movements

AS_OF = dt.date(2026, 2, 20)


def ledger(rows: list[dict], as_of: dt.date = AS_OF) -> Ledger:
    return replay(lazy(stored("points", rows)), as_of=as_of)


def balances(found: Ledger) -> dict[int, float]:
    return {key: units / UNIT for key, units in zip(found.keys.to_list(), found.balance.tolist(), strict=True)}


def gone(found: Ledger) -> list[tuple]:
    taken = found.taken
    keys = found.keys.gather(taken.customer).to_list()
    days = [EPOCH + dt.timedelta(days=day) for day in taken.day.tolist()]
    kinds = [MOVEMENTS[why] for why in taken.why.tolist()]
    overdrawn = (taken.award < 0).tolist()
    return sorted(zip(keys, days, kinds, (taken.units / UNIT).tolist(), overdrawn, strict=True))


@pytest.mark.parametrize(
    ("seed", "count", "people"), [(0, 0, 1), (1, 1, 1), *((seed, 1000, 25) for seed in range(2, 8)), (8, 1000, 2)]
)
def test_a_thousand_movements_are_as_a_plain_loop_gives_them(seed: int, count: int, people: int) -> None:
    rows = movements(seed, count, people)
    found, expected = ledger(rows), by_hand(rows, AS_OF)
    assert balances(found) == expected["balance"]
    assert sorted((found.left / UNIT).tolist()) == sorted(expected["left"].values())
    assert gone(found) == sorted(
        (who, day, kind, units, award is None) for who, award, day, kind, units in expected["gone"]
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    rows = movements(seed, 300, 6)
    frame = stored("points", rows)
    found = replay(lazy(frame.sample(fraction=1, shuffle=True, seed=seed)), as_of=AS_OF)
    assert gone(found) == gone(ledger(rows))
    assert balances(found) == balances(ledger(rows))


@pytest.mark.parametrize("seed", range(2))
def test_what_is_out_is_what_came_less_what_went_on_each_day(seed: int) -> None:
    rows = movements(seed, 300, 6)
    whole = ledger(rows)
    for day in range(0, 51, 5):
        date = dt.date(2026, 1, 1) + dt.timedelta(days=day)
        at = (date - EPOCH).days
        came, went = whole.units[whole.opened <= at].sum(), whole.taken.units[whole.taken.day <= at].sum()
        assert ledger(rows, date).balance.sum() == came - went


def move(day: int, kind: str, points: float, award: str | None = None, last: int | None = None, **more: object) -> dict:
    """A movement of one customer on a day of January, numbered by its day and kind."""
    date = dt.date(2026, 1, last) if last else None
    return {
        "customer_key": 1, "moved_at": dt.datetime(2026, 1, day), "source": "s", "movement_id": f"{day:02}{kind}", "kind": kind,
        "points": points, "award_id": award, "expires_on": date, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "left", "balance"),
    [
        ([], [], {}),
        ([move(1, "earn", 10), move(2, "earn", 5), move(3, "spend", -12)], [0, 3], {1: 3}),  # the oldest go first
        ([move(1, "earn", 10), move(2, "earn", 5), move(3, "spend", -4, "02earn")], [10, 1], {1: 11}),  # a named award does
        ([move(1, "earn", 10), move(2, "earn", 5), move(3, "spend", -7, "02earn")], [8, 0], {1: 8}),  # then the oldest
        ([move(1, "earn", 10, last=5), move(6, "spend", -4)], [0], {1: -4}),  # its last day is over
        ([move(1, "earn", 10, last=5), move(5, "spend", -4)], [0], {1: 0}),  # on the last day it can be spent; the rest is gone
        ([move(1, "earn", 10, last=5), move(2, "earn", 5), move(8, "expire", -10)], [0, 5], {1: 5}),  # booked, not taken twice
        ([move(1, "earn", 10), move(8, "expire", -10)], [0], {1: 0}),  # no last day: as it is booked
        ([move(1, "earn", 10), move(2, "cancel", -10, "01earn")], [0], {1: 0}),
        ([move(1, "earn", 10), move(2, "adjust", -4), move(3, "adjust", 6)], [6, 6], {1: 12}),
        ([move(1, "spend", -8), move(2, "earn", 10)], [2], {1: 2}),  # an overdraft is made good
        ([move(1, "earn", 10), move(2, "spend", -15), move(3, "earn", 3)], [0, 0], {1: -2}),
        ([move(2, "spend", -5, "02earn"), move(2, "earn", 5)], [0], {1: 0}),  # one second: by number, which is earn first
        ([move(1, "earn", 10), move(2, "spend", -3, "01earn", source="other")], [7], {1: 7}),  # another source's award: the oldest
    ],
)  # fmt: skip
def test_rules(rows: list[dict], left: list[float], balance: dict[int, float]) -> None:
    found = ledger(rows)
    assert (found.left / UNIT).tolist() == left
    assert balances(found) == balance


def test_fractions_of_points_are_kept_exactly() -> None:
    rows = [move(day, "earn", 0.1) for day in range(1, 11)] + [move(20, "spend", -1.0)]
    assert balances(ledger(rows)) == {1: 0.0}


def test_nothing_after_the_day_is_seen() -> None:
    rows = [move(1, "earn", 10), move(9, "spend", -10)]
    assert balances(ledger(rows, dt.date(2026, 1, 8))) == {1: 10}
    assert pl.Series(ledger(rows, dt.date(2025, 12, 31)).left).to_list() == []
