"""Totals of a period: what the shop took in. They count all that happened, so they have no interval; their change has one."""

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.exact import money
from metrics.engine.reduce import in_order, totals
from metrics.metric import Column, Metric, Watch
from metrics.statistics.paired import Pairing
from metrics.statistics.ratios import per_customer, total_change
from metrics.texts import N_
from metrics.trend import with_trend

ORDERS = Column(N_("orders"), "count")
CHANGE = N_(
    "None: it is the total of all that happened. A change has one, as if each customer had come by chance: the squares of what each "
    "brought more or less, added up; of counts of people this is McNemar’s test."
)
SOURCE = N_("Interval of a change: compound Poisson, and McNemar 1947, Psychometrika 12:153–157.")
NOTHING = N_("Without orders it is 0.")
GRAIN = N_("one row, or one per group")


def net_revenue(sales: nw.LazyFrame, *, by: Sequence[str] = ()) -> pl.DataFrame:
    """What orders brought, less refunds: one row, or one per combination of `by`: orders, net_revenue (in the currency's units).

    `sales` are rows of Snapshot.sales, of the period and no others. Without rows: 0, or no row when `by` is given.
    """
    found = totals(sales.with_columns(net_revenue=money("revenue")), by, ("orders", "net_revenue"))
    return in_order(found, by, {"orders": pl.Int64(), "net_revenue": pl.Float64()})


def revenue_sums(sales: nw.LazyFrame, *, by: Sequence[str] = ()) -> nw.LazyFrame:
    """What each customer adds to `net_revenue` (`ratios.per_customer`). Stays lazy."""
    return per_customer(sales, by, n=nw.col("orders"), top=nw.col("revenue"))


def orders(sales: nw.LazyFrame, *, by: Sequence[str] = ()) -> pl.DataFrame:
    """How many orders there were: one row, or one per combination of `by`: orders. As `net_revenue`."""
    return in_order(totals(sales, by, ("orders",)), by, {"orders": pl.Int64()})


def order_sums(sales: nw.LazyFrame, *, by: Sequence[str] = ()) -> nw.LazyFrame:
    """What each customer adds to `orders`. Stays lazy."""
    return per_customer(sales, by, n=nw.col("orders"), top=nw.col("orders"))


def buyers(sales: nw.LazyFrame, *, by: Sequence[str] = ()) -> pl.DataFrame:
    """How many known customers ordered: one row, or one per combination of `by`: buyers. As `net_revenue`."""
    counted = totals(who_bought(sales, by).with_columns(buyers=nw.lit(1)), by, ("buyers",))
    return in_order(counted, by, {"buyers": pl.Int64()})


def buyer_sums(sales: nw.LazyFrame, *, by: Sequence[str] = ()) -> nw.LazyFrame:
    """What each customer adds to `buyers`. Stays lazy."""
    return per_customer(who_bought(sales, by), by, n=nw.lit(1), top=nw.lit(1))


def who_bought(sales: nw.LazyFrame, by: Sequence[str]) -> nw.LazyFrame:
    """One row per known customer with an order, and combination of `by`: customer_key, orders. Stays lazy."""
    known = sales.filter(~nw.col("customer_key").is_null(), nw.col("orders") > 0)
    return known.group_by("customer_key", *by).agg(nw.col("orders").sum())


METRICS = (
    *with_trend(
        Metric(
            name="net_revenue",
            version=1,
            label=N_("Net revenue"),
            in_sentence=N_("net revenue"),
            unit=N_("currency units"),
            higher_is_better=True,
            grain=GRAIN,
            definition=N_(
                "What was paid for the orders of the period, after discounts and refunds. A refund that names its order lowers the revenue "
                "of that order, any other that of its own day. Cancelled and unpaid orders do not count; orders that name no customer do. "
                "Money in another currency than the most frequent one is left out."
            ),
            no_data=NOTHING,
            interval=CHANGE,
            source=SOURCE,
            function=net_revenue,
            change=Pairing(revenue_sums, compare=total_change),
            frame="sales",
            columns={"orders": ORDERS, "net_revenue": Column(N_("paid for orders, less refunds"), "money")},
            arguments={},
            value="net_revenue",
            n="orders",
            watch=Watch(usual=True),
        ),
        N_("Net revenue over time"),
    ),
    *with_trend(
        Metric(
            name="orders",
            version=1,
            label=N_("Orders"),
            in_sentence=N_("orders"),
            unit=N_("orders"),
            higher_is_better=True,
            grain=GRAIN,
            definition=N_(
                "The orders of the period, each once, whatever its number of lines. Cancelled and unpaid orders do not count, and a refund "
                "is no order; orders that name no customer count."
            ),
            no_data=NOTHING,
            interval=CHANGE,
            source=SOURCE,
            function=orders,
            change=Pairing(order_sums, compare=total_change),
            frame="sales",
            columns={"orders": ORDERS},
            arguments={},
            value="orders",
            n="orders",
            watch=Watch(),
        ),
        N_("Orders over time"),
    ),
    *with_trend(
        Metric(
            name="buyers",
            version=1,
            label=N_("Buyers"),
            in_sentence=N_("buyers"),
            unit=N_("customers"),
            higher_is_better=True,
            grain=GRAIN,
            definition=N_(
                "Customers with at least one order in the period, each once. Who bought without a name is not among them, since nobody can "
                "tell how many they are."
            ),
            no_data=NOTHING,
            interval=CHANGE,
            source=SOURCE,
            function=buyers,
            change=Pairing(buyer_sums, compare=total_change),
            frame="sales",
            columns={"buyers": Column(N_("customers with an order in the period"), "count")},
            arguments={},
            value="buyers",
            n="buyers",
            watch=Watch(),
        ),
        N_("Buyers over time"),
    ),
)
