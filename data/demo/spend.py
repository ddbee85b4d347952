"""What each order costs: goods, coupon, refund, in cents until the frame is made, so that amounts add up exactly."""

import numpy as np
import polars as pl

from data.demo.columns import DAY_SECONDS, ids, pick, times
from data.demo.people import People, member_ids
from data.demo.process import Orders
from data.demo.seasons import APP10, COUPON_RATES, COUPONS, MEMBER8, SPRING30, WELCOME20, Seasons, day_of
from data.demo.world import (
    APP,
    CHANNELS,
    CITIES,
    COUPON_WON,
    CURRENCY,
    SOURCE,
    SPEND_P,
    SPEND_Q,
    SPEND_V,
    SPRING_CAMPAIGN,
    STORE,
    STORES,
)

CENT_ENDINGS = (0, 0, 50, 90, 90)  # prices end in .00, .50 or .90
WALK_IN_SPEND = 0.7
COUPON_USE_WHEN_ADVERTISED = 0.38
MARKDOWN_SHARE, MARKDOWN_RATES = 0.09, (0.1, 0.2, 0.3)
REFUND_SHARE = {"web": 0.030, "app": 0.026, "store": 0.012}
REFUND_SHARE_AFTER_TROUBLE = 0.11  # late or out of stock
WHOLE_REFUND_SHARE = 0.4
CNY_PER_ITEM = 110

# Orders by hour of the day, relative.
ONLINE_HOURS = (3, 1, 1, 0, 0, 1, 2, 4, 6, 8, 9, 8, 9, 8, 7, 7, 7, 8, 9, 11, 13, 14, 12, 7)
STORE_HOURS = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 8, 10, 9, 9, 10, 11, 12, 12, 11, 8, 4, 0, 0)


def seconds(placed: Orders, rng: np.random.Generator) -> np.ndarray:
    """When each order was placed, in seconds since the start of the first day."""
    shares = np.cumsum(np.array([ONLINE_HOURS, STORE_HOURS], dtype=float), axis=1)
    shares /= shares[:, -1:]
    luck = rng.random(len(placed))
    online, store = (np.searchsorted(row, luck, side="right") for row in shares)
    hour = np.where(placed.channel == STORE, store, online)
    return placed.day * DAY_SECONDS + hour * 3600 + rng.integers(0, 3600, len(placed))


def order_rows(
    who: People,
    placed: Orders,
    second: np.ndarray,
    seasons: Seasons,
    rng: np.random.Generator,
    *,
    first_order_number: int,
    first_member_number: int,
) -> pl.DataFrame:
    """One row per order (metrics.engine.schemas.Order); the orders must be in the order of their times."""
    gross = _gross(who, placed, rng)
    coupon = _coupons(who, placed, seasons, rng)
    markdown = (coupon < 0) & (rng.random(len(placed)) < MARKDOWN_SHARE)
    marked_down = np.where(markdown, rng.choice(MARKDOWN_RATES, len(placed)), 0)
    rate = np.where(coupon >= 0, np.array([*COUPON_RATES, 0])[coupon], marked_down)
    discount = np.rint(gross * rate).astype(np.int64)
    refund = _refunds(placed, gross - discount, rng)
    customer_region = np.append([_regions()[city.region] for city in CITIES], -1)[
        _with_nobody(who.city)[placed.customer]
    ]
    store_region = np.array([*(_regions()[store.region] for store in STORES), -1])[placed.store]
    size = len(placed)
    return pl.DataFrame(
        {
            "source": pl.repeat(SOURCE, size, dtype=pl.String, eager=True),
            "order_id": order_ids(np.arange(size), first_order_number),
            "kind": pl.repeat("order", size, dtype=pl.String, eager=True),
            "customer_id": member_ids(placed.customer, first_member_number),
            "ordered_at": times(second),
            "amount": (gross - discount - refund) / 100,
            "gross": gross / 100,
            "discount": discount / 100,
            "refund": refund / 100,
            "coupon": pick(COUPONS, coupon),
            "channel": pick(CHANNELS, placed.channel),
            "store": pick([store.name for store in STORES], placed.store),
            "region": pick(list(_regions()), np.where(placed.store >= 0, store_region, customer_region)),
            "items": (1 + rng.poisson(gross / 100 / CNY_PER_ITEM)).astype(float),
            "currency": pl.repeat(CURRENCY, size, dtype=pl.String, eager=True),
        }
    )


def order_ids(place: np.ndarray, first_number: int) -> pl.Series:
    """The number on the receipt; null for −1."""
    return ids("R", np.where(place < 0, -1, place + first_number), 9)


def _regions() -> dict[str, int]:
    return {region: place for place, region in enumerate(dict.fromkeys(city.region for city in CITIES))}


def _with_nobody(values: np.ndarray) -> np.ndarray:
    """The values with −1 at the end, where the walk-ins' customer −1 finds it."""
    return np.append(values, -1)


def _gross(who: People, placed: Orders, rng: np.random.Generator) -> np.ndarray:
    """Cents before any discount."""
    typical_nu = (SPEND_Q - 1) / SPEND_V / WALK_IN_SPEND
    spend = rng.gamma(SPEND_P, 1, len(placed)) / np.append(who.spend_nu, typical_nu)[placed.customer]
    return np.maximum(np.floor(spend), 9).astype(np.int64) * 100 + rng.choice(CENT_ENDINGS, len(placed))


def _coupons(who: People, placed: Orders, seasons: Seasons, rng: np.random.Generator) -> np.ndarray:
    """The place of each order's coupon in COUPONS, −1 for none."""
    advertised = seasons.coupon[placed.day]
    inclined = np.append(who.coupon_use, 0)[placed.customer]
    use = rng.random(len(placed)) < np.where(
        advertised >= 0, np.maximum(inclined, COUPON_USE_WHEN_ADVERTISED), inclined
    )
    usual = np.where(placed.channel == APP, APP10, MEMBER8)
    coupon = np.where(use, np.where(advertised >= 0, advertised, usual), -1)
    won = (placed.number == 1) & (_with_nobody(who.acquisition)[placed.customer] == COUPON_WON)
    spring = (placed.day >= day_of(SPRING_CAMPAIGN[0])) & (placed.day <= day_of(SPRING_CAMPAIGN[1]))
    coupon = np.where(won, np.where(spring, SPRING30, WELCOME20), coupon)
    return np.where(placed.customer < 0, -1, coupon)


def _refunds(placed: Orders, paid: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cents given back of what was paid."""
    usual = np.array([REFUND_SHARE[name] for name in CHANNELS])[placed.channel]
    trouble = placed.late | placed.stock_out
    refunded = rng.random(len(placed)) < np.where(trouble, REFUND_SHARE_AFTER_TROUBLE, usual)
    part = np.where(rng.random(len(placed)) < WHOLE_REFUND_SHARE, 1, rng.uniform(0.15, 0.7, len(placed)))
    return np.where(refunded, np.rint(paid * part), 0).astype(np.int64)
