"""Catalogue entries of cohorts beyond retention by calendar period: rolling windows, orders and revenue."""

from metrics.metric import CONFIDENCE, HIGH, LOW, MARK_COLUMNS, PERIOD, WILSON_SOURCE, Argument, Column, Metric, Watch
from metrics.retention.cohort_orders import cohort_orders
from metrics.retention.retention import KINDS, retention_at, retention_change
from metrics.retention.revenue_retention import revenue_retention
from metrics.retention.rolling import rolling_retention
from metrics.texts import N_

SHARE = N_("share, 0 to 1")
FEW_CUSTOMERS = Argument(1, N_("Below this number of customers the share of a cell is withheld; the counts are shown."))

METRICS = (
    Metric(
        name="rolling_retention",
        version=2,
        label=N_("Retention in windows from the first order"),
        unit=SHARE,
        higher_is_better=True,
        grain=N_("one row per cohort and window since the first order, or per group, cohort and window"),
        definition=N_(
            "As cohort retention, but each customer’s time is cut into windows of so many days from the own first order on, so that who "
            "came first late in a month has as long a window as the others. Window 0 holds the first order, so it is always 1. Cohorts "
            "are months of the first order. Each cell is over the customers whose window has ended. The average row ends where fewer "
            "than half of its customers are left."
        ),
        no_data=N_(
            "A window that has ended for nobody is no row; one that has ended for a part of the cohort is marked as not complete and left "
            "out of averages. A window in which nobody ordered is a true 0."
        ),
        interval=N_("Wilson score in each cell; pooled counts for the average row."),
        source=WILSON_SOURCE,
        function=rolling_retention,
        keys=("period",),
        change=retention_change,
        pooled=retention_at,
        frame="order_days",
        columns={
            "cohort": Column(N_("first day of the month of the first order")),
            "period": Column(N_("windows since then, 0 for the first")),
            "customers": Column(N_("customers of the cohort whose window has ended"), "count"),
            "active": Column(N_("of these, with an order in it"), "count"),
            "retention": Column(N_("active / customers, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
            "complete": Column(N_("whether the window has ended for the whole cohort")),
            **MARK_COLUMNS,
        },
        arguments={
            "window_days": Argument(30, N_("The days of a window.")),
            "kind": Argument("on", N_("An order in the window itself, or in it or later."), KINDS),
            "confidence": CONFIDENCE,
            "minimum": FEW_CUSTOMERS,
        },
        dates="cohorts",
        beside=("members",),
        value="retention",
        n="customers",
        watch="its windows end on another day for each customer, so no period completes one",
    ),
    Metric(
        name="cohort_orders",
        version=2,
        label=N_("Orders per customer by cohort"),
        unit=N_("orders per customer"),
        higher_is_better=True,
        grain=N_("one row per cohort and period since the first order, or per group, cohort and period"),
        definition=N_(
            "Orders of a cohort in the k-th period after that of its first orders, per customer of the cohort, whether they ordered in it "
            "or not. Period 0 holds the first orders. The average row is over all customers of the cohorts whose period has ended, and "
            "ends where fewer than half of its customers are left."
        ),
        no_data=N_(
            "A period that has not begun is no row; one that has begun but not ended is marked as not complete and left out of averages. "
            "A period in which nobody ordered is a true 0."
        ),
        interval=N_(
            "Mean ± z·s/√n over the customers, not below 0; empty where nobody ordered or all ordered alike, which tells no spread."
        ),
        source=N_("Cohort analysis, with orders in place of customers; interval by the central limit theorem."),
        function=cohort_orders,
        frame="customer_periods",
        columns={
            "cohort": Column(N_("first day of the period of the first order")),
            "period": Column(N_("periods since then, 0 for the cohort’s own")),
            "customers": Column(N_("customers of the cohort"), "count"),
            "orders": Column(N_("their orders in the period"), "count"),
            "orders_squared": Column(N_("the squares of each customer’s orders, added")),
            "orders_per_customer": Column(N_("orders / customers"), "mean"),
            "low": LOW,
            "high": HIGH,
            "complete": Column(N_("whether the period has ended")),
            **MARK_COLUMNS,
        },
        arguments={"period": PERIOD, "confidence": CONFIDENCE, "minimum": FEW_CUSTOMERS},
        dates="cohorts",
        beside=("members",),
        value="orders_per_customer",
        n="customers",
        keys=("period",),
        watch=Watch("cohort"),
    ),
    Metric(
        name="revenue_retention",
        version=2,
        label=N_("Revenue retention"),
        unit=N_("share of the first period’s revenue; money per customer"),
        higher_is_better=True,
        grain=N_("one row per cohort and period since the first order, or per group, cohort and period"),
        definition=N_(
            "Net revenue of a cohort in the k-th period after that of its first orders, over its revenue in that first period; and its "
            "revenue from the beginning to the end of the period per customer of the cohort. Can exceed 1. Refunds lower the revenue of "
            "their own period; one dated before the first order stands in a row of its own, of a period below 0. The average row ends "
            "where fewer than half of its customers are left."
        ),
        no_data=N_(
            "A period that has not begun is no row; one that has begun but not ended is marked as not complete. Where the first period "
            "brought no revenue there is no share."
        ),
        interval=N_("None: these are totals."),
        source=N_("Cohort analysis, with revenue in place of customers."),
        function=revenue_retention,
        frame="customer_periods",
        columns={
            "cohort": Column(N_("first day of the period of the first order")),
            "period": Column(N_("periods since then, 0 for the cohort’s own")),
            "customers": Column(N_("customers of the cohort"), "count"),
            "revenue": Column(N_("net revenue of the period"), "money"),
            "revenue_retention": Column(N_("revenue / revenue of period 0"), "share"),
            "cumulative_per_customer": Column(N_("net revenue from period 0 to this one, per customer"), "money"),
            "complete": Column(N_("whether the period has ended")),
            **MARK_COLUMNS,
        },
        arguments={"period": PERIOD, "minimum": FEW_CUSTOMERS},
        dates="cohorts",
        beside=("members",),
        n="customers",
        keys=("period",),
        watch=Watch("cohort"),
    ),
)
