"""Catalogue entries of the second purchase, of falling silent and of coming back."""

from metrics.churn.hiatus import gap_curve, hiatus, inactive_share, inactive_sums
from metrics.churn.lifecycle import inactive_share_trend, lifecycle
from metrics.metric import CONFIDENCE, HIGH, LOW, MINIMUM, PERIOD, WILSON_SOURCE, Argument, Column, Metric, Watch
from metrics.statistics.paired import Pairing
from metrics.statistics.survival import UNITS_DAYS, repeat_curve
from metrics.texts import N_

SHARE = N_("share, 0 to 1")
RULE = {
    "hiatus_days": Argument(
        0,
        N_(
            "Days without an order after which a customer counts as inactive; 0 takes them from the data, by the quantile."
        ),
    ),
    "quantile": Argument(0.8, N_("The share of gaps between purchases that end within the days that are taken.")),
}
INTERVAL = N_(
    "Wilson score. A change: Newcombe’s hybrid score, with the correlation of both sides over the customers who are in "
    "both."
)
INACTIVE_DEFINITION = N_(
    "The share of all customers with an order whose last one is older than the hiatus threshold (see “hiatus”). The threshold is one for "
    "all groups and periods. It is worked out from the customers looked at, unless it is given."
)
INACTIVE_COLUMNS = {
    "hiatus_days": Column(N_("days without an order after which a customer counts as inactive"), "days"),
    "customers": Column(N_("customers with an order so far"), "count"),
    "inactive": Column(N_("customers whose last order is older than that"), "count"),
    "inactive_share": Column(N_("inactive / customers, from 0 to 1"), "share"),
    "low": LOW,
    "high": HIGH,
}

