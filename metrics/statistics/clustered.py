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
# Over answers: Σw, Σws, and, as if each were another customer's, Σ(ws)², Σw²s, Σw². Over customers: how many, ΣS², ΣSN, ΣN².
OF_ANSWERS = ("weight", "total", "total_total", "total_weight", "weight_weight")
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
    """Sums over answers and over customers: one row per combination of `by`, or exactly one: the `counts`, then MOMENTS.

    The frame has a row per answer with customer_key, null when it is nobody's that is known. `value` is that of an answer, `weight`
    what it counts for; `counts` are columns of whole numbers to be added beside them. Values are whole numbers, unless there are
    `fractions` or weights: these are taken to ten decimals and should be near 1. All sums are exact, whatever the order of the rows.
    """
    whole = weight is None and not fractions
    kind = nw.Int64 if whole else FINE
    answers = rows.select(CUSTOMER, *by, *counts, _n=nw.lit(1), _w=nw.lit(1) if weight is None else weight, _s=value)
    if not whole:  # what is added and what is squared are then the same numbers
        answers = answers.with_columns(nw.col("_w", "_s").cast(FINE).cast(nw.Float64))
    w, s = nw.col("_w"), nw.col("_s")
    products = {"weight": w, "total": w * s, "total_total": w * s * w * s}
    if weight is not None:
        products |= {"total_weight": w * w * s, "weight_weight": w * w}
    answers = answers.with_columns(**{name: product.cast(kind) for name, product in products.items()})
    sums = [*counts, "_n", *products]
    each = answers.group_by(*by, CUSTOMER).agg(*(nw.col(name).sum() for name in sums))
    each = each.with_columns(nw.col(*(sums if whole else [*counts, "_n"])).cast(nw.Int64))
    if weight is None:
        each = each.with_columns(total_weight=nw.col("total"), weight_weight=nw.col("weight"))
    size, total = (nw.col("weight"), nw.col("total")) if whole else (plain("weight"), plain("total"))
    squares = {
        "clusters": (nw.lit(1), "_n"),
        "sum_sum": ((total * total).cast(kind), "total_total"),
        "sum_size": ((total * size).cast(kind), "total_weight"),
        "size_size": ((size * size).cast(kind), "weight_weight"),
    }
    is_known = ~nw.col(CUSTOMER).is_null()
    each = each.with_columns(
        **{name: nw.when(is_known).then(of_one).otherwise(nw.col(alone)) for name, (of_one, alone) in squares.items()}
    )
    return totals(each, by, (*counts, *MOMENTS))


def with_design(sums: pl.DataFrame, *, confidence: float) -> pl.DataFrame:
    """Add to MOMENTS what an interval rests on: estimate, design, n_star, reach and se; all but reach null without answers.

    design: the design effect D = Σe² / Σ(w(s − θ))², 1 where everybody answered once. It is ΣN² / Σw² where all answers are the same, or
    all are one customer's, and 1 where the answers of each customer cancel out, which does not tell how customers differ. n_star =
    (Σw)² / Σw² / D: as many answers, of one customer each, would tell as much.

    reach is Student's quantile on customers − 1; the normal one where each customer says as much and always the same, as where everybody
    answered once: the answers are then those of so many people, and so is the interval. se² = G / (G − 1) · Σe² / (Σw)² over G customers.
    """
    estimate = share(pl.col("total"), pl.col("weight"))
    clusters, size = pl.col("clusters"), share(pl.col("size_size"), pl.col("weight_weight"))
    spread, own = _squared("total", estimate), _squared("sum", estimate)
    same = (spread <= NOTHING * pl.col("total_total")) | (clusters < 2)
    design = pl.when(same).then(size).when(own <= NOTHING * pl.col("sum_sum")).then(1.0).otherwise(own / spread)
    found = sums.with_columns(
        estimate=estimate,
        design=design,
        n_star=share(pl.col("weight") ** 2, pl.col("weight_weight")) / design,
        freedom=pl.when((design - size).abs() > ALIKE * size).then((clusters - 1).cast(pl.Float64)),
        se=pl.when(clusters > 1).then((clusters / (clusters - 1) * own).sqrt() / pl.col("weight")),
    )
    return found.with_columns(reach=quantile(found["freedom"], confidence)).drop("freedom")


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
