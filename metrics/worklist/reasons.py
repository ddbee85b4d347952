"""Why a customer stands on the worklist of the week: one rule per reason, each of which nobody meets any more who has come back.

A rule gives one row per customer who meets it: customer_key, and the numbers that it rests on. Nothing after `as_of` is seen.
"""

import datetime as dt

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.exact import money
from metrics.engine.periods import at_least
from metrics.engine.reduce import collected, day_number, one_if
from metrics.engine.rollups import is_last, seen_by
from metrics.feedback.nps import DETRACTOR_TO, asked
from metrics.feedback.satisfaction import LOW_BOX, with_box

# The reasons in the order in which one stands for several of them
LOW_SCORE, LAPSING, QUIET, TIER_LOSS, NEXT_TIER, SECOND = REASONS = (
    "low_score", "lapsing", "quiet", "tier_loss", "next_tier", "second_order",
)  # fmt: skip
FEWEST_GAPS = 3  # between days with an order, that tell a rhythm of one's own
RHYTHM = 0.8  # the share of gaps that a silence must outlast
VALUABLE_SHARE = 0.2  # of the customers with an order in the year
YEAR_DAYS = 365
FEWEST_SECOND = 30  # second orders, that tell when they usually come


def lapsing(order_days: nw.LazyFrame, *, as_of: dt.date, hiatus_days: int) -> pl.DataFrame:
    """Customers who are silent for longer than four fifths of their own gaps, and not yet for more than `hiatus_days`, after which they
    count as inactive: customer_key, days_since (the last order), usual_gap_days (the mean of their gaps). Three gaps or more tell."""
    rows = seen_by(order_days, as_of)
    at = day_number(nw.lit(as_of))
    last = rows.filter(is_last(as_of)).select("customer_key", span=nw.col("age"), since=at - day_number(nw.col("day")))
    last = last.filter(nw.col("since") <= at_least("hiatus_days", hiatus_days, 1))
    gaps = rows.filter(~nw.col("previous_age").is_null()).select(
        "customer_key", gap=nw.col("age") - nw.col("previous_age")
    )
    each = gaps.join(last, on="customer_key").with_columns(shorter=one_if(nw.col("gap") < nw.col("since")))
    counted = each.group_by("customer_key").agg(
        nw.col("shorter").sum(), nw.col("span").max(), nw.col("since").max(), gaps=nw.len()
    )
    met = (nw.col("gaps") >= FEWEST_GAPS) & (nw.col("shorter") >= nw.col("gaps") * RHYTHM)
    found = collected(counted.filter(met))
    return found.select(
        "customer_key", days_since=pl.col("since").cast(pl.Int64), usual_gap_days=pl.col("span") / pl.col("gaps")
    )


def quiet(customer_periods: nw.LazyFrame, customers: nw.LazyFrame, *, as_of: dt.date, hiatus_days: int) -> pl.DataFrame:
    """Customers among the fifth with the highest net revenue of the last twelve months, the running one included, who have been silent for
    more than `hiatus_days`: customer_key, year_revenue.

    `customer_periods` hold those months alone, `customers` are rows of `rollups.customers` as of the day.
    """
    bought = customer_periods.group_by("customer_key").agg(nw.col("orders").sum(), year_revenue=money("revenue").sum())
    known = customers.select("customer_key", last=nw.col("last_order_at").cast(nw.Date))
    found = collected(bought.filter(nw.col("orders") > 0).join(known, on="customer_key")).sort("customer_key")
    least = found["year_revenue"].quantile(1 - VALUABLE_SHARE, interpolation="lower") if found.height else None
    silent = (pl.lit(as_of) - pl.col("last")).dt.total_days() > at_least("hiatus_days", hiatus_days, 1)
    met = found.filter(silent, pl.col("year_revenue") > max(least or 0.0, 0.0))
    return met.select("customer_key", pl.col("year_revenue").cast(pl.Float64))


def low_score(
    feedback: nw.LazyFrame, order_days: nw.LazyFrame, *, as_of: dt.date, answer_days: int = 30
) -> pl.DataFrame:
    """Customers who gave a low score within the last `answer_days` days, `as_of` included, and since then neither ordered on a later day
    nor answered with another score: customer_key, score, score_on.

    Low is 0–6 of the recommendation question, or one in the lowest boxes of a satisfaction question.
    """
    begin = as_of - dt.timedelta(days=at_least("answer_days", answer_days, 1) - 1)
    low = [
        asked(feedback).with_columns(is_low=one_if(nw.col("score") <= DETRACTOR_TO)),
        with_box(feedback, survey="csat").with_columns(is_low=one_if(nw.col("box") == LOW_BOX)),
    ]
    columns = ("customer_key", "responded_at", "score", "is_low")
    rows = nw.concat([each.select(columns) for each in low]).filter(
        ~nw.col("customer_key").is_null(),
        nw.col("responded_at").cast(nw.Date) >= nw.lit(begin),
        nw.col("responded_at").cast(nw.Date) <= nw.lit(as_of),
    )
    found = collected(rows).sort("customer_key", "responded_at", "is_low", "score")
    newest = found.group_by("customer_key", maintain_order=True).last().filter(pl.col("is_low") == 1)
    given = newest.select("customer_key", "score", score_on=pl.col("responded_at").cast(pl.Date))
    last = order_days.filter(nw.col("day") <= nw.lit(as_of), nw.col("day") > nw.lit(begin))
    back = collected(last.group_by("customer_key").agg(last=nw.col("day").max()))
    joined = given.join(back, on="customer_key", how="left")
    return joined.filter(pl.col("last").is_null() | (pl.col("last") <= pl.col("score_on"))).drop("last")


def usual_second_days(order_days: nw.LazyFrame, *, as_of: dt.date) -> int | None:
    """Days within which four fifths of the customers with a second order had placed it; None while too few have."""
    second = seen_by(order_days, as_of).filter(nw.col("previous_age") == 0)
    counted = collected(second.group_by("age").agg(n=nw.len())).sort("age").cast(pl.Int64)
    total = int(counted["n"].sum())
    if total < FEWEST_SECOND:
        return None
    reached = counted.filter(pl.col("n").cum_sum() >= RHYTHM * total)
    return int(reached["age"][0])


def second_order(order_days: nw.LazyFrame, *, as_of: dt.date) -> pl.DataFrame:
    """Customers with orders on one day alone, for longer than four fifths of the others took to their second one, and up to twice as
    long: customer_key, due_days (the days that these others took)."""
    usual = usual_second_days(order_days, as_of=as_of)
    if usual is None:
        return pl.DataFrame(schema={"customer_key": pl.Int64, "due_days": pl.Int64})
    once = seen_by(order_days, as_of).filter(is_last(as_of), nw.col("age") == 0)
    since = day_number(nw.lit(as_of)) - day_number(nw.col("day"))
    found = collected(once.filter(since > usual, since <= 2 * usual).select("customer_key"))
    return found.with_columns(due_days=pl.lit(usual, pl.Int64))
