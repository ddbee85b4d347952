"""Uses of the programme's benefits, by the tier that the customer held: free delivery from silver on, a birthday gift from gold on."""

import datetime as dt

import numpy as np
import polars as pl

from data.demo.columns import DAY_SECONDS, ids, pick, times
from data.demo.people import People, member_ids
from data.demo.process import Orders
from data.demo.seasons import day_of
from data.demo.tiers import month_starts
from data.demo.world import FIRST_DAY, LAST_DAY, SOURCE, STORE, TIERS

BENEFITS = ("Free delivery", "Birthday gift")
SILVER, GOLD = TIERS.index("silver"), TIERS.index("gold")
DELIVERY_USED, DELIVERY_COST = 0.45, (6.0, 12.0)  # share of online orders of those who may; CNY, from and to
GIFT_TAKEN, GIFT_COST = 0.5, (0.0, 0.0, 28.0, 65.0)  # share of birthdays; CNY by tier


def benefit_rows(
    who: People,
    placed: Orders,
    second: np.ndarray,
    tier: np.ndarray,
    by_month: np.ndarray,
    rng: np.random.Generator,
    *,
    first_member_number: int,
) -> pl.DataFrame:
    """One row per use (metrics.engine.schemas.BenefitUse), by time. `tier` is that of each order, `by_month` of each customer and month."""
    may = (tier >= SILVER) & (placed.channel != STORE) & (placed.customer >= 0)
    used = np.flatnonzero(may & (rng.random(len(placed)) < DELIVERY_USED))
    delivery_cost = np.rint(rng.uniform(*DELIVERY_COST, len(used)) * 10) / 10
    birthdays = np.array([start.month for start in month_starts()])[None, :] == who.birthday_month[:, None]
    customer, month = np.nonzero(birthdays & (by_month >= GOLD))
    taken = rng.random(len(customer)) < GIFT_TAKEN
    customer, month = customer[taken], month[taken]
    day = np.array([day_of(start) for start in month_starts()], dtype=np.int64)[month] + rng.integers(0, 28, len(month))
    seen = day <= (LAST_DAY - FIRST_DAY) / dt.timedelta(days=1)
    customer, month, day = customer[seen], month[seen], day[seen]
    gift_cost = np.array(GIFT_COST)[by_month[customer, month]]
    at = np.concatenate([second[used], day * DAY_SECONDS + 12 * 3600])
    whose = np.concatenate([placed.customer[used], customer])
    what = np.repeat([0, 1], [len(used), len(customer)])
    order = np.lexsort((what, whose, at))
    size = len(order)
    return pl.DataFrame(
        {
            "source": pl.repeat(SOURCE, size, dtype=pl.String, eager=True),
            "use_id": ids("B", np.arange(size) + first_member_number, 9),
            "customer_id": member_ids(whose[order], first_member_number),
            "used_at": times(at[order]),
            "benefit": pick(BENEFITS, what[order]),
            "cost": np.concatenate([delivery_cost, gift_cost])[order],
        }
    )
