"""A change of a number that the same people give twice: their answers of both sides are laid beside each other, customer by customer.

Variance of θ₁ − θ₀ over the union of customers: Σ(e₁/W₁ − e₀/W₀)², with e as in `clustered`; so what a customer says in both sides drops
out as far as it agrees. From the sums of each side and Σe₁e₀ = ΣS₁S₀ − θ₁ΣN₁S₀ − θ₀ΣS₁N₀ + θ₁θ₀ΣN₁N₀ over those who are in both.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.reduce import in_order
from metrics.statistics.clustered import BEFORE, added_pair, quantile, with_design
from metrics.statistics.intervals import (
    Bounds,
    adjusted_net_score,
    hybrid_difference,
    score_interval,
)
from metrics.statistics.shares import CHANGE_TYPES

NET_SCORE = 100  # points of promoters minus detractors


@dataclass(frozen=True)
class Pairing:
    """How two sides of a metric are paired: `sums` is called as the metric's function, without confidence and minimum, and gives the sums
    of each customer, which `compare` takes: those of `clustered.per_customer` for shares and net scores, of `ratios.per_customer` for
    other numbers. `is_net` when the number is promoters minus detractors and not a share."""

    sums: Callable[..., nw.LazyFrame]
    is_net: bool = False
    compare: Callable[..., pl.DataFrame] | None = None

    def change(self, now: nw.LazyFrame, before: nw.LazyFrame, **limits: Any) -> pl.DataFrame:
        """The number of one side minus that of the other, see `paired_change`."""
        if self.compare is not None:
            return self.compare(now, before, **limits)
        return paired_change(now, before, is_net=self.is_net, **limits)


def paired_change(
    now: nw.LazyFrame,
    before: nw.LazyFrame,
    *,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
    is_net: bool = False,
) -> pl.DataFrame:
    """The number of one side minus that of the other, from the sums of each customer in both: change, low, high.

    One row, or one per combination of `by` in `now`. Null where a side has fewer than `minimum` answers. An answer of nobody known must be
    in one side only. Shares are compared by `intervals.hybrid_difference`, net scores (in points) by the variance of the difference of
    their adjusted scores. Where nobody is in both sides and everybody answered once, the interval is that of two independent samples;
    elsewhere the quantile is Student's t on customers − 1.
    """
    both = added_pair(now, before, by)
    if by:
        both = both.filter(pl.col("answers") > 0)
    for end in ("", BEFORE):
        both = with_design(both, confidence=confidence, end=end)
    theta, theta_before = pl.col("estimate"), pl.col("estimate_before")
    products = (
        pl.col("totals")
        - theta * pl.col("size_total")
        - theta_before * pl.col("total_size")
        + theta * theta_before * pl.col("sizes")
    )
    scale = pl.col("own") * pl.col("own_before")
    customers = (pl.col("clusters") + pl.col("clusters_before") - pl.col("shared")).cast(pl.Float64)
    plain = pl.col("alike") & pl.col("alike_before") & (pl.col("shared") == 0)
    both = both.with_columns(
        correlation=pl.when(scale > 0).then((products / scale.sqrt()).clip(-1, 1)).otherwise(0.0),
        freedom=pl.when(~plain).then((customers - 1).clip(lower_bound=1)),
    )
    both = both.with_columns(reach=quantile(both["freedom"], confidence))
    low, high = _net_difference() if is_net else _difference()
    known = (pl.col("answers") >= minimum) & (pl.col("answers_before") >= minimum)
    change = (theta - theta_before) * (NET_SCORE if is_net else 1)
    found = both.with_columns(
        **{name: pl.when(known).then(value) for name, value in (("change", change), ("low", low), ("high", high))}
    )
    return in_order(found, by, CHANGE_TYPES)


def _difference() -> Bounds:
    def side(suffix: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        share = pl.col(f"estimate{suffix}")
        return (share, *score_interval(share, pl.col(f"n_star{suffix}"), pl.col("reach")))

    return hybrid_difference(side(""), side(BEFORE), pl.col("correlation"))


def _net_difference() -> Bounds:
    """In points. The answers that are added to each side are nobody's, so that only what is left of the variance without them is shared."""
    (centre, variance, own), (centre_before, variance_before, own_before) = (_net(end) for end in ("", BEFORE))
    change = pl.col("estimate") - pl.col("estimate_before")
    together = variance + variance_before - 2 * pl.col("correlation") * (own * own_before).sqrt()
    half = pl.col("reach") * together.clip(lower_bound=0).sqrt()
    middle = centre - centre_before
    low, high = pl.min_horizontal(change, middle - half), pl.max_horizontal(change, middle + half)
    known = change.is_not_null()
    return tuple(pl.when(known).then(NET_SCORE * end.clip(-2, 2)) for end in (low, high))  # type: ignore[return-value]


def _net(suffix: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Of one side: the adjusted score, its variance, and the part of it that comes from the answers themselves."""
    theta, n = pl.col(f"estimate{suffix}"), pl.col(f"n_star{suffix}")
    recommending = pl.col(f"square{suffix}") / pl.col(f"weight{suffix}")  # or the opposite: all that are not passive
    shares = ((recommending + theta) / 2, (recommending - theta) / 2)
    own = (recommending - theta**2).clip(lower_bound=0) * n / (n + 3) ** 2
    return (*adjusted_net_score(*shares, n), own)
