"""The same people several times: what the answers of one customer, who is asked again and again, say together.

Of a number θ = Σws / Σw over answers s with weight w (1 without weights), e = Σw(s − θ) over a customer's answers is what this customer
moves it by; an answer of nobody known stands alone. Sums over customers are all it takes: with S = Σws and N = Σw of each,
Σe² = ΣS² − 2θΣSN + θ²ΣN². They are made in the engine, exactly, and finished here on a row per group.

Design effect: Kish 1965, Survey Sampling, chapters 5 and 8. Variance from sums over customers: Binder 1983, International Statistical
Review 51:279–292, for one stage.
"""

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import polars as pl
from scipy.special import stdtrit

from metrics.engine.exact import FINE, plain
from metrics.engine.reduce import totals
from metrics.statistics.intervals import share, z_value

CUSTOMER = "customer_key"
# Over answers: how many, Σw, Σws, Σws², and, as if each were another customer's, Σ(ws)², Σw²s, Σw². Over customers: how many, ΣS², ΣSN,
# ΣN².
OF_ANSWERS = ("answers", "weight", "total", "square", "total_total", "total_weight", "weight_weight")
OF_CUSTOMERS = ("clusters", "sum_sum", "sum_size", "size_size")
MOMENTS = (*OF_ANSWERS, *OF_CUSTOMERS)
NOTHING = 1e-12  # of a sum of squares: what rounding leaves of a difference that is 0
ALIKE = 1e-9  # how far rounding takes a design effect from that of customers who always say the same


def moments(
    rows: nw.LazyFrame,
    by: Sequence[str],
    *,
    value: nw.Expr,
    weight: nw.Expr | None = None,
    counts: Sequence[str] = (),
    fractions: bool = False,
) -> pl.DataFrame:
    """The `counts` and MOMENTS of answers: one row per combination of `by`, or exactly one. See `per_customer` and `added`."""
    return added(per_customer(rows, by, value=value, weight=weight, counts=counts, fractions=fractions), by, counts)


def per_customer(
    rows: nw.LazyFrame,
    by: Sequence[str],
    *,
    value: nw.Expr,
    weight: nw.Expr | None = None,
    counts: Sequence[str] = (),
    fractions: bool = False,
) -> nw.LazyFrame:
    """The sums of each customer: one row per combination of `by` and customer_key, with the `counts`, answers and OF_ANSWERS. Stays lazy.

    The frame has a row per answer with customer_key, null when it is nobody's that is known; these are one row here. `value` is that of an
    answer, `weight` what it counts for; `counts` are columns of whole numbers to be added beside them. Values are whole numbers, unless
    there are `fractions` or weights: these are taken to ten decimals and should be near 1. Sums are exact, whatever the order of the rows.
    """
    whole = weight is None and not fractions
    kind = nw.Int64 if whole else FINE
    rows = rows.select(CUSTOMER, *by, *counts, answers=nw.lit(1), _w=nw.lit(1) if weight is None else weight, _s=value)
    if not whole:  # what is added and what is squared are then the same numbers
        rows = rows.with_columns(nw.col("_w", "_s").cast(FINE).cast(nw.Float64))
    w, s = nw.col("_w"), nw.col("_s")
    products = {"weight": w, "total": w * s, "total_total": w * s * w * s}
    if weight is not None:
        products |= {"total_weight": w * w * s, "weight_weight": w * w, "square": w * s * s}
    rows = rows.with_columns(**{name: product.cast(kind) for name, product in products.items()})
    sums = [*counts, "answers", *products]
    each = rows.group_by(*by, CUSTOMER).agg(*(nw.col(name).sum() for name in sums))
    each = each.with_columns(nw.col(*(sums if whole else [*counts, "answers"])).cast(nw.Int64))
    if weight is not None:
        return each
    return each.with_columns(total_weight=nw.col("total"), weight_weight=nw.col("weight"), square=nw.col("total_total"))


def once(rows: nw.LazyFrame, by: Sequence[str], *, value: nw.Expr) -> nw.LazyFrame:
    """What `per_customer` gives, of a frame with one row per customer whose `value` is 0 or 1. Stays lazy."""
    one, total = nw.lit(1).cast(nw.Int64), nw.col("total")
    rows = rows.select(CUSTOMER, *by, total=value.cast(nw.Int64))
    ones = dict.fromkeys(("answers", "weight", "weight_weight"), one)
    return rows.with_columns(**ones, **dict.fromkeys(("total_total", "total_weight", "square"), total))


