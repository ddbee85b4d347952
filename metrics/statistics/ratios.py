"""A total of customers, or the ratio of two: revenue per order, orders per buyer, the part of revenue that some bring.

Customers are what chance deals with, each with all that is theirs: Y on top, X at the bottom. For θ = ΣY / ΣX the residual of a customer is
e = Y − θX, and V = G / (G − 1) · Σe² / (ΣX)² over G customers; for a change, that of e₁/ΣX₁ − e₀/ΣX₀ over those of both sides, so that
what a customer does alike on both drops out. A total counts all that happened and has no interval. Its change has one, as if each who could
have come had come by chance: V = Σ(Y₁ − Y₀)². What nobody known did stands alone.

Ratios: Cochran 1977, Sampling Techniques, 3rd ed., chapter 6. Linearization: Binder 1983, International Statistical Review 51:279–292.
Totals: a compound Poisson process has the variance ΣY²; of counts of people it is McNemar's test, 1947, Psychometrika 12:153–157.
"""

from collections.abc import Iterable, Mapping, Sequence

import narwhals.stable.v2 as nw
import polars as pl

from metrics.engine.exact import money, parts, plain, whole
from metrics.engine.reduce import in_order, totals
from metrics.statistics.clustered import BEFORE, CUSTOMER, NOTHING, quantile
from metrics.statistics.intervals import share, z_value
from metrics.statistics.shares import CHANGE_TYPES

AMOUNTS = ("top", "bottom")
SUMS = ("n", *AMOUNTS)
COUNTS = ("n", "clusters")
SQUARES = {"top_top": ("top", "top"), "top_bottom": ("top", "bottom"), "bottom_bottom": ("bottom", "bottom")}
# Of two sides: what a customer has on the first times what on the second
CROSSES = {f"cross_{one}_{other}": (one, f"{other}{BEFORE}") for one in AMOUNTS for other in AMOUNTS}


def per_customer(
    rows: nw.LazyFrame, by: Sequence[str], *, n: nw.Expr, top: nw.Expr, bottom: nw.Expr | None = None
) -> nw.LazyFrame:
    """n (a whole number), top and bottom (to four decimals, added exactly) of each customer: one row per combination of `by` and
    customer_key, and one per row of nobody known. Of a total, which has no bottom, that is 0. Stays lazy."""
    rows = rows.select(CUSTOMER, *by, n=n, top=top, bottom=nw.lit(0) if bottom is None else bottom)
    rows = _typed(rows.with_columns(nw.col("n", "top", "bottom").fill_null(0)))
    known = ~nw.col(CUSTOMER).is_null()
    each = rows.filter(known).group_by(CUSTOMER, *by).agg(nw.col(*SUMS).sum())
    columns = [CUSTOMER, *by, *SUMS]
    return nw.concat([_typed(each).select(columns), rows.filter(~known).select(columns)])


def added(each: nw.LazyFrame, by: Sequence[str]) -> pl.DataFrame:
    """The sums of rows of `per_customer`, of their squares, and clusters, how many there are; 0 without any: one row per combination of
    `by`, or exactly one."""
    return _totals(each.with_columns(clusters=nw.lit(1)), by, (*SUMS, "clusters"), SQUARES)


def with_ratio(
    sums: pl.DataFrame,
    name: str,
    *,
    confidence: float,
    minimum: int,
    limits: tuple[float | None, float | None] = (None, None),
) -> pl.DataFrame:
    """Add to `added` sums the ratio under `name`, with low and high within the `limits`: null below `minimum` n, where there is but one
    customer, and where the bottom is not above 0."""
    sums = _with_theta(sums)
    theta, clusters = pl.col("theta"), pl.col("clusters")
    variance = clusters / (clusters - 1) * _residuals() / pl.col("bottom") ** 2
    half = quantile(_freedom(sums["clusters"]), confidence) * sums.select(variance.sqrt()).to_series()
    sums = sums.with_columns(half=half)
    enough = _enough(minimum)
    low, high = (theta - pl.col("half")).clip(*limits), (theta + pl.col("half")).clip(*limits)
    return sums.with_columns(
        pl.when(enough).then(theta).alias(name),
        low=pl.when(enough).then(pl.min_horizontal(theta, low)),
        high=pl.when(enough).then(pl.max_horizontal(theta, high)),
    )


def ratio_change(
    now: nw.LazyFrame, before: nw.LazyFrame, *, by: Sequence[str] = (), confidence: float = 0.95, minimum: int = 30
) -> pl.DataFrame:
    """The ratio of one side minus that of the other, from rows of `per_customer`: change, low, high.

    One row, or one per combination of `by` in `now`; null where either ratio is withheld. The quantile is Student's t on customers − 1.
    """
    both = _pair(now, before, by)
    for end in ("", BEFORE):
        both = _with_theta(both, end)
    theta, theta_before = pl.col("theta"), pl.col(f"theta{BEFORE}")
    together = (
        _cross("top", "top")
        - theta * _cross("bottom", "top")
        - theta_before * _cross("top", "bottom")
        + theta * theta_before * _cross("bottom", "bottom")
    )
    size, size_before = pl.col("bottom"), pl.col(f"bottom{BEFORE}")
    spread = _residuals() / size**2 + _residuals(BEFORE) / size_before**2 - 2 * together / (size * size_before)
    clusters = pl.col("customers")
    variance = clusters / (clusters - 1) * spread.clip(lower_bound=0)
    half = quantile(_freedom(both["customers"]), confidence) * both.select(variance.sqrt()).to_series()
    return _changed(both.with_columns(half=half), by, theta - theta_before, _enough(minimum) & _enough(minimum, BEFORE))


