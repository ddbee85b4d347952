"""Who moved between tiers, member by member: what two windows of a rate are compared by."""

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw

from metrics.engine.periods import checked
from metrics.engine.reduce import one_if
from metrics.statistics.clustered import once
from metrics.tiers.moves import MOVES, observed
from metrics.tiers.tiers import LAPSED, ranked, tier_states


def tier_rates_sums(
    tier_changes: nw.LazyFrame,
    *,
    as_of: dt.date,
    start: dt.date,
    end: dt.date,
    move: str = "upgrade",
    order_days: nw.LazyFrame | None = None,
    lapse_days: int = 0,
    ladder: str = "",
    by: Sequence[str] = (),
) -> nw.LazyFrame:
    """What each member adds to the rate of one move in `tier_rates`, by which two windows are compared (`paired.paired_change`). Stays
    lazy. When `start` lies after `end` or `as_of` there is no row."""
    checked("move", move, MOVES)
    seen = observed(start, end, as_of)
    dates = [start, min(end, as_of)] if seen else [as_of, as_of]
    states, tiers = tier_states(tier_changes, dates=dates, order_days=order_days, lapse_days=lapse_days, by=by)
    lapsed = next(code for code, tier in tiers.items() if tier == LAPSED)
    rank = {tier: place for place, tier in enumerate(ranked([t for t in tiers.values() if t != LAPSED], ladder))}
    before, after = (nw.lit(-1), nw.lit(-1))
    for code, tier in tiers.items():
        before = nw.when(nw.col("0") == code).then(nw.lit(rank.get(tier, -1))).otherwise(before)
        after = nw.when(nw.col("1") == code).then(nw.lit(rank.get(tier, -1))).otherwise(after)
    members = states.filter(~nw.col("0").is_null(), nw.col("0") != lapsed)
    lapses = nw.col("1") == lapsed
    moved = {
        "upgrade": after > before,
        "retain": after == before,
        "downgrade": (after < before) & ~lapses,
        "lapse": lapses,
    }
    return once(members if seen else members.head(0), by, value=one_if(moved[move]))
