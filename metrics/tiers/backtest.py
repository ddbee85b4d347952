"""How far a chain of tiers was off: fitted to the first periods, held against the later ones, and its interval widened by that."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import expit, logit

from metrics.statistics.markov import Matrix, stationarity
from metrics.tiers.tiers import LAPSED

OK, TOO_FEW, UNSTEADY = "ok", "too_few", "unsteady"


def fitted_periods(periods: int) -> int:
    """How many of so many periods the chain is fitted to when it is judged; the others, at most half, are held out."""
    return periods - periods // 2


def chances(moves: Matrix) -> Matrix:
    """The moves of a chain as shares of each row; who has never been seen in a state stays there."""
    sizes = moves.sum(axis=1, keepdims=True)
    return np.divide(moves, sizes, out=np.eye(len(moves)), where=sizes > 0)


def is_steady(counts: Matrix, least_p: float) -> bool:
    """Whether the moves of the periods are not told apart by the test of steadiness, or cannot be tested."""
    _statistic, freedom, p_value = stationarity(counts[:, :-1])
    return not freedom or bool(p_value >= least_p)


def reach_within(p: Matrix, *, steps: int) -> Matrix:
    """Per state below the top (the last but one), the chance to reach it within so many steps and before lapsing (the last state)."""
    final = p.copy()
    final[-2:] = np.eye(len(p))[-2:]
    found: Matrix = np.linalg.matrix_power(final, steps)[:-2, -2]
    return found


def reached(paths: pl.DataFrame, places: Sequence[str], tiers: Sequence[str], fitted: int) -> pl.DataFrame:
    """One row per tier below the top: tier, held_out_members (in it when the fitted periods end), and how many of them then reached the
    top before they lapsed."""
    hit, alive = pl.lit(False), pl.lit(True)
    for place in places[fitted + 1 :]:
        hit |= alive & (pl.col(place) == tiers[-1])
        alive &= pl.col(place) != LAPSED
    n = pl.col("members")
    counted = paths.group_by(tier=places[fitted]).agg(held_out_members=n.sum(), reached=n.filter(hit).sum())
    below = pl.DataFrame({"tier": tiers[:-1]}, schema={"tier": pl.String})
    joined = below.join(counted, on="tier", how="left", maintain_order="left")
    return joined.with_columns(pl.col("held_out_members", "reached").fill_null(0))


def share_error(expected: Matrix, happened: Matrix, n: Matrix, minimum: int) -> Matrix:
    """How far each forecast share was off, in log-odds (½ added on both sides). Below `minimum` members it is the largest of the others';
    nan where there are none."""
    odds = [logit((n * share + 0.5) / (n + 1)) for share in (happened, expected)]
    return _known(odds[0] - odds[1], n >= max(minimum, 1))


def ratio_error(expected: Matrix, happened: Matrix, n: Matrix, minimum: int) -> Matrix:
    """How far each forecast amount was off, as the logarithm of what happened over it; else as `share_error`."""
    known = (n >= max(minimum, 1)) & (expected > 0) & (happened > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _known(np.log(happened / expected), known)


def widened_share(share: float, low: float, high: float, error: float) -> tuple[float, float]:
    """The ends of an interval that also holds a past error, in log-odds: both are taken as independent, so that squares add up."""
    if np.isnan(error) or not 0 < share < 1:
        return low, high
    with np.errstate(divide="ignore"):
        middle, ends = logit(share), logit(np.array([low, high]))
    half = np.hypot(ends - middle, error)
    return float(expit(middle - half[0])), float(expit(middle + half[1]))


def widened_ratio(value: float, low: float, high: float, error: float) -> tuple[float, float]:
    """As `widened_share`, of an amount above 0 and on the scale of logarithms; an end that is not above 0 stays."""
    if np.isnan(error) or value <= 0:
        return low, high
    below = value * float(np.exp(-np.hypot(np.log(low / value), error))) if low > 0 else low
    return below, value * float(np.exp(np.hypot(np.log(high / value), error)))


def _known(errors: Matrix, known: npt.NDArray[np.bool_]) -> Matrix:
    sizes = np.abs(errors)
    largest = sizes[known].max() if known.any() else np.nan
    found: Matrix = np.where(known, sizes, largest)
    return found
