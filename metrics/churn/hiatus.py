"""The hiatus rule: after how many days without an order a customer counts as inactive, and how often that was wrong."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.periods import at_least
from metrics.engine.reduce import collected, in_order, one_if, totals
from metrics.engine.rollups import is_last, seen_by
from metrics.statistics.clustered import once
from metrics.statistics.shares import with_share
from metrics.statistics.survival import curve_at_marks, kaplan_meier, time_by_which

HIATUS_TYPES: dict[str, pl.DataType] = {
    "hiatus_days": pl.Int64(),
    "basis": pl.String(),
    **dict.fromkeys(("gaps", "open_gaps"), pl.Int64()),
    "ended_share": pl.Float64(),
    **dict.fromkeys(("flagged", "came_back"), pl.Int64()),
    **dict.fromkeys(("came_back_share", "low", "high"), pl.Float64()),
    "followed_days": pl.Int64(),
    **dict.fromkeys(("followed_share", "followed_low", "followed_high"), pl.Float64()),
}
FOLLOWED = ("followed_days", "followed_share", "followed_low", "followed_high")
INACTIVE_TYPES: dict[str, pl.DataType] = {
    "hiatus_days": pl.Int64(),
    **dict.fromkeys(("customers", "inactive"), pl.Int64()),
    **dict.fromkeys(("inactive_share", "low", "high"), pl.Float64()),
}
GAP_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("elapsed", "gaps", "ended", "at_risk"), pl.Int64()),
    **dict.fromkeys(("ended_share", "se", "low", "high"), pl.Float64()),
}
CLUSTERS = 1_024  # groups of customers: a standard error from so many is known to a fortieth
CAME_BACK_RATE = {"successes": "came_back", "n": "flagged", "name": "came_back_share"}
RARE_BASIS = "rare"  # of a threshold that would mean nothing
RARE = 0.1  # where fewer gaps ever end, silence is what customers do, and no number of days tells who is gone
INACTIVE_RATE = {"successes": "inactive", "n": "customers", "name": "inactive_share"}


def hiatus(
    order_days: nw.LazyFrame,
    *,
    as_of: dt.date,
    hiatus_days: int = 0,
    quantile: float = 0.8,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """The days without an order after which a customer counts as inactive, and the share of those so flagged who came back.

    One row per combination of `by`: hiatus_days, basis, gaps (times between two days with an order of one customer, and from the last
    one to `as_of`), open_gaps (the latter), ended_share (of all gaps, as estimated for the longest time seen), flagged (gaps longer
    than hiatus_days: so often would a customer have been taken as inactive), came_back (of these, ended by an order), came_back_share
    (0–1), low, high (Wilson). Some were flagged shortly before `as_of` and had no time to come back. followed_share is the share who come
    back within followed_days of their last order, by Kaplan–Meier from those who were followed for so long; these are as many days as
    `minimum` gaps are known to have lasted. followed_low, followed_high: log-log, as in `gap_curve`; null while nobody came back. Below
    `minimum` flagged the counts stand and the shares are null.

    `basis` says where hiatus_days is from. "given": the argument, when it is not 0. "all_gaps": by then the share `quantile` of all
    gaps has ended, by Kaplan–Meier with the open ones. "ended_gaps": where so many never end, since most customers do not come back,
    that share of those that do. "rare", with hiatus_days null: fewer than RARE of the gaps ever end. null, with hiatus_days null: no gap
    has ended yet. Without orders: one row with 0 gaps, or none when `by` is given. The frame has a row per customer and day with an order,
    from each customer's first on.
    """
    counted = _gaps(order_days, as_of, by)
    groups = counted.select(by).unique() if by else pl.DataFrame({"_": [0]})
    rows = []
    for group in groups.iter_rows(named=True):
        own = (
            counted.join(pl.DataFrame([group], schema=groups.schema), on=list(by), nulls_equal=True) if by else counted
        )
        rows.append({**group, **_flags(own, hiatus_days, quantile)})
    later = {"low", "high", *FOLLOWED}
    types = {**groups.schema, **{name: kind for name, kind in HIATUS_TYPES.items() if name not in later}}
    rated = with_share(pl.DataFrame(rows, schema=types), **CAME_BACK_RATE, confidence=confidence, minimum=minimum)
    followed = _followed(order_days, as_of, by, rated, confidence, minimum)
    keys = list(by) or ["hiatus_days"]
    return in_order(rated.join(followed, on=keys, how="left", nulls_equal=True), by, HIATUS_TYPES)


def gap_curve(
    order_days: nw.LazyFrame,
    *,
    as_of: dt.date,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Share of the gaps between purchases that have ended within so many days: the curve that `hiatus` takes its days from.

    Kaplan–Meier: the gap from a customer's last order to `as_of` is open. The gaps of one customer hang together: se is that of sums
    over customers, put by their keys into CLUSTERS groups, which are independent of each other and few enough to be counted. One row
    per combination of `by` and day: elapsed (0, 1, 2 … as far as the longest gap), gaps (all), ended (of them, by then), at_risk
    (longer than that), ended_share (0–1), se, low, high. Below `minimum` at_risk the counts stand and the rest is null. Without
    orders there is no row.
    """
    gaps = _gaps(order_days, as_of, by, clustered=True)
    curve = curve_at_marks(gaps, by=by, confidence=confidence).with_columns(
        ended_share=1 - pl.col("survival"), low=1 - pl.col("high"), high=1 - pl.col("low")
    )
    shares = pl.col("ended_share", "se", "low", "high")
    shown = curve.with_columns(pl.when(pl.col("at_risk") >= minimum).then(shares))
    return in_order(shown.rename({"waits": "gaps"}), by, GAP_TYPES, ["elapsed"])


