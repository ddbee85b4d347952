"""Points of the programme: earned with each order by tier, spent at later ones, expired a year after. Replayed as a till would book."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from data.demo.columns import DAY_SECONDS, dates, ids, pick, times
from data.demo.people import member_ids
from data.demo.process import Orders
from data.demo.seasons import day_of
from data.demo.world import DAYS, POINTS_LAST_DAYS, POINTS_PER_CNY, POINTS_SINCE, SOURCE
from metrics.engine.schemas import MOVEMENTS

EARN, SPEND, EXPIRE, ADJUST, CANCEL = range(len(MOVEMENTS))
LEAST_SPENT, SPENT_STEP = 300, 100
SPEND_SHARE = 0.3  # of orders of somebody who has enough
SPEND_ALL_SHARE = 0.5  # of them; the others spend about half
GOODWILL_SHARE, GOODWILL = 0.5, 150  # of orders after which a complaint was followed up well
CANCEL_AFTER = 5 * DAY_SECONDS


@dataclass
class Booked:
    """Movements in the order in which they are booked, column by column."""

    number: list[int] = field(default_factory=list)
    customer: list[int] = field(default_factory=list)
    second: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    points: list[int] = field(default_factory=list)
    award: list[int] = field(default_factory=list)  # −1: none is named
    expires: list[int] = field(default_factory=list)  # day; −1: never

    def book(self, customer: int, second: int, kind: int, points: int, award: int = -1, expires: int = -1) -> int:
        """The number of the movement."""
        number = len(self.number)
        row = (number, customer, second, kind, points, award, expires)
        columns = (self.number, self.customer, self.second, self.kind, self.points, self.award, self.expires)
        for column, value in zip(columns, row, strict=True):
            column.append(value)
        return number


def point_rows(
    placed: Orders,
    second: np.ndarray,
    orders: pl.DataFrame,
    tier: np.ndarray,
    rng: np.random.Generator,
    *,
    first_member_number: int,
) -> pl.DataFrame:
    """One row per movement (metrics.engine.schemas.Points), by time; `tier` is the place of each order's tier."""
    counted = np.flatnonzero((placed.customer >= 0) & (placed.day >= day_of(POINTS_SINCE)))
    counted = counted[np.lexsort((second[counted], placed.customer[counted]))]
    net = orders["amount"].to_numpy()[counted]
    paid = np.where(net > 0, net, (orders["gross"] - orders["discount"]).to_numpy()[counted])
    earned = np.floor(paid * np.array(POINTS_PER_CNY)[tier[counted]] + 1e-9).astype(np.int64)
    wish = rng.random((len(counted), 2))
    goodwill = placed.recovered[counted] & (rng.random(len(counted)) < GOODWILL_SHARE)
    booked = _booked(
        placed.customer[counted].tolist(),
        second[counted].tolist(),
        earned.tolist(),
        (net <= 0).tolist(),
        goodwill.tolist(),
        wish.tolist(),
    )
    return _as_rows(booked, first_member_number)


def _booked(
    customers: list[int],
    seconds: list[int],
    earned: list[int],
    returned: list[bool],
    goodwill: list[bool],
    wishes: list[list[float]],
) -> Booked:
    """Order by order of each customer: what expired before it, what it spends, what it earns."""
    booked = Booked()
    awards: deque[list[int]] = deque()  # number, points left, last day
    balance, owner = 0, -1
    for customer, second, points, back, good, (spends, all_of_it) in zip(
        customers, seconds, earned, returned, goodwill, wishes, strict=True
    ):
        if customer != owner:
            _expire(booked, awards, owner, DAYS)
            awards.clear()
            balance, owner = 0, customer
        balance -= _expire(booked, awards, customer, second // DAY_SECONDS)
        if balance >= LEAST_SPENT and spends < SPEND_SHARE:
            wanted = balance if all_of_it < SPEND_ALL_SHARE else balance // 2
            spent = max(wanted // SPENT_STEP, 1) * SPENT_STEP
            booked.book(customer, second, SPEND, -spent)
            balance -= spent
            _take(awards, spent)
        if not points:
            continue
        last_day = second // DAY_SECONDS + POINTS_LAST_DAYS
        number = booked.book(customer, second + 1, EARN, points, expires=last_day)
        if back and second + CANCEL_AFTER < DAYS * DAY_SECONDS:  # the whole order was given back
            booked.book(customer, second + CANCEL_AFTER, CANCEL, -points, award=number)
            continue
        awards.append([number, points, last_day])
        balance += points
        if good and second + 2 * DAY_SECONDS < DAYS * DAY_SECONDS:
            number = booked.book(customer, second + 2, ADJUST, GOODWILL, expires=last_day)
            awards.append([number, GOODWILL, last_day])
            balance += GOODWILL
    _expire(booked, awards, owner, DAYS)
    return booked


def _expire(booked: Booked, awards: deque[list[int]], customer: int, day: int) -> int:
    """Book what had its last day before this one; how many points that were."""
    gone = 0
    while awards and awards[0][2] < day:
        number, left, last_day = awards.popleft()
        booked.book(customer, (last_day + 1) * DAY_SECONDS, EXPIRE, -left, award=number)
        gone += left
    return gone


def _take(awards: deque[list[int]], points: int) -> None:
    """The oldest points go first."""
    while points:
        taken = min(points, awards[0][1])
        awards[0][1] -= taken
        points -= taken
        if not awards[0][1]:
            awards.popleft()


def _as_rows(booked: Booked, first_member_number: int) -> pl.DataFrame:
    columns = {
        name: np.array(getattr(booked, name), dtype=np.int64)
        for name in ("number", "customer", "second", "kind", "points", "award", "expires")
    }
    order = np.lexsort((columns["number"], columns["second"]))
    number, customer, second, kind, points, award, expires = (column[order] for column in columns.values())
    known = pl.Series("known", expires >= 0)
    last_days = pl.DataFrame({"known": known, "day": dates(np.maximum(expires, 0))})
    return pl.DataFrame(
        {
            "source": pl.repeat(SOURCE, len(order), dtype=pl.String, eager=True),
            "movement_id": ids("P", number + first_member_number, 9),
            "customer_id": member_ids(customer, first_member_number),
            "moved_at": times(second),
            "kind": pick(MOVEMENTS, kind),
            "points": points.astype(float),
            "award_id": ids("P", np.where(award < 0, -1, award + first_member_number), 9),
            "expires_on": last_days.select(pl.when("known").then("day")).to_series(),
        }
    )
