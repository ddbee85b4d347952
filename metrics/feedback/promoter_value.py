"""What promoters, passives and detractors spend after their answer: their own later orders, not a forecast."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.exact import money, part_names, parts, plain, whole
from metrics.engine.periods import at_least
from metrics.engine.reduce import day_number, in_order, is_any, one_if, totals
from metrics.feedback.nps import DETRACTOR_TO, PROMOTER_FROM, asked
from metrics.statistics.intervals import mean_half_width, share, welch_half_width

KINDS = ("promoter", "passive", "detractor")
PLACES = len(KINDS)

COUNTS = ("answers", "matched")
SPENT = ("customers", "buyers", "spent", *part_names("spent_squared"))
TYPES: dict[str, pl.DataType] = {
    "kind": pl.String(),
    **dict.fromkeys((*COUNTS, "customers", "buyers"), pl.Int64()),
    **dict.fromkeys(("match_rate", "spend", "se", "low", "high"), pl.Float64()),
}
DIFFERENCE_TYPES: dict[str, pl.DataType] = dict.fromkeys(("difference", "low", "high"), pl.Float64())


def promoter_value(
    feedback: nw.LazyFrame,
    *,
    orders: nw.LazyFrame,
    refunds: nw.LazyFrame,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    by: Sequence[str] = (),
    horizon_days: int = 365,
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Net spend per customer in the `horizon_days` after an answer to the 0–10 recommendation question, by the kind of answer.

    Answers from `start` to `end` count whose horizon has ended by `as_of`; later ones are not yet observable and left out. The day of
    the answer itself is not counted: it is often that of the order asked about. An answer is matched when its customer had ordered
    by that day, so that whom it is matched to does not depend on what they did later; a matched customer without a later order has
    spent 0. Each customer counts once per combination of `by`, with the newest of the matched answers (of two kinds on one day, with
    the lower). `refunds` are documents that name no order, with negative amounts; those in the horizon lower the spend. Amounts that
    are null count as 0.

    Three rows, or three per combination of `by`: kind (promoter 9–10, passive 7–8, detractor 0–6), answers, matched, customers,
    buyers (of them with an order in the horizon), match_rate (matched / answers; null without any order), spend (mean, in the currency
    of the amounts), se (of the mean), low, high (Student’s t). Below `minimum` customers the counts stand and spend, se, low and high
    are null. Without answers the counts are 0; with `by`, there is no row then.
    """
    at_least("horizon_days", horizon_days, 1)
    last = min(end, observable_to(as_of, horizon_days))
    answered = _answers(feedback, start, last, by)
    first = orders.group_by("customer_key").agg(first=nw.col("ordered_at").min())
    matched = answered.filter(~nw.col("customer_key").is_null()).join(
        first.select("customer_key", first_day=day_number(nw.col("first").cast(nw.Date))), on="customer_key"
    )
    matched = matched.filter(nw.col("first_day") <= nw.col("day"))
    keys = [*by, "place"]
    counted = totals(answered.with_columns(answers=nw.lit(1)), keys, ["answers"])
    found = totals(matched.with_columns(matched=nw.lit(1)), keys, ["matched"])
    spent = totals(_spent(matched, orders, refunds, horizon_days, by), keys, SPENT)
    groups = counted.select(by).unique() if by else pl.DataFrame({"": [None]})
    rows = groups.join(pl.DataFrame({"place": range(PLACES)}), how="cross").drop("", strict=False)
    for part in (counted, found, spent):
        rows = rows.join(part.with_columns(pl.col("place").cast(pl.Int64)), on=keys, how="left", nulls_equal=True)
    rows = rows.with_columns(pl.col(*COUNTS, *SPENT).fill_null(0)).sort(*keys, nulls_last=True)
    if not rows["matched"].sum() and not is_any(orders):
        rows = rows.with_columns(matched=pl.lit(None, pl.Int64))  # who had ordered is not known
    named = rows.with_columns(
        whole("spent_squared"), kind=pl.col("place").replace_strict(dict(enumerate(KINDS)), return_dtype=pl.String)
    )
    valued = _valued(named, confidence, minimum).with_columns(pl.col("matched").fill_null(0))
    return valued.select(*by, *(pl.col(name).cast(kind) for name, kind in TYPES.items()))


def observable_to(as_of: dt.date, horizon_days: int = 365) -> dt.date:
    """The last day of which an answer’s horizon has ended by `as_of`."""
    return as_of - dt.timedelta(days=horizon_days)


