"""The record of Kano’s model."""

from metrics.metric import CONFIDENCE, HIGH, LOW, MINIMUM, Argument, Column, Metric
from metrics.survey.kano import VARIANTS, kano
from metrics.texts import N_

METRICS = (
    Metric(
        name="kano",
        version=1,
        label=N_("Kano categories"),
        in_sentence=N_("the Kano categories"),
        unit=N_("share, 0 to 1"),
        higher_is_better=True,
        grain=N_("one row per feature, or per group and feature"),
        definition=N_(
            "Each feature is asked about twice: what if it is there, what if it is not; like, must-be, neutral, live with, dislike "
            "(1–5). The "
            "5 × 5 table makes of both answers: attractive (it delights), performance (the more the better), must-be (its lack annoys), "
            "indifferent, reverse (unwanted) or questionable (the answers contradict each other). Better = (A + O) / (A + O + M + I): whom "
            "it would please; Worse = −(O + M) / (A + O + M + I): whom its lack would annoy. A category counts as leading when it is "
            "ahead of "
            "the next one by more than chance (Fong), else the feature is mixed. Items are pairs when their names end in functional and "
            "dysfunctional, or the like."
        ),
        no_data=N_("Without pairs there is no row; below the minimum the counts stand and the rest is empty."),
        interval=N_("Percentiles of 1,000 bootstrap draws of customers; the ellipse of the map holds 95 % of them."),
        source=N_(
            "Kano et al. 1984, Journal of the Japanese Society for Quality Control 14(2):39–48; Berger et al. 1993, Center for Quality of "
            "Management Journal 2(4):3–36; test: Fong 1996, ibid. 5(3)."
        ),
        function=kano,
        frame="items",
        columns={
            "feature": Column(N_("the feature that the two questions are about")),
            "n": Column(N_("respondents who answered both questions"), "count"),
            "missing": Column(N_("respondents who answered one of them only"), "count"),
            "attractive": Column(N_("attractive: it delights, its lack does not annoy"), "count"),
            "performance": Column(N_("performance: it pleases, its lack annoys"), "count"),
            "must_be": Column(N_("must-be: it is taken for granted, its lack annoys"), "count"),
            "indifferent": Column(N_("indifferent: neither matters"), "count"),
            "reverse": Column(N_("reverse: it is unwanted"), "count"),
            "questionable": Column(N_("questionable: both answers contradict each other"), "count"),
            "category": Column(N_("the leading category, or mixed")),
            "leads_by": Column(N_("answers by which the leading category is ahead of the next one"), "mean"),
            "needed": Column(N_("answers by which it has to be ahead (Fong’s test)"), "mean"),
            "better": Column(N_("(A + O) / (A + O + M + I), from 0 to 1"), "share"),
            "low": LOW,
            "high": HIGH,
            "worse": Column(N_("−(O + M) / (A + O + M + I), from −1 to 0"), "share"),
            "worse_low": Column(N_("lower end of the interval of worse")),
            "worse_high": Column(N_("upper end of the interval of worse")),
            "better_se": Column(N_("standard error of better")),
            "worse_se": Column(N_("standard error of worse")),
            "correlation": Column(N_("correlation of better and worse over the draws")),
            "stated": Column(N_("how important people say it is, 0–100 of the scale; empty where it was not asked"), "mean"),
        },
        arguments={
            "variant": Argument(
                "usual", N_("The usual table, or the one in which two equal answers other than neutral are questionable."), VARIANTS
            ),
            "confidence": CONFIDENCE,
            "minimum": MINIMUM,
        },
        value="better",
        n="n",
        keys=("feature",),
        watch="a category is a name and no number",
    ),
)  # fmt: skip
