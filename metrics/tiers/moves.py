"""Moves between tiers: the migration matrix, and the rates of upgrade, downgrade, retention and lapse."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
from scipy.special import betaincinv

from metrics.engine.periods import EVERY, calendar, checked
from metrics.engine.reduce import in_order
from metrics.statistics.shares import with_share
from metrics.tiers.tiers import LAPSED, NEW, ranked, tier_paths, tier_states

MOVES = ("upgrade", "retain", "downgrade", "lapse")
MATRIX_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("from_tier", "to_tier"), pl.String()),
    "members": pl.Int64(),
    **dict.fromkeys(("share", "low", "high"), pl.Float64()),
}
RATE_TYPES: dict[str, pl.DataType] = {
    "move": pl.String(),
    **dict.fromkeys(("members", "moved"), pl.Int64()),
    **dict.fromkeys(("rate", "low", "high"), pl.Float64()),
}
NOBODY = -1  # the code of no tier
RATE = {"successes": "moved", "n": "members", "name": "rate"}


def tier_migration(
    tier_changes: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    order_days: nw.LazyFrame | None = None,
    lapse_days: int = 0,
    ladder: str = "",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 1,
) -> pl.DataFrame:
    """The migration matrix: members in each tier on `start`, by their tier on `end` (or `as_of`, when that is earlier).

    One row per combination of `by`, from_tier and to_tier, cells without a member included: from_tier (a tier; “new”: none yet;
    “lapsed”: those who came back, when there are any), to_tier (a tier or “lapsed”), members, share (of the members of from_tier, 0–1,
    null where it has none), low, high (posterior of a Dirichlet with ½ added to each cell). Below `minimum` members of from_tier the
    counts stand and the rest is null. Tiers go from lowest to highest (see `tiers.ranked`). A tier on a date is that of the last
    change on or before it; for “lapsed” see `tiers.tier_paths`. Without tiers, and when `start` lies after `end` or `as_of`, there is no
    row.
    """
    paths = _paths(tier_changes, start, end, as_of, order_days, lapse_days, by)
    moves = moves_between(paths, "0", "1", by)
    tiers = ranked(paths["1"].drop_nulls().to_list() + paths["0"].drop_nulls().to_list(), ladder)
    came_back = [LAPSED] * moves["from_tier"].eq(LAPSED).any()
    sources = _places([*tiers, NEW, *came_back], "from_tier", "i")
    targets = _places([*tiers, LAPSED], "to_tier", "j")
    grid = sources.join(targets, how="cross").filter(pl.lit(bool(tiers) or moves.height > 0))
    groups = moves.select(by).unique().join(grid, how="cross") if by else grid
    keys = [*by, "from_tier", "to_tier"]
    cells = groups.join(moves, on=keys, how="left", nulls_equal=True).with_columns(pl.col("members").fill_null(0))
    n = pl.col("members").sum().over(*by, "from_tier")
    cells = cells.with_columns(n=n).sort(*by, "i", "j", nulls_last=True)
    return in_order(_with_dirichlet(cells, targets.height, confidence, minimum), (), _typed(cells, by) | MATRIX_TYPES)


def movers(
    tier_changes: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    from_tier: str,
    to_tier: str,
    order_days: nw.LazyFrame | None = None,
    lapse_days: int = 0,
) -> nw.LazyFrame:
    """Who is in a cell of `tier_migration`: customer_key, one row per member. Stays lazy.

    Frame, dates and arguments as those of the matrix; from_tier may be “new” or “lapsed”, to_tier “lapsed”. Nobody is in the cell of a
    tier that nobody has, nor in that from lapsed to lapsed, which is no move.
    """
    seen = observed(start, end, as_of)
    dates = [start, min(end, as_of)] if seen else [as_of, as_of]
    states, tiers = tier_states(tier_changes, dates=dates, order_days=order_days, lapse_days=lapse_days)
    codes = {tier: code for code, tier in tiers.items()}
    was, code = nw.col("0"), codes.get(to_tier, NOBODY) if seen else NOBODY
    before = was.is_null() if from_tier == NEW else was == codes.get(from_tier, NOBODY)
    after = nw.col("1") == (NOBODY if from_tier == to_tier == LAPSED else code)
    return states.filter(before, after).select("customer_key")


def tier_rates(
    tier_changes: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    order_days: nw.LazyFrame | None = None,
    lapse_days: int = 0,
    ladder: str = "",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """Of the members with a tier on `start`, the shares that on `end` (or `as_of`) are in a higher, the same or a lower one, or lapsed.

    Four rows per combination of `by`: move ("upgrade", "retain", "downgrade", "lapse"), members (on `start`, all tiers), moved, rate
    (0–1), low, high (Wilson). Below `minimum` members the counts stand and the rest is null. Without members, and when `start` lies
    after `end` or `as_of`: 0 of 0, or no row when `by` is given. Tiers as in `tier_migration`.
    """
    paths = _paths(tier_changes, start, end, as_of, order_days, lapse_days, by)
    tiers = ranked(paths["1"].drop_nulls().to_list() + paths["0"].drop_nulls().to_list(), ladder)
    counted = _move_counts(moves_between(paths, "0", "1", by), tiers, by)
    return _rated(counted, by, RATE_TYPES, confidence, minimum)


def tier_rates_trend(
    tier_changes: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    period: str = "month",
    order_days: nw.LazyFrame | None = None,
    lapse_days: int = 0,
    ladder: str = "",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """The rates of each calendar period that holds a day from `start` to `end`, between the day before it and its last day.

    One row per combination of `by`, period and move: period (its first day), complete (whether it has ended by `as_of`; what has not
    is counted to `as_of`), then the columns of `tier_rates`. A period that begins after `as_of` is no row.
    """
    checked("period", period, EVERY)
    last = min(end, as_of)
    periods = calendar(start, last, period) if start <= last else calendar(last, last, period).clear()
    types = {"period": pl.Date(), "complete": pl.Boolean(), **RATE_TYPES}
    ends = [min(day, as_of) for day in periods["end"]]
    first = periods["start"].first()
    dates = [first - dt.timedelta(days=1), *ends] if isinstance(first, dt.date) else [last]
    paths = tier_paths(tier_changes, dates=dates, order_days=order_days, lapse_days=lapse_days, by=by)
    seen = [tier for place in range(len(dates)) for tier in paths[str(place)].unique().drop_nulls()]
    tiers = ranked(seen, ladder)
    counted = [
        _move_counts(moves_between(paths, str(place), str(place + 1), by), tiers, by).with_columns(
            period=pl.lit(row["start"], pl.Date), complete=pl.lit(row["end"] <= as_of)
        )
        for place, row in enumerate(periods.iter_rows(named=True))
    ]
    if not counted:
        empty = paths.select(by).clear().with_columns(pl.lit(None, kind).alias(name) for name, kind in types.items())
        return empty.clear()
    return _rated(pl.concat(counted), by, types, confidence, minimum, ["period"])


def members_by_tier(migration: pl.DataFrame) -> pl.DataFrame:
    """Members of each tier on both dates, from rows of `tier_migration` without a split: one row per tier, lowest first.

    tier, before (on the first date), members (on the second), change, share (of all members on the second, 0–1; null without any).
    """
    tiers = migration.filter(pl.col("to_tier") != LAPSED).select(tier="to_tier").unique(maintain_order=True)
    n = pl.col("members").sum()
    before = migration.group_by(tier="from_tier").agg(before=n)
    after = migration.group_by(tier="to_tier").agg(members=n)
    both = tiers.join(before, on="tier", how="left", maintain_order="left").join(
        after, on="tier", how="left", maintain_order="left"
    )
    counted = both.with_columns(pl.col("before", "members").fill_null(0))
    total = pl.col("members").sum()
    return counted.with_columns(
        change=pl.col("members") - pl.col("before"), share=pl.when(total > 0).then(pl.col("members") / total)
    )


def moves_between(paths: pl.DataFrame, start: str, end: str, by: Sequence[str]) -> pl.DataFrame:
    """One row per combination of `by`, from_tier and to_tier that occurs; who was lapsed and still is made no move."""
    counted = paths.group_by(*by, from_tier=pl.col(start).fill_null(NEW), to_tier=end).agg(pl.col("members").sum())
    still = (pl.col("from_tier") == LAPSED) & (pl.col("to_tier") == LAPSED)
    return counted.filter(pl.col("to_tier").is_not_null(), ~still)


def observed(start: dt.date, end: dt.date, as_of: dt.date) -> bool:
    """Whether the second date is not before the first: what nobody has seen yet is not the same as nobody moving."""
    return start <= min(end, as_of)


def _paths(
    tier_changes: nw.LazyFrame,
    start: dt.date,
    end: dt.date,
    as_of: dt.date,
    order_days: nw.LazyFrame | None,
    lapse_days: int,
    by: Sequence[str],
) -> pl.DataFrame:
    """The tiers on the two dates; nobody's when they cannot both be seen."""
    seen = observed(start, end, as_of)
    dates = [start, min(end, as_of)] if seen else [as_of, as_of]
    paths = tier_paths(tier_changes, dates=dates, order_days=order_days, lapse_days=lapse_days, by=by)
    return paths if seen else paths.clear()


