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
from metrics.engine.reduce import one_if, totals
from metrics.statistics.intervals import share, z_value

CUSTOMER = "customer_key"
# Over answers: how many, Σs, Σs²; with weights Σws, Σ(ws)², Σw, Σws², Σw²s, Σw². Over customers: how many, ΣS², ΣSN, ΣN².
PLAIN = ("answers", "total", "total_total")
WEIGHTED = (*PLAIN, "weight", "square", "total_weight", "weight_weight")
OF_CUSTOMERS = ("clusters", "sum_sum", "sum_size", "size_size")
MOMENTS = (*WEIGHTED, *OF_CUSTOMERS)
UNWEIGHTED = {"weight": "answers", "square": "total_total", "total_weight": "total", "weight_weight": "answers"}
BOTH = (
    "shared",
    "totals",
    "size_total",
    "total_size",
    "sizes",
)  # of two sides: who is in both; ΣS₁S₀, ΣN₁S₀, ΣS₁N₀, ΣN₁N₀
BEFORE = "_before"  # ends the columns of the second side
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
    """The sums of each customer: one row per combination of `by` and customer_key, with the `counts` and PLAIN or WEIGHTED. Stays lazy.

    The frame has a row per answer with customer_key, null when it is nobody's that is known; these are one row here. `value` is that of an
    answer, `weight` what it counts for; `counts` are columns of whole numbers to be added beside them. Values are whole numbers, unless
    there are `fractions` or weights: these are taken to ten decimals and should be near 1. Sums are exact, whatever the order of the rows.
    """
    whole = weight is None and not fractions
    kind = nw.Int64 if whole else FINE
    rows = rows.select(CUSTOMER, *by, *counts, _w=nw.lit(1) if weight is None else weight, _s=value)
    if not whole:  # what is added and what is squared are then the same numbers
        rows = rows.with_columns(nw.col("_w", "_s").cast(FINE).cast(nw.Float64))
    w, s = nw.col("_w"), nw.col("_s")
    products = {"total": s, "total_total": s * s}
    if weight is not None:
        products = {"total": w * s, "total_total": w * s * w * s, "weight": w, "square": w * s * s}
        products |= {"total_weight": w * w * s, "weight_weight": w * w}
    rows = rows.with_columns(**{name: product.cast(kind) for name, product in products.items()})
    added_up = [nw.col(name).sum() for name in (*counts, *products)]
    each = rows.group_by(*by, CUSTOMER).agg(*added_up, answers=nw.len())
    return each.with_columns(nw.col("answers", *counts, *(products if whole else ())).cast(nw.Int64))


def once(rows: nw.LazyFrame, by: Sequence[str], *, value: nw.Expr) -> nw.LazyFrame:
    """What `per_customer` gives, of a frame with one row per customer whose `value` is 0 or 1. Stays lazy."""
    rows = rows.select(CUSTOMER, *by, total=value.cast(nw.Int64))
    return rows.with_columns(answers=nw.lit(1).cast(nw.Int64), total_total=nw.col("total"))


def added(each: nw.LazyFrame, by: Sequence[str], counts: Sequence[str] = ()) -> pl.DataFrame:
    """The `counts` and MOMENTS of rows of `per_customer`, 0 without any: one row per combination of `by`, or exactly one."""
    names = _names(each)
    sums = totals(each.with_columns(**_squares(each, "")), by, (*counts, *names, *OF_CUSTOMERS))
    return _completed(sums, "")


def added_pair(now: nw.LazyFrame, before: nw.LazyFrame, by: Sequence[str]) -> pl.DataFrame:
    """MOMENTS of two sides, those of the second as …_before, and BOTH: one row per combination of `by` in either, or exactly one."""
    names = _names(now)
    kinds = now.collect_schema()
    nothing = {name: nw.lit(0).cast(kinds[name]) for name in names}
    earlier = {name: f"{name}{BEFORE}" for name in names}
    sides = [
        now.select(CUSTOMER, *by, *names, **{earlier[name]: zero for name, zero in nothing.items()}),
        before.select(CUSTOMER, *by, **nothing, **{earlier[name]: nw.col(name) for name in names}),
    ]
    columns = [*names, *earlier.values()]
    each = nw.concat(sides).group_by(*by, CUSTOMER).agg(*(nw.col(name).sum() for name in columns))
    each = each.with_columns(
        nw.col(name).cast(nw.Int64) for name in columns if kinds[name.removesuffix(BEFORE)] == nw.Int64
    )
    squares = _squares(each, "") | _squares(each, BEFORE) | _products(each)
    sums = totals(each.with_columns(**squares), by, (*columns, *squares))
    return _completed(_completed(sums, ""), BEFORE)


def _names(each: nw.LazyFrame) -> tuple[str, ...]:
    return WEIGHTED if "weight" in each.collect_schema() else PLAIN


def _of_one(each: nw.LazyFrame, end: str) -> tuple[nw.Expr, nw.Expr, nw.dtypes.DType | type]:
    """What a customer's answers count for and their total, as numbers that can be multiplied; and what type adds their products exactly."""
    schema = each.collect_schema()
    size, total = f"weight{end}" if f"weight{end}" in schema else f"answers{end}", f"total{end}"
    if schema[total] == nw.Int64:
        return nw.col(size), nw.col(total), nw.Int64
    return plain(size), plain(total), FINE


