"""Waiting times of which some have not ended yet: the Kaplan–Meier curve, and how long customers take to order again."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.engine.periods import checked
from metrics.engine.reduce import collected, day_number, in_order, one_if
from metrics.statistics.clustered import quantile
from metrics.statistics.intervals import z_value

UNITS_DAYS = {"day": 1, "week": 7}

CURVE_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("time", "at_risk", "events", "censored"), pl.Int64()),
    **dict.fromkeys(("survival", "se", "low", "high"), pl.Float64()),
}
REPEAT_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("elapsed", "customers", "second_orders", "at_risk"), pl.Int64()),
    **dict.fromkeys(("repeat_share", "se", "low", "high"), pl.Float64()),
}


def kaplan_meier(counted: pl.DataFrame, *, by: Sequence[str] = (), confidence: float = 0.95) -> pl.DataFrame:
    """The product-limit estimate of the share that is still waiting, from counts of waits by their length.

    `counted` has the columns of `by`, time (any unit, 0 or more), events (waits that ended at that time) and censored (waits that had
    lasted so long when they were last seen); rows of the same time are added. One row per combination of `by` and time: time, at_risk
    (waits that lasted at least so long), events, censored, survival (share still waiting just after that time), se (Greenwood), low,
    high (log-log). The interval is null where survival is 1 or 0, where it is not defined; se is null where survival is 0. Without
    waits there is no row.

    Where somebody waits several times, a column `cluster` of `counted` says which waits hang together; se is then that of sums over
    clusters (see `_clustered`), which is Greenwood's, but for its factor, where each wait is a cluster of its own, and the interval takes
    Student's t on clusters − 1.

    Kaplan & Meier 1958, JASA 53:457–481; Greenwood 1926; log-log interval: Kalbfleisch & Prentice 1980, section 1.3.
    """
    events, censored, at_risk = pl.col("events"), pl.col("censored"), pl.col("at_risk")
    group = list(by) or pl.lit(1)
    steps = counted.group_by(*by, "time").agg(pl.col("events", "censored").cast(pl.Int64).sum())
    steps = steps.with_columns(at_risk=(events + censored).cum_sum(reverse=True).over(group, order_by="time"))
    curve = steps.with_columns(
        survival=(1 - events / at_risk).cum_prod().over(group, order_by="time"),
        greenwood=(events / (at_risk * (at_risk - events))).cum_sum().over(group, order_by="time"),
    )
    reach: pl.Expr | float = z_value(confidence)
    if "cluster" in counted.columns:
        found = _clustered(counted, curve, by).with_columns(greenwood="variance")
        curve = curve.drop("greenwood").join(found, on=[*by, "time"], nulls_equal=True)
        curve = curve.with_columns(reach=quantile(curve["freedom"], confidence))
        reach = pl.col("reach")
    survival, spread = pl.col("survival"), pl.col("greenwood").sqrt()
    ratio = reach * spread / survival.log().abs()
    inside = (survival > 0) & (survival < 1)
    curve = curve.with_columns(
        se=pl.when(survival > 0).then(survival * spread),
        low=pl.when(inside).then(survival ** ratio.exp()),
        high=pl.when(inside).then(survival ** (-ratio).exp()),
    )
    return in_order(curve, by, CURVE_TYPES, ["time"])


def _clustered(counted: pl.DataFrame, curve: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Variance of log survival from sums over clusters: `by`, time, variance, freedom (clusters − 1); both null with a single one.

    A wait moves log survival at t by −Σ (dN − Y·d/n) / (n − d) over the times up to t, with dN 1 where it ends and Y 1 while it lasts, n at
    risk and d events; these are added within clusters, squared and added, times G / (G − 1).

    Infinitesimal jackknife: Williams 1995, Biometrics 51:1363–1371 (products of estimates from clustered waits).
    """
    parts = []
    for key, rows in curve.group_by(list(by)) if by else [((), curve)]:
        own = counted.filter(*(pl.col(name).eq_missing(pl.lit(value)) for name, value in zip(by, key, strict=False)))
        rows = rows.sort("time")
        cluster = own["cluster"].rank("dense").to_numpy().astype(int) - 1
        there = np.searchsorted(rows["time"].to_numpy(), own["time"].to_numpy())
        ended, left = (np.zeros((own["cluster"].n_unique(), rows.height)) for _ in range(2))
        for of, name in ((ended, "events"), (left, "censored")):
            np.add.at(of, (cluster, there), own[name].to_numpy())
        lasting = np.cumsum((ended + left)[:, ::-1], axis=1)[:, ::-1]
        at_risk, events = (rows[name].to_numpy().astype(float) for name in ("at_risk", "events"))
        steps = (ended - lasting * events / at_risk) / np.where(at_risk > events, at_risk - events, np.inf)
        clusters = len(ended)
        squares = pl.Series((np.cumsum(steps, axis=1) ** 2).sum(axis=0), dtype=pl.Float64)
        others = float(clusters - 1) if clusters > 1 else None  # one cluster does not tell how others wait
        freedom = pl.lit(others, pl.Float64)
        parts.append(rows.select(*by, "time", variance=squares * clusters / freedom, freedom=freedom))
    types = {name: curve.schema[name] for name in (*by, "time")} | {"variance": pl.Float64(), "freedom": pl.Float64()}
    return pl.concat(parts) if parts else pl.DataFrame(schema=types)


