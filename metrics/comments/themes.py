"""What people write about: how many comments name a theme, praise it or blame it, and how those who name it score.

Rows are those of `data.questions.themes.themed`: one per comment, read for one theme.
"""

from collections.abc import Sequence
from dataclasses import replace

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.periods import checked
from metrics.engine.reduce import in_order, one_if
from metrics.feedback.nps import nps, nps_sums
from metrics.metric import CONFIDENCE, HIGH, LOW, MINIMUM, WILSON_SOURCE, Argument, Column, Metric, Watch
from metrics.statistics.clustered import moments, per_customer
from metrics.statistics.paired import Pairing
from metrics.statistics.shares import with_share
from metrics.texts import N_
from metrics.trend import with_trend

TONES = ("any", "blame", "praise")
TRADES = ("retail", "restaurants", "banking", "ecommerce")
COUNTS = ("named", "praised", "blamed")
TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("n", *COUNTS), pl.Int64()),
    **dict.fromkeys(("theme_share", "low", "high"), pl.Float64()),
}


def theme_share(
    comments: nw.LazyFrame, *, by: Sequence[str] = (), tone: str = "any", confidence: float = 0.95, minimum: int = 30
) -> pl.DataFrame:
    """Share of comments that name the theme (0–1); with a `tone`, that praise or blame it.

    One row per combination of `by`: n (comments), named, praised and blamed (comments), theme_share, low, high (Wilson, clustered by
    customer). Below `minimum` comments the counts stand and the rest is null. Without comments: one row with n 0, or none when `by` is
    given.
    """
    rows = _counted(comments)
    found = moments(rows, by, value=_named(tone), counts=COUNTS).with_columns(n="answers")
    rated = with_share(found, successes="total", n="n", name="theme_share", confidence=confidence, minimum=minimum)
    return in_order(rated, by, TYPES)


def theme_sums(comments: nw.LazyFrame, *, by: Sequence[str] = (), tone: str = "any") -> nw.LazyFrame:
    """What each customer's comments add to `theme_share`, by which two shares are compared (`paired.paired_change`). Stays lazy."""
    return per_customer(_counted(comments), by, value=_named(tone))


def theme_nps(
    comments: nw.LazyFrame, *, by: Sequence[str] = (), tone: str = "any", confidence: float = 0.95, minimum: int = 30
) -> pl.DataFrame:
    """NPS of the answers whose comment names the theme, or praises or blames it: the columns of `nps`."""
    return nps(_of_theme(comments, tone), by=by, confidence=confidence, minimum=minimum)


def theme_nps_sums(comments: nw.LazyFrame, *, by: Sequence[str] = (), tone: str = "any") -> nw.LazyFrame:
    """What each customer's answers add to `theme_nps`. Stays lazy."""
    return nps_sums(_of_theme(comments, tone), by=by)


def _of_theme(comments: nw.LazyFrame, tone: str) -> nw.LazyFrame:
    return _counted(comments).filter(_named(tone) == 1).drop(*COUNTS)


def _counted(comments: nw.LazyFrame) -> nw.LazyFrame:
    """With 1 or 0 in each count, so that sums are counts."""
    named, tone = nw.col("theme_named") == 1, nw.col("theme_tone")
    return comments.with_columns(
        named=one_if(named), praised=one_if(named & (tone > 0)), blamed=one_if(named & (tone < 0))
    )


def _named(tone: str) -> nw.Expr:
    checked("tone", tone, TONES)
    return nw.col({"any": "named", "blame": "blamed", "praise": "praised"}[tone])


TRADE = Argument(
    "retail",
    N_("Whose table of words says what the themes are: retail, restaurants, banking or e-commerce."),
    TRADES,
)
THEME = Argument("service", N_("The theme, one of the table."))
TONE = Argument("any", N_("Comments that name the theme in any tone, blame it, or praise it."), TONES)
COMMENT_COUNT = Column(N_("comments"), "count", N_("Comments"))
COLUMNS = {
    "n": COMMENT_COUNT,
    "named": Column(N_("comments that name the theme"), "count"),
    "praised": Column(N_("comments that praise it"), "count"),
    "blamed": Column(N_("comments that blame it"), "count"),
    "theme_share": Column(N_("share of comments, from 0 to 1"), "share"),
    "low": LOW,
    "high": HIGH,
}
READING = N_(
    "A comment names a theme when it holds one of the theme’s words: tables of words in English and Chinese for four trades, Chinese "
    "segmented by its dictionary. It praises or blames it by the words beside these, turned by a “not” before them; words of blame weigh "
    "half as much again. A comment may name several themes, or none. A person who gave several scores with one comment counts once."
)
NPS_READING = N_(
    "The Net Promoter Score of the answers whose comment names the theme. Who writes of a theme is not everybody, so it says what goes "
    "along with the theme, not what the theme does."
)
SOURCE = N_("Words: tables of Rapport, made from knowledge of the trades. Segmentation: jieba’s dictionary.")

_SHARE, _TREND = with_trend(
    Metric(
        name="theme_share",
        version=1,
        label=N_("Share of comments that name a theme"),
        unit=N_("share, 0 to 1"),
        higher_is_better=False,
        grain=N_("one row, or one per group"),
        definition=READING,
        no_data=N_(
            "Without comments n is 0 and the share is empty; below the minimum the counts stand and the share is withheld."
        ),
        interval=N_(
            "Wilson score; several comments of one customer hang together, so n is divided by the design effect over customers. A change "
            "pairs the customers who commented in both periods."
        ),
        source=WILSON_SOURCE,
        function=theme_share,
        change=Pairing(theme_sums),
        frame="comments",
        frame_arguments={"trade": TRADE, "theme": THEME},
        columns=COLUMNS,
        arguments={"tone": TONE, "confidence": CONFIDENCE, "minimum": MINIMUM},
        value="theme_share",
        n="n",
        short=N_("Comments on a theme"),
        in_sentence=N_("the share of these comments"),
        watch=Watch(arguments={"tone": "blame"}),
    ),
    N_("Share of comments that name a theme over time"),
)
METRICS = (
    _SHARE,
    replace(
        _TREND,
        no_data=N_(
            "A period without comments has n 0 and no share; one below the minimum has counts only; one that has not begun is no row."
        ),
    ),
    Metric(
        name="theme_nps",
        version=1,
        label=N_("NPS of those who name a theme"),
        unit=N_("points, −100 to 100"),
        higher_is_better=True,
        grain=N_("one row, or one per group"),
        definition=NPS_READING,
        no_data=N_(
            "Without answers n is 0 and the score is empty; below the minimum the counts stand and the score is withheld."
        ),
        interval=N_("As that of the Net Promoter Score."),
        source=SOURCE,
        function=theme_nps,
        change=Pairing(theme_nps_sums, is_net=True),
        frame="comments",
        frame_arguments={"trade": TRADE, "theme": THEME},
        columns={
            "n": Column(N_("answers"), "count", N_("NPS answers with the theme")),
            "promoters": Column(N_("answers of 9 or 10"), "count"),
            "passives": Column(N_("answers of 7 or 8"), "count"),
            "detractors": Column(N_("answers of 0 to 6"), "count"),
            "nps": Column(N_("100·(promoters − detractors)/n, from −100 to 100"), "points"),
            "low": LOW,
            "high": HIGH,
        },
        arguments={"tone": TONE, "confidence": CONFIDENCE, "minimum": MINIMUM},
        value="nps",
        n="n",
        short=N_("NPS with a theme"),
        watch=Watch(),
    ),
)
