"""The record of the key drivers."""

from metrics.metric import CONFIDENCE, HIGH, LOW, Argument, Column, Metric
from metrics.survey.drivers import IMPORTANCE, drivers
from metrics.survey.responses import MISSING, OUTCOMES
from metrics.texts import N_

ITEMS = Argument("", N_("Which items count, with commas between; empty: all that are ratings."))
MISSING_ANSWERS = Argument(
    "pairwise",
    N_(
        "What is done where an item was not answered: each correlation takes those who answered both items, or only who answered every "
        "item "
        "counts."
    ),
    MISSING,
)
FEW_RESPONDENTS = Argument(100, N_("Below this number of respondents everything but counts and means is withheld."))
RESPONDENTS = Column(N_("respondents who answered the question about the whole and at least one item"), "count")
COMPLETE = Column(N_("of them, with an answer to every item"), "count")
REASON = Column(
    N_(
        "why it is withheld: few respondents, a single item, constant answers, pairs of items with too few who answered both, or "
        "collinear: "
        "two items are nearly the same"
    )
)

METRICS = (
    Metric(
        name="drivers",
        version=1,
        label=N_("Key drivers"),
        in_sentence=N_("the weight of the drivers"),
        unit=N_("share of what the items explain together, 0 to 1"),
        higher_is_better=True,
        grain=N_("one row per item, or per group and item"),
        definition=N_(
            "How much each rated item of a questionnaire has to do with recommending (or with being satisfied), when all items hang "
            "together: Johnson’s relative weights, which divide the explained variance R² among them. An answer to the question about the "
            "whole belongs to the items of the same response. What one point more goes with is the regression coefficient of "
            "100·(promoters − "
            "detractors), or of the percentage satisfied, per point of the item’s scale. These are associations: who rates an item higher "
            "may differ in other ways too. Performance is the item’s mean on 0–100 of its scale; the quadrants cut importance and "
            "performance "
            "at their means. Missing answers: pairwise correlations, made positive definite where they do not fit together, or listwise."
        ),
        no_data=N_(
            "Without questionnaires there is no row. Below the minimum of respondents, with fewer than ten per item, or where items are "
            "nearly "
            "the same, counts and means stand and the rest is empty, with the reason."
        ),
        interval=N_(
            "Percentiles of 1,000 bootstrap draws of customers (beyond 2,000 customers, of 2,000 groups of them). First: the share of "
            "these "
            "draws in which the item leads. Weights near 0 cannot fall below it, so that their intervals lie somewhat too high."
        ),
        source=N_(
            "Johnson 2000, Multivariate Behavioral Research 35:1–19; LMG: Lindeman, Merenda & Gold 1980; quadrants: Martilla & James 1977, "
            "Journal of Marketing 41(1):77–79."
        ),
        function=drivers,
        frame="items",
        beside=("scores",),
        columns={
            "item": Column(N_("the item of the questionnaire")),
            "n": RESPONDENTS,
            "complete": COMPLETE,
            "answered": Column(N_("of them, with an answer to this item"), "count"),
            "mean": Column(N_("mean of the answers, on the item’s own scale"), "mean"),
            "performance": Column(N_("mean on 0–100 of the item’s scale"), "mean"),
            "stated": Column(N_("how important people say it is, 0–100 of the scale; empty where it was not asked"), "mean"),
            "importance": Column(N_("relative weight / R², from 0 to 1; the items add up to 1"), "share"),
            "low": LOW,
            "high": HIGH,
            "first": Column(N_("share of bootstrap draws in which the item leads"), "share"),
            "shapley": Column(N_("the same by Shapley values (LMG), for up to twelve items"), "share"),
            "weight": Column(N_("relative weight; the items add up to R²"), "share"),
            "r2": Column(N_("R²: share of the outcome’s variance that the items explain together"), "share"),
            "one_more": Column(N_("points of NPS, or of the percentage satisfied, that go with one scale point more"), "points"),
            "one_more_low": Column(N_("lower end of the interval of one_more")),
            "one_more_high": Column(N_("upper end of the interval of one_more")),
            "inflation": Column(N_("variance inflation factor; above 10 one_more is withheld"), "mean"),
            "quadrant": Column(
                N_(
                    "concentrate (important, rated low), keep (important, rated high), low (neither) or overkill (rated high, not "
                    "important)"
                )
            ),
            "quadrant_share": Column(N_("share of bootstrap draws in the same quadrant"), "share"),
            "mended": Column(N_("whether pairwise correlations did not fit together and were made positive definite")),
            "reason": REASON,
        },
        arguments={
            "outcome": Argument("nps", N_("What is to be explained: recommending (0–10), or satisfaction."), OUTCOMES),
            "use": ITEMS,
            "importance": Argument("derived", N_("Which importance the quadrants take: derived, or as people state it."), IMPORTANCE),
            "missing": MISSING_ANSWERS,
            "weighted": Argument(False, N_("Count each answer with its survey weight (1 where it has none)."), (False, True)),
            "confidence": CONFIDENCE,
            "minimum": FEW_RESPONDENTS,
        },
        value="importance",
        n="n",
        keys=("item",),
        watch="a driver rests on resampling and is to be read with its neighbours",
    ),
)  # fmt: skip
