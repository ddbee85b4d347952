"""Catalogue entries of what answers stand for: whose they are, what their givers spend later, and their mean."""

from metrics.feedback.promoter_value import promoter_value
from metrics.feedback.reach import (
    SURVEYS,
    answered_share,
    answered_sums,
    match_rate,
    match_sums,
    score_mean,
)
from metrics.metric import CONFIDENCE, HIGH, LOW, MINIMUM, WILSON_SOURCE, Argument, Column, Metric, Watch
from metrics.statistics.paired import Pairing
from metrics.texts import N_

SHARE = N_("share, 0 to 1")
ONE_ROW = N_("one row, or one per group")
ANSWERED_INTERVAL = N_(
    "Wilson score, of the share. A change: Newcombe’s hybrid score, with the correlation of both sides over the "
    "customers who are in both. It is one between as many days: the period before is cut at its end or begins sooner; where the "
    "data do not reach back so far, the later one is cut at its end."
)
MATCH_INTERVAL = N_(
    "Wilson score, of the share. Several answers of one customer hang together: n is divided by the design effect over "
    "customers, and the quantile is Student’s t on customers − 1. Where everybody answered once, or always says the "
    "same, it is the normal one and the interval the published one. A change: Newcombe’s hybrid score, with the "
    "correlation of both sides over the customers who are in both. Of fewer than about ten customers a change is claimed "
    "somewhat too often, in up to 9 %."
)
QUESTION = N_("The question that was answered: nps, csat or ces.")
OPTIONS = {"confidence": CONFIDENCE, "minimum": MINIMUM}

METRICS = (
    Metric(
        name="promoter_value",
        version=2,
        label=N_("Later spend of promoters and detractors"),
        unit=N_("money per customer, in the currency of the orders"),
        higher_is_better=True,
        grain=N_("one row per kind of answer, or per group and kind"),
        definition=N_(
            "What promoters (9–10), passives (7–8) and detractors (0–6) spent, net, in the 365 days after the day of their answer, per "
            "customer, from their real orders. Only answers whose 365 days are over count. An answer is matched when its customer had "
            "ordered by then; a matched customer who ordered nothing later has spent 0. Each customer counts once, with the newest "
            "matched answer. It describes and does not explain: who recommends may have bought more before, too."
        ),
        no_data=N_(
            "Without answers that are old enough the counts are 0 and the spend is empty; below the minimum of customers it is withheld. "
            "Without any order the match rate is empty, not 0."
        ),
        interval=N_(
            "Student’s t, of the mean; in small groups with a few very large spenders it is somewhat too narrow. A difference of two "
            "kinds: Welch’s t."
        ),
        source=N_("Reichheld 2003, Harvard Business Review 81(12), for the question; Welch 1947, Biometrika 34:28–35."),
        function=promoter_value,
        frame="feedback",
        survey="nps",
        columns={
            "kind": Column(N_("promoter, passive or detractor")),
            "answers": Column(N_("answers whose horizon has ended"), "count"),
            "matched": Column(N_("of them, from customers who had ordered by then"), "count"),
            "customers": Column(N_("customers of the matched answers, each once"), "count"),
            "buyers": Column(N_("of them, with an order within the horizon"), "count"),
            "match_rate": Column(N_("matched / answers, from 0 to 1"), "share"),
            "spend": Column(N_("mean net spend within the horizon, per customer"), "money"),
            "se": Column(N_("standard error of that mean")),
            "low": LOW,
            "high": HIGH,
        },
        arguments={"horizon_days": Argument(365, N_("How many days after the answer are counted.")), **OPTIONS},
        dates="dates",
        beside=("orders", "refunds"),
        value="spend",
        n="customers",
        keys=("kind",),
        watch=Watch("after"),
    ),
    Metric(
        name="match_rate",
        version=3,
        label=N_("Match rate of answers"),
        unit=SHARE,
        higher_is_better=True,
        grain=ONE_ROW,
        definition=N_(
            "The share of answers that belong to a customer who has ordered, by the customer that the answer names. It says how much of "
            "what was said can be laid beside what was bought."
        ),
        no_data=N_(
            "Without answers, or without any order, the rate is empty, not 0; below the minimum the counts stand and the rate is withheld."
        ),
        interval=MATCH_INTERVAL,
        source=WILSON_SOURCE,
        function=match_rate,
        change=Pairing(match_sums),
        frame="feedback",
        columns={
            "n": Column(N_("answers"), "count"),
            "matched": Column(N_("answers of customers who have ordered"), "count"),
            "match_rate": Column(N_("matched / n, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
        },
        arguments={"survey": Argument("nps", QUESTION, SURVEYS), **OPTIONS},
        beside=("customers",),
        value="match_rate",
        n="n",
        watch=Watch(),
    ),
    Metric(
        name="answered_share",
        version=3,
        label=N_("Customers who answered"),
        unit=SHARE,
        higher_is_better=True,
        grain=ONE_ROW,
        definition=N_(
            "Of the customers who bought in the period, the share who answered in it. It is no response rate, which is answers over "
            "invitations: exports of answers do not say who was asked and stayed silent. It grows with the days of the period."
        ),
        no_data=N_(
            "Only days count that orders and answers of known customers both cover; where the period has no such day, or without buyers, "
            "the share is empty, not 0. Below the minimum the counts stand and the share is withheld."
        ),
        interval=ANSWERED_INTERVAL,
        source=WILSON_SOURCE,
        function=answered_share,
        change=Pairing(answered_sums),
        grows=True,
        frame="customer_periods",
        columns={
            "buyers": Column(N_("customers with an order in the period"), "count"),
            "answered": Column(N_("of them, with an answer in the period"), "count"),
            "answered_share": Column(N_("answered / buyers, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
        },
        arguments={"survey": Argument("nps", QUESTION, SURVEYS), **OPTIONS},
        beside=("answers",),
        value="answered_share",
        n="buyers",
        watch=Watch(),
    ),
    Metric(
        name="score_mean",
        version=2,
        label=N_("Mean score"),
        unit=N_("points of the scale of the answers"),
        higher_is_better=True,
        grain=N_("one row per scale, or per group and scale"),
        definition=N_(
            "The mean of the answers to one question, for each scale that they were given on. Scores on different scales have no "
            "common mean."
        ),
        no_data=N_("Without answers there is no row; below the minimum n stands and the mean is withheld."),
        interval=N_(
            "Student’s t on customers − 1, of the mean, within the scale; the variance is that of sums over customers, whose "
            "several answers hang together."
        ),
        source=N_("Student 1908, Biometrika 6:1–25."),
        function=score_mean,
        frame="feedback",
        columns={
            "scale_low": Column(N_("lower end of the scale")),
            "scale_high": Column(N_("upper end of the scale")),
            "n": Column(N_("answers"), "count"),
            "mean": Column(N_("mean score, on that scale"), "mean"),
            "se": Column(N_("standard error of that mean")),
            "low": LOW,
            "high": HIGH,
        },
        arguments={"survey": Argument("csat", QUESTION, SURVEYS), **OPTIONS},
        value="mean",
        n="n",
        keys=("scale_low", "scale_high"),
        watch=Watch(),
    ),
)
