"""Service recovery: what customers do after a low score, beside what others do, and others who had bought alike before."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.periods import at_least, checked
from metrics.engine.reduce import day_number, distinct, in_order, kinds, one_if
from metrics.feedback.nps import DETRACTOR_TO, asked
from metrics.feedback.promoter_value import observable_to
from metrics.feedback.satisfaction import LOW_BOX, with_box
from metrics.statistics.intervals import hybrid_difference, score_interval, share, wilson, z_value

SURVEYS = ("nps", "csat")
LOW, LIKE, OTHER = KINDS = ("low", "like", "other")
# Who is like whom: by how many orders there were up to the day of the answer, and how many days since the last of them
STRATA = ("orders_band", "recency_band")
ORDERS_FROM, DAYS_ABOVE = (2, 4), (30, 90)
RATES = {"returned_share": ("returned", "customers"), "recovered_share": ("recovered", "answered_again")}
COUNTS = ("customers", "returned", "answered_again", "recovered")
ENDS = {"returned_share": ("low", "high"), "recovered_share": ("recovered_low", "recovered_high")}
TYPES: dict[str, pl.DataType] = {
    "kind": pl.String(),
    **dict.fromkeys(("customers", "returned"), pl.Int64()),
    **dict.fromkeys(("returned_share", "low", "high"), pl.Float64()),
    **dict.fromkeys(("days", "answered_again", "recovered"), pl.Int64()),
    **dict.fromkeys(("recovered_share", "recovered_low", "recovered_high", "matched_share"), pl.Float64()),
}
DIFFERENCE_TYPES: dict[str, pl.DataType] = dict.fromkeys(("difference", "low", "high"), pl.Float64())


def recovery(
    feedback: nw.LazyFrame,
    *,
    orders: nw.LazyFrame,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    by: Sequence[str] = (),
    survey: str = "nps",
    horizon_days: int = 90,
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Who ordered again within `horizon_days` after a low score, and whose next score was not a low one; higher is better.

    A low score is 0–6 of the recommendation question, or one in the lowest boxes of a satisfaction question (1–2 of 1–5). Answers from
    `start` to `end` count whose horizon has ended by `as_of`. A customer counts once with the first low score and once with the first
    other one, so that nobody is chosen by what came later. An order on the day of the answer is taken for the one that it is about.

    Three rows, or three per combination of `by`: kind (low; like: the others, weighted to the orders and the days since the last one of
    those with a low score; other), customers (who had ordered by then), returned (of them, with an order within the horizon),
    returned_share, low, high, days (median until that order, of those who returned), answered_again (customers with a later answer, who
    had ordered or not), recovered (of them, whose next one was not low), recovered_share, recovered_low, recovered_high, matched_share (of
    the customers with a low score, those who have their like among the others). Shares are null below `minimum`, with their ends. Without
    answers the counts are 0; with `by`, there is no row then.

    Interval: Wilson; that of the weighted row rests on its effective number (Kish 1965, Survey Sampling, chapter 11).
    """
    at_least("horizon_days", horizon_days, 1)
    answered = _answered(feedback, checked("survey", survey, SURVEYS))
    last = min(end, observable_to(as_of, horizon_days))
    followed = _followed(answered, orders, start, last, horizon_days, by)
    cells = kinds(followed, (*by, "is_low", *STRATA, "days", "next_low"))
    groups = cells.select(by).unique() if by else pl.DataFrame({"": [None]})
    rows = groups.join(pl.DataFrame({"kind": KINDS, "place": range(len(KINDS))}), how="cross").drop("", strict=False)
    found = pl.concat([_plain(cells, by), _alike(cells, by)], how="diagonal_relaxed")
    rows = rows.join(found, on=[*by, "kind"], how="left", nulls_equal=True).with_columns(
        pl.col(*COUNTS).fill_null(0), *(pl.col(f"{n}_worth").fill_null(0.0) for _, n in RATES.values())
    )
    ordered = _rated(rows, confidence, minimum).sort(*by, "place", nulls_last=True)
    return ordered.select(*by, *(pl.col(name).cast(kind) for name, kind in TYPES.items()))