def _move_counts(moves: pl.DataFrame, tiers: Sequence[str], by: Sequence[str]) -> pl.DataFrame:
    """One row per combination of `by` and move: place (in MOVES), members, moved. Four rows when `by` is empty."""
    rank = {tier: place for place, tier in enumerate(tiers)} | {LAPSED: -1}
    before, after = (
        pl.col(name).replace_strict(rank, default=None, return_dtype=pl.Int64) for name in ("from_tier", "to_tier")
    )
    members = moves.filter(~pl.col("from_tier").is_in([NEW, LAPSED]))
    place = (
        pl.when(pl.col("to_tier") == LAPSED)
        .then(3)
        .when(after > before)
        .then(0)
        .when(after == before)
        .then(1)
        .otherwise(2)
    )
    moved = members.group_by(*by, place=place.cast(pl.Int64)).agg(moved=pl.col("members").sum())
    sizes = (
        moved.group_by(*by).agg(members=pl.col("moved").sum()) if by else moved.select(members=pl.col("moved").sum())
    )
    rows = sizes.join(
        pl.DataFrame({"place": range(4), "move": MOVES}, schema_overrides={"place": pl.Int64}), how="cross"
    )
    return rows.join(moved, on=[*by, "place"], how="left", nulls_equal=True).with_columns(pl.col("moved").fill_null(0))


