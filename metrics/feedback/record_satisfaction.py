"""Catalogue entries of customer satisfaction and customer effort."""

from metrics.feedback.satisfaction import ces, ces_sums, ces_trend, csat, csat_sums, csat_trend
from metrics.metric import CONFIDENCE, HIGH, LOW, MINIMUM, PERIOD, WILSON_SOURCE, Column, Metric, Watch
from metrics.statistics.paired import Pairing
from metrics.texts import N_

CSAT_COLUMNS = {
    "n": Column(N_("answers"), "count", N_("CSAT answers")),
    "satisfied": Column(N_("answers in the top two boxes of their scale"), "count"),
    "csat": Column(N_("satisfied / n, from 0 to 1"), "share"),
    "mean": Column(N_("mean score, on the scale of the answers; empty where scales are mixed"), "mean"),
    "low": LOW,
    "high": HIGH,
}
CES_COLUMNS = {
    "n": Column(N_("answers"), "count", N_("CES answers")),
    "easy": Column(N_("answers of 5 to 7"), "count"),
    "easy_share": Column(N_("easy / n, from 0 to 1"), "share"),
    "mean": Column(N_("mean score, from 1 to 7"), "mean"),
    "low": LOW,
    "high": HIGH,
}
TREND_COLUMNS = {
    "period": Column(N_("first day of the period")),
    "complete": Column(N_("whether the dates asked for hold the whole period")),
}
CSAT_DEFINITION = N_(
    "The share of answers to satisfaction questions that lie in the top two boxes of their scale: 4–5 of 1–5, 6–7 of 1–7, 9–10 of 1–10 "
    "or 0–10. Each answer is read on the scale that it was given on, so that answers on different scales can be counted together. A "
    "scale of two or three points has one top box; one of more than eleven points counts its top fifth (80–100 of 0–100). The mean "
    "is that of the scores as they were given; where a row mixes scales there is none."
)
CES_DEFINITION = N_(
    "The answers to “It was easy to get done what I wanted” on the scale from 1 (not at all) to 7 (very): their mean, and the share of "
    "5 to 7. Answers on another scale do not count."
)
INTERVAL = N_(
    "Wilson score, of the share. Several answers of one customer hang together: n is divided by the design effect over "
    "customers, and the quantile is Student’s t on customers − 1. Where everybody answered once, or always says the "
    "same, it is the normal one and the interval the published one. A change: Newcombe’s hybrid score, with the "
    "correlation of both sides over the customers who are in both. Of fewer than about ten customers a change is claimed "
    "somewhat too often, in up to 9 %."
)
NO_DATA = N_(
    "Without answers n is 0 and the rest is empty; below the minimum the counts stand and the rest is withheld."
)
NO_DATA_IN_A_PERIOD = N_(
    "A period without answers has n 0 and no share; one below the minimum has counts only; one that has not begun is no row."
)
CES_SOURCE = N_(
    "Dixon, Freeman and Toman 2010, Harvard Business Review 88(7), in its later form from 1 to 7. Interval: Wilson 1927, and Newcombe "
    "1998, Statistics in Medicine 17:857–890."
)
ONE_ROW, PER_PERIOD = (
    N_("one row, or one per group"),
    N_("one row per calendar period, or per group and period"),
)
SHARE = N_("share, 0 to 1")
OPTIONS = {"confidence": CONFIDENCE, "minimum": MINIMUM}

METRICS = (
    Metric(
        name="csat",
        version=2,
        label=N_("Customer satisfaction (CSAT)"),
        unit=SHARE,
        higher_is_better=True,
        grain=ONE_ROW,
        definition=CSAT_DEFINITION,
        no_data=NO_DATA,
        interval=INTERVAL,
        source=WILSON_SOURCE,
        function=csat,
        change=Pairing(csat_sums),
        frame="feedback",
        survey="csat",
        columns=CSAT_COLUMNS,
        arguments=OPTIONS,
        value="csat",
        n="n",
        short=N_("CSAT"),
        watch=Watch(usual=True),
    ),
    Metric(
        name="csat_trend",
        version=2,
        label=N_("Customer satisfaction over time"),
        unit=SHARE,
        higher_is_better=True,
        grain=PER_PERIOD,
        definition=CSAT_DEFINITION,
        no_data=NO_DATA_IN_A_PERIOD,
        interval=INTERVAL,
        source=WILSON_SOURCE,
        function=csat_trend,
        frame="feedback",
        survey="csat",
        columns={**TREND_COLUMNS, **CSAT_COLUMNS},
        arguments={"period": PERIOD, **OPTIONS},
        dates="dates",
        value="csat",
        n="n",
        watch="a rule on csat is judged period by period",
    ),
    Metric(
        name="ces",
        version=2,
        label=N_("Customer effort (CES)"),
        unit=N_("share, 0 to 1; mean from 1 to 7"),
        higher_is_better=True,
        grain=ONE_ROW,
        definition=CES_DEFINITION,
        no_data=NO_DATA,
        interval=INTERVAL,
        source=CES_SOURCE,
        function=ces,
        change=Pairing(ces_sums),
        frame="feedback",
        survey="ces",
        columns=CES_COLUMNS,
        arguments=OPTIONS,
        value="easy_share",
        n="n",
        short=N_("CES: found it easy"),
        watch=Watch(usual=True),
    ),
    Metric(
        name="ces_trend",
        version=2,
        label=N_("Customer effort over time"),
        unit=N_("share, 0 to 1; mean from 1 to 7"),
        higher_is_better=True,
        grain=PER_PERIOD,
        definition=CES_DEFINITION,
        no_data=NO_DATA_IN_A_PERIOD,
        interval=INTERVAL,
        source=CES_SOURCE,
        function=ces_trend,
        frame="feedback",
        survey="ces",
        columns={**TREND_COLUMNS, **CES_COLUMNS},
        arguments={"period": PERIOD, **OPTIONS},
        dates="dates",
        value="easy_share",
        n="n",
        watch="a rule on ces is judged period by period",
    ),
)