def added(each: nw.LazyFrame, by: Sequence[str], counts: Sequence[str] = ()) -> pl.DataFrame:
    """The `counts` and MOMENTS of rows of `per_customer`, 0 without any: one row per combination of `by`, or exactly one."""
    whole = each.collect_schema()["total"] == nw.Int64
    kind = nw.Int64 if whole else FINE
    size, total = sums_of_one(each)
    squares = {
        "clusters": (nw.lit(1), "answers"),
        "sum_sum": ((total * total).cast(kind), "total_total"),
        "sum_size": ((total * size).cast(kind), "total_weight"),
        "size_size": ((size * size).cast(kind), "weight_weight"),
    }
    is_known = ~nw.col(CUSTOMER).is_null()
    each = each.with_columns(
        **{name: nw.when(is_known).then(of_one).otherwise(nw.col(alone)) for name, (of_one, alone) in squares.items()}
    )
    return totals(each, by, (*counts, *MOMENTS))


def sums_of_one(each: nw.LazyFrame, suffix: str = "") -> tuple[nw.Expr, nw.Expr]:
    """What a customer's answers count for and their total, as numbers that can be multiplied."""
    columns = f"weight{suffix}", f"total{suffix}"
    is_whole = each.collect_schema()[columns[1]] == nw.Int64
    size, total = (nw.col(name) if is_whole else plain(name) for name in columns)
    return size, total


def with_design(sums: pl.DataFrame, *, confidence: float) -> pl.DataFrame:
    """Add to MOMENTS what an interval rests on: estimate, own, design, n_star, alike, reach and se; all but reach null without answers.

    own: Σe². design: the design effect D = Σe² / Σ(w(s − θ))², 1 where everybody answered once. It is ΣN² / Σw² where all answers are the
    same, or all are one customer's, and 1 where the answers of each customer cancel out, which does not tell how customers differ. n_star
    = (Σw)² / Σw² / D: as many answers, of one customer each, would tell as much.

    reach is Student's quantile on customers − 1; the normal one where customers are alike in that each says as much and always the same,
    as where everybody answered once: the answers are then those of so many people, and so is the interval. Over G customers,
    se² = G / (G − 1) · Σe² / (Σw)².
    """
    estimate = share(pl.col("total"), pl.col("weight"))
    clusters, size = pl.col("clusters"), share(pl.col("size_size"), pl.col("weight_weight"))
    spread, own = _squared("total", estimate), _squared("sum", estimate)
    same = (spread <= NOTHING * pl.col("total_total")) | (clusters < 2)
    design = pl.when(same).then(size).when(own <= NOTHING * pl.col("sum_sum")).then(1.0).otherwise(own / spread)
    found = sums.with_columns(
        estimate=estimate,
        own=own,
        design=design,
        alike=(design - size).abs() <= ALIKE * size,
        n_star=share(pl.col("weight") ** 2, pl.col("weight_weight")) / design,
        se=pl.when(clusters > 1).then((clusters / (clusters - 1) * own).sqrt() / pl.col("weight")),
    )
    freedom = found.select(pl.when(~pl.col("alike")).then((clusters - 1).cast(pl.Float64))).to_series()
    return found.with_columns(reach=quantile(freedom, confidence))


def quantile(freedom: pl.Series, confidence: float) -> pl.Series:
    """Per value, Student's two-sided quantile on that many degrees of freedom; the normal one where it is null.

    Worked out on a column that is there already: an expression could only call back to Python from the pool of Polars.
    """
    normal = z_value(confidence)
    found = stdtrit(freedom.to_numpy(), (1 + confidence) / 2)
    return pl.Series(found, dtype=pl.Float64).set(freedom.is_null(), normal)


def _squared(of: str, estimate: pl.Expr) -> pl.Expr:
    """Σ(a − θb)², from Σa², Σab and Σb²: of answers (“total”: a = ws, b = w) or of customers (“sum”: a = S, b = N)."""
    squares = (
        ("total_total", "total_weight", "weight_weight") if of == "total" else ("sum_sum", "sum_size", "size_size")
    )
    first, mixed, second = (pl.col(name) for name in squares)
    return (first - 2 * estimate * mixed + estimate**2 * second).clip(lower_bound=0)
