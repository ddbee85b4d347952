"""Markov chains of a few states: where they settle, when they arrive, what they are worth, and whether they keep to one matrix.

A transition matrix has one row per state and the chances of the next state in its columns; each row adds up to 1.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

Matrix = npt.NDArray[np.float64]


def settled(p: Matrix) -> Matrix:
    """The long-run share of time in each state of a chain in which every state can reach every other."""
    size = len(p)
    system = np.vstack([p.T - np.eye(size), np.ones(size)])
    shares = np.linalg.lstsq(system, np.append(np.zeros(size), 1.0), rcond=None)[0]
    return np.asarray(shares, dtype=np.float64)


def mean_first_passage(p: Matrix) -> Matrix:
    """Expected steps from state i (row) to the first visit of state j; on the diagonal, to the next visit.

    Grinstead & Snell 1997, Introduction to Probability, section 11.5.
    """
    size = len(p)
    weights = settled(p)
    fundamental = np.linalg.inv(np.eye(size) - p + np.tile(weights, (size, 1)))
    passage = (np.eye(size) - fundamental + np.diag(fundamental)[None, :]) / weights[None, :]
    return np.asarray(passage, dtype=np.float64)


def reach(p: Matrix, *, target: int, lost: int) -> tuple[Matrix, Matrix]:
    """Per state: the chance to reach `target` before `lost`, and the expected steps to it given that it is reached.

    Both states are taken as final. The target has chance 1 and 0 steps; `lost` has chance 0 and no steps (nan), as has every state
    from which the target cannot be reached. A stack of matrices gives a stack of results.
    """
    states = [state for state in range(p.shape[-1]) if state not in (target, lost)]
    chance = np.zeros(p.shape[:-1])
    steps = np.full(p.shape[:-1], np.nan)
    chance[..., target], steps[..., target] = 1.0, 0.0
    # Of those who reach the target by some way; states that cannot leave each other would make the system singular
    live = [state for state in states if _leads_to(p, state, target) or _leads_to(p, state, lost)]
    if live:
        among = np.eye(len(live)) - p[..., live, :][..., :, live]
        reached = np.linalg.solve(among, p[..., live, target][..., None])
        weighted = np.linalg.solve(among, reached)
        chance[..., live] = reached[..., 0].clip(0, 1)  # a sure thing may come out a rounding error above 1
        with np.errstate(invalid="ignore", divide="ignore"):
            steps[..., live] = np.where(reached[..., 0] > 0, weighted[..., 0] / reached[..., 0], np.nan)
    return chance, steps


def value(p: Matrix, reward: Matrix, *, discount_rate: float) -> Matrix:
    """Expected discounted sum of the rewards from each state on, that of the present state at once: (I − P/(1+d))⁻¹R.

    A stack of matrices with a stack of rewards gives a stack of values.

    Pfeifer & Carraway 2000, Journal of Interactive Marketing 14(2):43–55.
    """
    if discount_rate <= 0:
        raise ValueError(f"discount_rate is {discount_rate}; it must be above 0, for example 0.1 per period.")
    worth = np.linalg.solve(np.eye(p.shape[-1]) - p / (1 + discount_rate), reward[..., None])[..., 0]
    return np.asarray(worth, dtype=np.float64)


def stationarity(counts: Matrix) -> tuple[float, int, float]:
    """Test that the transition matrix does not change over time: χ², degrees of freedom, p-value.

    `counts` has the moves of each step: step, from, to. χ² = Σ nᵢ(t)·(pᵢⱼ(t) − pᵢⱼ)²/pᵢⱼ over the cells that occur at all; rows and
    steps without a member take no degree of freedom. Without any, the p-value is nan.

    Anderson & Goodman 1957, Annals of Mathematical Statistics 28:89–110, equation 3.3.
    """
    at_risk = counts.sum(axis=2)
    total = counts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = total / total.sum(axis=1, keepdims=True)
        each = counts / at_risk[:, :, None]
        terms = at_risk[:, :, None] * (each - pooled) ** 2 / pooled
    steps, cells = (at_risk > 0).sum(axis=0), (total > 0).sum(axis=1)
    freedom = int((np.maximum(steps - 1, 0) * np.maximum(cells - 1, 0)).sum())
    statistic = float(np.nansum(terms))
    return statistic, freedom, float(chdtrc(freedom, statistic)) if freedom else float("nan")


def _leads_to(p: Matrix, state: int, goal: int) -> bool:
    """Whether the goal can be reached from the state, by the moves that are possible in any matrix of the stack."""
    possible = np.max(p.reshape(-1, *p.shape[-2:]), axis=0)
    seen, ahead = {state}, [state]
    while ahead:
        for following in map(int, np.flatnonzero(possible[ahead.pop()])):
            if following not in seen:
                seen.add(following)
                ahead.append(following)
    return goal in seen
