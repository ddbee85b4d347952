"""Catalogue entries of coming back, staying and leaving."""

from metrics.record import CONFIDENCE, HIGH, LOW, Argument, Metric
from metrics.survival import UNITS_DAYS, repeat_curve
from metrics.texts import N_

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
            "elapsed": N_("days or weeks since the first order"),
            "customers": N_("customers, all"),
            "second_orders": N_("customers seen to order a second time by then"),
            "at_risk": N_("customers without a second order who were followed for longer"),
            "repeat_share": N_("estimated share who have ordered again by then, from 0 to 1"),
            "se": N_("standard error of the share"),
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
    ),
)
