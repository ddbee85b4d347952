"""What a member of a tier is worth: the tiers as a Markov chain, each month with the spend of its tier."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from metrics.statistics.markov import Matrix, value
from metrics.tiers import backtest
from metrics.tiers.outlook import DRAWS, SEED, at_period_ends, by_rank, counted_moves, followed, seen_tiers, typed
from metrics.tiers.spend import tier_spend
from metrics.tiers.tiers import LAPSED, ranked

MONTHS_OF_A_YEAR = 12
VALUE_TYPES: dict[str, pl.DataType] = {
    "tier": pl.String(),
    **dict.fromkeys(("members", "steps"), pl.Int64()),
    **dict.fromkeys(("spend", "value", "low", "high"), pl.Float64()),
    "state": pl.String(),
    **dict.fromkeys(("held_out_months", "held_out_members"), pl.Int64()),
    **dict.fromkeys(("expected_spend", "actual_spend"), pl.Float64()),
}


def tier_value(
    tier_changes: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    customer_periods: nw.LazyFrame | None = None,
    known_from: dt.date | None = None,
    order_days: nw.LazyFrame | None = None,
    lapse_days: int = 365,
    ladder: str = "",
    by: Sequence[str] = (),
    discount_rate: float = 0.1,
    margin: float = 1.0,
    confidence: float = 0.95,
    minimum: int = 30,
    least_p: float = 0.05,
) -> pl.DataFrame:
    """All that a member of a tier is expected to spend from now on, if members go on moving and spending as between two dates.

    A Markov chain on the tiers at the ends of the complete months between `start` and `end`: V = (I − P/(1+d))⁻¹R, where P are the
    moves of a month, R the mean net revenue × `margin` of a member in the month after, and d the month's share of the yearly
    `discount_rate`; lapsing is final and brings nothing. One row per combination of `by` and tier: tier (lowest first), members (who
    were in the tier at the beginning of any of the months, each once), steps (members times months), spend (R), value, low, high
    (quantiles over draws: moves from a Dirichlet with ½ added to each cell, spend from a normal with its standard error; the months of
    one member are taken as independent; widened by how far the backtest was off, see `backtest.widened_ratio`), state (as that of
    `outlook.tier_outlook`: below `minimum` members, and with unsteady moves, the counts stand and the rest is null).

    The backtest fits the chain to the first half of the months: held_out_months (the others), held_out_members (in the tier when they
    begin), expected_spend and actual_spend (in them, per such member, before the margin and without discount; null without members).
    Tiers are known from `known_from` on. Without tiers, complete months or `customer_periods` (by customer and month) there is no row.

    Pfeifer & Carraway 2000, Journal of Interactive Marketing 14(2):43–55.
    """
    if not discount_rate > 0:
        raise ValueError(f"discount_rate is {discount_rate}; it must be above 0, for example 0.1 per year.")
    begin = max(start, known_from + dt.timedelta(days=1)) if known_from else start
    paths, places, dates = at_period_ends(tier_changes, as_of, begin, end, "month", order_days, lapse_days, by)
    tiers = ranked(seen_tiers(paths, places), ladder)
    schema = typed(paths, by) | VALUE_TYPES
    if customer_periods is None or len(dates) < 2:
        return pl.DataFrame(schema=schema)
    spent = tier_spend(
        tier_changes,
        customer_periods,
        months=[date + dt.timedelta(days=1) for date in dates[:-1]],
        dates=dates[:-1],
        order_days=order_days,
        lapse_days=lapse_days,
        by=by,
    )
    fitted = backtest.fitted_periods(len(dates) - 1)
    later = dates[fitted:-1]
    brought = (
        tier_spend(
            tier_changes,
            customer_periods,
            months=[date + dt.timedelta(days=1) for date in later],
            dates=[dates[fitted]] * len(later),
            order_days=order_days,
            lapse_days=lapse_days,
            by=by,
        )
        if later
        else spent.clear()
    )
    monthly = (1 + discount_rate) ** (1 / MONTHS_OF_A_YEAR) - 1
    rows = []
    people = followed(paths, places, tiers, by)
    for group, counts in counted_moves(paths, places, tiers, by):
        total = counts.sum(axis=0)
        own = _of_group(spent, group)
        steps = total.sum(axis=1)[:-1]
        spend, deviation = _spend(own, tiers, steps)
        worth, low, high = _worth(total, spend * margin, deviation * margin, monthly, confidence)
        begun = own.filter(pl.col("month") <= dates[fitted])
        judged, errors = _judged(counts, begun, _of_group(brought, group), tiers, fitted, minimum)
        steady = backtest.is_steady(counts, least_p)
        for place, tier in enumerate(tiers):
            ends = backtest.widened_ratio(worth[place], low[place], high[place], errors[place])
            found = {"spend": spend[place], "value": worth[place], "low": ends[0], "high": ends[1]}
            members = people[(*group.values(), tier)]
            enough = members >= max(minimum, 1)
            state = backtest.TOO_FEW if not enough else backtest.OK if steady else backtest.UNSTEADY
            shown = found if state == backtest.OK else dict.fromkeys(found)
            counted = {"members": members, "steps": int(steps[place]), "state": state}
            rows.append({**group, "tier": tier, **counted, **shown, **judged[place]})
    return by_rank(pl.DataFrame(rows, schema=schema), tiers, by, VALUE_TYPES)


def _of_group(spent: pl.DataFrame, group: dict[str, object]) -> pl.DataFrame:
    return spent.filter(pl.lit(True), *(pl.col(name).eq_missing(pl.lit(value)) for name, value in group.items()))


def _judged(
    counts: Matrix, begun: pl.DataFrame, brought: pl.DataFrame, tiers: Sequence[str], fitted: int, minimum: int
) -> tuple[list[dict[str, object]], Matrix]:
    """Per tier, the columns of the backtest, and how far it was off. `begun` is the spend of the months that are fitted, `brought` that of
    the others by the tier in which they found each member."""
    held_out = len(counts) - fitted
    if not held_out:
        return [{} for _ in tiers], np.full(len(tiers), np.nan)
    first = counts[:fitted].sum(axis=0)
    spend, _deviation = _spend(begun, tiers, first.sum(axis=1)[:-1])
    p, expected = backtest.chances(first), np.zeros(len(first))
    p[-1] = np.eye(len(p))[-1]
    for _month in range(held_out):
        expected = np.append(spend, 0.0) + p @ expected
    n = counts[fitted].sum(axis=1)[:-1]
    actual, _deviation = _spend(brought, tiers, n)
    rows: list[dict[str, object]] = [
        {
            "held_out_months": held_out,
            "held_out_members": int(n[place]),
            "expected_spend": float(expected[place]),
            "actual_spend": float(actual[place]) if n[place] else None,
        }
        for place in range(len(tiers))
    ]
    return rows, backtest.ratio_error(expected[:-1], actual, n, minimum)


def _spend(spent: pl.DataFrame, tiers: Sequence[str], steps: Matrix) -> tuple[Matrix, Matrix]:
    """Per tier the mean spend of a member in a month, and its standard error; members who bought nothing count with 0."""
    sums = spent.filter(pl.col("tier").is_not_null(), pl.col("tier") != LAPSED).group_by("tier").agg(
        pl.col("revenue").sum(), pl.col("squares").sum()
    )  # fmt: skip
    by_tier = pl.DataFrame({"tier": tiers}, schema={"tier": pl.String}).join(
        sums, on="tier", how="left", maintain_order="left"
    )
    revenue, squares = (by_tier[name].fill_null(0.0).to_numpy() for name in ("revenue", "squares"))
    n = np.maximum(steps, 1)
    mean = revenue / n
    return mean, np.sqrt(np.maximum(squares / n - mean**2, 0) / n)


def _worth(
    total: Matrix, reward: Matrix, deviation: Matrix, discount_rate: float, confidence: float
) -> tuple[Matrix, Matrix, Matrix]:
    """The value of each tier, with the quantiles of its draws; the last state, lapsed, keeps its members and brings nothing."""
    lost = len(total) - 1
    worth = value(backtest.chances(total), np.append(reward, 0.0), discount_rate=discount_rate)[:lost]
    random = np.random.default_rng(SEED)
    drawn = random.gamma(total + 0.5, size=(DRAWS, *total.shape))
    drawn /= drawn.sum(axis=2, keepdims=True)
    drawn[:, lost] = np.eye(len(total))[lost]
    rewards = np.append(random.normal(reward, deviation, size=(DRAWS, lost)), np.zeros((DRAWS, 1)), axis=1)
    values = value(drawn, rewards, discount_rate=discount_rate)[:, :lost]
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return worth, np.minimum(low, worth), np.maximum(high, worth)
