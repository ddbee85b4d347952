"""Who is one order from the next tier, and who is about to lose theirs: from thresholds of net spend over twelve calendar months.

Where tiers are uploaded, their thresholds are read off them: between two tiers the roundest number that best parts their members by what
they spent in the twelve months before.
"""

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.engine.exact import money
from metrics.engine.periods import months_before, start_of
from metrics.engine.reduce import collected

MONTHS = 12
LEAST_AGREEMENT = 0.9  # of members who stand where the thresholds put them; below it tiers follow another rule
LEAST_MEMBERS = 30


@dataclass(frozen=True)
class Steps:
    """The lowest spend of each tier, from the lowest tier on; `agreement`: the share of members who stand where these put them, None for
    a rule that makes the tiers."""

    thresholds: Mapping[str, float] = field(default_factory=dict)
    agreement: float | None = None


def spends(customer_periods: nw.LazyFrame, *, from_month: dt.date, to_month: dt.date) -> pl.DataFrame:
    """Net spend of each customer over whole calendar months, both included: customer_key, spend."""
    month = nw.col("month")
    inside = customer_periods.filter(month >= nw.lit(from_month), month <= nw.lit(to_month))
    found = collected(inside.group_by("customer_key").agg(spend=money("revenue").sum()))
    return found.with_columns(pl.col("spend").cast(pl.Float64)).sort("customer_key")


def read_off(members: pl.DataFrame, ladder: Sequence[str]) -> Steps:
    """The thresholds of tiers, from rows of tier and spend and the names from the lowest on; none where they agree with too few."""
    known = members.filter(pl.col("tier").is_in(ladder))
    place = known["tier"].replace_strict(ladder, range(len(ladder)), return_dtype=pl.Int64).to_numpy()
    spend = known["spend"].to_numpy()
    if len(ladder) < 2 or len(spend) < LEAST_MEMBERS:
        return Steps()
    found = {ladder[0]: 0.0}
    for step in range(1, len(ladder)):
        if not (place >= step).any() or not (place < step).any():
            return Steps()
        found[ladder[step]] = _between(spend, place >= step)
    values = list(found.values())
    if any(high <= low for low, high in itertools.pairwise(values)):
        return Steps()
    put = np.searchsorted(values[1:], np.round(spend, 2), side="right")
    agreement = float((put == place).mean())
    return Steps(found, agreement) if agreement >= LEAST_AGREEMENT else Steps()


def _between(spend: np.ndarray, is_above: np.ndarray) -> float:
    """The roundest number among those that part the two sides with the fewest mistakes."""
    order = np.argsort(spend, kind="stable")
    values, above = spend[order], is_above[order]
    # taking the first k for the lower side: the upper ones among them, and the lower ones beyond, are mistakes
    mistakes = np.concatenate([[0], np.cumsum(above)]) + (~above).sum() - np.concatenate([[0], np.cumsum(~above)])
    edges = np.concatenate([[values[0] - 1], values, [values[-1] + 1]])
    free = edges[:-1] < edges[1:]  # alike amounts cannot be parted
    best = int(np.flatnonzero(free & (mistakes == mistakes[free].min()))[0])
    return _roundest(float(edges[best]), float(edges[best + 1]))


def _roundest(above: float, upto: float) -> float:
    """The number in (above, upto] with the fewest digits."""
    for digits in range(-9, 3):
        candidate = float(np.ceil(round((above + 0.005) * 10.0**digits, 6)) / 10.0**digits)
        if above < candidate <= upto:
            return candidate
    return upto


def tier_steps(
    spend_then: pl.DataFrame,
    tiers: pl.DataFrame,
    usual: pl.DataFrame,
    thresholds: Mapping[str, float],
    *,
    as_of: dt.date,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who loses the tier at the end of the month unless they spend, and who reaches the next with one usual order.

    `spend_then`: what each has spent by now in the twelve months that count at the end of the month, without which nobody is near the next
    tier; `tiers`: customer_key, tier; `usual`: customer_key, usual (mean spend per order). Two frames: customer_key, missing (money up to
    the threshold), step (the tier that is lost, or reached), step_on (the first day of the next month).
    """
    names, values = list(thresholds), list(thresholds.values())
    rows = tiers.filter(pl.col("tier").is_in(names)).join(spend_then, on="customer_key", how="left")
    rows = (
        rows.join(usual, on="customer_key").with_columns(pl.col("spend").fill_null(0.0).round(2)).sort("customer_key")
    )
    above: list[str | None] = [*names[1:], None]
    by_name = pl.DataFrame(
        {"tier": names, "place": range(len(names)), "own": values, "above": above, "next": [*values[1:], None]},
        schema_overrides={"above": pl.String, "next": pl.Float64},
    )
    rows = rows.join(by_name, on="tier").with_columns(step_on=pl.lit(months_before(start_of(as_of, "month"), -1)))
    lost = rows.filter(pl.col("spend") < pl.col("own"), pl.col("place") > 0).select(
        "customer_key", missing=pl.col("own") - pl.col("spend"), step="tier", step_on="step_on"
    )
    missing = pl.col("next") - pl.col("spend")
    near = rows.filter(missing > 0, missing <= pl.col("usual"), pl.col("spend") > 0).select(
        "customer_key", missing=missing, step="above", step_on="step_on"
    )
    return lost, near


def counting_months(as_of: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last of the twelve months that count at the end of the running one."""
    return months_before(as_of, MONTHS - 1), start_of(as_of, "month")


def read_months(as_of: dt.date) -> tuple[dt.date, dt.date]:
    """The twelve months that today's tiers rest on: those up to the end of the last month."""
    return months_before(as_of, MONTHS), months_before(as_of, 1)