def time_by_which(curve: pl.DataFrame, share: float) -> int | None:
    """The first time by which that share of the waits has ended (0–1); None when the curve of `kaplan_meier` does not get there."""
    if not 0 < share < 1:
        raise ValueError(f"share is {share}; it must lie between 0 and 1, for example 0.8.")
    # A curve that ends at exactly the share may miss it by a rounding error of its product
    reached = curve.filter(1 - pl.col("survival") >= share - 1e-12)
    return reached["time"].min()  # type: ignore[return-value]


def time_with_interval(curve: pl.DataFrame, column: str, share: float) -> tuple[int | None, int | None, int | None]:
    """When a growing share (in `column`, with low and high) reaches `share`: the first elapsed time, and the ends of its interval.

    The interval holds the times at which the share's own does not exclude `share` (Brookmeyer & Crowley 1982, Biometrics 38:29–41). An
    end that the curve does not reach is None. From a result of `repeat_curve` or `hiatus.gap_curve`, without groups.
    """
    first = [curve.filter(pl.col(name) >= share)["elapsed"].min() for name in (column, "high", "low")]
    return first[0], first[1], first[2]  # type: ignore[return-value]


def repeat_curve(
    order_days: nw.LazyFrame,
    *,
    as_of: dt.date,
    unit: str = "week",
    cohorts_from: dt.date | None = None,
    cohorts_to: dt.date | None = None,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Share of customers who have ordered a second time within so many days or weeks of their first order; higher is better.

    Kaplan–Meier, in days: a customer without a second order is followed to `as_of`. One row per combination of `by` and elapsed
    unit: elapsed (0, 1, 2 … as far as the longest-known customer has been followed), customers (all), second_orders (of them, by
    then), at_risk (still without one and followed for longer), repeat_share (0–1), se, low, high. Those who are in neither count
    were not followed for so long. Below `minimum` at_risk the counts stand and the rest is null. Without orders there is no row.

    The frame has a row per customer and day with an order, so that orders of one day are one purchase, and must reach back to each
    customer's first; `cohorts_from` and `cohorts_to` limit that first day. Rows after `as_of` are left out. `by` are attributes of
    the customer.
    """
    checked("unit", unit, UNITS_DAYS)
    waits = _waits_for_second_order(order_days, as_of, cohorts_from, cohorts_to, by)
    curve = curve_at_marks(waits, step=UNITS_DAYS[unit], by=by, confidence=confidence).with_columns(
        second_orders="ended", repeat_share=1 - pl.col("survival"), low=1 - pl.col("high"), high=1 - pl.col("low")
    )
    shares = pl.col("repeat_share", "se", "low", "high")
    shown = curve.with_columns(pl.when(pl.col("at_risk") >= minimum).then(shares))
    return in_order(shown.rename({"waits": "customers"}), by, REPEAT_TYPES, ["elapsed"])


def curve_at_marks(
    waits: pl.DataFrame, *, step: int = 1, by: Sequence[str] = (), confidence: float = 0.95
) -> pl.DataFrame:
    """The curve of `kaplan_meier` at 0, step, 2·step … as far as the longest wait of each group.

    One row per combination of `by` and mark: elapsed (0, 1, 2 …, in steps), waits (all), ended (of them, by then), at_risk (neither
    ended nor lost sight of by then), survival, se, low, high.
    """
    waits = waits.with_columns(pl.col("time", "events", "censored").cast(pl.Int64))
    groups = waits.group_by(*by, all=pl.lit(True)).agg(
        waits=(pl.col("events") + pl.col("censored")).sum(), last=pl.col("time").max()
    )
    groups = groups.filter(pl.col("waits") > 0)  # without waits, a group of everybody is still a row
    marks = groups.select(*by, "waits", elapsed=pl.int_ranges(0, pl.col("last") // step + 1))
    marks = marks.explode("elapsed", empty_as_null=False).with_columns(time=pl.col("elapsed") * step)
    # A mark without a wait of its own length adds a row to the curve and nothing to its counts
    added = marks.select(*by, "time", events=pl.lit(0, pl.Int64), censored=pl.lit(0, pl.Int64))
    columns = [*by, "time", "events", "censored"]
    if "cluster" in waits.columns:
        first = waits.group_by(*by).agg(pl.col("cluster").min()) if by else waits.select(pl.col("cluster").min())
        added = added.join(first, on=list(by), nulls_equal=True) if by else added.join(first, how="cross")
        added, columns = added.select(*columns, "cluster"), [*columns, "cluster"]
    curve = kaplan_meier(pl.concat([waits.select(columns), added]), by=by, confidence=confidence).with_columns(
        ended=pl.col("events").cum_sum().over(list(by) or pl.lit(1), order_by="time"),
        at_risk=pl.col("at_risk") - pl.col("events") - pl.col("censored"),
    )
    return marks.join(curve, on=[*by, "time"], nulls_equal=True)


def _waits_for_second_order(
    order_days: nw.LazyFrame,
    as_of: dt.date,
    cohorts_from: dt.date | None,
    cohorts_to: dt.date | None,
    by: Sequence[str],
) -> pl.DataFrame:
    """One row per combination of `by` and wait in days from the first to the second order: time, events, censored."""
    waits = _first_and_second_day(order_days, as_of, by)
    if cohorts_from:
        waits = waits.filter(nw.col("first") >= nw.lit(cohorts_from))
    if cohorts_to:
        waits = waits.filter(nw.col("first") <= nw.lit(cohorts_to))
    waits = waits.with_columns(event=one_if(~nw.col("second").is_null()))
    # Without a second day the last day seen ends the wait
    end = nw.when(nw.col("event") == 1).then(nw.col("second")).otherwise(nw.lit(as_of))
    waits = waits.with_columns(time=day_number(end) - day_number(nw.col("first")))
    return counted_waits(waits, by)


def _first_and_second_day(order_days: nw.LazyFrame, as_of: dt.date, by: Sequence[str]) -> nw.LazyFrame:
    """One row per customer: the columns of `by`, first and second (days with an order up to `as_of`; second may be null).

    A frame with first_day and next_day (see `rollups.with_neighbours`) has both in the row of the first day.
    """
    seen = order_days.filter(nw.col("day") <= nw.lit(as_of))
    if {"first_day", "next_day"} <= set(order_days.collect_schema().names()):
        known = nw.when(nw.col("next_day") <= nw.lit(as_of)).then(nw.col("next_day"))
        return seen.filter(nw.col("day") == nw.col("first_day")).select(*by, first=nw.col("day"), second=known)
    first = seen.group_by("customer_key", *by).agg(first=nw.col("day").min())
    later = (
        seen.join(first.select("customer_key", "first"), on="customer_key")
        .filter(nw.col("day") > nw.col("first"))
        .group_by("customer_key")
        .agg(second=nw.col("day").min())
    )
    return first.join(later, on="customer_key", how="left")


def counted_waits(waits: nw.LazyFrame, by: Sequence[str]) -> pl.DataFrame:
    """From one row per wait (time, event: 1 when it ended) to one row per combination of `by` and time: time, events, censored."""
    counted = collected(waits.group_by(*by, "time").agg(n=nw.len(), events=nw.col("event").sum()))
    numbers = counted.with_columns(pl.col("time", "n", "events").cast(pl.Int64))
    return numbers.select(*by, "time", "events", censored=pl.col("n") - pl.col("events"))