METRICS = (
    Metric(
        name="repeat_curve",
        version=1,
        label=N_("Time to the second purchase"),
        unit=N_("share, 0 to 1"),
        higher_is_better=True,
        grain=N_("one row per day or week since the first order, or per group and day or week"),
        definition=N_(
            "The share of customers who have ordered a second time within so many days or weeks of their first order, estimated so that "
            "customers who have not been known for so long count as long as they were (Kaplan–Meier). Orders of one day are one purchase. "
            "The dates asked for choose customers by their first order; all are followed to the as-of date."
        ),
        no_data=N_(
            "Without orders there is no row. Below the minimum of customers still followed the counts stand and the share is withheld."
        ),
        interval=N_(
            "Log-log, on Greenwood’s standard error; empty while nobody has come back, where it is not defined."
        ),
        source=N_(
            "Kaplan and Meier 1958, JASA 53:457–481; Greenwood 1926; Kalbfleisch and Prentice 1980, The Statistical Analysis of "
            "Failure Time Data."
        ),
        function=repeat_curve,
        frame="order_days",
        columns={
            "elapsed": Column(N_("days or weeks since the first order")),
            "customers": Column(N_("customers, all"), "count"),
            "second_orders": Column(N_("customers seen to order a second time by then"), "count"),
            "at_risk": Column(N_("customers without a second order who were followed for longer"), "count"),
            "repeat_share": Column(N_("estimated share who have ordered again by then, from 0 to 1"), "share"),
            "se": Column(N_("standard error of the share")),
            "low": LOW,
            "high": HIGH,
        },
        arguments={
            "unit": Argument("week", N_("The step of the curve; it is always estimated in days."), tuple(UNITS_DAYS)),
            "confidence": CONFIDENCE,
            "minimum": Argument(
                30, N_("Below this number of customers still followed the share is withheld; the counts are shown.")
            ),
        },
        dates="cohorts",
        value="repeat_share",
        n="customers",
        keys=("elapsed",),
        watch=Watch("all"),
    ),
    Metric(
        name="hiatus",
        version=2,
        label=N_("Churn threshold"),
        unit=N_("days; share, 0 to 1"),
        higher_is_better=False,
        grain=N_("one row, or one per group"),
        definition=N_(
            "The days without an order after which a customer counts as inactive: the time by which the given share (80 %) of the gaps "
            "between two purchases has ended, counting the gap that is still open since each customer’s last purchase as long as it has "
            "lasted (Kaplan–Meier). Where so many gaps never end, because most customers do not come back, it is that share of the gaps "
            "that do end; the basis says which. Beside it stands how often the rule would have been wrong: of the gaps longer than the "
            "threshold, the share that ended with an order so far; and, since some of these are too recent to have ended, the share that "
            "ends within as many days as are known of enough of them (Kaplan–Meier). Orders of one day are one purchase."
        ),
        no_data=N_(
            "While no gap has ended there is no threshold, nor where fewer than 10 % of the gaps ever end (basis “rare”): where customers "
            "rarely order again, silence does not tell who is gone. Below the minimum of gaps longer than it the counts stand and the "
            "shares are withheld."
        ),
        interval=N_(
            "Wilson score, of the share that came back so far. Of those followed: log-log, with Student’s t; the standard error is that "
            "of sums over customers, whose gaps hang together. Empty while nobody came back."
        ),
        source=N_("Kaplan and Meier 1958, JASA 53:457–481. Interval: Wilson 1927."),
        function=hiatus,
        frame="order_days",
        columns={
            "hiatus_days": Column(N_("days without an order after which a customer counts as inactive"), "days"),
            "basis": Column(N_("where they are from: all_gaps, ended_gaps or given; rare: there are none")),
            "gaps": Column(N_("gaps between purchases, with those still open"), "count"),
            "open_gaps": Column(N_("gaps still open"), "count"),
            "ended_share": Column(
                N_("estimated share of gaps that end within the longest time seen, from 0 to 1"), "share"
            ),
            "flagged": Column(N_("gaps longer than hiatus_days"), "count"),
            "came_back": Column(N_("of these, ended by an order"), "count"),
            "came_back_share": Column(N_("came_back / flagged, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
            "followed_days": Column(
                N_("days since the last order that the minimum of these gaps are known for"), "days"
            ),
            "followed_share": Column(
                N_("estimated share of these gaps that end within so many days, from 0 to 1"), "share"
            ),
            "followed_low": Column(N_("lower end of its interval")),
            "followed_high": Column(N_("upper end of its interval")),
        },
        arguments={**RULE, "confidence": CONFIDENCE, "minimum": MINIMUM},
        dates="day",
        value="came_back_share",
        n="flagged",
        watch=Watch("day"),
    ),
    Metric(
        name="gap_curve",
        version=2,
        label=N_("Time between purchases"),
        unit=SHARE,
        higher_is_better=True,
        grain=N_("one row per day since a purchase, or per group and day"),
        definition=N_(
            "The share of gaps between two purchases that have ended within so many days, counting the gap that is still open since each "
            "customer’s last purchase as long as it has lasted (Kaplan–Meier). The churn threshold (see “hiatus”) is read off this curve. "
            "Orders of one day are one purchase."
        ),
        no_data=N_(
            "Without orders there is no row. Below the minimum of gaps that lasted longer the counts stand and the share is withheld."
        ),
        interval=N_(
            "Log-log, with Student’s t; the standard error is that of sums over customers, since the gaps of one customer "
            "hang together."
        ),
        source=N_("Kaplan and Meier 1958, JASA 53:457–481; Williams 1995, Biometrics 51:1363–1371."),
        function=gap_curve,
        frame="order_days",
        columns={
            "elapsed": Column(N_("days since the purchase")),
            "gaps": Column(N_("gaps between purchases, with those still open"), "count"),
            "ended": Column(N_("gaps seen to end by then"), "count"),
            "at_risk": Column(N_("gaps known to be longer"), "count"),
            "ended_share": Column(N_("estimated share of gaps that have ended by then, from 0 to 1"), "share"),
            "se": Column(N_("standard error of the share")),
            "low": LOW,
            "high": HIGH,
        },
        arguments={"confidence": CONFIDENCE, "minimum": MINIMUM},
        dates="day",
        value="ended_share",
        n="gaps",
        keys=("elapsed",),
        watch=Watch("day"),
    ),
    Metric(
        name="lifecycle",
        version=2,
        label=N_("Customer lifecycle"),
        unit=N_("customers"),
        higher_is_better=True,
        grain=N_("one row per calendar period, or per group and period"),
        definition=N_(
            "Customers by what they did in a period. A customer is active while the last order is no older than the hiatus threshold (see "
            "“hiatus”). New: first order. Returning: ordered, and were active when the period began. Resurrected: ordered, and were not. "
            "Dormant: were active in the period and are not at its end. New + returning + resurrected are all who ordered; new + "
            "resurrected − dormant is the net change of active customers."
        ),
        no_data=N_(
            "Without orders there is no row; a period in which nothing happened is a true 0. Without a threshold (see “hiatus”) dormant is "
            "empty, and so are returning and resurrected where somebody ordered again."
        ),
        interval=N_("None: these are counts."),
        source=N_("Growth accounting, with the hiatus rule."),
        function=lifecycle,
        frame="order_days",
        columns={
            "period": Column(N_("first day of the period")),
            "new": Column(N_("customers with their first order"), "count", N_("New customers")),
            "returning": Column(
                N_("customers who ordered and were active when the period began"), "count", N_("Returning customers")
            ),
            "resurrected": Column(
                N_("customers who ordered and were not active any more when the period began"),
                "count",
                N_("Customers who came back"),
            ),
            "dormant": Column(
                N_("customers who were active and are not at the end of the period"),
                "count",
                N_("Customers who lapsed"),
            ),
        },
        arguments={
            "period": PERIOD,
            **RULE,
            "stock": Argument(
                False,
                N_("Add active (customers active at the end of the period) and complete (whether it has ended)."),
                (False, True),
            ),
        },
        dates="dates",
        watch=Watch("row", usual=True),
    ),
    Metric(
        name="inactive_share",
        version=3,
        label=N_("Inactive share"),
        unit=SHARE,
        higher_is_better=False,
        grain=N_("one row, or one per group"),
        definition=INACTIVE_DEFINITION,
        no_data=N_(
            "Without customers, or while there is no threshold, the share is empty; below the minimum the counts stand and the share is "
            "withheld."
        ),
        interval=INTERVAL,
        source=WILSON_SOURCE,
        function=inactive_share,
        change=Pairing(inactive_sums),
        frame="order_days",
        columns=INACTIVE_COLUMNS,
        arguments={**RULE, "confidence": CONFIDENCE, "minimum": MINIMUM},
        dates="day",
        value="inactive_share",
        n="customers",
        short=N_("Inactive share"),
        watch=Watch("day", usual=True),
    ),
    Metric(
        name="inactive_share_trend",
        version=2,
        label=N_("Inactive share over time"),
        unit=SHARE,
        higher_is_better=False,
        grain=N_("one row per calendar period, or per group and period"),
        definition=INACTIVE_DEFINITION,
        no_data=N_(
            "Without orders there is no row; while there is no threshold the share is empty. Below the minimum the counts stand and the "
            "share is withheld."
        ),
        interval=INTERVAL,
        source=WILSON_SOURCE,
        function=inactive_share_trend,
        frame="order_days",
        columns={
            "period": Column(N_("first day of the period, at whose end the customers are counted")),
            "complete": Column(N_("whether the period has ended")),
            **INACTIVE_COLUMNS,
        },
        arguments={"period": PERIOD, **RULE, "confidence": CONFIDENCE, "minimum": MINIMUM},
        dates="dates",
        value="inactive_share",
        n="customers",
        watch="a rule on inactive_share is judged period by period",
    ),
)