def total_change(
    now: nw.LazyFrame, before: nw.LazyFrame, *, by: Sequence[str] = (), confidence: float = 0.95, minimum: int = 30
) -> pl.DataFrame:
    """The total of one side minus that of the other, as `ratio_change`; null where a side has fewer than `minimum` n."""
    both = _pair(now, before, by)
    spread = pl.col("top_top") + pl.col(f"top_top{BEFORE}") - 2 * _cross("top", "top")
    both = both.with_columns(half=z_value(confidence) * spread.clip(lower_bound=0).sqrt())
    known = (pl.col("n") >= minimum) & (pl.col(f"n{BEFORE}") >= minimum)
    return _changed(both, by, pl.col("top") - pl.col(f"top{BEFORE}"), known)


def _typed(rows: nw.LazyFrame) -> nw.LazyFrame:
    """With the same types on every engine, so that rows can be laid below each other."""
    return rows.with_columns(nw.col("n").cast(nw.Int64), *map(money, AMOUNTS))


def _totals(
    each: nw.LazyFrame, by: Sequence[str], columns: Sequence[str], products: Mapping[str, tuple[str, str]]
) -> pl.DataFrame:
    """The sums of columns and of products of two of them, all exact."""
    powers = [parts(name, plain(one) * plain(other)) for name, (one, other) in products.items()]
    split = {name: value for power in powers for name, value in power.items()}
    found = totals(each.with_columns(**split), by, (*columns, *split))
    return found.with_columns(map(whole, products))


def _pair(now: nw.LazyFrame, before: nw.LazyFrame, by: Sequence[str]) -> pl.DataFrame:
    """The sums of both sides, those of the second as …_before, with CROSSES and customers, how many are on either: one row per combination
    of `by` in `now`, or exactly one."""
    named = {name: f"{name}{BEFORE}" for name in (*COUNTS, *AMOUNTS)}
    columns = [*named, *named.values()]
    sides = [_typed(side).with_columns(clusters=nw.lit(1)) for side in (now, before)]
    sides = [_as_pair(sides[0], named.values()), _as_pair(sides[1].rename(named), named)]
    wide = nw.concat([side.select(CUSTOMER, *by, *columns) for side in sides])
    known = ~nw.col(CUSTOMER).is_null()
    each = _as_pair(wide.filter(known).group_by(CUSTOMER, *by).agg(nw.col(*columns).sum()))
    each = nw.concat([each.select(CUSTOMER, *by, *columns), wide.filter(~known)]).with_columns(customers=nw.lit(1))
    squares = {f"{name}{BEFORE}": (f"{one}{BEFORE}", f"{other}{BEFORE}") for name, (one, other) in SQUARES.items()}
    both = _totals(each, by, (*columns, "customers"), SQUARES | squares | CROSSES)
    return both.filter(pl.col("clusters") > 0) if by else both


def _as_pair(rows: nw.LazyFrame, missing: Iterable[str] = ()) -> nw.LazyFrame:
    """With 0 in the columns that are missing, and the same types on every engine."""
    rows = rows.with_columns(nw.lit(0).alias(name) for name in missing)
    return rows.with_columns(
        *(nw.col(f"{name}{end}").cast(nw.Int64) for name in COUNTS for end in ("", BEFORE)),
        *(money(f"{name}{end}") for name in AMOUNTS for end in ("", BEFORE)),
    )


def _cross(one: str, other: str) -> pl.Expr:
    return pl.col(f"cross_{one}_{other}")


def _with_theta(sums: pl.DataFrame, end: str = "") -> pl.DataFrame:
    return sums.with_columns(share(pl.col(f"top{end}"), pl.col(f"bottom{end}")).alias(f"theta{end}"))


def _residuals(end: str = "") -> pl.Expr:
    """Σ(Y − θX)²."""
    theta = pl.col(f"theta{end}")
    top, mixed, bottom = (pl.col(f"{name}{end}") for name in SQUARES)
    found = top - 2 * theta * mixed + theta**2 * bottom
    return pl.when(found > NOTHING * top).then(found).when(theta.is_not_null()).then(0.0)


def _freedom(clusters: pl.Series) -> pl.Series:
    return (clusters - 1).clip(lower_bound=1).cast(pl.Float64)


def _enough(minimum: int, end: str = "") -> pl.Expr:
    return (pl.col(f"n{end}") >= minimum) & (pl.col(f"clusters{end}") > 1) & pl.col(f"theta{end}").is_not_null()


def _changed(both: pl.DataFrame, by: Sequence[str], change: pl.Expr, known: pl.Expr) -> pl.DataFrame:
    half = pl.col("half")
    found = {"change": change, "low": change - half, "high": change + half}
    shown = both.with_columns(pl.when(known).then(value).alias(name) for name, value in found.items())
    return in_order(shown, by, CHANGE_TYPES)