def recovery_difference(
    rows: pl.DataFrame, *, against: str = LIKE, by: Sequence[str] = (), column: str = "returned_share"
) -> pl.DataFrame:
    """The share of those with a low score minus that of the others, from rows of `recovery`: difference, low, high (−1 to 1).

    One row, or one per combination of `by`; null where either is withheld. Method 10 of Newcombe 1998, from the ends of both intervals;
    who gave a low score and another one is on both sides, which makes it somewhat too wide.
    """
    columns = (column, *ENDS[column])
    one, other = (rows.filter(pl.col("kind") == kind).select(*by, *columns) for kind in (LOW, against))
    both = (
        one.join(other, on=list(by), suffix="_against", nulls_equal=True)
        if by
        else one.join(other, how="cross", suffix="_against")
    )
    sides = [tuple(pl.col(f"{name}{end}") for name in columns) for end in ("", "_against")]
    low, high = hybrid_difference(*sides)  # type: ignore[arg-type]
    return in_order(both.select(*by, difference=sides[0][0] - sides[1][0], low=low, high=high), by, DIFFERENCE_TYPES)


def _answered(feedback: nw.LazyFrame, survey: str) -> nw.LazyFrame:
    """One row per answer of a known customer: its columns, day (its number), is_low (1 or 0)."""
    if survey == "nps":
        rows = asked(feedback).with_columns(is_low=one_if(nw.col("score") <= DETRACTOR_TO))
    else:
        rows = with_box(feedback, survey=survey).with_columns(is_low=one_if(nw.col("box") == LOW_BOX))
    at = nw.col("responded_at").cast(nw.Date)
    return rows.filter(~nw.col("customer_key").is_null()).with_columns(at=at, day=day_number(at))


