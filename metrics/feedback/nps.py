"""Net Promoter Score: how many more would recommend than would not."""

import datetime as dt
import math
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.periods import EVERY, calendar, checked
from metrics.engine.reduce import collected, in_order, one_if, period_start, totals
from metrics.statistics.clustered import MOMENTS, moments, per_customer, with_design
from metrics.statistics.intervals import adjusted_wald_nps, share

PROMOTER_FROM = 9
DETRACTOR_TO = 6

GROUPS = ("promoters", "passives", "detractors")
COUNTS = ("n", *GROUPS)
NET = nw.col("promoters") - nw.col("detractors")  # of an answer: 1, 0 or −1
WEIGHTS = ("weights", "weights_squared", "promoter_weight", "detractor_weight")
TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(COUNTS, pl.Int64()),
    **dict.fromkeys(("nps", "low", "high"), pl.Float64()),
}
WEIGHTED_TYPES: dict[str, pl.DataType] = {
    **TYPES,
    **dict.fromkeys(("n_eff", "promoter_share", "detractor_share"), pl.Float64()),
}
CHANGE_TYPES: dict[str, pl.DataType] = dict.fromkeys(("change", "low", "high"), pl.Float64())


def nps(
    feedback: nw.LazyFrame,
    *,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
    weighted: bool = False,
) -> pl.DataFrame:
    """100·(promoters − detractors)/n over the answers to the 0–10 recommendation question; higher is better, −100 to 100.

    One row per combination of `by`: n, promoters (9–10), passives (7–8), detractors (0–6), nps, low, high. Below `minimum` answers
    the counts stand and nps, low and high are null. Without answers: one row with n 0, or none when `by` is given.

    `weighted`: each answer counts with its weight (1 where it has none). The interval rests on n_eff = (Σw)²/Σw², which follows as a
    column, with the weighted promoter_share and detractor_share (0–1); the counts stay those of answers, and so does `minimum`.

    Reichheld 2003, Harvard Business Review 81(12); interval: Rocks 2016, arXiv:1601.07235.
    """
    counted = _counted(_answers(feedback), by, weighted)
    return in_order(_scored(counted, confidence, minimum, weighted), by, WEIGHTED_TYPES if weighted else TYPES)


def nps_sums(feedback: nw.LazyFrame, *, by: Sequence[str] = (), weighted: bool = False) -> nw.LazyFrame:
    """What each customer's answers add to `nps`, by which two scores are compared (`paired.paired_change`). Stays lazy."""
    answers = _answers(feedback)
    if not weighted:
        return per_customer(answers, by, value=NET)
    alike = answers.with_columns(weight=nw.col("weight").fill_null(1.0))
    largest = collected(alike.select(largest=nw.col("weight").max())).item()
    return per_customer(alike, by, value=NET, weight=_near_one(largest))


def nps_trend(
    feedback: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    period: str = "month",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
    weighted: bool = False,
) -> pl.DataFrame:
    """The score per week, month, quarter or year between two dates, both included.

    One row per combination of `by` and period: period (its first day), complete (whether start, end and as_of leave it whole), then
    the columns of `nps`. A period without an answer has n 0 and no score; one that begins after `as_of` is no row.
    """
    checked("period", period, EVERY)
    last = min(end, as_of)
    day = nw.col("responded_at").cast(nw.Date)
    answers = _answers(feedback.filter(day >= nw.lit(start), day <= nw.lit(last)))
    answers = answers.with_columns(period=period_start(nw.col("responded_at"), period))
    columns = COUNTS + WEIGHTS * weighted + MOMENTS
    counted = _counted(answers, (*by, "period"), weighted).with_columns(pl.col("period").cast(pl.Date))
    frame = calendar(start, last, period) if start <= last else calendar(last, last, period).clear()
    periods = frame.select(period="start", complete=(pl.col("start") >= start) & (pl.col("end") <= last))
    wanted = counted.select(by).unique().join(periods, how="cross") if by else periods
    filled = wanted.join(counted, on=[*by, "period"], how="left", nulls_equal=True).with_columns(
        pl.col(*columns).fill_null(0)
    )
    types = {"period": pl.Date(), "complete": pl.Boolean(), **(WEIGHTED_TYPES if weighted else TYPES)}
    return in_order(_scored(filled, confidence, minimum, weighted), by, types, ["period"])


def asked(feedback: nw.LazyFrame) -> nw.LazyFrame:
    """The answers to the recommendation question: those on its scale of 0 to 10 that have a score."""
    return feedback.filter(
        nw.col("survey") == "nps", nw.col("scale_low") == 0, nw.col("scale_high") == 10, ~nw.col("score").is_null()
    )


