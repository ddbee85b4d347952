"""Catalogue entries of the comparisons of definitions."""

from collections.abc import Callable
from typing import Any

import polars as pl

from metrics.clv.record_clv import METRICS as CLV_METRICS
from metrics.clv.record_clv import STATE
from metrics.metric import HIGH, LOW, MINIMUM, WILSON_SOURCE, Argument, Column, Frame, Kind, Metric
from metrics.texts import N_
from metrics.variants import (
    clv_variants,
    csat_variants,
    nps_variants,
    repeat_rate_variants,
    retention_variants,
)

NO_DATA = N_("A number that rests on too little is empty; a definition that the data do not allow is no row.")
INTERVAL = N_("That of the metric, where the definition has one; plain means and shares of orders have none.")
SHARE = N_("share, 0 to 1")
LEFT_OUT = {
    "left_out": Column(N_("months or cohorts below the minimum, which a plain mean leaves out; empty elsewhere"))
}


def _entry(
    function: Callable[..., pl.DataFrame],
    label: str,
    unit: str,
    kind: Kind,
    definition: str,
    frame: Frame,
    arguments: dict[str, Argument],
    columns: dict[str, Column] | None = None,
    **more: Any,
) -> Metric:
    return Metric(
        name=function.__name__,
        label=label,
        unit=unit,
        higher_is_better=True,
        grain=N_("one row per definition, ours first"),
        definition=definition,
        interval=INTERVAL,
        function=function,
        frame=frame,
        columns={
            "variant": Column(N_("the definition")),
            "n": Column(N_("answers, customers, months, cohorts or orders that it rests on"), "count"),
            "value": Column(N_("the number under it"), kind),
            "low": LOW,
            "high": HIGH,
            **(columns or {}),
        },
        arguments=arguments,
        splits=False,
        value="value",
        n="n",
        keys=("variant",),
        **{"version": 1, "no_data": NO_DATA, "source": WILSON_SOURCE, **more},
    )


_CLV = next(metric for metric in CLV_METRICS if metric.name == "clv")

METRICS = (
    _entry(
        nps_variants,
        N_("Net Promoter Score under other definitions"),
        N_("points, −100 to 100"),
        "points",
        N_(
            "standard: see “nps”. alone: its interval as if each answer were another customer’s. weighted: with the survey "
            "weights. last_answer: only the last answer of each customer. mean_of_months: the plain mean of the months’ scores, without "
            "months below the minimum. lenient: 8 is a promoter and 6 a passive."
        ),
        "feedback",
        {"minimum": MINIMUM},
        LEFT_OUT,
        version=3,
        survey="nps",
        source=N_("Reichheld 2003, Harvard Business Review 81(12); interval: Rocks 2016, arXiv:1601.07235."),
        watch="other definitions of nps, which is watched itself",
    ),
    _entry(
        csat_variants,
        N_("Satisfaction under other definitions"),
        SHARE,
        "share",
        N_(
            "standard: see “csat”, the top two boxes. alone: its interval as if each answer were another customer’s. top_box: "
            "the top box alone. last_answer: only the last answer of each customer. mean_of_months: the plain mean of the "
            "months’ shares, without months below the minimum. index: the mean score, from 0 at the lowest point of the scale to 1 at the "
            "highest."
        ),
        "feedback",
        {"minimum": MINIMUM},
        LEFT_OUT,
        version=3,
        survey="csat",
        watch="other definitions of csat, which is watched itself",
    ),
    _entry(
        retention_variants,
        N_("Month-3 retention under other definitions"),
        SHARE,
        "share",
        N_(
            "standard: of the customers who first ordered in the months asked for, those with an order in the third month after. "
            "on_or_after: in that month or later. by_then: in a second month by then. rolling: 90 to 119 days after the first order. "
            "mean_of_cohorts: the plain mean of the monthly cohorts, without those below the minimum. all_buyers: everybody who ordered "
            "in those months, new or not."
        ),
        "order_days",
        {"minimum": MINIMUM},
        LEFT_OUT,
        version=3,
        dates="cohorts",
        watch="other definitions of retention, which is watched itself",
    ),
    _entry(
        repeat_rate_variants,
        N_("Repeat purchase rate under other definitions"),
        SHARE,
        "share",
        N_(
            "standard: see “repeat_rate”. order_days: orders of one day count as one. returning: of the buyers in the window, those who by "
            "its end have ordered twice or more in their life. returning_orders: of the orders, those that are not their customer’s first. "
            "ever: of all customers with an order by the end of the window, whether they bought in it or not, those with two or more by "
            "then."
        ),
        "orders",
        {"minimum": MINIMUM},
        dates="dates",
        watch="other definitions of repeat_rate, which is watched itself",
    ),
    _entry(
        clv_variants,
        N_("Customer lifetime value under other definitions"),
        N_("money within the horizon"),
        "money",
        N_(
            "standard: the mean of “clv”. undiscounted: money later is worth as much as money now. three_years: within 156 weeks. "
            "other_model: by Pareto/NBD, or by MBG/NBD where that is not the one chosen. past_rate: what customers have spent per week "
            "since their first order goes on, as if nobody left. historical: net revenue to date."
        ),
        "customers",
        {name: _CLV.arguments[name] for name in ("model", "horizon_weeks", "discount_rate", "margin")}
        | {"minimum": MINIMUM},
        {"state": STATE},
        version=3,
        no_data=N_(
            "A forecast whose models cannot be believed is empty (see “clv_model”), and so are past_rate and historical below the minimum "
            "of customers; the state says why."
        ),
        source=_CLV.source,
        dates="day",
        watch="other definitions of clv",
    ),
)