def _squares(each: nw.LazyFrame, end: str) -> dict[str, nw.Expr]:
    """OF_CUSTOMERS of each row; those of nobody known are added answer by answer."""
    size, total, kind = _of_one(each, end)
    alone = {name: f"{name}{end}" for name in WEIGHTED}
    if f"weight{end}" not in each.collect_schema():
        alone |= {name: f"{plain_name}{end}" for name, plain_name in UNWEIGHTED.items()}
    answers = nw.col(f"answers{end}")
    found = {
        "clusters": (one_if(answers > 0), answers),
        "sum_sum": ((total * total).cast(kind), nw.col(alone["total_total"])),
        "sum_size": ((total * size).cast(kind), nw.col(alone["total_weight"])),
        "size_size": ((size * size).cast(kind), nw.col(alone["weight_weight"])),
    }
    known = ~nw.col(CUSTOMER).is_null()
    return {f"{name}{end}": nw.when(known).then(one).otherwise(other) for name, (one, other) in found.items()}


def _products(each: nw.LazyFrame) -> dict[str, nw.Expr]:
    """BOTH of each row; 0 for nobody known, whose answers of the two sides have nothing to do with each other."""
    (size, total, kind), (size_before, total_before, _kind) = (_of_one(each, end) for end in ("", BEFORE))
    known = ~nw.col(CUSTOMER).is_null()
    products = {
        "totals": total * total_before,
        "size_total": size * total_before,
        "total_size": total * size_before,
        "sizes": size * size_before,
    }
    shared = one_if(known & (nw.col("answers") > 0) & (nw.col(f"answers{BEFORE}") > 0))
    zero = nw.lit(0).cast(kind)
    return {"shared": shared} | {
        name: nw.when(known).then(product.cast(kind)).otherwise(zero) for name, product in products.items()
    }


def _completed(sums: pl.DataFrame, end: str) -> pl.DataFrame:
    """The sums that weights would alter, where there are none."""
    if f"weight{end}" in sums.columns:
        return sums
    return sums.with_columns(pl.col(f"{same}{end}").alias(f"{name}{end}") for name, same in UNWEIGHTED.items())


def with_design(sums: pl.DataFrame, *, confidence: float, end: str = "") -> pl.DataFrame:
    """Add to MOMENTS (whose names have that `end`) what an interval rests on; all but reach is null without answers.

    Adds estimate, own, design, alike, n_star, se and reach.

    own: Σe². design: the design effect D = Σe² / Σ(w(s − θ))², 1 where everybody answered once. It is ΣN² / Σw² where all answers are the
    same, or all are one customer's, and 1 where the answers of each customer cancel out, which does not tell how customers differ. n_star
    = (Σw)² / Σw² / D: as many answers, of one customer each, would tell as much.

    reach is Student's quantile on customers − 1; the normal one where customers are alike in that each says as much and always the same,
    as where everybody answered once: the answers are then those of so many people, and so is the interval. Over G customers,
    se² = G / (G − 1) · Σe² / (Σw)².
    """

    def col(name: str) -> pl.Expr:
        return pl.col(f"{name}{end}")

    estimate = share(col("total"), col("weight"))
    clusters, size = col("clusters"), share(col("size_size"), col("weight_weight"))
    spread = _squared(estimate, col("total_total"), col("total_weight"), col("weight_weight"))
    own = _squared(estimate, col("sum_sum"), col("sum_size"), col("size_size"))
    same = (spread <= NOTHING * col("total_total")) | (clusters < 2)
    design = pl.when(same).then(size).when(own <= NOTHING * col("sum_sum")).then(1.0).otherwise(own / spread)
    alike = (design - size).abs() <= ALIKE * size
    found = {
        "estimate": estimate,
        "own": own,
        "design": design,
        "alike": alike,
        "n_star": share(col("weight") ** 2, col("weight_weight")) / design,
        "se": pl.when(clusters > 1).then((clusters / (clusters - 1) * own).sqrt() / col("weight")),
        "freedom": pl.when(~alike).then((clusters - 1).cast(pl.Float64)),
    }
    shown = sums.with_columns(**{f"{name}{end}": value for name, value in found.items()})
    reach = quantile(shown[f"freedom{end}"], confidence).alias(f"reach{end}")
    return shown.with_columns(reach).drop(f"freedom{end}")


def quantile(freedom: pl.Series, confidence: float) -> pl.Series:
    """Per value, Student's two-sided quantile on that many degrees of freedom; the normal one where it is null.

    Worked out on a column that is there already: an expression could only call back to Python from the pool of Polars.
    """
    normal = z_value(confidence)
    found = stdtrit(freedom.to_numpy(), (1 + confidence) / 2)
    return pl.Series(found, dtype=pl.Float64).set(freedom.is_null(), normal)


def _squared(estimate: pl.Expr, first: pl.Expr, mixed: pl.Expr, second: pl.Expr) -> pl.Expr:
    """Σ(a − θb)² from Σa², Σab and Σb²."""
    return (first - 2 * estimate * mixed + estimate**2 * second).clip(lower_bound=0)