def all_kinds(values: pl.DataFrame) -> pl.DataFrame:
    """One row for the kinds together, from rows of `promoter_value`: answers, matched, match_rate (null without answers, and without any
    order)."""
    known = pl.col("match_rate").is_not_null().any()
    together = values.select(pl.col(*COUNTS).sum(), known=known)
    rate = pl.when("known").then(share(pl.col("matched"), pl.col("answers")))
    return together.with_columns(match_rate=rate).drop("known")


def spend_difference(
    values: pl.DataFrame,
    *,
    kind: str = "promoter",
    against: str = "detractor",
    by: Sequence[str] = (),
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Spend of one kind minus that of another: difference, low, high (Welch’s t), from rows of `promoter_value`.

    One row, or one per combination of `by`. Null where either spend was withheld.
    """
    columns = ("customers", "spend", "se")
    one, other = (values.filter(pl.col("kind") == name).select(*by, *columns) for name in (kind, against))
    both = (
        one.join(other, on=list(by), suffix="_against", nulls_equal=True)
        if by
        else one.join(other, how="cross", suffix="_against")
    )
    columns_of_both = (pl.col(name) for name in ("se", "customers", "se_against", "customers_against"))
    half = welch_half_width(both, *columns_of_both, confidence=confidence)
    difference = pl.col("spend") - pl.col("spend_against")
    return in_order(
        both.with_columns(difference=difference, low=difference - half, high=difference + half), by, DIFFERENCE_TYPES
    )


def _answers(feedback: nw.LazyFrame, start: dt.date, last: dt.date, by: Sequence[str]) -> nw.LazyFrame:
    """One row per answer: by, customer_key, day (its number), place (of its kind in KINDS)."""
    day, score = nw.col("responded_at").cast(nw.Date), nw.col("score")
    place = one_if(score < PROMOTER_FROM) + one_if(score <= DETRACTOR_TO)
    inside = asked(feedback).filter(day >= nw.lit(start), day <= nw.lit(last))
    return inside.select(*by, "customer_key", day=day_number(day), place=place)


def _spent(
    matched: nw.LazyFrame, orders: nw.LazyFrame, refunds: nw.LazyFrame, horizon_days: int, by: Sequence[str]
) -> nw.LazyFrame:
    """One row per customer (and `by`), by the newest answer: by, place, customers (1), buyers (0 or 1), spent, spent_squared."""
    # Day and kind in one number: its maximum is the newest answer, without a window and with groups that may be null
    moment = nw.col("day") * PLACES + nw.col("place")
    newest = matched.group_by(*by, "customer_key").agg(moment=moment.max())
    newest = newest.with_columns(day=nw.col("moment") // PLACES).with_columns(
        place=nw.col("moment") - nw.col("day") * PLACES
    )
    columns = {"ordered": day_number(nw.col("ordered_at").cast(nw.Date)), "amount": money("amount").fill_null(0)}
    paid = nw.concat(
        [
            orders.select("customer_key", **columns, counted=nw.lit(1)),
            refunds.select("customer_key", **columns, counted=nw.lit(0)),
        ]
    )
    # A matched customer has an order, so that none is lost here
    both = newest.join(paid, on="customer_key")
    inside = (nw.col("ordered") > nw.col("day")) & (nw.col("ordered") <= nw.col("day") + horizon_days)
    both = both.with_columns(
        spent=nw.when(inside).then(nw.col("amount")).otherwise(nw.lit(0)),
        later=nw.when(inside).then(nw.col("counted")).otherwise(nw.lit(0)),
    )
    each = both.group_by(*by, "customer_key", "place").agg(nw.col("spent", "later").sum())
    return each.with_columns(
        customers=nw.lit(1),
        buyers=one_if(nw.col("later") > 0),
        **parts("spent_squared", plain("spent") * plain("spent")),
    )


def _valued(rows: pl.DataFrame, confidence: float, minimum: int) -> pl.DataFrame:
    n = pl.col("customers")
    enough = (n >= minimum) & (n >= 2)  # one value has no spread
    mean = share(pl.col("spent"), n)
    squares = (pl.col("spent_squared") - n * mean**2).clip(lower_bound=0)
    rows = rows.with_columns(
        match_rate=share(pl.col("matched"), pl.col("answers")),
        spend=pl.when(enough).then(mean),
        se=pl.when(enough).then((squares / (n - 1) / n).sqrt()),
    )
    half = mean_half_width(rows, pl.col("se"), n, confidence=confidence)
    return rows.with_columns(low=pl.col("spend") - half, high=pl.col("spend") + half)
