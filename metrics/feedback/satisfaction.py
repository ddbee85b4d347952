"""Customer satisfaction (CSAT) and customer effort (CES): how many answers are good ones, each read on its own scale."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import polars.selectors as cs

from metrics.engine.periods import EVERY, calendar, checked
from metrics.engine.reduce import in_order, kinds, one_if, period_start
from metrics.statistics.clustered import moments, per_customer
from metrics.statistics.intervals import share
from metrics.statistics.shares import with_share

# A scale has its usual two top boxes when it has this many points, counted in whole steps.
FEWEST_POINTS, MOST_POINTS = 4, 11
EASY_FROM = 5

SCALE = ("scale_low", "scale_high")
CSAT_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("n", "satisfied"), pl.Int64()),
    **dict.fromkeys(("csat", "mean", "low", "high"), pl.Float64()),
}
CES_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("n", "easy"), pl.Int64()),
    **dict.fromkeys(("easy_share", "mean", "low", "high"), pl.Float64()),
}
CSAT_RATE = {"successes": "satisfied", "n": "n", "name": "csat"}
CES_RATE = {"successes": "easy", "n": "n", "name": "easy_share"}
LOW_BOX, MIDDLE_BOX, TOP_BOX = 0, 1, 2
HARD_BELOW = 4


def csat(
    feedback: nw.LazyFrame, *, by: Sequence[str] = (), confidence: float = 0.95, minimum: int = 30
) -> pl.DataFrame:
    """Share of answers to satisfaction questions in the top two boxes of their scale (0–1); higher is better.

    One row per combination of `by`: n, satisfied, csat, mean, low, high (Wilson, of the share). Each answer is read on its own scale,
    so that scales may be mixed: 4–5 of 1–5, 6–7 of 1–7, 9–10 of 1–10 or 0–10. A scale of two or three points has one top box, since
    two would hold the neutral answer; one of more than eleven points has its top fifth (80–100 of 0–100). `mean` is that of the
    scores as given, null where a row mixes scales, which have no common mean. Below `minimum` answers the counts stand and the rest
    is null. Without answers: one row with n 0, or none when `by` is given.

    Interval: method 3 of Newcombe 1998, Statistics in Medicine 17:857–872.
    """
    return in_order(_csat(_satisfied(feedback, by), confidence, minimum), by, CSAT_TYPES)


def csat_sums(feedback: nw.LazyFrame, *, by: Sequence[str] = ()) -> nw.LazyFrame:
    """What each customer's answers add to `csat`, by which two shares are compared (`paired.paired_change`). Stays lazy."""
    return per_customer(_asked(feedback), by, value=one_if(_is_satisfied(nw)))


