"""What an order is worth and how often a buyer orders, in a period: ratios of two sums over customers, with their interval."""

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.reduce import in_order
from metrics.metric import CONFIDENCE, HIGH, LOW, MINIMUM, Column, Metric, Watch
from metrics.sales.totals import GRAIN, ORDERS, who_bought
from metrics.statistics.paired import Pairing
from metrics.statistics.ratios import added, per_customer, ratio_change, with_ratio
from metrics.texts import N_
from metrics.trend import with_trend

BOUNDS: dict[str, pl.DataType] = dict.fromkeys(("low", "high"), pl.Float64())
INTERVAL = N_(
    "Of a ratio of two sums over customers, by linearization, with Student’s t on customers − 1: all orders of one customer hang together. "
    "A change takes what each customer moves both ratios by, so that what a customer does alike in both periods drops out."
)
SOURCE = N_(
    "Interval: Cochran 1977, Sampling Techniques, 3rd ed., chapter 6; linearization: Binder 1983, International Statistical Review "
    "51:279–292."
)
NO_MEAN = N_("Without orders it is empty, not 0; below the minimum the counts stand and the rest is withheld.")


def order_value(
    sales: nw.LazyFrame, *, by: Sequence[str] = (), confidence: float = 0.95, minimum: int = 30
) -> pl.DataFrame:
    """Net revenue per order: one row, or one per combination of `by`: orders, net_revenue, order_value, low, high.

    The last three are null below `minimum` orders, and where they are all of one customer. `sales` as in `net_revenue`.
    """
    sums = added(value_sums(sales, by=by), by).with_columns(orders="n", net_revenue="top")
    found = with_ratio(sums, "order_value", confidence=confidence, minimum=minimum)
    return in_order(
        found, by, {"orders": pl.Int64(), "net_revenue": pl.Float64(), "order_value": pl.Float64(), **BOUNDS}
    )


def value_sums(sales: nw.LazyFrame, *, by: Sequence[str] = ()) -> nw.LazyFrame:
    """What each customer adds to `order_value`. Stays lazy."""
    return per_customer(sales, by, n=nw.col("orders"), top=nw.col("revenue"), bottom=nw.col("orders"))


def purchase_frequency(
    sales: nw.LazyFrame, *, by: Sequence[str] = (), confidence: float = 0.95, minimum: int = 30
) -> pl.DataFrame:
    """Orders per buyer, of known customers: one row, or one per combination of `by`: buyers, orders, purchase_frequency, low, high.

    The last three are null below `minimum` buyers. `sales` as in `net_revenue`.
    """
    sums = added(frequency_sums(sales, by=by), by).with_columns(buyers="n", orders="top")
    found = with_ratio(sums, "purchase_frequency", confidence=confidence, minimum=minimum, limits=(1, None))
    counts: dict[str, pl.DataType] = dict.fromkeys(("buyers", "orders"), pl.Int64())
    return in_order(found, by, {**counts, "purchase_frequency": pl.Float64(), **BOUNDS})


def frequency_sums(sales: nw.LazyFrame, *, by: Sequence[str] = ()) -> nw.LazyFrame:
    """What each buyer adds to `purchase_frequency`. Stays lazy."""
    return per_customer(who_bought(sales, by), by, n=nw.lit(1), top=nw.col("orders"), bottom=nw.lit(1))


METRICS = (
    *with_trend(
        Metric(
            name="order_value",
            version=1,
            label=N_("Average order value"),
            in_sentence=N_("average order value"),
            unit=N_("currency units per order"),
            higher_is_better=True,
            grain=GRAIN,
            definition=N_(
                "Net revenue of the period over its orders. Refunds lower it, as they lower net revenue; orders that name no customer "
                "count."
            ),
            no_data=NO_MEAN,
            interval=INTERVAL,
            source=SOURCE,
            function=order_value,
            change=Pairing(value_sums, compare=ratio_change),
            frame="sales",
            columns={
                "orders": ORDERS,
                "net_revenue": Column(N_("paid for orders, less refunds"), "money"),
                "order_value": Column(N_("net_revenue / orders"), "money"),
                "low": LOW,
                "high": HIGH,
            },
            arguments={"confidence": CONFIDENCE, "minimum": MINIMUM},
            value="order_value",
            n="orders",
            watch=Watch(usual=True),
        ),
        N_("Average order value over time"),
    ),
    *with_trend(
        Metric(
            name="purchase_frequency",
            version=1,
            label=N_("Purchase frequency"),
            in_sentence=N_("purchase frequency"),
            unit=N_("orders per buyer"),
            higher_is_better=True,
            grain=GRAIN,
            definition=N_(
                "Orders per customer with an order in the period. It grows with the length of the period, so a change is one between as "
                "many days. Orders that name no customer are left out."
            ),
            no_data=NO_MEAN,
            interval=INTERVAL,
            source=SOURCE,
            function=purchase_frequency,
            change=Pairing(frequency_sums, compare=ratio_change),
            grows=True,
            frame="sales",
            columns={
                "buyers": Column(N_("customers with an order in the period"), "count"),
                "orders": Column(N_("their orders"), "count"),
                "purchase_frequency": Column(N_("orders / buyers"), "mean"),
                "low": LOW,
                "high": HIGH,
            },
            arguments={"confidence": CONFIDENCE, "minimum": MINIMUM},
            value="purchase_frequency",
            n="buyers",
            watch=Watch(),
        ),
        N_("Purchase frequency over time"),
    ),
)