def inactive_share(
    order_days: nw.LazyFrame,
    *,
    as_of: dt.date,
    hiatus_days: int = 0,
    quantile: float = 0.8,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Share of all customers whose last order is older than the hiatus (0–1); lower is better.

    One row per combination of `by`: hiatus_days (the same for all of them; see `hiatus`), customers (with an order by `as_of`),
    inactive, inactive_share, low, high (Wilson). Below `minimum` customers the counts stand and the rest is null; all is null but
    customers while no gap has ended. Without orders: one row with 0 customers, or none when `by` is given.
    """
    days = hiatus_threshold(order_days, as_of=as_of, hiatus_days=hiatus_days, quantile=quantile)
    counted = totals(_silent(order_days, as_of, days), by, ("customers", "inactive")).with_columns(
        hiatus_days=pl.lit(days, pl.Int64), inactive=pl.when(pl.lit(days is not None)).then("inactive")
    )
    return in_order(with_share(counted, **INACTIVE_RATE, confidence=confidence, minimum=minimum), by, INACTIVE_TYPES)


def inactive_sums(
    order_days: nw.LazyFrame,
    *,
    as_of: dt.date,
    hiatus_days: int = 0,
    quantile: float = 0.8,
    by: Sequence[str] = (),
) -> nw.LazyFrame:
    """What each customer adds to `inactive_share`, by which two dates are compared (`paired.paired_change`). Stays lazy. While no gap has
    ended there is no row."""
    days = hiatus_threshold(order_days, as_of=as_of, hiatus_days=hiatus_days, quantile=quantile)
    customers = _silent(order_days, as_of, days)
    return once(customers if days is not None else customers.head(0), by, value=nw.col("inactive"))


def _silent(order_days: nw.LazyFrame, as_of: dt.date, days: int | None) -> nw.LazyFrame:
    """One row per customer with an order: the columns of the frame, customers (1), inactive (1 or 0)."""
    longest = as_of - dt.timedelta(days=days or 0)
    last = seen_by(order_days, as_of).filter(is_last(as_of))
    return last.with_columns(customers=nw.lit(1), inactive=one_if(nw.col("day") < nw.lit(longest)))


def hiatus_threshold(
    order_days: nw.LazyFrame, *, as_of: dt.date, hiatus_days: int = 0, quantile: float = 0.8
) -> int | None:
    """The days of `hiatus` for the whole frame: those given, or from the data; None while no gap has ended."""
    if at_least("hiatus_days", hiatus_days, 0) > 0:
        return hiatus_days
    return _from_curve(kaplan_meier(_gaps(order_days, as_of, ())), quantile)[0]


def _followed(
    order_days: nw.LazyFrame, as_of: dt.date, by: Sequence[str], found: pl.DataFrame, confidence: float, minimum: int
) -> pl.DataFrame:
    """Of the gaps longer than the threshold of each row of `found`: FOLLOWED, one row per threshold and combination of `by` with any."""
    days = found.select(*by, "hiatus_days").drop_nulls("hiatus_days")
    shortest: int | None = days["hiatus_days"].min()  # type: ignore[assignment]
    if shortest is None:
        return days.with_columns(pl.lit(None, HIATUS_TYPES[name]).alias(name) for name in FOLLOWED)
    gaps = _gaps(order_days, as_of, by, clustered=True, longer_than=shortest)
    flagged = gaps.join(days, on=list(by), nulls_equal=True) if by else gaps.join(days, how="cross")
    keys = [*by, "hiatus_days"]
    curve = kaplan_meier(flagged.filter(pl.col("time") > pl.col("hiatus_days")), by=keys, confidence=confidence)
    last = curve.filter(pl.col("at_risk") >= minimum).group_by(keys).agg(pl.all().sort_by("time").last())
    return last.select(
        *keys,
        followed_days="time",
        followed_share=1 - pl.col("survival"),
        followed_low=1 - pl.col("high"),
        followed_high=1 - pl.col("low"),
    ).drop("hiatus_days" if by else [])


def _gaps(
    order_days: nw.LazyFrame,
    as_of: dt.date,
    by: Sequence[str],
    *,
    clustered: bool = False,
    longer_than: int = -1,
) -> pl.DataFrame:
    """One row per combination of `by` and length of a gap in days: time, events (ended by an order), censored (open at `as_of`); if
    `clustered`, also of the group of customers, cluster. Only those longer than so many days."""
    rows = seen_by(order_days, as_of)
    if clustered:
        rows, by = rows.with_columns(cluster=nw.col("customer_key") % CLUSTERS), (*by, "cluster")
    ended = rows.filter(nw.col("next_day") <= nw.lit(as_of)).with_columns(time=nw.col("next_age") - nw.col("age"))
    still = rows.filter(is_last(as_of))
    if longer_than >= 0:
        latest = dt.date.fromordinal(max(as_of.toordinal() - longer_than, 1))
        ended, still = ended.filter(nw.col("time") > longer_than), still.filter(nw.col("day") < nw.lit(latest))
    # one pass each: lengths that are a plain difference, and days, are what an engine groups by fastest
    events = collected(ended.group_by(*by, "time").agg(events=nw.len()))
    censored = collected(still.group_by(*by, "day").agg(censored=nw.len()))
    since = (pl.lit(as_of) - pl.col("day").cast(pl.Date)).dt.total_days()
    lengths = pl.concat([events, censored.with_columns(time=since)], how="diagonal_relaxed")
    numbers = pl.col("time", "events", "censored").cast(pl.Int64)
    return lengths.select(*by, numbers).group_by(*by, "time").agg(pl.col("events", "censored").sum())


def _flags(counted: pl.DataFrame, hiatus_days: int, quantile: float) -> dict[str, object]:
    """The row of one group of gaps, without the share."""
    curve = kaplan_meier(counted)
    given = at_least("hiatus_days", hiatus_days, 0) > 0
    days, basis = (hiatus_days, "given") if given else _from_curve(curve, quantile)
    flagged = counted.filter(pl.col("time") > days) if days is not None else counted.clear()
    ended, open_gaps = int(counted["events"].sum()), int(counted["censored"].sum())
    came_back = int(flagged["events"].sum())
    return {
        "hiatus_days": days,
        "basis": basis,
        "gaps": ended + open_gaps,
        "open_gaps": open_gaps,
        "ended_share": _ended_share(curve) if ended + open_gaps else None,
        "flagged": came_back + int(flagged["censored"].sum()),
        "came_back": came_back,
    }


def _from_curve(curve: pl.DataFrame, quantile: float) -> tuple[int | None, str | None]:
    days = time_by_which(curve, quantile)
    if days is not None:
        return days, "all_gaps"
    ended_share = _ended_share(curve)
    if not ended_share:
        return None, None
    return (time_by_which(curve, quantile * ended_share), "ended_gaps") if ended_share >= RARE else (None, RARE_BASIS)


def _ended_share(curve: pl.DataFrame) -> float:
    """The share of waits that have ended by the longest time of the curve; 0 without a curve."""
    lowest: float | None = curve["survival"].min()  # type: ignore[assignment]
    return 0.0 if lowest is None else 1 - lowest
