"""The ledger of points: every movement replayed as it was booked, so that each award knows what became of its points and when.

The rules. Movements go by time, then by their number. What a customer gets opens an award (earned points, and what an adjustment adds).
What goes names an award, whose points go first, or else takes those of the oldest awards. An award whose last day is over loses what is
left of it on the day after, whether or not the file books that; points that the file books as expired are then taken to be these. What is
taken beyond all awards is overdrawn, and the next points make it good.

Points are counted in ten-thousandths, as whole numbers, so that nothing is rounded.
"""

import datetime as dt
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.engine.exact import money
from metrics.engine.schemas import MOVEMENTS

UNIT = 10_000
EARN, SPEND, EXPIRE, ADJUST, CANCEL = range(len(MOVEMENTS))
NEVER = np.iinfo(np.int32).max  # the last day of an award that keeps its points
EPOCH = dt.date(1970, 1, 1)
Whole = np.ndarray  # of int64

COLUMNS = ("customer_key", "moved_at", "source", "movement_id", "kind", "points", "award_id", "expires_on")


@dataclass(frozen=True)
class Taken:
    """What left awards: one value per award and movement in each array. `award` is the place of the award, −1 where points are overdrawn;
    `why` the kind of the movement."""

    award: Whole
    customer: Whole  # place of the customer
    day: Whole  # since EPOCH
    why: Whole
    units: Whole


@dataclass(frozen=True)
class Ledger:
    """Awards and what became of them. Customers are places in `keys`; days count from EPOCH."""

    keys: pl.Series
    customer: Whole  # of each award
    opened: Whole  # day of each award
    last_day: Whole  # of each award; NEVER
    units: Whole  # of each award
    earned: np.ndarray  # bool: not by an adjustment
    left: Whole  # units of each award that are left
    debt: Whole  # units that each customer has overdrawn
    repaid: Whole  # of each award: units that made an overdraft good
    taken: Taken

    @property
    def balance(self) -> Whole:
        """Units of each customer: what is left, less what is overdrawn."""
        return _added(self.customer, self.left, len(self.keys)) - self.debt


def replay(points: nw.LazyFrame, *, as_of: dt.date) -> Ledger:
    """The ledger of rows of Snapshot.points, at the end of a day. Without rows it has no award."""
    rows = (
        points.filter(nw.col("moved_at").cast(nw.Date) <= nw.lit(as_of)).select(*COLUMNS).with_columns(money("points"))
    )
    return replayed(rows.collect("polars").to_native(), as_of=as_of)


def replayed(rows: pl.DataFrame, *, as_of: dt.date) -> Ledger:
    """As `replay`, of rows that are collected."""
    moved = rows.with_columns(
        units=(pl.col("points").cast(pl.Float64) * UNIT).round().cast(pl.Int64),
        day=pl.col("moved_at").dt.date().cast(pl.Int32).cast(pl.Int64),
        last_day=pl.col("expires_on").cast(pl.Int32).cast(pl.Int64).fill_null(NEVER),
        why=pl.col("kind").replace_strict(list(MOVEMENTS), list(range(len(MOVEMENTS))), return_dtype=pl.Int64),
    ).sort("customer_key", "moved_at", "movement_id", "source")
    keys = moved["customer_key"].unique(maintain_order=True)
    customer = moved["customer_key"].rle_id().cast(pl.Int64).to_numpy()
    opens = moved["units"].to_numpy() > 0
    named = _named_awards(moved, opens)
    units, day, last_day, why = (moved[name].to_numpy() for name in ("units", "day", "last_day", "why"))
    # an award cannot end before it begins
    ends = np.maximum(last_day[opens], day[opens])
    book = _Book(
        len(keys),
        customer[opens],
        day[opens],
        ends,
        units[opens],
        why[opens] == EARN,
        (as_of - EPOCH) // dt.timedelta(days=1),
    )
    book.run(customer, units, day, why, named, np.cumsum(opens) - 1, opens)
    return book.closed(keys)


def _named_awards(moved: pl.DataFrame, opens: np.ndarray) -> Whole:
    """The place of the award that each movement names, of the same customer and source; −1 where it names none that is known before it."""
    opened = moved.filter(pl.Series(opens)).select("customer_key", "source", award_id="movement_id")
    opened = opened.with_columns(award=pl.int_range(pl.len(), dtype=pl.Int64))
    keys = ["customer_key", "source", "award_id"]
    found = moved.select(keys).join(opened.unique(keys, keep="first"), on=keys, how="left", maintain_order="left")[
        "award"
    ]
    award = found.fill_null(-1).to_numpy()
    return np.where(award <= np.cumsum(opens) - 1, award, -1)