def _followed(
    answered: nw.LazyFrame, orders: nw.LazyFrame, start: dt.date, last: dt.date, horizon_days: int, by: Sequence[str]
) -> nw.LazyFrame:
    """One row per customer, kind of score and `by`: is_low, STRATA (0 without an order by then), days (until the next order within the
    horizon), next_low (whether the next answer is low; both null where there is none)."""
    inside = answered.filter(nw.col("at") >= nw.lit(start), nw.col("at") <= nw.lit(last))
    keys = [*by, "customer_key", "is_low", "day"]
    first = inside.group_by(*keys[:-1]).agg(nw.col("day").min())
    ordered_at = nw.col("ordered_at").cast(nw.Date)
    bought = distinct(
        orders.filter(~nw.col("customer_key").is_null()).select("customer_key", ordered=day_number(ordered_at)),
        ["customer_key", "ordered"],
    )
    day, ordered = nw.col("day"), nw.col("ordered")
    after = first.join(bought, on="customer_key", how="left").with_columns(
        was=one_if(ordered <= day),
        before=nw.when(ordered <= day).then(ordered),
        later=nw.when((ordered > day) & (ordered <= day + horizon_days)).then(ordered),
    )
    after = after.group_by(*keys).agg(nw.col("was").sum(), nw.col("before").max(), nw.col("later").min())
    # Day and kind of score in one number: its minimum is the next answer, of two on one day the lower
    said = answered.select("customer_key", again=nw.col("day") * 2 + 1 - nw.col("is_low"))
    again = nw.col("again")
    both = after.join(said, on="customer_key", how="left").with_columns(next=nw.when(again // 2 > day).then(again))
    each = both.group_by(*keys, "was", "before", "later").agg(nw.col("next").min())
    since = nw.col("day") - nw.col("before")
    return each.select(
        *by, "is_low", days=nw.col("later") - nw.col("day"), next_low=1 - (nw.col("next") - nw.col("next") // 2 * 2),
        orders_band=_band(nw.col("was"), (1, *ORDERS_FROM)), recency_band=_band(since, [days + 1 for days in DAYS_ABOVE]),
    )  # fmt: skip


def _band(value: nw.Expr, starts: Sequence[int]) -> nw.Expr:
    """How many of the starts a number has reached."""
    return sum((one_if(value >= start) for start in starts), nw.lit(0))


def _counts() -> dict[str, pl.Expr]:
    n, bought = pl.col("n"), pl.col("orders_band") > 0
    return {
        "customers": n.filter(bought).sum(),
        "returned": n.filter(bought & pl.col("days").is_not_null()).sum(),
        "answered_again": n.filter(pl.col("next_low").is_not_null()).sum(),
        "recovered": n.filter(pl.col("next_low") == 0).sum(),
    }


def _plain(cells: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The rows low and other: COUNTS, the shares, what each rests on, days, and matched_share of the former."""
    keys = [*by, "is_low"]
    counted = cells.group_by(keys).agg(**_counts())
    worth = {f"{n}_worth": pl.col(n).cast(pl.Float64) for _, n in RATES.values()}
    rates = {name: share(pl.col(top), pl.col(n)) for name, (top, n) in RATES.items()}
    rows = counted.with_columns(**worth, **rates).join(_median_days(cells, keys), on=keys, how="left", nulls_equal=True)
    return _named(rows, pl.when(pl.col("is_low") == 1).then(pl.lit(LOW)).otherwise(pl.lit(OTHER)))


def _median_days(cells: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The fewest days within which half of those who returned had done so, per combination of the keys."""
    back = cells.filter(pl.col("days").is_not_null(), pl.col("orders_band") > 0)
    by_day = back.group_by(*keys, "days").agg(pl.col("n").sum()).sort("days")
    reached = by_day.with_columns(so_far=pl.col("n").cum_sum().over(keys), all=pl.col("n").sum().over(keys))
    half = reached.filter(2 * pl.col("so_far") >= pl.col("all"))
    return half.group_by(keys).agg(pl.col("days").min())


def _alike(cells: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The row like: the others, each stratum counting as much as it does among those with a low score."""
    strata = cells.group_by(*by, "is_low", *STRATA).agg(**_counts()).sort(*by, *STRATA, nulls_last=True)
    ours, theirs = (strata.filter(pl.col("is_low") == kind).drop("is_low") for kind in (1, 0))
    both = ours.join(theirs, on=[*by, *STRATA], suffix="_other", nulls_equal=True, maintain_order="left")
    found: dict[str, pl.Expr] = {}
    for name, (top, n) in RATES.items():
        weight, size = pl.col(n), pl.col(f"{n}_other")
        known = size > 0
        total = weight.filter(known).sum()
        found |= {
            n: size.filter(known & (weight > 0)).sum(),
            top: pl.col(f"{top}_other").filter(known & (weight > 0)).sum(),
            name: share((weight * pl.col(f"{top}_other") / size).filter(known).sum(), total),
            f"{n}_worth": share(total.cast(pl.Float64) ** 2, (weight**2 / size).filter(known).sum()),
            f"{n}_matched": total,
        }
    rows = both.group_by(by).agg(**found) if by else both.select(**found)
    all_low = ours.group_by(by).agg(all=pl.col("customers").sum()) if by else ours.select(all=pl.col("customers").sum())
    rows = rows.join(all_low, on=list(by), nulls_equal=True) if by else rows.hstack(all_low)
    rows = rows.with_columns(matched_share=share(pl.col("customers_matched"), pl.col("all")))
    return _named(rows, pl.lit(LIKE)).drop("customers_matched", "answered_again_matched", "all")


def _named(rows: pl.DataFrame, kind: pl.Expr) -> pl.DataFrame:
    return rows.with_columns(kind=kind).drop("is_low", strict=False)


def _rated(rows: pl.DataFrame, confidence: float, minimum: int) -> pl.DataFrame:
    """With the ends of both intervals, and null below the minimum."""
    shown = rows
    for name, (top, n) in RATES.items():
        value, worth = pl.col(name), pl.col(f"{n}_worth")
        plain = wilson(pl.col(top), pl.col(n), confidence=confidence)
        weighted = score_interval(value, worth, z_value(confidence))
        enough = (pl.col(n) >= minimum) & (worth > 0)
        is_like = pl.col("kind") == LIKE
        ends = {
            end: pl.when(enough).then(pl.when(is_like).then(one).otherwise(other))
            for end, one, other in zip(ENDS[name], weighted, plain, strict=True)
        }
        shown = shown.with_columns(**ends, **{name: pl.when(enough).then(value)})
    return shown
