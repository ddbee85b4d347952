"""Tiers by rule: the net spend of the trailing twelve calendar months, looked at on the last day of each month."""

import datetime as dt

import numpy as np
import polars as pl

from data.demo.columns import dates, pick
from data.demo.people import People, member_ids
from data.demo.process import Orders
from data.demo.world import DAYS, FIRST_DAY, LAST_DAY, TIER_MONTHS, TIER_THRESHOLDS_CNY, TIERS


def month_starts() -> list[dt.date]:
    """The first of each month that begins after the first day and not after the last."""
    months = range(FIRST_DAY.year * 12 + FIRST_DAY.month, LAST_DAY.year * 12 + LAST_DAY.month)
    return [dt.date(month // 12, month % 12 + 1, 1) for month in months]


def month_days() -> np.ndarray:
    """The days since the first of `month_starts`."""
    return np.array([(start - FIRST_DAY).days for start in month_starts()])


def tiers_by_month(who: People, placed: Orders, amount_cents: np.ndarray) -> np.ndarray:
    """The place of each customer's tier from each month start on: customers in rows; the lowest before they join."""
    starts = month_days()
    spent = _trailing_spend(len(who), placed, amount_cents, starts)
    tier = np.searchsorted(np.array(TIER_THRESHOLDS_CNY[1:]) * 100, spent, side="right")
    return np.where(who.joined[:, None] < starts, tier, 0)


def tier_of_orders(placed: Orders, tier: np.ndarray) -> np.ndarray:
    """The place of the tier that each order's customer held; the lowest for people without a number."""
    months = np.searchsorted(month_days(), placed.day, side="right")
    held = np.concatenate([np.zeros((len(tier), 1), np.int64), tier], axis=1)
    nobody = np.zeros((1, held.shape[1]), np.int64)
    return np.concatenate([held, nobody])[placed.customer, months]


def tier_rows(who: People, tier: np.ndarray, *, first_member_number: int) -> pl.DataFrame:
    """One row per customer and change (metrics.engine.schemas.TierChange), by customer and date; `tier` as of `tiers_by_month`.

    Everybody enters in the lowest tier on the day of joining. What a month end decides holds from the next day.
    """
    starts = month_days()
    before = np.concatenate([np.zeros((len(who), 1), np.int64), tier[:, :-1]], axis=1)
    customer, month = np.nonzero(tier != before)
    everybody = np.arange(len(who))
    customer_all = np.concatenate([everybody, customer])
    day_all = np.concatenate([who.joined, starts[month]])
    tier_all = np.concatenate([np.zeros(len(who), np.int64), tier[customer, month]])
    order = np.lexsort((day_all, customer_all))
    return pl.DataFrame(
        {
            "customer_id": member_ids(customer_all[order], first_member_number),
            "effective_on": dates(day_all[order]),
            "tier": pick(TIERS, tier_all[order]),
        }
    )


def _trailing_spend(customers: int, placed: Orders, amount_cents: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Cents per customer and month start: the net amounts of the twelve calendar months before it."""
    month_of_day = np.searchsorted(starts, np.arange(DAYS), side="right")
    known = placed.customer >= 0
    months = len(starts) + 1
    cell = placed.customer[known] * months + month_of_day[placed.day[known]]
    spent = np.bincount(cell, weights=amount_cents[known], minlength=customers * months).reshape(customers, months)
    total = np.concatenate([np.zeros((customers, 1)), np.cumsum(spent, axis=1)], axis=1)
    last = np.arange(1, months)
    return total[:, last] - total[:, np.maximum(last - TIER_MONTHS, 0)]