class _Book:
    """Takes movements in rounds: the first of all customers at once, then the second of those who have one, and so on."""

    def __init__(
        self,
        customers: int,
        customer: Whole,
        opened: Whole,
        last_day: Whole,
        units: Whole,
        earned: np.ndarray,
        today: int,
    ) -> None:
        self.customer, self.opened, self.last_day, self.units, self.earned = customer, opened, last_day, units, earned
        self.left = np.zeros(len(units), np.int64)  # an award that is not booked yet has nothing to take
        self.repaid = np.zeros(len(units), np.int64)
        self.debt = np.zeros(customers, np.int64)
        self.ahead = np.zeros(customers, np.int64)  # expired by the calendar, and not yet booked as such
        self.first = np.searchsorted(customer, np.arange(customers), side="left")
        self.end = self.first.copy()  # after the last award that is booked
        self.today = today
        self.parts: list[tuple[Whole, ...]] = []

    def run(
        self, customer: Whole, units: Whole, day: Whole, why: Whole, named: Whole, award: Whole, opens: np.ndarray
    ) -> None:
        """All movements; `award` is the place of the award that each of those that `opens` brings."""
        begins = np.searchsorted(customer, np.arange(len(self.debt)), side="left")
        number = np.arange(len(customer)) - begins[customer] if len(customer) else customer
        order = np.argsort(number, kind="stable")
        bounds = np.cumsum(np.bincount(number)) if len(number) else np.zeros(0, np.int64)
        start = 0
        for stop in bounds:
            rows = order[start:stop]
            start = int(stop)
            self._expire(customer[rows], day[rows])
            self._open(customer[rows[opens[rows]]], award[rows[opens[rows]]])
            out = rows[units[rows] < 0]
            self._take(customer[out], -units[out], day[out], why[out], named[out])

    def closed(self, keys: pl.Series) -> Ledger:
        """The ledger at the end of the day."""
        everybody = np.arange(len(self.debt))
        self._expire(everybody, np.full(len(self.debt), self.today))
        columns = (
            [np.concatenate(column) for column in zip(*self.parts, strict=True)]
            if self.parts
            else [np.zeros(0, np.int64)] * 5
        )
        taken = Taken(*columns)
        return Ledger(
            keys,
            self.customer,
            self.opened,
            self.last_day,
            self.units,
            self.earned,
            self.left,
            self.debt,
            self.repaid,
            taken,
        )

    def _note(self, award: Whole, customer: Whole, day: Whole, why: Whole, units: Whole) -> None:
        some = units > 0
        if some.any():
            self.parts.append(tuple(column[some] for column in (award, customer, day, why, units)))

    def _open(self, customer: Whole, award: Whole) -> None:
        """Awards are booked; an overdraft takes of them first."""
        self.end[customer] = award + 1
        repaid = np.minimum(self.debt[customer], self.units[award])
        self.debt[customer] -= repaid
        self.repaid[award] = repaid
        self.left[award] = self.units[award] - repaid

    def _expire(self, customer: Whole, day: Whole) -> None:
        """What is left of awards whose last day lies before these days is gone."""
        for award, of in self._awards(customer):
            over = (self.last_day[award] < day[of]) & (self.left[award] > 0)
            award, of = award[over], of[over]
            gone = self.left[award]
            self._note(award, customer[of], self.last_day[award] + 1, np.full(len(award), EXPIRE), gone)
            self.left[award] = 0
            np.add.at(self.ahead, customer[of], gone)

    def _take(self, customer: Whole, units: Whole, day: Whole, why: Whole, named: Whole) -> None:
        units = units.copy()
        known = (why == EXPIRE) & (self.ahead[customer] > 0)  # booked, of what has expired by the calendar
        booked = np.where(known, np.minimum(units, self.ahead[customer]), 0)
        self.ahead[customer] -= booked
        units -= booked
        has = np.flatnonzero((named >= 0) & (units > 0))
        own = np.minimum(units[has], self.left[named[has]])
        self.left[named[has]] -= own
        units[has] -= own
        self._note(named[has], customer[has], day[has], why[has], own)
        for award, of in self._awards(customer, units):
            part = np.minimum(units[of], self.left[award])
            self.left[award] -= part
            units[of] -= part
            self._note(award, customer[of], day[of], why[of], part)
        self.debt[customer] += units
        self._note(np.full(len(customer), -1), customer, day, why, units)

    def _awards(self, customer: Whole, units: Whole | None = None):
        """Award by award of each of these customers, the oldest first: their places, and whose they are among these. With `units`, of those
        who still want some."""
        at = self._advanced(customer)
        while True:
            of = np.flatnonzero((at < self.end[customer]) & (True if units is None else units > 0))
            if not len(of):
                return
            yield at[of], of
            at[of] += 1

    def _advanced(self, customer: Whole) -> Whole:
        """The first award of each customer that is not used up, from which on awards are looked at."""
        while True:
            at = self.first[customer]
            used = (
                customer[(at < self.end[customer]) & (self.left[np.minimum(at, len(self.left) - 1)] == 0)]
                if len(self.left)
                else customer[:0]
            )
            if not len(used):
                return self.first[customer].copy()
            self.first[used] += 1


def _added(place: Whole, units: Whole, length: int) -> Whole:
    """Sums of units by place, exact: NumPy's own counting adds floating-point numbers."""
    total = np.zeros(length, np.int64)
    np.add.at(total, place, units)
    return total
