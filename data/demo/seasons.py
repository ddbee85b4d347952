"""What differs from day to day: how much is bought, who is won, what is late, which coupon runs. One value per day."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from data.demo.world import (
    COUPON_WON_SHARE,
    COURIER_CHANGED_ON,
    DAYS,
    FIRST_DAY,
    LATE_AT_PEAKS,
    LATE_SHARE,
    LATE_SHARE_NEW_COURIER,
    SPRING_CAMPAIGN,
    SPRING_CAMPAIGN_LIFT,
    SPRING_CAMPAIGN_WON_SHARE,
)

MONDAY_TO_SUNDAY = (0.90, 0.88, 0.90, 0.94, 1.06, 1.20, 1.12)
JANUARY_TO_DECEMBER = (1.02, 0.94, 0.98, 0.97, 1.02, 1.04, 0.96, 0.95, 1.00, 1.02, 1.10, 1.08)
SPRING_FESTIVALS = (dt.date(2024, 2, 10), dt.date(2025, 1, 29), dt.date(2026, 2, 17))
GROWTH = 0.9  # new customers per day at the end, over those at the start, minus 1
OPENING_LIFT, OPENING_DAYS = 1.2, 30  # the programme's launch: so much more at first, fading over so many days

COUPONS = ("DOUBLE11", "618", "NEWYEAR", "SPRING", "APP10", "MEMBER8", "WELCOME20", "SPRING30")
COUPON_RATES = (0.20, 0.15, 0.12, 0.15, 0.10, 0.08, 0.20, 0.30)
APP10, MEMBER8, WELCOME20, SPRING30 = range(4, 8)


def day_of(date: dt.date) -> int:
    """Days since the first day of the demo."""
    return (date - FIRST_DAY).days


@dataclass(frozen=True)
class Seasons:
    """Arrays of DAYS values, by day since the first."""

    demand: np.ndarray  # relative purchase rate; its mean is 1
    arrivals: np.ndarray  # new customers, as shares that add up to 1
    coupon_won: np.ndarray  # share of the new customers acquired through a coupon campaign
    late: np.ndarray  # share of deliveries that come late
    coupon: np.ndarray  # number of the coupon that runs for everybody, −1 for none


def seasons() -> Seasons:
    """The same for every seed."""
    dates = [FIRST_DAY + dt.timedelta(days=day) for day in range(DAYS)]
    demand = np.array([_demand(date) for date in dates])
    coupon = np.array([_coupon(date) for date in dates])
    spring = np.array([SPRING_CAMPAIGN[0] <= date <= SPRING_CAMPAIGN[1] for date in dates])
    day = np.arange(DAYS)
    arrivals = (1 + GROWTH * day / DAYS + OPENING_LIFT * np.exp(-day / OPENING_DAYS)) * demand**0.8
    arrivals *= np.where(spring, SPRING_CAMPAIGN_LIFT, 1)
    usual = np.where(day >= day_of(COURIER_CHANGED_ON), LATE_SHARE_NEW_COURIER, LATE_SHARE)
    return Seasons(
        demand=demand / demand.mean(),
        arrivals=arrivals / arrivals.sum(),
        coupon_won=np.where(spring, SPRING_CAMPAIGN_WON_SHARE, COUPON_WON_SHARE),
        late=usual * np.array([LATE_AT_PEAKS if _couriers_are_busy(date) else 1 for date in dates]),
        coupon=coupon,
    )


def _demand(date: dt.date) -> float:
    demand = MONDAY_TO_SUNDAY[date.weekday()] * JANUARY_TO_DECEMBER[date.month - 1]
    month_day = (date.month, date.day)
    if (11, 1) <= month_day <= (11, 11):
        demand *= 3.0 if date.day >= 10 else 1.45
    elif (6, 1) <= month_day <= (6, 18):
        demand *= 2.2 if date.day >= 16 else 1.2
    elif month_day >= (12, 30) or month_day <= (1, 2):
        demand *= 1.45
    before = _days_before_spring_festival(date)
    if before is not None:
        demand *= 1.35 if before > 0 else 0.6
    return demand


def _days_before_spring_festival(date: dt.date) -> int | None:
    """18 … 1 before it, 0 … −6 during the holiday, None at any other time."""
    near = [(festival - date).days for festival in SPRING_FESTIVALS if -6 <= (festival - date).days <= 18]
    return near[0] if near else None


def _couriers_are_busy(date: dt.date) -> bool:
    double_11 = date.month == 11 and 9 <= date.day <= 20
    mid_year = date.month == 6 and 15 <= date.day <= 24
    return double_11 or mid_year or _days_before_spring_festival(date) is not None


def _coupon(date: dt.date) -> int:
    month_day = (date.month, date.day)
    if (11, 1) <= month_day <= (11, 12):
        return COUPONS.index("DOUBLE11")
    if (6, 1) <= month_day <= (6, 18):
        return COUPONS.index("618")
    if month_day >= (12, 28) or month_day <= (1, 5):
        return COUPONS.index("NEWYEAR")
    return COUPONS.index("SPRING") if (_days_before_spring_festival(date) or 0) > 0 else -1
