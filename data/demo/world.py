"""The made-up chain: its places, dates, channels, rules and the effects that a reader of the demo can find again.

Every number that shapes the demo and has a meaning of its own stands here under its name. Money is in CNY, shares are 0–1.
"""

import datetime as dt
from dataclasses import dataclass

SEED = 20230719
CUSTOMERS = 20_000
SOURCE = "demo"
CURRENCY = "CNY"

FIRST_DAY = dt.date(2023, 7, 19)
LAST_DAY = dt.date(2026, 7, 18)
DAYS = (LAST_DAY - FIRST_DAY).days + 1


@dataclass(frozen=True)
class Store:
    """A shop that people walk into."""

    name: str
    region: str


STORES = (
    Store("Shanghai Xuhui", "East China"),
    Store("Shanghai Pudong", "East China"),
    Store("Hangzhou Xihu", "East China"),
    Store("Nanjing Gulou", "East China"),
    Store("Guangzhou Tianhe", "South China"),
    Store("Shenzhen Nanshan", "South China"),
    Store("Xiamen Siming", "South China"),
    Store("Beijing Chaoyang", "North China"),
    Store("Beijing Haidian", "North China"),
    Store("Tianjin Heping", "North China"),
    Store("Chengdu Jinjiang", "West China"),
    Store("Chongqing Yuzhong", "West China"),
)


@dataclass(frozen=True)
class City:
    """Where customers live: share of customers (relative), and the stores (by name) they go to."""

    name: str
    region: str
    weight: float
    stores: tuple[str, ...]


CITIES = (
    City("Shanghai", "East China", 20, ("Shanghai Xuhui", "Shanghai Pudong")),
    City("Suzhou", "East China", 6, ("Shanghai Xuhui", "Nanjing Gulou")),
    City("Hangzhou", "East China", 8, ("Hangzhou Xihu",)),
    City("Nanjing", "East China", 7, ("Nanjing Gulou",)),
    City("Guangzhou", "South China", 9, ("Guangzhou Tianhe",)),
    City("Shenzhen", "South China", 10, ("Shenzhen Nanshan",)),
    City("Foshan", "South China", 3, ("Guangzhou Tianhe",)),
    City("Xiamen", "South China", 4, ("Xiamen Siming",)),
    City("Beijing", "North China", 14, ("Beijing Chaoyang", "Beijing Haidian")),
    City("Tianjin", "North China", 4, ("Tianjin Heping",)),
    City("Chengdu", "West China", 9, ("Chengdu Jinjiang",)),
    City("Chongqing", "West China", 6, ("Chongqing Yuzhong",)),
)

REGIONS = ("East China", "South China", "North China", "West China")
CHANNELS = ("web", "app", "store")
WEB, APP, STORE = range(3)

ACQUISITION = ("store", "search", "social", "referral", "coupon campaign")
ACQUISITION_WEIGHTS = (0.33, 0.27, 0.24, 0.16)  # of those whom no coupon campaign won
COUPON_WON = ACQUISITION.index("coupon campaign")
COUPON_WON_SHARE = 0.13
LANGUAGES = ("zh", "en")
ENGLISH_SHARE = 0.22

TOUCHPOINTS = ("delivery", "store visit", "app", "support")
DELIVERY, STORE_VISIT, IN_APP, SUPPORT = range(4)

# What happened, and what a comparison should find.
TRAINING_ON = dt.date(2025, 1, 13)
TRAINED_STORES = ("Shanghai Xuhui", "Hangzhou Xihu", "Guangzhou Tianhe", "Chengdu Jinjiang")
POOR_STAFF_SHARE, POOR_STAFF_SHARE_TRAINED = 0.17, 0.05
GOOD_STAFF_SHARE, GOOD_STAFF_SHARE_TRAINED = 0.22, 0.42

COURIER_CHANGED_ON = dt.date(2026, 4, 1)
LATE_SHARE, LATE_SHARE_NEW_COURIER = 0.115, 0.05
LATE_AT_PEAKS = 1.6  # times the usual share, around Double 11, 618 and the Spring Festival
SUPPORT_QUEUE_SINCE = dt.date(2026, 4, 6)

SPRING_CAMPAIGN = (dt.date(2026, 1, 12), dt.date(2026, 3, 29))
SPRING_CAMPAIGN_WON_SHARE = 0.52  # of new customers in those weeks
SPRING_CAMPAIGN_LIFT = 1.55  # new customers per day, against the same weeks without it

STOCK_OUT_SHARE = {"web": 0.045, "app": 0.045, "store": 0.06}

# How an experience is felt, in units of satisfaction (0 = an ordinary order, about 0.8 between people and days).
FELT_LATE, FELT_STOCK_OUT, FELT_POOR_STAFF, FELT_GOOD_STAFF = -1.6, -1.05, -1.45, 0.5
FELT_SUPPORT_QUEUE = -1.0
ATTITUDE_SD, MOOD_SD = 0.45, 0.65

# What satisfaction does to the next purchase, and what makes it good again.
RATE_PER_SATISFACTION = 0.45  # log of the purchase rate per unit below 0
DROPOUT_PER_SATISFACTION = 0.045  # more of them never come back, per unit below 0
RECOVERED_SHARE = 0.35  # of the customers who answered as detractors

# Buy till you die: purchase rates differ as a gamma, chances to leave after an order as a beta (MBG/NBD).
RATE_SHAPE = 0.45
RATE_PER_DAY = 0.026
DROPOUT_A, DROPOUT_B = 0.4, 8.5
COUPON_WON_RATE = 0.5  # times the usual purchase rate
COUPON_WON_DROPOUT = 0.2  # more of them leave after each order

NEVER_ORDERED_SHARE = 0.07
WALK_IN_SHARE = 0.035  # of all orders: paid at the till without a member number
WALK_IN_ANSWERS = 0.35  # as likely to answer a survey as a member

# Spend is gamma-gamma: one order ~ Gamma(SPEND_P, ν), ν ~ Gamma(SPEND_Q, 1/SPEND_V); mean = P·V/(Q−1).
SPEND_P, SPEND_Q, SPEND_V = 5.0, 4.2, 176.0

NPS_ANSWER_SHARE = 0.22
CSAT_ANSWER_SHARE = 0.17
CES_ANSWER_SHARE = 0.06
QUESTIONNAIRE_SHARE = 0.45  # of the NPS answers
COMMENT_SHARE = 0.25
ITEMS = ("quality", "price", "service", "delivery", "assortment")

TIERS = ("bronze", "silver", "gold", "platinum")
TIER_THRESHOLDS_CNY = (0, 1_200, 3_000, 8_000)  # net spend of the trailing twelve calendar months
TIER_MONTHS = 12

POINTS_SINCE = dt.date(2025, 1, 1)  # the programme gives points from here on
POINTS_PER_CNY = (1.0, 1.2, 1.5, 2.0)  # by tier
POINTS_LAST_DAYS = 365  # after they were earned


@dataclass(frozen=True)
class Pace:
    """How busy customers are and how often they answer; the demo's own pace by default."""

    rate: float = 1.0  # times RATE_PER_DAY
    staying: float = 1.0  # times DROPOUT_B: above 1, fewer leave after an order
    answers: float = 1.0  # times the answer shares
