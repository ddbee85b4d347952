"""Whose voice is heard: how many answers belong to known customers, how many buyers answered, and the mean of what was said."""

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.periods import checked
from metrics.engine.reduce import distinct, in_order, is_any, kinds, one_if, totals
from metrics.statistics.clustered import moments, once, per_customer, with_design
from metrics.statistics.intervals import mean_half_width, share
from metrics.statistics.shares import with_share

SURVEYS = ("nps", "csat", "ces")
MATCH_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("n", "matched"), pl.Int64()),
    **dict.fromkeys(("match_rate", "low", "high"), pl.Float64()),
}
ANSWERED_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("buyers", "answered"), pl.Int64()),
    **dict.fromkeys(("answered_share", "low", "high"), pl.Float64()),
}
MATCH_RATE = {"successes": "matched", "n": "n", "name": "match_rate"}
ANSWERED_RATE = {"successes": "answered", "n": "buyers", "name": "answered_share"}
SCALE = ("scale_low", "scale_high")
MEAN_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(SCALE, pl.Float64()),
    "n": pl.Int64(),
    **dict.fromkeys(("mean", "se", "low", "high"), pl.Float64()),
}


def match_rate(
    feedback: nw.LazyFrame,
    *,
    customers: nw.LazyFrame,
    survey: str = "nps",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Share of the answers to a question whose customer has ordered (0–1); higher is better.

    One row per combination of `by`: n, matched, match_rate, low, high (Wilson). `customers` has one row per known customer:
    customer_key, orders. An answer without a customer, or whose customer has no order there, is not matched. Below `minimum` answers,
    and where nobody at all has an order, the counts stand and the rest is null. Without answers: one row with n 0, or none when `by` is
    given.
    """
    known = _buyers(customers)
    answers = _matched(feedback, known, survey, by)
    counted = moments(answers, by, value=nw.col("matched"), counts=("n", "matched"))
    found = with_share(counted, **MATCH_RATE, confidence=confidence, minimum=minimum)
    if not counted["matched"].sum() and not is_any(known):
        # without a single order it is not known who has ordered, which is no share of 0
        found = found.with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("match_rate", "low", "high"))
    return in_order(found, by, MATCH_TYPES)


def match_sums(
    feedback: nw.LazyFrame, *, customers: nw.LazyFrame, survey: str = "nps", by: Sequence[str] = ()
) -> nw.LazyFrame:
    """What each customer's answers add to `match_rate`, by which two rates are compared (`paired.paired_change`). Stays lazy. Without a
    single order there is no row."""
    known = _buyers(customers)
    answers = _matched(feedback, known, survey, by)
    return per_customer(answers if is_any(known) else answers.head(0), by, value=nw.col("matched"))


def _buyers(customers: nw.LazyFrame) -> nw.LazyFrame:
    return customers.filter(nw.col("orders") > 0).select("customer_key", known=nw.lit(1))


def _matched(feedback: nw.LazyFrame, known: nw.LazyFrame, survey: str, by: Sequence[str]) -> nw.LazyFrame:
    """One row per answer: customer_key, `by`, n (1), matched (1 or 0)."""
    asked = feedback.filter(nw.col("survey") == checked("survey", survey, SURVEYS), ~nw.col("score").is_null())
    joined = asked.select("customer_key", *by, n=nw.lit(1)).join(known, on="customer_key", how="left")
    return joined.with_columns(matched=one_if(nw.col("known") == 1))


def answered_share(
    customer_periods: nw.LazyFrame,
    *,
    answers: nw.LazyFrame,
    survey: str = "nps",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Share of the customers who bought that also answered (0–1); higher is better. No response rate: who was asked is not known.

    One row per combination of `by` (attributes of the customer): buyers, answered, answered_share, low, high (Wilson). Both frames
    hold the same days, which orders and answers both cover: `customer_periods` a row per customer and month (a month of refunds alone
    has 0 orders and does not count), `answers` a row per answer to a score question.
    Below `minimum` buyers the counts stand and the rest is null. Without buyers: one row with 0, or none when `by` is given.
    """
    counted = totals(_heard(customer_periods, answers, survey, by), by, ("buyers", "answered"))
    return in_order(with_share(counted, **ANSWERED_RATE, confidence=confidence, minimum=minimum), by, ANSWERED_TYPES)


def answered_sums(
    customer_periods: nw.LazyFrame, *, answers: nw.LazyFrame, survey: str = "nps", by: Sequence[str] = ()
) -> nw.LazyFrame:
    """What each buyer adds to `answered_share`, by which two shares are compared (`paired.paired_change`). Stays lazy."""
    return once(_heard(customer_periods, answers, survey, by), by, value=nw.col("answered"))


def _heard(customer_periods: nw.LazyFrame, answers: nw.LazyFrame, survey: str, by: Sequence[str]) -> nw.LazyFrame:
    """One row per buyer: customer_key, `by`, buyers (1), answered (1 or 0)."""
    asked = answers.filter(nw.col("survey") == checked("survey", survey, SURVEYS), ~nw.col("customer_key").is_null())
    heard = distinct(asked.select("customer_key"), ["customer_key"]).with_columns(heard=nw.lit(1))
    ordered = customer_periods.filter(nw.col("orders") > 0).select("customer_key", *by)
    bought = distinct(ordered, ["customer_key", *by])
    joined = bought.join(heard, on="customer_key", how="left")
    return joined.with_columns(buyers=nw.lit(1), answered=one_if(nw.col("heard") == 1))


def score_mean(
    feedback: nw.LazyFrame,
    *,
    survey: str = "csat",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Mean of the answers to a question on each scale that they were given on; higher is better.

    One row per combination of `by` and scale: scale_low, scale_high, n, mean, se (of the mean), low, high (Student’s t, within the
    scale). Below `minimum` answers n stands and the rest is null. Without answers there is no row.
    """
    asked = feedback.filter(nw.col("survey") == checked("survey", survey, SURVEYS), ~nw.col("score").is_null())
    n = pl.col("n")
    above = pl.col("score") - pl.col("scale_low")  # counted from the lower end, so that squares stay small
    counted = kinds(asked, (*by, *SCALE, "score")).group_by(*by, *SCALE).agg(n=n.sum(), above=(n * above).sum())
    value = nw.col("score") - nw.col("scale_low")
    sums = moments(asked, (*by, *SCALE), value=value, fractions=True)
    counted = counted.join(with_design(sums, confidence=confidence), on=[*by, *SCALE], nulls_equal=True)
    enough = (n >= minimum) & (n >= 2)  # one value has no spread
    counted = counted.with_columns(
        mean=pl.when(enough).then(pl.col("scale_low") + share(pl.col("above"), n)), se=pl.when(enough).then("se")
    )
    half = mean_half_width(counted, pl.col("se"), pl.col("clusters"), confidence=confidence)
    lower, upper = pl.col("scale_low"), pl.col("scale_high")
    alone = enough & (pl.col("clusters") < 2)  # one customer does not tell what others would say
    ends = {
        name: pl.when(alone).then(end).otherwise(bound.clip(lower, upper))
        for name, end, bound in (("low", lower, pl.col("mean") - half), ("high", upper, pl.col("mean") + half))
    }
    return in_order(counted.with_columns(**ends), by, MEAN_TYPES, SCALE)
