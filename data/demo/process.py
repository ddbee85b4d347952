"""Who buys when, and how it goes: a buy-till-you-die process in which each experience changes what comes next.

The n-th orders of all customers are drawn together, then the (n+1)-th of those who came back, until nobody is left. Purchase
times run on a clock of demand, which goes fast in November and slowly in the Spring Festival week.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from data.demo.people import People
from data.demo.seasons import Seasons, day_of
from data.demo.world import (
    ACQUISITION,
    APP,
    CHANNELS,
    DAYS,
    DROPOUT_PER_SATISFACTION,
    FELT_GOOD_STAFF,
    FELT_LATE,
    FELT_POOR_STAFF,
    FELT_STOCK_OUT,
    GOOD_STAFF_SHARE,
    GOOD_STAFF_SHARE_TRAINED,
    MOOD_SD,
    NPS_ANSWER_SHARE,
    POOR_STAFF_SHARE,
    POOR_STAFF_SHARE_TRAINED,
    RATE_PER_SATISFACTION,
    RECOVERED_SHARE,
    STOCK_OUT_SHARE,
    STORE,
    STORES,
    TRAINED_STORES,
    TRAINING_ON,
    WALK_IN_ANSWERS,
    WALK_IN_SHARE,
    WEB,
    Pace,
)

AWAY_FROM_HOME_SHARE = 0.1  # of store orders, in any of the chain's stores
FROM_WEB_TO_APP = 0.45  # share of web orders that have moved to the app by the last day
UNHAPPY_ANSWER_MORE = 1.25
NPS_ORDINARY, NPS_PER_SATISFACTION = 8.6, 1.5
FURIOUS_BELOW, FURIOUS_NPS = 1.5, 2.0  # the long tail of very low scores


@dataclass(frozen=True)
class Orders:
    """One value per order in each array."""

    customer: np.ndarray  # place among the people; −1 = walk-in
    number: np.ndarray  # 1 for the customer's first order; 0 = walk-in
    day: np.ndarray
    channel: np.ndarray  # place in CHANNELS
    store: np.ndarray  # place in STORES; −1 = online
    late: np.ndarray  # bool
    stock_out: np.ndarray  # bool
    staff: np.ndarray  # −1 poor, 0, +1 good (stores only)
    satisfaction: np.ndarray
    nps: np.ndarray  # what the customer would answer, 0–10
    answers: np.ndarray  # bool: is asked and answers
    recovered: np.ndarray  # bool: a detractor's answer was followed up well

    def __len__(self) -> int:
        return len(self.customer)

    def taken(self, places: np.ndarray) -> "Orders":
        """The orders at these places, in this order."""
        return Orders(**{field.name: getattr(self, field.name)[places] for field in fields(self)})


def orders(who: People, seasons: Seasons, pace: Pace, rng: np.random.Generator) -> Orders:
    """All orders of these people, and the walk-ins beside them, by day."""
    rounds = list(_rounds(who, seasons, pace, rng))
    placed = sum(len(part) for part in rounds)
    rounds.append(_walk_ins(round(placed * WALK_IN_SHARE / (1 - WALK_IN_SHARE)), seasons, pace, rng))
    together = Orders(**{f.name: np.concatenate([getattr(part, f.name) for part in rounds]) for f in fields(Orders)})
    return together.taken(np.lexsort((together.number, together.customer, together.day)))


def _rounds(who: People, seasons: Seasons, pace: Pace, rng: np.random.Generator) -> Iterator[Orders]:
    """First orders, second orders, … until nobody comes back before the last day."""
    clock = np.concatenate([[0.0], np.cumsum(seasons.demand)])
    customer = np.flatnonzero(who.first_order < DAYS)
    day = who.first_order[customer]
    at = clock[day] + rng.random(len(customer)) * seasons.demand[day]
    number = 1
    while len(customer):
        channel, store = _where(who, customer, day, rng, first=number == 1)
        now = _experience(
            customer, np.full(len(customer), number), day, channel, store, who.attitude[customer], seasons, pace, rng
        )
        yield now
        low = np.where(now.recovered, 0, np.minimum(now.satisfaction, 0))
        stays = rng.random(len(customer)) >= who.dropout[customer] - DROPOUT_PER_SATISFACTION * low
        gap = rng.standard_exponential(len(customer)) / (who.rate[customer] * np.exp(RATE_PER_SATISFACTION * low))
        at = at + gap
        back = stays & (at < clock[-1])
        customer, at, number = customer[back], at[back], number + 1
        day = np.minimum(np.searchsorted(clock, at, side="right") - 1, DAYS - 1)


def _where(
    who: People, customer: np.ndarray, day: np.ndarray, rng: np.random.Generator, *, first: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Channel and store of each order; who was won in a store buys there first."""
    count = len(customer)
    split = np.cumsum(who.channels[customer], axis=1)
    channel = (rng.random(count)[:, None] >= split[:, :2]).sum(axis=1)
    moved = rng.random(count) < FROM_WEB_TO_APP * day / DAYS
    channel = np.where((channel == WEB) & moved, APP, channel)
    if first:
        channel = np.where(who.acquisition[customer] == ACQUISITION.index("store"), STORE, channel)
    away = rng.random(count) < AWAY_FROM_HOME_SHARE
    store = np.where(away, rng.integers(0, len(STORES), count), who.home_store[customer])
    return channel, np.where(channel == STORE, store, -1)


