"""History under a tier rule: members, moves and revenue by tier, so that two rules can stand side by side."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.periods import calendar
from metrics.engine.reduce import in_order
from metrics.tiers.moves import moves_between
from metrics.tiers.order import RANK
from metrics.tiers.spend import tier_spend
from metrics.tiers.tiers import LAPSED, NEW, ranked, tier_paths

COUNTS = ("members_before", "upgrades", "downgrades", "lapsed", "entered", "members")
REPLAY_TYPES: dict[str, pl.DataType] = {
    "tier": pl.String(),
    **dict.fromkeys(COUNTS, pl.Int64()),
    **dict.fromkeys(("revenue", "revenue_share"), pl.Float64()),
    **dict.fromkeys(("from_on", "to_on"), pl.Date()),
}
COMPARED = ("members", "upgrades", "downgrades", "lapsed", "revenue", "revenue_share")


def tier_replay(
    tier_changes: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    customer_periods: nw.LazyFrame | None = None,
    known_from: dt.date | None = None,
    order_days: nw.LazyFrame | None = None,
    lapse_days: int = 0,
    ladder: str = "",
    by: Sequence[str] = (),
) -> pl.DataFrame:
    """Members, moves and revenue of each tier over the complete months between two dates, under the tiers that `tier_changes` holds.

    One row per combination of `by` and tier, from lowest to highest, and one with tier null for customers without a tier. With from_on
    (the day before the first of the months) and to_on (the last day of the last): members_before (in the tier on from_on), of these
    upgrades and downgrades (in a higher or lower tier on to_on) and lapsed; entered (in the tier on to_on, without one on from_on),
    members (in the tier on to_on); revenue (net, of the months, by the tier on the first day of each), revenue_share (of that of all
    customers, 0–1; null when they have none). Of the row without tier only the revenue is known, as are null without `customer_periods`
    (by customer and month). Tiers are known from `known_from` on, and months that begin on or before it are left out; without a month
    left there is no row. For “lapsed” see `tiers.tier_paths`: a lapsed member has no tier.
    """
    months = _covered(start, min(end, as_of), known_from)
    from_on, to_on = _ends(months, as_of)
    options = {"order_days": order_days, "lapse_days": lapse_days}
    paths = tier_paths(tier_changes, dates=[from_on, to_on], by=by, **options)  # type: ignore[arg-type]
    types = {name: paths.schema[name] for name in by}
    if not months:
        return pl.DataFrame(schema=types | REPLAY_TYPES)
    moves = moves_between(paths, "0", "1", by)
    tiers = ranked(paths["0"].drop_nulls().to_list() + paths["1"].drop_nulls().to_list(), ladder)
    counted = _counted(moves, tiers, by)
    if customer_periods is None:
        spent = pl.DataFrame(schema=types | {"tier": pl.String(), "revenue": pl.Float64()})
    else:
        spent = tier_spend(tier_changes, customer_periods, months=months, dates=months, by=by, **options)  # type: ignore[arg-type]
    without_tier = pl.when(pl.col("tier").is_in(tiers)).then("tier")
    revenue = spent.group_by(*by, without_tier).agg(pl.col("revenue").sum())
    rows = _grid(counted, revenue, tiers, by)
    rows = rows.join(counted, on=[*by, "tier"], how="left", nulls_equal=True)
    rows = rows.join(revenue, on=[*by, "tier"], how="left", nulls_equal=True).sort(*by, "place", nulls_last=True)
    total = pl.col("revenue").sum().over(by) if by else pl.col("revenue").sum()
    named = pl.col("tier").is_not_null()
    rows = rows.with_columns(pl.when(named).then(pl.col(*COUNTS).fill_null(0)))
    rows = rows.with_columns(pl.col("revenue").fill_null(0.0) if customer_periods is not None else pl.col("revenue"))
    shares = rows.with_columns(
        revenue_share=pl.when(total > 0).then(pl.col("revenue") / total), from_on=from_on, to_on=to_on
    )
    return in_order(shares, (), types | REPLAY_TYPES)


def replay_difference(now: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Two replays over the same months side by side: one row per tier that either knows, lowest first, then the one without.

    The tiers keep the order of either replay. Where that leaves it open, or the two disagree, usual names go by their usual order, and
    others as in `now`, each tier of `other` alone after the one below it there.
    Columns: tier, then of each of COMPARED the value of `now` (its name), that of `other` (…_other) and other minus now (…_change). A tier
    that a rule does not have holds null there; its difference counts it as 0, since nobody is in it.
    """
    ordered = _in_one_order(now["tier"].drop_nulls().to_list(), other["tier"].drop_nulls().to_list())
    tiers = pl.DataFrame({"tier": [*ordered, None]}, schema={"tier": pl.String})
    both = tiers.join(now.select("tier", *COMPARED), on="tier", how="left", nulls_equal=True, maintain_order="left")
    both = both.join(
        other.select("tier", *COMPARED), on="tier", how="left", nulls_equal=True, suffix="_other", maintain_order="left"
    )
    changes = {}
    for name in COMPARED:
        was, becomes = pl.col(name), pl.col(f"{name}_other")
        known = was.is_not_null() | becomes.is_not_null()
        changes[f"{name}_change"] = pl.when(known).then(becomes.fill_null(0) - was.fill_null(0))
    return both.with_columns(**changes)


