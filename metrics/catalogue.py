"""Every metric as a record: what it means, what it is counted over, what it says when there are no data, and where it comes from.

`python -m metrics.catalogue` prints docs/metrics.md. When a definition changes so that a number changes, its version goes up.
"""

from metrics import record_variants
from metrics.churn import record_churn
from metrics.clv import record_clv
from metrics.comments import themes
from metrics.feedback import record_reach, record_recovery, record_satisfaction
from metrics.feedback.nps import nps, nps_sums, nps_trend
from metrics.metric import (
    CONFIDENCE,
    HIGH,
    LOW,
    MARK_COLUMNS,
    MINIMUM,
    PERIOD,
    WILSON_SOURCE,
    Argument,
    Column,
    Metric,
    Watch,
)
from metrics.programme import record_discounts, record_points
from metrics.retention import record_retention
from metrics.retention.repeat_rate import repeat_rate, repeat_rate_trend, repeat_sums
from metrics.retention.retention import KINDS, retention, retention_at, retention_change
from metrics.sales import active, means, parts_of_revenue, totals
from metrics.segments import record_segments
from metrics.statistics.paired import Pairing
from metrics.survey import record_drivers, record_kano, satisfaction_index
from metrics.teams import funnel
from metrics.texts import N_
from metrics.tiers import record_tiers

WEIGHTED = Argument(
    False,
    N_("Count each answer with its survey weight (1 where it has none). Adds n_eff and the weighted shares."),
    (False, True),
)

NPS_COLUMNS = {
    "n": Column(N_("answers"), "count", N_("NPS answers")),
    "promoters": Column(N_("answers of 9 or 10"), "count"),
    "passives": Column(N_("answers of 7 or 8"), "count"),
    "detractors": Column(N_("answers of 0 to 6"), "count"),
    "nps": Column(N_("100·(promoters − detractors)/n, from −100 to 100"), "points"),
    "low": LOW,
    "high": HIGH,
}
REPEAT_COLUMNS = {
    "buyers": Column(N_("customers with an order in the window"), "count", N_("Buyers")),
    "repeat_buyers": Column(N_("customers with two or more"), "count"),
    "repeat_rate": Column(N_("repeat_buyers / buyers, from 0 to 1"), "share"),
    "low": LOW,
    "high": HIGH,
}

NPS_DEFINITION = N_(
    "The share of promoters (9–10) minus the share of detractors (0–6) among the answers to “How likely are you to recommend us?” "
    "on the scale from 0 to 10, in points. Passives (7–8) count in the denominator only. Other 0–10 questions do not count. "
    "The weighted variant counts each answer with its survey weight; its interval rests on the effective number (Σw)²/Σw²."
)
NPS_INTERVAL = N_(
    "Adjusted Wald: ¾ is added to promoters and to detractors and 3 to n; within −100 and 100. Several answers of one "
    "customer hang together: n is divided by the design effect over customers, and the quantile is Student’s t on "
    "customers − 1. Where everybody answered once, or always says the same, it is the normal one and the interval the "
    "published one. A change adds the variances of both sides, less what the customers who are in both share."
)
NPS_SOURCE = N_("Reichheld 2003, Harvard Business Review 81(12); interval: Rocks 2016, arXiv:1601.07235.")
REPEAT_DEFINITION = N_(
    "Customers with two or more orders in the window, over customers with at least one. An order counts once, whatever its number of "
    "lines; cancelled and unpaid orders and refunds do not count. The more days a window has, the more customers order twice in it: "
    "windows of different length, such as February and March, are not to be compared."
)
REPEAT_INTERVAL = N_(
    "Wilson score. A change: Newcombe’s hybrid score, with the correlation of both sides over the customers who are in "
    "both. It is one between as many days: the window before is cut at its end or begins sooner; where the data do not reach "
    "back so far, the later one is cut at its end."
)

