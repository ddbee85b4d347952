"""The customers before they buy anything: who they are, when they join, and what nobody sees (rates, attitudes)."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.demo.columns import dates, ids, pick
from data.demo.seasons import Seasons
from data.demo.world import (
    ACQUISITION,
    ACQUISITION_WEIGHTS,
    ATTITUDE_SD,
    CITIES,
    COUPON_WON,
    COUPON_WON_DROPOUT,
    COUPON_WON_RATE,
    DAYS,
    DROPOUT_A,
    DROPOUT_B,
    ENGLISH_SHARE,
    LANGUAGES,
    NEVER_ORDERED_SHARE,
    RATE_PER_DAY,
    RATE_SHAPE,
    SPEND_Q,
    SPEND_V,
    STORES,
    Pace,
)

JOINED_BEFORE_ORDERING_SHARE, DAYS_BEFORE_ORDERING = 0.2, 20


@dataclass(frozen=True)
class People:
    """One value per customer in each array, in the order of joining."""

    joined: np.ndarray  # day since the first
    first_order: np.ndarray  # day since the first; DAYS for those who never order
    acquisition: np.ndarray  # places in ACQUISITION, CITIES, STORES, LANGUAGES
    city: np.ndarray
    home_store: np.ndarray
    language: np.ndarray
    birthday_month: np.ndarray
    rate: np.ndarray  # orders per day of average demand
    dropout: np.ndarray  # chance to leave after an order
    attitude: np.ndarray  # usual satisfaction
    spend_nu: np.ndarray  # ν of the gamma-gamma model
    channels: np.ndarray  # (customers, 3): inclination to web, app, store
    coupon_use: np.ndarray  # chance to use a coupon when none is advertised

    def __len__(self) -> int:
        return len(self.joined)


def people(customers: int, seasons: Seasons, pace: Pace, rng: np.random.Generator) -> People:
    """Draw so many customers."""
    arrived = np.searchsorted(np.cumsum(seasons.arrivals)[:-1], rng.random(customers), side="right")
    early = rng.random(customers) < JOINED_BEFORE_ORDERING_SHARE
    ahead = np.where(early, rng.geometric(1 / DAYS_BEFORE_ORDERING, customers), 0)
    joined = np.maximum(arrived - ahead, 0)
    order = np.argsort(joined, kind="stable")
    joined, arrived = joined[order], arrived[order]

    never = rng.random(customers) < NEVER_ORDERED_SHARE
    won = rng.random(customers) < seasons.coupon_won[arrived]
    acquisition = np.where(won, COUPON_WON, rng.choice(len(ACQUISITION_WEIGHTS), customers, p=ACQUISITION_WEIGHTS))
    weights = np.array([city.weight for city in CITIES])
    city = rng.choice(len(CITIES), customers, p=weights / weights.sum())
    rate = rng.gamma(RATE_SHAPE, RATE_PER_DAY * pace.rate / RATE_SHAPE, customers)
    dropout = rng.beta(DROPOUT_A, DROPOUT_B * pace.staying, customers)
    inclination = np.where((acquisition == ACQUISITION.index("store"))[:, None], [0.5, 0.6, 2.4], [1.1, 1.2, 0.9])
    inclination = rng.standard_gamma(inclination)
    return People(
        joined=joined,
        first_order=np.where(never, DAYS, arrived),
        acquisition=acquisition,
        city=city,
        home_store=_home_stores(city, rng),
        language=(rng.random(customers) < ENGLISH_SHARE).astype(np.int64),
        birthday_month=rng.integers(1, 13, customers),
        rate=rate * np.where(won, COUPON_WON_RATE, 1),
        dropout=np.minimum(dropout + np.where(won, COUPON_WON_DROPOUT, 0), 1),
        attitude=rng.normal(0, ATTITUDE_SD, customers),
        spend_nu=rng.gamma(SPEND_Q, 1 / SPEND_V, customers),
        channels=inclination / inclination.sum(axis=1, keepdims=True),
        coupon_use=np.where(won, rng.beta(3, 4, customers), rng.beta(1.2, 7, customers)),
    )


def _home_stores(city: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One of the stores that people of the city go to."""
    names = [store.name for store in STORES]
    reach = [[names.index(name) for name in place.stores] for place in CITIES]
    width = max(len(stores) for stores in reach)
    table = np.array([[stores[column % len(stores)] for column in range(width)] for stores in reach])
    return table[city, rng.integers(0, width, len(city))]


def members(who: People, first_number: int) -> pl.DataFrame:
    """One row per customer, whether or not there is an order (metrics.engine.schemas.Member)."""
    month, language = pl.Series("month", who.birthday_month), pick(LANGUAGES, who.language)
    attributes = pl.DataFrame(
        {"city": pick([city.name for city in CITIES], who.city), "month": month, "language": language}
    )
    return pl.DataFrame(
        {
            "customer_id": member_ids(np.arange(len(who)), first_number),
            "joined_on": dates(who.joined),
            "acquisition_channel": pick(ACQUISITION, who.acquisition),
            "region": pick([city.region for city in CITIES], who.city),
            "attributes": attributes.select(
                pl.concat_str(
                    pl.lit('{"city": "'),
                    "city",
                    pl.lit('", "birthday_month": '),
                    pl.col("month").cast(pl.String),
                    pl.lit(', "preferred_language": "'),
                    "language",
                    pl.lit('"}'),
                )
            ).to_series(),
        }
    )


def member_ids(customer: np.ndarray, first_number: int) -> pl.Series:
    """The member number of each customer; null for −1 (walk-ins)."""
    return ids("M", np.where(customer < 0, -1, customer + first_number), 9)