def _walk_ins(count: int, seasons: Seasons, pace: Pace, rng: np.random.Generator) -> Orders:
    """Store orders of people without a member number."""
    growing = np.cumsum(seasons.demand * (1 + np.arange(DAYS) / DAYS))
    day = np.searchsorted(growing / growing[-1], rng.random(count), side="right")
    nobody, store = np.full(count, -1), rng.integers(0, len(STORES), count)
    quiet = Pace(answers=pace.answers * WALK_IN_ANSWERS)
    channel = np.full(count, STORE)
    return _experience(nobody, np.zeros(count, np.int64), day, channel, store, np.zeros(count), seasons, quiet, rng)


def _experience(
    customer: np.ndarray,
    number: np.ndarray,
    day: np.ndarray,
    channel: np.ndarray,
    store: np.ndarray,
    attitude: np.ndarray,
    seasons: Seasons,
    pace: Pace,
    rng: np.random.Generator,
) -> Orders:
    """How each order went and what its customer would say of it."""
    count = len(customer)
    in_store = channel == STORE
    late = ~in_store & (rng.random(count) < seasons.late[day])
    stock_out = rng.random(count) < np.array([STOCK_OUT_SHARE[name] for name in CHANNELS])[channel]
    names = [shop.name for shop in STORES]
    trained = np.isin(store, [names.index(name) for name in TRAINED_STORES]) & (day >= day_of(TRAINING_ON))
    luck = rng.random(count)
    poor = luck < np.where(trained, POOR_STAFF_SHARE_TRAINED, POOR_STAFF_SHARE)
    good = luck > 1 - np.where(trained, GOOD_STAFF_SHARE_TRAINED, GOOD_STAFF_SHARE)
    staff = np.where(in_store, good.astype(np.int64) - poor, 0)
    satisfaction = attitude + rng.normal(0, MOOD_SD, count) + FELT_LATE * late + FELT_STOCK_OUT * stock_out
    satisfaction += np.array([FELT_POOR_STAFF, 0, FELT_GOOD_STAFF])[staff + 1]
    furious = np.maximum(-satisfaction - FURIOUS_BELOW, 0) * FURIOUS_NPS
    nps = np.clip(np.rint(NPS_ORDINARY + NPS_PER_SATISFACTION * satisfaction - furious), 0, 10).astype(np.int64)
    asked = NPS_ANSWER_SHARE * pace.answers * np.where(satisfaction < -1, UNHAPPY_ANSWER_MORE, 1)
    answers = rng.random(count) < asked
    recovered = answers & (nps <= 6) & (customer >= 0) & (rng.random(count) < RECOVERED_SHARE)
    return Orders(customer, number, day, channel, store, late, stock_out, staff, satisfaction, nps, answers, recovered)
