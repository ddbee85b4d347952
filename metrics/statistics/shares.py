"""What every rate has in common: withheld below a minimum, between its Wilson limits, and compared by Newcombe's difference."""

from collections.abc import Sequence

import polars as pl

from metrics.engine.reduce import beside, in_order
from metrics.statistics.clustered import with_design
from metrics.statistics.intervals import newcombe_difference, score_interval, share, wilson

CHANGE_TYPES: dict[str, pl.DataType] = dict.fromkeys(("change", "low", "high"), pl.Float64())


def with_share(
    counted: pl.DataFrame, *, successes: str, n: str, name: str, confidence: float, minimum: int
) -> pl.DataFrame:
    """Add the share (0–1) under `name`, with low and high; all three null where n is 0 or below the minimum.

    Where the frame has the sums over customers (`clustered.MOMENTS`), the interval rests on what so many customers tell, else on n.
    """
    low, high = wilson(pl.col(successes), pl.col(n), confidence=confidence)
    if "clusters" in counted.columns:
        counted = with_design(counted, confidence=confidence)
        low, high = score_interval(share(pl.col(successes), pl.col(n)), pl.col("n_star"), pl.col("reach"))
    enough = pl.col(n) >= minimum
    return counted.with_columns(
        pl.when(enough).then(share(pl.col(successes), pl.col(n))).alias(name),
        low=pl.when(enough).then(low),
        high=pl.when(enough).then(high),
    )


def share_change(
    now: pl.DataFrame,
    before: pl.DataFrame,
    *,
    successes: str,
    n: str,
    name: str,
    by: Sequence[str] = (),
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Difference of two independent shares, now minus before: change, low, high (−1 to 1), null where either was withheld.

    One row, or one per row of `now` when both were made `by` the same columns. Method 10 of Newcombe 1998.
    """
    both = beside(now, before, by)
    change = pl.col(name) - pl.col(f"{name}_before")
    low, high = newcombe_difference(
        pl.col(successes), pl.col(n), pl.col(f"{successes}_before"), pl.col(f"{n}_before"), confidence=confidence
    )
    known = change.is_not_null()
    changed = both.with_columns(change=change, low=pl.when(known).then(low), high=pl.when(known).then(high))
    return in_order(changed, by, CHANGE_TYPES)
