"""Catalogue entry of service recovery: who came back after a low score, and is content again."""

from metrics.feedback.record_reach import OPTIONS
from metrics.feedback.recovery import SURVEYS, recovery
from metrics.metric import HIGH, LOW, Argument, Column, Metric, Watch
from metrics.texts import N_

METRICS = (
    Metric(
        name="recovery",
        version=1,
        label=N_("Service recovery"),
        in_sentence=N_("share who order again after a low score"),
        unit=N_("share, 0 to 1"),
        higher_is_better=True,
        grain=N_(
            "three rows, or three per group: after a low score, after another one of customers alike, after any other one"
        ),
        definition=N_(
            "Of the customers who gave a low score (0–6 of the recommendation question, or the lowest boxes of a satisfaction question, "
            "such as 1–2 of 1–5), the share who ordered again within the horizon, and the share whose next score was not a low one. Beside "
            "it stands the same of customers who gave another score: of all, and weighted to those with a low score by the number of "
            "orders up to then (1, 2–3, 4 or more) and the days since the last one (up to 30, up to 90, more). Only answers whose horizon "
            "is over count, and orders from the day after the answer on. A customer counts once with the first low score of the period, "
            "and once with the first other one. It describes and does not explain: a low score may come with what would have kept "
            "the customer away in any case."
        ),
        no_data=N_(
            "Without answers that are old enough the counts are 0 and the shares are empty; below the minimum of customers they are "
            "withheld. Who never ordered by then does not count in the first share."
        ),
        interval=N_(
            "Wilson score; that of the weighted row rests on as many customers as would tell as much with equal weights. A difference: "
            "Newcombe’s hybrid score (method 10)."
        ),
        source=N_(
            "Hart, Heskett & Sasser 1990, Harvard Business Review 68(4), for service recovery; effective number: Kish 1965, Survey "
            "Sampling, chapter 11; interval: Wilson 1927, and Newcombe 1998, Statistics in Medicine 17:857–890."
        ),
        function=recovery,
        frame="feedback",
        columns={
            "kind": Column(
                N_("low: after a low score; like: after another one, of customers alike; other: after any other one")
            ),
            "customers": Column(N_("customers with such an answer who had ordered by then"), "count"),
            "returned": Column(N_("of them, with an order within the horizon"), "count"),
            "returned_share": Column(N_("share who ordered again within the horizon, from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
            "days": Column(N_("median days until that order, of those who came back"), "days"),
            "answered_again": Column(N_("customers with such an answer who answered again later"), "count"),
            "recovered": Column(N_("of them, whose next score was not a low one"), "count"),
            "recovered_share": Column(N_("recovered / answered again, from 0 to 1"), "share"),
            "recovered_low": Column(N_("lower end of the interval of that share")),
            "recovered_high": Column(N_("upper end of the interval of that share")),
            "matched_share": Column(
                N_("share of the customers with a low score who have their like among the others, from 0 to 1"), "share"
            ),
        },
        arguments={
            "survey": Argument("nps", N_("The question that was answered: nps or csat."), SURVEYS),
            "horizon_days": Argument(90, N_("How many days after the answer are counted.")),
            **OPTIONS,
        },
        dates="dates",
        beside=("orders",),
        value="returned_share",
        n="customers",
        keys=("kind",),
        row_names={
            "low": N_("after a low score"),
            "like": N_("after another score, customers alike"),
            "other": N_("after another score"),
        },
        watch=Watch("after"),
    ),
)
