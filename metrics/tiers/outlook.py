"""What the moves between tiers so far say about the next ones: time in a tier, the way to the top, and whether the moves keep steady."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.engine.periods import EVERY, calendar, checked
from metrics.engine.reduce import in_order
from metrics.statistics.markov import Matrix, reach, stationarity
from metrics.statistics.survival import curve_at_marks
from metrics.tiers import backtest
from metrics.tiers.tiers import LAPSED, ranked, tier_paths

DRAWS, SEED = 1000, 20_000  # the interval rests on draws; a fixed seed makes it the same each time

TIME_TYPES: dict[str, pl.DataType] = {
    "tier": pl.String(),
    **dict.fromkeys(("elapsed", "members", "moved", "at_risk"), pl.Int64()),
    **dict.fromkeys(("stay_share", "se", "low", "high"), pl.Float64()),
}
OUTLOOK_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("tier", "top"), pl.String()),
    **dict.fromkeys(("members", "steps", "moves"), pl.Int64()),
    **dict.fromkeys(("reach_top", "low", "high", "periods_to_top"), pl.Float64()),
    "state": pl.String(),
    **dict.fromkeys(("held_out_periods", "held_out_members"), pl.Int64()),
    **dict.fromkeys(("expected_share", "reached_share"), pl.Float64()),
}
STATIONARITY_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("periods", "steps"), pl.Int64()),
    "statistic": pl.Float64(),
    "degrees_of_freedom": pl.Int64(),
    "p_value": pl.Float64(),
}


def time_in_tier(
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
    """Share of the members who entered a tier and are still in it so many periods later (Kaplan–Meier, seen at period ends).

    One row per combination of `by`, tier and elapsed period: tier (lowest first), elapsed (0, 1 …, in periods), members (who entered
    it in a complete period between `start` and `end`; one who entered twice counts twice), moved (of them, to another tier or lapsed, by
    then), at_risk (still there and seen for longer), stay_share (0–1), se, low, high (log-log). Who was in the tier before `start` is
    left out, since the time of entry is not known. Below `minimum` at_risk the counts stand and the rest is null. Nobody, no row.
    """
    paths, places, _dates = at_period_ends(tier_changes, as_of, start, end, period, order_days, lapse_days, by)
    spells = _spells(paths, places, by)
    curve = curve_at_marks(spells, by=[*by, "tier"], confidence=confidence)
    tiers = ranked(spells["tier"].unique().to_list(), ladder)
    shown = curve.rename({"waits": "members", "ended": "moved", "survival": "stay_share"}).with_columns(
        pl.when(pl.col("at_risk") >= minimum).then(pl.col("stay_share", "se", "low", "high"))
    )
    return by_rank(shown, tiers, by, TIME_TYPES, ["elapsed"])


def tier_outlook(
    tier_changes: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    period: str = "month",
    order_days: nw.LazyFrame | None = None,
    lapse_days: int = 365,
    ladder: str = "",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
    least_p: float = 0.05,
) -> pl.DataFrame:
    """The chance to reach the top tier before lapsing, and the expected time to it of those who do, if moves go on as between two dates.

    A Markov chain on the tiers at the ends of the complete periods between `start` and `end`; lapsing is final. One row per combination
    of `by` and tier below the top: tier (lowest first), top (the highest tier seen at any of these ends), members (who were in the tier at
    the beginning of any of the periods, each once), steps (members times periods seen in it), moves (of these, to another tier or
    lapsed), reach_top (0–1), low, high (quantiles over draws of each tier's moves from a Dirichlet with ½ added to each cell, widened by
    how far the backtest was off, see `backtest.widened_share`), periods_to_top (expected periods, given that the top is reached; null
    where it cannot be), state ("ok", "too_few": below `minimum` members, whose periods are no evidence of others; "unsteady": the test of
    `tier_stationarity` finds that moves have not been alike, with a p-value below `least_p`; the counts then stand and the rest is null).

    The backtest fits the chain to the first half of the periods: held_out_periods (the others), held_out_members (in the tier when they
    begin), expected_share (of these, to reach the top in them before lapsing), reached_share (who did; null without members). Fewer than
    two tiers give no row.
    """
    paths, places, _dates = at_period_ends(tier_changes, as_of, start, end, period, order_days, lapse_days, by)
    tiers = ranked(seen_tiers(paths, places), ladder)
    rows = []
    people = followed(paths, places, tiers, by)
    for group, counts in counted_moves(paths, places, tiers, by):
        if len(tiers) < 2:
            continue
        total = counts.sum(axis=0)
        steady = backtest.is_steady(counts, least_p)
        judged, errors = _judged(_of_group(paths, group), places, tiers, counts, minimum)
        for place, found in enumerate(_outlook(total, confidence, errors)):
            tier, steps, stayed = tiers[place], int(total[place].sum()), int(total[place, place])
            members = people[(*group.values(), tier)]
            enough = members >= max(minimum, 1)
            state = backtest.TOO_FEW if not enough else backtest.OK if steady else backtest.UNSTEADY
            shown = found if state == backtest.OK else dict.fromkeys(found)
            counted = {"members": members, "steps": steps, "moves": steps - stayed}
            rows.append({**group, "tier": tier, "top": tiers[-1], **counted, **shown, "state": state, **judged[place]})
    frame = pl.DataFrame(rows, schema=typed(paths, by) | OUTLOOK_TYPES)
    return by_rank(frame, tiers, by, OUTLOOK_TYPES)


def tier_stationarity(
    tier_changes: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    period: str = "month",
    order_days: nw.LazyFrame | None = None,
    lapse_days: int = 365,
    by: Sequence[str] = (),
) -> pl.DataFrame:
    """Test that members have moved between tiers alike in all periods: a small p_value says that they have not.

    One row per combination of `by`: periods (complete ones between `start` and `end`), steps (members times periods), statistic (χ²),
    degrees_of_freedom, p_value (0–1; null without a degree of freedom). Without tiers: one row with 0 steps, or none when `by` is given.

    Anderson & Goodman 1957, Annals of Mathematical Statistics 28:89–110.
    """
    paths, places, _dates = at_period_ends(tier_changes, as_of, start, end, period, order_days, lapse_days, by)
    tiers = ranked(seen_tiers(paths, places))
    rows = []
    for group, counts in counted_moves(paths, places, tiers, by):
        statistic, freedom, p_value = stationarity(counts[:, : len(tiers)])
        found = {"statistic": statistic, "degrees_of_freedom": freedom, "p_value": p_value if freedom else None}
        rows.append({**group, "periods": len(counts), "steps": int(counts.sum()), **found})
    return in_order(pl.DataFrame(rows, schema=typed(paths, by) | STATIONARITY_TYPES), by, STATIONARITY_TYPES)


def at_period_ends(
    tier_changes: nw.LazyFrame,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    period: str,
    order_days: nw.LazyFrame | None,
    lapse_days: int,
    by: Sequence[str],
) -> tuple[pl.DataFrame, list[str], list[dt.date]]:
    """The paths at the ends of the complete periods, from the one before the first, the names of their columns in order, and the dates."""
    checked("period", period, EVERY)
    last = min(end, as_of)
    periods = calendar(min(start, last), last, period).filter(pl.col("start") >= start, pl.col("end") <= last)
    first = periods["start"].first()
    dates = [first - dt.timedelta(days=1), *periods["end"]] if isinstance(first, dt.date) else [last]
    paths = tier_paths(tier_changes, dates=dates, order_days=order_days, lapse_days=lapse_days, by=by)
    return paths, [str(place) for place in range(len(dates))], dates


def seen_tiers(paths: pl.DataFrame, places: Sequence[str]) -> list[str]:
    return sorted({tier for place in places for tier in paths[place].unique().drop_nulls()} - {LAPSED})


def followed(
    paths: pl.DataFrame, places: Sequence[str], tiers: Sequence[str], by: Sequence[str]
) -> Counter[tuple[object, ...]]:
    """By group and tier, how many members were in the tier at the beginning of any of the periods; each is counted once."""
    people: Counter[tuple[object, ...]] = Counter()
    for tier in tiers:
        been = paths.filter(pl.any_horizontal(pl.lit(False), *[pl.col(place) == tier for place in places[:-1]]))
        for row in been.group_by(*by, _tier=pl.lit(tier)).agg(pl.col("members").sum()).iter_rows():
            people[row[:-1]] = row[-1]
    return people


def counted_moves(
    paths: pl.DataFrame, places: Sequence[str], tiers: Sequence[str], by: Sequence[str]
) -> Iterator[tuple[dict[str, object], Matrix]]:
    """For each group its moves: step, from, to; the last state is “lapsed”, from which no move is counted."""
    states = {name: place for place, name in enumerate([*tiers, LAPSED])}
    groups = paths.select(by).unique().sort(by, nulls_last=True) if by else pl.DataFrame({"_": [0]})
    for group in groups.iter_rows(named=True):
        own = paths.join(pl.DataFrame([group], schema=groups.schema), on=list(by), nulls_equal=True) if by else paths
        counts = np.zeros((len(places) - 1, len(states), len(states)))
        for step, (start, end) in enumerate(pairwise(places)):
            moved = own.group_by(start, end).agg(pl.col("members").sum()).filter(pl.col(start) != LAPSED)
            for before, after, members in moved.iter_rows():
                counts[step, states[before], states[after]] = members
        yield {name: group[name] for name in by}, counts


def _of_group(paths: pl.DataFrame, group: dict[str, object]) -> pl.DataFrame:
    return paths.filter(pl.lit(True), *(pl.col(name).eq_missing(pl.lit(value)) for name, value in group.items()))


def _judged(
    paths: pl.DataFrame, places: Sequence[str], tiers: Sequence[str], counts: Matrix, minimum: int
) -> tuple[list[dict[str, object]], Matrix]:
    """Per tier below the top, the columns of the backtest, and how far it was off; nothing is known of a single period."""
    fitted = backtest.fitted_periods(len(counts))
    held_out = len(counts) - fitted
    if not held_out:
        return [{} for _ in tiers[:-1]], np.full(len(tiers) - 1, np.nan)
    expected = backtest.reach_within(backtest.chances(counts[:fitted].sum(axis=0)), steps=held_out)
    happened = backtest.reached(paths, places, tiers, fitted).with_columns(
        held_out_periods=pl.lit(held_out),
        expected_share=pl.Series(expected),
        reached_share=pl.when(pl.col("held_out_members") > 0).then(pl.col("reached") / pl.col("held_out_members")),
    )
    n, share = (happened[name].fill_null(0).to_numpy().astype(float) for name in ("held_out_members", "reached_share"))
    return happened.drop("tier", "reached").to_dicts(), backtest.share_error(expected, share, n, minimum)


def _outlook(total: Matrix, confidence: float, errors: Matrix) -> list[dict[str, float | None]]:
    """Per tier below the top: reach_top, low, high, periods_to_top."""
    lost, target = len(total) - 1, len(total) - 2
    chance, steps = reach(backtest.chances(total), target=target, lost=lost)
    draws = np.random.default_rng(SEED).gamma(total + 0.5, size=(DRAWS, *total.shape))
    drawn, _ = reach(draws / draws.sum(axis=2, keepdims=True), target=target, lost=lost)
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    low, high = np.minimum(low, chance), np.maximum(high, chance)
    ends = [backtest.widened_share(*each) for each in zip(chance[:target], low, high, errors, strict=False)]
    return [
        {
            "reach_top": float(chance[tier]),
            "low": float(ends[tier][0]),
            "high": float(ends[tier][1]),
            "periods_to_top": None if np.isnan(steps[tier]) else float(steps[tier]),
        }
        for tier in range(target)
    ]


def _spells(paths: pl.DataFrame, places: Sequence[str], by: Sequence[str]) -> pl.DataFrame:
    """One row per stay in a tier whose beginning was seen: `by`, tier, time (periods), events (members who left), censored."""
    numbered = paths.with_row_index("path").unpivot(
        on=list(places), index=["path", *by, "members"], variable_name="place", value_name="tier"
    )
    numbered = numbered.with_columns(pl.col("place").cast(pl.Int64))
    before = pl.col("tier").shift(1).over("path", order_by="place")
    begun = numbered.filter((pl.col("place") == 0) | pl.col("tier").ne_missing(before))
    left = pl.col("place").shift(-1).over("path", order_by="place")
    stays = begun.with_columns(left=left).filter(pl.col("place") > 0, pl.col("tier") != LAPSED)
    ended = pl.col("left").is_not_null()
    return stays.select(
        *by,
        "tier",
        time=pl.coalesce("left", pl.lit(len(places) - 1)) - pl.col("place"),
        events=pl.when(ended).then("members").otherwise(0),
        censored=pl.when(ended).then(0).otherwise("members"),
    )


def by_rank(
    frame: pl.DataFrame,
    tiers: Sequence[str],
    by: Sequence[str],
    types: dict[str, pl.DataType],
    keys: Sequence[str] = (),
) -> pl.DataFrame:
    """The result with its tiers from lowest to highest within each group."""
    rank = pl.col("tier").replace_strict({tier: place for place, tier in enumerate(tiers)}, return_dtype=pl.Int64)
    ordered = frame.with_columns(_rank=rank).sort(*by, "_rank", *keys, nulls_last=True)
    return in_order(ordered, (), typed(frame, by) | types)


def typed(frame: pl.DataFrame, by: Sequence[str]) -> dict[str, pl.DataType]:
    return {name: frame.schema[name] for name in by}