def answered_as(feedback: nw.LazyFrame, kind: str) -> nw.LazyFrame:
    """The answers that `nps` counts as “promoters”, “passives” or “detractors”, one row each with the columns of the frame. Stays lazy."""
    checked("kind", kind, GROUPS)
    return _answers(feedback).filter(nw.col(kind) == 1).drop(*COUNTS)


def nps_shares(rows: pl.DataFrame) -> pl.DataFrame:
    """How the answers divide, a row per row of `nps`: n, promoter_share, detractor_share (0–1, of the answers, without weights), null
    where the score is withheld."""
    known = pl.col("nps").is_not_null()
    divided = (
        pl.when(known).then(share(pl.col(f"{kind}s"), pl.col("n"))).alias(f"{kind}_share")
        for kind in ("promoter", "detractor")
    )
    return rows.select("n", *divided)


def _answers(feedback: nw.LazyFrame) -> nw.LazyFrame:
    """One row per answer to the recommendation question, with 1 or 0 in each count, so that sums are counts."""
    score = nw.col("score")
    promoter, detractor = one_if(score >= PROMOTER_FROM), one_if(score <= DETRACTOR_TO)
    return asked(feedback).with_columns(
        n=nw.lit(1),
        promoters=promoter,
        passives=one_if((score > DETRACTOR_TO) & (score < PROMOTER_FROM)),
        detractors=detractor,
    )


def _counted(answers: nw.LazyFrame, by: Sequence[str], weighted: bool) -> pl.DataFrame:
    """The counts of `_answers` with the sums over customers, and if `weighted` their WEIGHTS: one row per combination of `by`, or exactly
    one."""
    if not weighted:
        found, squares, total = moments(answers, by, value=NET), pl.col("total_total"), pl.col("total")
        counts = {"promoters": (squares + total) // 2, "detractors": (squares - total) // 2}
        return found.with_columns(n="answers", passives=pl.col("answers") - squares, **counts)
    # answers of one weight are counted, so that weights add up alike in whatever order the engine has the answers
    alike = answers.with_columns(weight=nw.col("weight").fill_null(1.0))
    counted = totals(alike, (*by, "weight"), COUNTS).sort(*by, "weight", nulls_last=True)
    weight = pl.col("weight")
    sums = {
        **{name: pl.col(name).sum() for name in COUNTS},
        "weights": (weight * pl.col("n")).sum(),
        "weights_squared": (weight**2 * pl.col("n")).sum(),
        "promoter_weight": (weight * pl.col("promoters")).sum(),
        "detractor_weight": (weight * pl.col("detractors")).sum(),
    }
    found = moments(alike, by, value=NET, weight=_near_one(counted["weight"].max()))  # type: ignore[arg-type]
    if not by:
        return counted.select(**sums).hstack(found)
    return counted.group_by(by).agg(**sums).join(found, on=list(by), nulls_equal=True)


def _near_one(largest: float | None) -> nw.Expr:
    """The weights without their unit: only how they compare matters to customers, and near 1 ten decimals of them are plenty."""
    return nw.col("weight") / 2.0 ** math.frexp(largest or 1.0)[1]


def _scored(counted: pl.DataFrame, confidence: float, minimum: int, weighted: bool) -> pl.DataFrame:
    counted = counted.with_columns(pl.col(*COUNTS).cast(pl.Int64))
    if weighted:
        total = pl.col("weights")
        counted = counted.with_columns(
            n_eff=share(total**2, pl.col("weights_squared")),
            promoter_share=share(pl.col("promoter_weight"), total),
            detractor_share=share(pl.col("detractor_weight"), total),
        )
    else:
        counted = _with_shares(counted)
    counted = with_design(counted, confidence=confidence)
    shares = pl.col("promoter_share"), pl.col("detractor_share")
    n_star = pl.col("n_eff") / pl.col("design")
    low, high = adjusted_wald_nps(*shares, n_star, confidence=confidence, reach=pl.col("reach"))
    enough = pl.col("n") >= minimum
    return counted.with_columns(
        nps=pl.when(enough).then(100 * (shares[0] - shares[1])),
        low=pl.when(enough).then(low),
        high=pl.when(enough).then(high),
    )


def _with_shares(counted: pl.DataFrame) -> pl.DataFrame:
    """Shares and n_eff, from the counts where they are not there as weighted ones."""
    if "n_eff" in counted.columns:
        return counted
    n = pl.col("n")
    return counted.with_columns(
        n_eff=pl.when(n > 0).then(n.cast(pl.Float64)),
        promoter_share=share(pl.col("promoters"), n),
        detractor_share=share(pl.col("detractors"), n),
    )
