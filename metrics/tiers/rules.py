"""Tier rules made from the data: thresholds to begin with, and how far back they can look."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.periods import at_least, checked, months_before, start_of
from metrics.engine.reduce import collected
from metrics.tiers.tiers import MEASURES

NAMES = ("bronze", "silver", "gold", "platinum")
# The second tier begins at the median; each next one takes in 40 % of the customers of the one before.
HALF, KEPT = 0.5, 0.4
WINDOWS = (12, 6, 3)  # months, the longest first
ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
RULE_TYPES: dict[str, pl.DataType] = {"tier": pl.String(), "threshold": pl.Float64(), "customers": pl.Int64()}


def suggested_thresholds(
    customer_periods: nw.LazyFrame,
    *,
    as_of: dt.date,
    measure: str = "spend",
    months: int = 12,
    names: Sequence[str] = NAMES,
) -> pl.DataFrame:
    """Round thresholds from what customers spent or ordered in the `months` complete months up to `as_of`.

    One row per tier, lowest first: tier, threshold, customers (who reach it). The lowest takes in everybody who reaches 1, the second
    begins at the median of these, each next at the quantile that leaves 40 % of the tier before. A threshold that rounding would put on
    the one before is left out. `measure` as in `tiers.tiers_by_rule`. Without customers there is no row.
    """
    checked("measure", measure, MEASURES)
    at_least("months", months, 1)
    last = start_of(as_of + dt.timedelta(days=1), "month")  # the month that this one begins is not complete
    window = customer_periods.filter(
        nw.col("month") >= nw.lit(months_before(last, months)), nw.col("month") < nw.lit(last)
    )
    sums = window.group_by("customer_key").agg(amount=nw.col(MEASURES[measure]).sum())
    amounts = collected(sums)["amount"].cast(pl.Float64)
    amounts = amounts.filter(amounts >= 1)
    thresholds: dict[str, float] = {}
    for place, name in enumerate(names if amounts.len() else []):
        quantile = amounts.quantile(1 - HALF * KEPT ** (place - 1)) if place else 1.0
        threshold = round_number(quantile or 1.0) if measure == "spend" else float(math.ceil(quantile or 1.0))
        if threshold > max(thresholds.values(), default=0):
            thresholds[name] = threshold
    rows = [(name, at, int((amounts >= at).sum())) for name, at in thresholds.items()]
    return pl.DataFrame(rows, schema=RULE_TYPES, orient="row")


def round_number(value: float) -> float:
    """The nearest of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten, for a value above 0."""
    power = 10 ** math.floor(math.log10(value))
    return float(min((step * power for step in ROUND), key=lambda near: abs(near - value)))


def raised(thresholds: Mapping[str, float], factor: float) -> dict[str, float]:
    """The same tiers with every threshold but the lowest multiplied, in round whole numbers that still go up."""
    out: dict[str, float] = {}
    for name, threshold in thresholds.items():
        before = max(out.values(), default=-1.0)
        raised_to = round(threshold * factor, min(2 - len(str(int(threshold))), 0)) if out else threshold
        out[name] = raised_to if raised_to > before else before + 1
    return out


def rule_text(thresholds: Mapping[str, float]) -> str:
    """The rule as `tiers.parse_rule` reads it: bronze=1,silver=1000."""
    return ",".join(f"{name}={f'{threshold:.2f}'.rstrip('0').rstrip('.')}" for name, threshold in thresholds.items())


def known_from(first_month: dt.date, months: int) -> dt.date:
    """The first day on which a rule over `months` trailing months rests on whole months alone, when data begin in `first_month`."""
    return months_before(start_of(first_month, "month"), -at_least("months", months, 1))


def longest_window(first_month: dt.date, needed: Sequence[dt.date]) -> int:
    """The longest of 12, 6 and 3 months whose tiers are known on the most of the days, in order of their weight; else the shortest."""
    for upto in range(len(needed), 0, -1):
        for months in WINDOWS:
            if known_from(first_month, months) <= min(needed[:upto]):
                return months
    return WINDOWS[-1]
