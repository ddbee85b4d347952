"""Confidence intervals as Polars expressions: (low, high) of a share, of an NPS, of the difference of two shares, and of a skewed mean;
half-widths of other means and of their difference, as columns of frames.

All are null where n is 0. All hold the estimate itself: rounding, or very few answers, never push it outside.
"""

from statistics import NormalDist

import polars as pl
from scipy.special import stdtrit

ALMOST_EVEN = 1e-6  # skewness below which the interval of a mean reaches as far to both sides

Bounds = tuple[pl.Expr, pl.Expr]


def z_value(confidence: float) -> float:
    """The two-sided standard normal quantile, 1.96 for a confidence of 0.95."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; it must lie between 0 and 1, for example 0.95.")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def share(successes: pl.Expr, n: pl.Expr) -> pl.Expr:
    """successes / n, null where n is 0."""
    return pl.when(n > 0).then(successes / n)


def wilson(successes: pl.Expr, n: pl.Expr, *, confidence: float = 0.95) -> Bounds:
    """Score interval of a share, within [0, 1].

    Wilson 1927; method 3 of Newcombe 1998, Statistics in Medicine 17:857–872.
    """
    return score_interval(share(successes, n), n, z_value(confidence))


def score_interval(p: pl.Expr, n: pl.Expr, reach: pl.Expr | float) -> Bounds:
    """Wilson's interval of a share p that n answers tell, which need not be whole; `reach` is the quantile, z or Student's t."""
    z2 = reach**2
    centre = (2 * n * p + z2) / (2 * (n + z2))
    half = (z2 * (z2 + 4 * n * p * (1 - p))).sqrt() / (2 * (n + z2))
    return _holding(p, centre - half, centre + half, least=0, most=1)


def newcombe_difference(
    successes: pl.Expr, n: pl.Expr, successes_before: pl.Expr, n_before: pl.Expr, *, confidence: float = 0.95
) -> Bounds:
    """Hybrid score interval of the difference of two independent shares, now minus before, within [−1, 1].

    Method 10 of Newcombe 1998, Statistics in Medicine 17:873–890: each side takes the nearer Wilson limits of both shares.
    """
    now, before = (
        (share(x, size), *wilson(x, size, confidence=confidence))
        for x, size in ((successes, n), (successes_before, n_before))
    )
    return hybrid_difference(now, before)


def hybrid_difference(
    now: tuple[pl.Expr, pl.Expr, pl.Expr],
    before: tuple[pl.Expr, pl.Expr, pl.Expr],
    correlation: pl.Expr | None = None,
) -> Bounds:
    """Interval of the difference of two shares, each given with its limits, within [−1, 1]; `correlation` is that of their estimates.

    Independent shares: see `newcombe_difference`. Shares of the same people hang together, and what they share drops out of the difference:
    Newcombe 1998, Statistics in Medicine 17:2635–2650, method 8 (the limits joined by the correlation, without its continuity correction).
    """
    (p, low, high), (p_before, low_before, high_before) = now, before
    mixed = pl.lit(0.0) if correlation is None else 2 * correlation
    change, below, above = p - p_before, (p - low, high_before - p_before), (high - p, p_before - low_before)
    down, up = ((a**2 - mixed * a * b + b**2).clip(lower_bound=0).sqrt() for a, b in (below, above))
    return _holding(change, change - down, change + up, least=-1, most=1)


def adjusted_net_score(promoter_share: pl.Expr, detractor_share: pl.Expr, n: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Estimate and variance of promoters minus detractors (a number in [−1, 1]) with ¾ answer added to each and 3 to n.

    Rocks 2016, arXiv:1601.07235, the adjusted Wald interval. A weighted NPS gives its weighted shares and effective n.
    """
    p = (promoter_share * n + 0.75) / (n + 3)
    d = (detractor_share * n + 0.75) / (n + 3)
    return p - d, (p + d - (p - d) ** 2) / (n + 3)