_METRICS = (
    Metric(
        name="nps",
        version=2,
        label=N_("Net Promoter Score"),
        unit=N_("points, −100 to 100"),
        higher_is_better=True,
        grain=N_("one row, or one per group"),
        definition=NPS_DEFINITION,
        no_data=N_(
            "Without answers n is 0 and the score is empty; below the minimum the counts stand and the score is withheld."
        ),
        interval=NPS_INTERVAL,
        source=NPS_SOURCE,
        function=nps,
        change=Pairing(nps_sums, is_net=True),
        frame="feedback",
        survey="nps",
        columns=NPS_COLUMNS,
        arguments={"weighted": WEIGHTED, "confidence": CONFIDENCE, "minimum": MINIMUM},
        value="nps",
        n="n",
        short=N_("NPS"),
        watch=Watch(usual=True),
    ),
    Metric(
        name="nps_trend",
        version=2,
        label=N_("Net Promoter Score over time"),
        unit=N_("points, −100 to 100"),
        higher_is_better=True,
        grain=N_("one row per calendar period, or per group and period"),
        definition=NPS_DEFINITION,
        no_data=N_(
            "A period without answers has n 0 and no score; one below the minimum has counts only; one that has not begun is no row."
        ),
        interval=NPS_INTERVAL,
        source=NPS_SOURCE,
        function=nps_trend,
        frame="feedback",
        survey="nps",
        columns={
            "period": Column(N_("first day of the period")),
            "complete": Column(N_("whether the dates asked for hold the whole period")),
            **NPS_COLUMNS,
        },
        arguments={"period": PERIOD, "weighted": WEIGHTED, "confidence": CONFIDENCE, "minimum": MINIMUM},
        dates="dates",
        value="nps",
        n="n",
        watch="a rule on nps is judged period by period",
    ),
    Metric(
        name="retention",
        version=2,
        label=N_("Cohort retention"),
        unit=N_("share, 0 to 1"),
        higher_is_better=True,
        grain=N_("one row per cohort and period since the first order, or per group, cohort and period"),
        definition=N_(
            "Customers are put into cohorts by the calendar period of their first order. Retention in period k is the share of the "
            "cohort with at least one order in the k-th period after it (“on”), or in that period or any later one (“on or after”, "
            "which can still rise for recent periods). Period 0 is that of the first order, so it is always 1. The average row "
            "weights cohorts by their size, takes only cells whose period has ended, and ends where fewer than half of its customers are "
            "left. Months have 28 to 31 days, and the shorter ones hold somewhat fewer orders; windows of 30 days (see "
            "“rolling_retention”) are all as long."
        ),
        no_data=N_(
            "A period that has not begun is no row; one that has begun but not ended is marked as not complete and left out of "
            "averages. A period in which nobody ordered is a true 0."
        ),
        interval=N_(
            "Wilson score in each cell; pooled counts for the average row. A change: Newcombe’s hybrid score (method 10)."
        ),
        source=WILSON_SOURCE,
        function=retention,
        keys=("period",),
        change=retention_change,
        pooled=retention_at,
        frame="customer_periods",
        columns={
            "cohort": Column(N_("first day of the period of the first order")),
            "period": Column(N_("periods since then, 0 for the cohort’s own")),
            "customers": Column(N_("customers of the cohort"), "count"),
            "active": Column(N_("customers of the cohort with an order"), "count"),
            "retention": Column(N_("active / customers, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
            "complete": Column(N_("whether the period has ended")),
            **MARK_COLUMNS,
        },
        arguments={
            "period": PERIOD,
            "kind": Argument("on", N_("An order in the period itself, or in it or later."), KINDS),
            "confidence": CONFIDENCE,
            "minimum": Argument(
                1, N_("Below this number of customers the share of a cell is withheld; the counts are shown.")
            ),
        },
        dates="cohorts",
        beside=("members",),
        value="retention",
        n="customers",
        watch=Watch("cohorts", usual=True),
    ),
    Metric(
        name="repeat_rate",
        version=3,
        label=N_("Repeat purchase rate"),
        unit=N_("share, 0 to 1"),
        higher_is_better=True,
        grain=N_("one row, or one per group"),
        definition=REPEAT_DEFINITION,
        no_data=N_(
            "Without buyers the rate is empty, not 0; below the minimum the counts stand and the rate is withheld."
        ),
        interval=REPEAT_INTERVAL,
        source=WILSON_SOURCE,
        function=repeat_rate,
        change=Pairing(repeat_sums),
        grows=True,
        frame="customer_periods",
        columns=REPEAT_COLUMNS,
        arguments={"confidence": CONFIDENCE, "minimum": MINIMUM},
        dates="within",
        value="repeat_rate",
        n="buyers",
        short=N_("Repeat rate"),
        watch=Watch(usual=True),
    ),
    Metric(
        name="repeat_rate_trend",
        version=1,
        label=N_("Repeat purchase rate over time"),
        unit=N_("share, 0 to 1"),
        higher_is_better=True,
        grain=N_("one row per month, or per group and month"),
        definition=REPEAT_DEFINITION,
        no_data=N_(
            "A trailing window that begins before the first month with an order is not covered by the data: its rate is empty. Below "
            "the minimum the counts stand and the rate is withheld."
        ),
        interval=REPEAT_INTERVAL,
        source=WILSON_SOURCE,
        function=repeat_rate_trend,
        frame="customer_periods",
        columns={
            "month": Column(N_("first day of the month at whose end the trailing window ends")),
            "complete": Column(N_("whether that month has ended")),
            **REPEAT_COLUMNS,
        },
        arguments={
            "months": Argument(12, N_("How many months are shown, the last one included.")),
            "window_months": Argument(12, N_("How many months the trailing window holds.")),
            "confidence": CONFIDENCE,
            "minimum": MINIMUM,
        },
        dates="day",
        value="repeat_rate",
        n="buyers",
        watch="a rule on repeat_rate is judged period by period",
    ),
)

CATALOGUE: dict[str, Metric] = {
    metric.name: metric
    for metrics in (
        _METRICS,
        record_satisfaction.METRICS,
        record_reach.METRICS,
        record_recovery.METRICS,
        record_drivers.METRICS,
        record_kano.METRICS,
        satisfaction_index.METRICS,
        record_churn.METRICS,
        record_retention.METRICS,
        record_clv.METRICS,
        record_tiers.METRICS,
        record_variants.METRICS,
        totals.METRICS,
        active.METRICS,
        means.METRICS,
        parts_of_revenue.METRICS,
        themes.METRICS,
        record_points.METRICS,
        record_discounts.METRICS,
        record_segments.METRICS,
        funnel.METRICS,
    )
    for metric in metrics
}
WATCHED = [name for name, metric in CATALOGUE.items() if isinstance(metric.watch, Watch)]


GENERAL = (
    N_(
        "Nothing after the as-of date is seen. Where a number rests on orders, that date is cut to the last day of orders and refunds in "
        "the data; where it rests on answers alone, to the last day of answers. Only uploaded tiers may change after the last order."
    ),
    N_(
        "A customer’s region and acquisition channel are those of the members file; where it is silent, those of the first order in the "
        "customer’s lifetime, also as of a day before that order. Where a row has a region of its own, such as an answer, the customer’s "
        "goes before it."
    ),
)


def as_markdown() -> str:
    """docs/metrics.md, whole."""
    head = [
        "# Metrics",
        "",
        "What each number means. This page is printed from `metrics/catalogue.py` by `python -m metrics.catalogue`.",
        "",
        "Every metric takes *who* (a choice of customers), *when* (two dates) and an as-of date after which it sees nothing. Intervals",
        "are 95 % unless asked otherwise. Shares are between 0 and 1 here and shown as percentages on the pages.",
        *(line for text in GENERAL for line in ("", text)),
    ]
    return "\n".join([*head, *(line for metric in CATALOGUE.values() for line in _section(metric))]) + "\n"


def _section(metric: Metric) -> list[str]:
    facts = {
        "Unit": f"{metric.unit}; {'higher' if metric.higher_is_better else 'lower'} is better",
        "Rows": metric.grain,
        "No data": metric.no_data,
        "Interval": metric.interval,
        "Source": metric.source,
        "Counted from": f"`{metric.frame}`",
        "Version": str(metric.version),
    }
    columns = [f"| `{name}` | {column.meaning} |" for name, column in metric.columns.items()]
    arguments = [
        f"| `{name}` | `{argument.default}` | {', '.join(f'`{value}`' for value in argument.allowed) or 'any'} | {argument.meaning} |"
        for name, argument in metric.options.items()
    ]
    return [
        *["", f"## {metric.label} (`{metric.name}`)", "", metric.definition, ""],
        *[f"- **{name}**: {text}" for name, text in facts.items()],
        *["", "| column | meaning |", "|---|---|", *columns],
        *["", "| argument | default | allowed | meaning |", "|---|---|---|---|", *arguments],
    ]


if __name__ == "__main__":
    import sys

    sys.stdout.write(as_markdown())
