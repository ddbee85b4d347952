"""Whose revenue it is: the parts of net revenue that members bring, and customers who had ordered before."""

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.reduce import in_order, is_any
from metrics.metric import CONFIDENCE, HIGH, LOW, MINIMUM, Column, Metric, Watch
from metrics.sales.means import BOUNDS, INTERVAL, SOURCE
from metrics.sales.totals import GRAIN, ORDERS
from metrics.statistics.paired import Pairing
from metrics.statistics.ratios import added, per_customer, ratio_change, with_ratio
from metrics.texts import N_
from metrics.trend import with_trend

CUSTOMER, SINCE = "customer_key", "since"


def members_share(
    purchases: nw.LazyFrame,
    *,
    customers: nw.LazyFrame,
    tier_changes: nw.LazyFrame,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """The part of net revenue that members bring: one row, or one per combination of `by`: orders, net_revenue, members_revenue,
    members_share (0–1; refunds can take it beyond), low, high.

    A member is who has joined by the day of the order or refund, or has a tier by then. `purchases` are rows of Snapshot.purchases, of
    the period and no others. The last three are null below `minimum` orders, where nothing is left of the revenue, and where no member is
    known.
    """
    since = _members(customers, tier_changes)
    found = _share(purchases, since, by, "members", confidence=confidence, minimum=minimum)
    return (
        found
        if is_any(since)
        else found.with_columns(pl.lit(None, pl.Float64).alias(n) for n in ("members_share", *BOUNDS))
    )


def member_sums(
    purchases: nw.LazyFrame, *, customers: nw.LazyFrame, tier_changes: nw.LazyFrame, by: Sequence[str] = ()
) -> nw.LazyFrame:
    """What each customer adds to `members_share`; nothing where no member is known. Stays lazy."""
    since = _members(customers, tier_changes)
    return _sums(purchases if is_any(since) else purchases.head(0), since, by)


def returning_share(
    purchases: nw.LazyFrame,
    *,
    customers: nw.LazyFrame,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """The part of net revenue from customers with an order on an earlier day: as `members_share`, with the columns returning_revenue and
    returning_share."""
    return _share(purchases, _again(customers), by, "returning", confidence=confidence, minimum=minimum)


def returning_sums(purchases: nw.LazyFrame, *, customers: nw.LazyFrame, by: Sequence[str] = ()) -> nw.LazyFrame:
    """What each customer adds to `returning_share`. Stays lazy."""
    return _sums(purchases, _again(customers), by)


def _members(customers: nw.LazyFrame, tier_changes: nw.LazyFrame) -> nw.LazyFrame:
    """One row per member: the day from which on it is one."""
    joined = customers.filter(~nw.col("joined_on").is_null()).select(CUSTOMER, since=nw.col("joined_on").cast(nw.Date))
    tiered = tier_changes.select(CUSTOMER, since=nw.col("effective_on").cast(nw.Date))
    return nw.concat([joined, tiered]).group_by(CUSTOMER).agg(nw.col(SINCE).min())


def _again(customers: nw.LazyFrame) -> nw.LazyFrame:
    """One row per customer with an order: the first day after that of the first one."""
    first = nw.col("first_order_at")
    return customers.filter(~first.is_null()).select(
        CUSTOMER, since=first.cast(nw.Date).dt.offset_by("1d").cast(nw.Date)
    )


def _sums(purchases: nw.LazyFrame, since: nw.LazyFrame, by: Sequence[str]) -> nw.LazyFrame:
    """Of each customer, the revenue from the day `since` on, and all of it."""
    rows = purchases.join(since, on=CUSTOMER, how="left")
    revenue = nw.col("revenue")
    own = nw.when(nw.col("day") >= nw.col(SINCE)).then(revenue).otherwise(revenue - revenue)
    return per_customer(rows, by, n=nw.col("orders"), top=own, bottom=revenue)


def _share(
    purchases: nw.LazyFrame, since: nw.LazyFrame, by: Sequence[str], whose: str, *, confidence: float, minimum: int
) -> pl.DataFrame:
    own, name = f"{whose}_revenue", f"{whose}_share"
    sums = added(_sums(purchases, since, by), by)
    sums = sums.with_columns(
        pl.col("n").alias("orders"), pl.col("bottom").alias("net_revenue"), pl.col("top").alias(own)
    )
    found = with_ratio(sums, name, confidence=confidence, minimum=minimum, limits=(0, 1))
    money: dict[str, pl.DataType] = dict.fromkeys(("net_revenue", own, name), pl.Float64())
    return in_order(found, by, {"orders": pl.Int64(), **money, **BOUNDS})


REVENUE = Column(N_("paid for orders, less refunds"), "money")
NO_SHARE = N_(
    "Without orders, or where refunds leave nothing of the revenue, it is empty, not 0; below the minimum the counts stand and the share "
    "is withheld."
)

METRICS = (
    *with_trend(
        Metric(
            name="members_share",
            version=1,
            label=N_("Share of revenue from members"),
            in_sentence=N_("the members’ share of revenue"),
            unit=N_("share, 0 to 1"),
            higher_is_better=True,
            grain=GRAIN,
            definition=N_(
                "Net revenue from members, over all net revenue of the period. A member is who had joined, or had a tier, on the day of "
                "the order, or of the refund that names none. Orders that name no customer count in the whole."
            ),
            no_data=NO_SHARE,
            interval=INTERVAL,
            source=SOURCE,
            function=members_share,
            change=Pairing(member_sums, compare=ratio_change),
            frame="purchases",
            beside=("customers", "tier_changes"),
            columns={
                "orders": ORDERS,
                "net_revenue": REVENUE,
                "members_revenue": Column(N_("of it, from members"), "money"),
                "members_share": Column(N_("members_revenue / net_revenue, from 0 to 1"), "share"),
                "low": LOW,
                "high": HIGH,
            },
            arguments={"confidence": CONFIDENCE, "minimum": MINIMUM},
            value="members_share",
            n="orders",
            short=N_("Revenue from members"),
            unknown=(N_("No members known"), N_("Upload members with the day on which they joined, or their tiers.")),
            watch=Watch(),
        ),
        N_("Share of revenue from members over time"),
    ),
    *with_trend(
        Metric(
            name="returning_share",
            version=1,
            label=N_("Share of revenue from returning customers"),
            in_sentence=N_("the returning customers’ share of revenue"),
            unit=N_("share, 0 to 1"),
            higher_is_better=True,
            grain=GRAIN,
            definition=N_(
                "Net revenue from customers who had ordered on an earlier day, over all net revenue of the period. Orders that name no "
                "customer count in the whole. While the data are young it rises by itself, since nobody is seen to have ordered before."
            ),
            no_data=NO_SHARE,
            interval=INTERVAL,
            source=SOURCE,
            function=returning_share,
            change=Pairing(returning_sums, compare=ratio_change),
            frame="purchases",
            beside=("customers",),
            columns={
                "orders": ORDERS,
                "net_revenue": REVENUE,
                "returning_revenue": Column(N_("of it, from customers with an order on an earlier day"), "money"),
                "returning_share": Column(N_("returning_revenue / net_revenue, from 0 to 1"), "share"),
                "low": LOW,
                "high": HIGH,
            },
            arguments={"confidence": CONFIDENCE, "minimum": MINIMUM},
            value="returning_share",
            n="orders",
            short=N_("Revenue from returning customers"),
            watch=Watch(),
        ),
        N_("Share of revenue from returning customers over time"),
    ),
)