def adjusted_wald_nps(
    promoter_share: pl.Expr,
    detractor_share: pl.Expr,
    n: pl.Expr,
    *,
    confidence: float = 0.95,
    reach: pl.Expr | None = None,
) -> Bounds:
    """Adjusted Wald interval of an NPS, within [−100, 100]; `reach` is another quantile than z. Source: see `adjusted_net_score`."""
    centre, variance = adjusted_net_score(promoter_share, detractor_share, n)
    half = (z_value(confidence) if reach is None else reach) * variance.sqrt()
    score = 100 * (promoter_share - detractor_share)
    return _holding(score, 100 * (centre - half), 100 * (centre + half), least=-100, most=100)


def mean_half_width(rows: pl.DataFrame, se: pl.Expr, n: pl.Expr, *, confidence: float = 0.95) -> pl.Series:
    """Per row, half of the Student’s t interval of a mean with that standard error, from n values (2 or more); null where se is."""
    freedom = rows.select(pl.when(se.is_not_null()).then((n - 1).cast(pl.Float64))).to_series()
    return _t_quantile(freedom, confidence) * rows.select(se).to_series()


def welch_half_width(
    rows: pl.DataFrame, se: pl.Expr, n: pl.Expr, se_against: pl.Expr, n_against: pl.Expr, *, confidence: float = 0.95
) -> pl.Series:
    """Per row, half of the interval of the difference of two independent means; null where either se is.

    Welch 1947, Biometrika 34:28–35, with Satterthwaite’s degrees of freedom.
    """
    variance = se**2 + se_against**2
    # without any spread the interval has no width, whatever the quantile
    freedom = (
        pl.when(variance > 0)
        .then(variance**2 / (se**4 / (n - 1) + se_against**4 / (n_against - 1)))
        .otherwise(n + n_against - 2.0)
    )
    found = rows.select(freedom=pl.when(variance.is_not_null()).then(freedom), spread=variance.sqrt())
    return _t_quantile(found["freedom"], confidence) * found["spread"]


def _t_quantile(freedom: pl.Series, confidence: float) -> pl.Series:
    """Worked out here, on a column that is there already: an expression could only call back to Python from the pool of Polars, where
    it waits for a thread that waits for the pool."""
    z_value(confidence)  # the check of its range
    quantiles = stdtrit(freedom.to_numpy(), (1 + confidence) / 2)
    return pl.Series(quantiles, dtype=pl.Float64).set(freedom.is_null(), None)


def skewed_mean(n: pl.Expr, total: pl.Expr, squares: pl.Expr, cubes: pl.Expr, *, confidence: float = 0.95) -> Bounds:
    """Interval of a mean, from the sums of the values, of their squares and of their cubes; null where n is below 2.

    Values such as spend have a long tail to the right, with which an equal reach to both sides falls short above: this one reaches
    further there. With few values and one that is far larger than the rest it is still too narrow, as every interval from the data is.

    Hall 1992, Journal of the Royal Statistical Society B 54(1):221–228, the cubic transformation of Student's t.
    """
    z = z_value(confidence)
    mean = pl.when(n > 1).then(total / n)
    variance = (squares / n - mean**2).clip(lower_bound=0)
    third = cubes / n - 3 * mean * squares / n + 2 * mean**3
    skewness = pl.when(variance > 0).then(third / variance**1.5).otherwise(0.0)
    error = (variance / (n - 1)).sqrt()

    def t(quantile: float) -> pl.Expr:
        """The inverse of the transformation; it tends to the quantile itself as the skewness vanishes."""
        inside = 1 + skewness / n.sqrt() * (quantile - skewness / (6 * n.sqrt()))
        bent = 3 * n.sqrt() / skewness * (inside.sign() * inside.abs() ** (1 / 3) - 1)
        return pl.when(skewness.abs() > ALMOST_EVEN).then(bent).otherwise(quantile)

    return (
        pl.when(mean.is_not_null()).then(pl.min_horizontal(mean, mean - t(z) * error)),
        pl.when(mean.is_not_null()).then(pl.max_horizontal(mean, mean - t(-z) * error)),
    )


def _holding(estimate: pl.Expr, low: pl.Expr, high: pl.Expr, *, least: float, most: float) -> Bounds:
    known = estimate.is_not_null()
    return (
        pl.when(known).then(pl.min_horizontal(estimate, low.clip(least, most))),
        pl.when(known).then(pl.max_horizontal(estimate, high.clip(least, most))),
    )