def _in_one_order(now: Sequence[str], other: Sequence[str]) -> list[str]:
    """The tiers of two ladders as one, from lowest to highest."""
    usual = ranked([*now, *other])
    if all(tier.lower() in RANK for tier in usual) and [tier for tier in usual if tier in now] == list(now):
        return usual
    ladder = list(now)
    for place, tier in enumerate(other):
        if tier not in ladder:
            ladder.insert(ladder.index(other[place - 1]) + 1 if place else 0, tier)
    return ladder


def _covered(start: dt.date, last: dt.date, known_from: dt.date | None) -> list[dt.date]:
    """First days of the months that lie between the dates as a whole and begin after the day from which tiers are known."""
    if start > last:
        return []
    months = calendar(start, last, "month").filter(pl.col("start") >= start, pl.col("end") <= last)
    first: list[dt.date] = months["start"].to_list()
    return [month for month in first if known_from is None or month > known_from]


def _ends(months: Sequence[dt.date], as_of: dt.date) -> tuple[dt.date, dt.date]:
    """The day before the first month, and the last day of the last one."""
    if not months:
        return as_of, as_of
    last = calendar(months[-1], months[-1], "month")["end"].item()
    return months[0] - dt.timedelta(days=1), last


def _counted(moves: pl.DataFrame, tiers: Sequence[str], by: Sequence[str]) -> pl.DataFrame:
    """One row per combination of `by` and tier with a member: its COUNTS."""
    rank = {tier: place for place, tier in enumerate(tiers)}
    before, after = (
        pl.col(name).replace_strict(rank, default=None, return_dtype=pl.Int64) for name in ("from_tier", "to_tier")
    )
    n = pl.col("members")
    left = moves.filter(pl.col("from_tier").is_in(tiers)).group_by(*by, tier="from_tier").agg(
        members_before=n.sum(),
        upgrades=n.filter(after > before).sum(),
        downgrades=n.filter(after < before).sum(),
        lapsed=n.filter(pl.col("to_tier") == LAPSED).sum(),
    )  # fmt: skip
    came = moves.filter(pl.col("to_tier").is_in(tiers)).group_by(*by, tier="to_tier").agg(
        members=n.sum(), entered=n.filter(pl.col("from_tier").is_in([NEW, LAPSED])).sum()
    )  # fmt: skip
    return left.join(came, on=[*by, "tier"], how="full", coalesce=True, nulls_equal=True)


def _grid(counted: pl.DataFrame, revenue: pl.DataFrame, tiers: Sequence[str], by: Sequence[str]) -> pl.DataFrame:
    """Every group with every tier and the row without one, in order."""
    places = pl.DataFrame(
        {"tier": [*tiers, None], "place": range(len(tiers) + 1)}, schema={"tier": pl.String, "place": pl.Int64}
    )
    if not by:
        return places
    groups = pl.concat([counted.select(by), revenue.select(by)]).unique()
    return groups.join(places, how="cross")