def csat_trend(
    feedback: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    period: str = "month",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """CSAT per week, month, quarter or year between two dates, both included.

    One row per combination of `by` and period: period (its first day), complete (whether start, end and as_of leave it whole), then
    the columns of `csat`. A period without an answer has n 0 and no share; one that begins after `as_of` is no row.
    """
    counted = _per_period(feedback, _satisfied, start, min(end, as_of), period, by)
    return _trend(_csat(counted, confidence, minimum), by, CSAT_TYPES)


def ces(feedback: nw.LazyFrame, *, by: Sequence[str] = (), confidence: float = 0.95, minimum: int = 30) -> pl.DataFrame:
    """Customer effort: the mean of “it was easy” on 1–7, and the share of 5–7 (0–1); higher is better, being easier.

    One row per combination of `by`: n, easy, easy_share, mean, low, high (Wilson, of the share). Answers on another scale than 1–7
    do not count. Below `minimum` answers the counts stand and the rest is null. Without answers: one row with n 0, or none when `by`
    is given.
    """
    return in_order(_ces(_easy(feedback, by), confidence, minimum), by, CES_TYPES)


def ces_sums(feedback: nw.LazyFrame, *, by: Sequence[str] = ()) -> nw.LazyFrame:
    """What each customer's answers add to `ces`, by which two shares are compared (`paired.paired_change`). Stays lazy."""
    return per_customer(_effort(feedback), by, value=nw.col("easy"))


def ces_trend(
    feedback: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    period: str = "month",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Customer effort per week, month, quarter or year: period, complete, then the columns of `ces`; else as `csat_trend`."""
    counted = _per_period(feedback, _easy, start, min(end, as_of), period, by)
    return _trend(_ces(counted, confidence, minimum), by, CES_TYPES)


def with_box(feedback: nw.LazyFrame, *, survey: str) -> nw.LazyFrame:
    """The answers that `csat` or `ces` counts, with `box`: 2 where they count as good, 0 at the other end of the scale, else 1.

    The low end mirrors the good one: the bottom two boxes (1–2 of 1–5), the bottom one of a scale of two or three points, the bottom
    fifth of one of more than eleven. Of effort, 1–3 is low.
    """
    if checked("survey", survey, ("csat", "ces")) == "csat":
        asked = _asked(feedback)
        good, low = one_if(_is_satisfied(nw)), one_if(nw.col("score") < _low_below())
    else:
        asked = _effort(feedback)
        good, low = nw.col("easy"), one_if(nw.col("score") < HARD_BELOW)
    return asked.with_columns(box=MIDDLE_BOX + good - low)


def box_shares(boxes: pl.DataFrame, *, minimum: int = 30) -> pl.DataFrame:
    """How answers divide, from rows with `box` (see `with_box`) and answers: one row with n, good_share, low_share (0–1), the shares
    null below `minimum` answers."""
    answers, n = pl.col("answers"), pl.col("answers").sum()
    divided = {
        name: pl.when(n >= minimum).then(share(answers.filter(pl.col("box") == box).sum(), n))
        for name, box in (("good_share", TOP_BOX), ("low_share", LOW_BOX))
    }
    return boxes.select(n=n, **divided)


def _low_below() -> nw.Expr:
    low, high = nw.col("scale_low"), nw.col("scale_high")
    points = high - low + 1
    return (
        nw.when(points < FEWEST_POINTS)
        .then(low + 1.0)
        .otherwise(nw.when(points > MOST_POINTS).then(low + 0.2 * (high - low)).otherwise(low + 2.0))
    )


def _asked(feedback: nw.LazyFrame) -> nw.LazyFrame:
    return feedback.filter(nw.col("survey") == "csat", ~nw.col("score").is_null())


def _is_satisfied(engine: Any) -> Any:
    """Whether the answer is in the top boxes of its own scale: an expression of Narwhals or of Polars, which write it alike."""
    low, high = engine.col("scale_low"), engine.col("scale_high")
    points = high - low + 1
    top = (
        engine.when(points < FEWEST_POINTS)
        .then(high)
        .otherwise(engine.when(points > MOST_POINTS).then(high - 0.2 * (high - low)).otherwise(high - 1.0))
    )
    return engine.col("score") >= top


def _satisfied(feedback: nw.LazyFrame, by: Sequence[str]) -> pl.DataFrame:
    """One row per combination of `by`, or exactly one: n, satisfied, the sum of scores, whether all are on one scale, and the sums over
    customers."""
    asked = _asked(feedback)
    # What a scale means is asked once for each kind of answer
    found = kinds(asked, (*by, *SCALE, "score"))
    n = pl.col("n")
    sums = {
        "n": n.sum(),
        "satisfied": n.filter(_is_satisfied(pl)).sum(),
        "score": (n * pl.col("score")).sum(),
        "one_scale": pl.all_horizontal(pl.col(end).min() == pl.col(end).max() for end in SCALE),
    }
    return _beside(found, by, sums, moments(asked, by, value=one_if(_is_satisfied(nw))))


def _easy(feedback: nw.LazyFrame, by: Sequence[str]) -> pl.DataFrame:
    """One row per combination of `by`, or exactly one: n, easy, the sum of scores, and the sums over customers."""
    asked = _effort(feedback)
    found = kinds(asked, (*by, "easy", "score"))
    n = pl.col("n")
    sums = {"n": n.sum(), "easy": (n * pl.col("easy")).sum(), "score": (n * pl.col("score")).sum()}
    return _beside(found, by, sums, moments(asked, by, value=nw.col("easy")))


def _beside(found: pl.DataFrame, by: Sequence[str], sums: dict[str, pl.Expr], beside: pl.DataFrame) -> pl.DataFrame:
    """Sums over kinds of answers, beside other columns of the same groups."""
    if not by:
        return found.select(**sums).hstack(beside)
    return found.group_by(by).agg(**sums).join(beside, on=list(by), nulls_equal=True)


def _effort(feedback: nw.LazyFrame) -> nw.LazyFrame:
    asked = feedback.filter(
        nw.col("survey") == "ces", nw.col("scale_low") == 1, nw.col("scale_high") == 7, ~nw.col("score").is_null()
    )
    return asked.with_columns(easy=one_if(nw.col("score") >= EASY_FROM))


def _csat(counted: pl.DataFrame, confidence: float, minimum: int) -> pl.DataFrame:
    rated = with_share(counted, **CSAT_RATE, confidence=confidence, minimum=minimum)
    n = pl.col("n")
    known = (n >= minimum) & pl.col("one_scale")
    return rated.with_columns(mean=pl.when(known).then(share(pl.col("score"), n)))


def _ces(counted: pl.DataFrame, confidence: float, minimum: int) -> pl.DataFrame:
    rated = with_share(counted, **CES_RATE, confidence=confidence, minimum=minimum)
    n = pl.col("n")
    return rated.with_columns(mean=pl.when(n >= minimum).then(share(pl.col("score"), n)))


def _per_period(
    feedback: nw.LazyFrame,
    counts: Callable[[nw.LazyFrame, Sequence[str]], pl.DataFrame],
    start: dt.date,
    last: dt.date,
    period: str,
    by: Sequence[str],
) -> pl.DataFrame:
    """What `counts` gives for each group and each period that holds a day from `start` to `last`, 0 where there is no answer."""
    checked("period", period, EVERY)
    day = nw.col("responded_at").cast(nw.Date)
    inside = feedback.filter(day >= nw.lit(start), day <= nw.lit(last))
    dated = inside.with_columns(period=period_start(nw.col("responded_at"), period))
    counted = counts(dated, (*by, "period")).with_columns(pl.col("period").cast(pl.Date))
    frame = calendar(start, last, period) if start <= last else calendar(last, last, period).clear()
    periods = frame.select(period="start", complete=(pl.col("start") >= start) & (pl.col("end") <= last))
    wanted = counted.select(by).unique().join(periods, how="cross") if by else periods
    filled = wanted.join(counted, on=[*by, "period"], how="left", nulls_equal=True)
    return filled.with_columns(cs.numeric().exclude(by).fill_null(0))


def _trend(rated: pl.DataFrame, by: Sequence[str], types: dict[str, pl.DataType]) -> pl.DataFrame:
    return in_order(rated, by, {"period": pl.Date(), "complete": pl.Boolean(), **types}, ["period"])