def _rated(
    counted: pl.DataFrame,
    by: Sequence[str],
    types: dict[str, pl.DataType],
    confidence: float,
    minimum: int,
    keys: Sequence[str] = (),
) -> pl.DataFrame:
    rated = with_share(counted, **RATE, confidence=confidence, minimum=minimum).sort(
        *by, *keys, "place", nulls_last=True
    )
    return in_order(rated, (), _typed(rated, by) | types)


def _with_dirichlet(cells: pl.DataFrame, targets: int, confidence: float, minimum: int) -> pl.DataFrame:
    """Shares of the row total n, with the marginal interval of each under a Dirichlet posterior: a Beta(members + ½, rest + ½·others)."""
    inside, n = (cells[name].to_numpy().astype(float) for name in ("members", "n"))
    a, b = inside + 0.5, n - inside + 0.5 * max(targets - 1, 1)
    low, high = (
        pl.Series(betaincinv(a, b, np.full(len(a), tail))) for tail in ((1 - confidence) / 2, (1 + confidence) / 2)
    )
    enough = (pl.col("n") >= minimum) & (pl.col("n") > 0)
    share = pl.col("members") / pl.col("n")
    shown = cells.with_columns(share=pl.when(enough).then(share), low=low, high=high)
    return shown.with_columns(
        low=pl.when(enough).then(pl.min_horizontal("share", "low")),
        high=pl.when(enough).then(pl.max_horizontal("share", "high")),
    )


def _places(names: Sequence[str], column: str, place: str) -> pl.DataFrame:
    return pl.DataFrame({column: names, place: range(len(names))}, schema={column: pl.String, place: pl.Int64})


def _typed(frame: pl.DataFrame, by: Sequence[str]) -> dict[str, pl.DataType]:
    return {name: frame.schema[name] for name in by}
