"""The records of discounts: `metrics.catalogue` lists them."""

from metrics.metric import CONFIDENCE, HIGH, LOW, MINIMUM, PERIOD, WILSON_SOURCE, Argument, Column, Metric, Watch
from metrics.programme.discounts import (
    discount_by_coupon,
    discount_dependence,
    discount_sums,
    discounted_share,
    discounted_share_trend,
    first_coupon,
)
from metrics.statistics.paired import Pairing
from metrics.statistics.ratios import ratio_change
from metrics.texts import N_
from metrics.trend import COLUMNS

SHARE = N_("share, 0 to 1")
RATIO = N_(
    "Of a ratio of two sums over customers, by linearization, with Student’s t on customers − 1: all orders of one customer hang together."
)
RATIO_SOURCE = N_("Interval: Cochran 1977, Sampling Techniques, 3rd ed., chapter 6.")
LATER = N_(
    "Wilson score for the share; for spend that of Hall 1992, which reaches further to the side of its long tail."
)
NOTHING = N_("Without orders it is empty, not 0; below the minimum the counts stand and the rest is withheld.")
HORIZON = Argument(180, N_("For how many days customers are followed."))
COUPON = Column(N_("the code; empty for discounts without one"))
FOLLOWED = {
    "customers": Column(N_("customers who are followed"), "count"),
    "returned": Column(N_("customers with another order in those days"), "count"),
    "returned_share": Column(N_("returned / customers, from 0 to 1"), "share"),
    "low": LOW,
    "high": HIGH,
    "spend": Column(N_("net revenue per customer in those days"), "money", N_("Spend afterwards")),
    "spend_low": Column(N_("lower end of its interval")),
    "spend_high": Column(N_("upper end of its interval")),
}
SHARE_COLUMNS = {
    "orders": Column(N_("orders that name a customer"), "count"),
    "discounted": Column(N_("orders with a discount"), "count", N_("With a discount")),
    "discounted_share": Column(N_("discounted / orders, from 0 to 1"), "share"),
    "low": LOW,
    "high": HIGH,
    "revenue": Column(N_("net revenue of the orders"), "money", N_("Net revenue")),
    "discounted_revenue": Column(
        N_("net revenue of those with a discount"), "money", N_("Net revenue with a discount")
    ),
    "discount": Column(N_("what the discounts took off"), "money", N_("Discounts given")),
}
DISCOUNTED = N_(
    "The share of orders with a discount, with or without a code, among those that name a customer. What the discount itself changed is "
    "not "
    "in it: that takes a comparison group."
)

METRICS = (
    Metric(
        name="discounted_share",
        version=1,
        label=N_("Orders with a discount"),
        in_sentence=N_("share of orders with a discount"),
        unit=SHARE,
        higher_is_better=False,
        grain=N_("one row, or one per group"),
        definition=DISCOUNTED,
        no_data=NOTHING,
        interval=RATIO,
        source=RATIO_SOURCE,
        function=discounted_share,
        change=Pairing(discount_sums, compare=ratio_change),
        frame="orders",
        columns=SHARE_COLUMNS,
        arguments={"confidence": CONFIDENCE, "minimum": MINIMUM},
        value="discounted_share",
        n="orders",
        trend="discounted_share_trend",
        short=N_("Orders with a discount"),
        watch=Watch(),
    ),
    Metric(
        name="discounted_share_trend",
        version=1,
        label=N_("Orders with a discount over time"),
        unit=SHARE,
        higher_is_better=False,
        grain=N_("one row per calendar period, or per group and period"),
        definition=DISCOUNTED,
        no_data=N_(
            "A period in which nothing happened has counts and totals of 0, and no mean or share; one before the first order of the data "
            "is empty, since nothing is known of it; one that has not begun is no row."
        ),
        interval=RATIO,
        source=RATIO_SOURCE,
        function=discounted_share_trend,
        frame="orders",
        columns={**COLUMNS, **SHARE_COLUMNS},
        arguments={"period": PERIOD, "confidence": CONFIDENCE, "minimum": MINIMUM},
        dates="dates",
        value="discounted_share",
        n="orders",
        watch="a rule on discounted_share is judged period by period",
    ),
    Metric(
        name="discount_by_coupon",
        version=1,
        label=N_("Effective discount by code"),
        unit=SHARE,
        higher_is_better=False,
        grain=N_("one row per code, or per group and code"),
        definition=N_(
            "What the orders with a code have off: discount / gross, beside the nominal share, which is what most of them have off in "
            "whole "
            "percent. Where a code has a least amount or a most amount, or holds for some goods only, the effective one is smaller."
        ),
        no_data=N_(
            "Without a discount there is no row; below the minimum the counts and sums stand and the shares are withheld."
        ),
        interval=RATIO,
        source=RATIO_SOURCE,
        function=discount_by_coupon,
        frame="orders",
        columns={
            "coupon": COUPON,
            "orders": Column(N_("orders with it"), "count"),
            "gross": Column(N_("their amount before discounts"), "money"),
            "discount": Column(N_("what was taken off"), "money"),
            "nominal": Column(N_("the share that most of them have off"), "share"),
            "effective": Column(N_("discount / gross, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
        },
        arguments={"confidence": CONFIDENCE, "minimum": MINIMUM},
        value="effective",
        n="orders",
        keys=("coupon",),
        watch="codes come and go; a rule on discounted_share watches how much they are used",
    ),
    Metric(
        name="discount_dependence",
        version=1,
        label=N_("Dependence on discounts"),
        unit=SHARE,
        higher_is_better=True,
        grain=N_("one row per band of dependence, or per group and band"),
        definition=N_(
            "Customers by the share of their orders that had a discount, in the year that ends so many days before the last one: none, "
            "up to a "
            "third, up to two thirds, more. Who of them orders in the days after, and what they spend. Customers with few orders are "
            "left out, "
            "since they cannot be in every band. Bands are of different customers: the difference is not what discounts do."
        ),
        no_data=NOTHING,
        interval=LATER,
        source=WILSON_SOURCE,
        function=discount_dependence,
        frame="orders",
        columns={"band": Column(N_("share of the orders that had a discount")), **FOLLOWED},
        arguments={
            "horizon_days": HORIZON,
            "least_orders": Argument(3, N_("How many orders of that year a customer must have.")),
            "confidence": CONFIDENCE,
            "minimum": MINIMUM,
        },
        dates="day",
        value="returned_share",
        n="customers",
        keys=("band",),
        watch="it compares customers of a whole year; a rule on discounted_share watches discounts",
    ),
    Metric(
        name="first_coupon",
        version=1,
        label=N_("New customers by first code"),
        unit=SHARE,
        higher_is_better=True,
        grain=N_("one row per code of the first order, or per group and code"),
        definition=N_(
            "New customers by the code of their first order: who orders again within so many days after it, and what they spend then. Only "
            "those count whose days are over. Codes win different customers: the difference is not what the code does to one and the same."
        ),
        no_data=NOTHING,
        interval=LATER,
        source=WILSON_SOURCE,
        function=first_coupon,
        frame="orders",
        columns={"coupon": COUPON, **FOLLOWED},
        arguments={"horizon_days": HORIZON, "confidence": CONFIDENCE, "minimum": MINIMUM},
        dates="cohorts",
        value="returned_share",
        n="customers",
        keys=("coupon",),
        watch="codes come and go; a rule on repeat_rate watches who orders again",
    ),
)
