"""With few units a standard error from them is not to be trusted: how the effect looks beside those of all other ways in which as many
units could have been chosen. Fisher 1935, The Design of Experiments; Conley & Taber 2011, Review of Economics and Statistics 93:113–125.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from metrics.impact.panel import Array, Panel, residuals

MOST_ASSIGNMENTS = 5_000  # more are drawn at random
SEED = 19_350_101
BISECTIONS = 60
NOTHING = 1e-9


@dataclass(frozen=True)
class Placebos:
    """The effect that each assignment would have had, the true one first; p, and the interval of effects that are not rejected (None where
    so few assignments reject nothing)."""

    effects: Array
    p: float
    low: float | None
    high: float | None

    @property
    def assignments(self) -> int:
        return len(self.effects)


def placebos(panel: Panel, *, confidence: float = 0.95) -> Placebos:
    """Over all assignments of as many units, or MOST_ASSIGNMENTS of them. An effect θ is not rejected when y less θ for the treated looks
    as usual as that: p(θ) above 1 − confidence.

    The effect of an assignment S is Σ_S v / 1_S'M1_S, with M and v the products of each unit's own dose, less units and periods, with those
    of the others and with y.
    """
    units = panel.units
    each = np.stack([(panel.unit == unit) * panel.is_after * 1.0 for unit in units], axis=1)
    left = residuals(panel, each)
    weighted = left * panel.weight[:, None]
    gram, with_y = weighted.T @ left, weighted.T @ panel.y
    chosen = _assignments(np.array([unit in panel.treated for unit in units]))
    spread = np.einsum("ki,ij,kj->k", chosen, gram, chosen)
    known = spread > NOTHING
    chosen, spread = chosen[known], spread[known]
    effects = chosen @ with_y / spread
    shared = chosen @ gram @ chosen[0] / spread  # the effect of each on the true dose itself

    def p(theta: float) -> float:
        moved = np.abs(effects - theta * shared)
        return float((moved >= moved[0] * (1 - NOTHING) - NOTHING).mean())

    level = 1 - confidence
    return Placebos(effects, p(0.0), *(_end(p, effects, side, level) for side in (-1, 1)))


def _assignments(truth: Array) -> Array:
    """One row per assignment, 1 where a unit is treated, the true one first."""
    count, treated = len(truth), int(truth.sum())
    if math.comb(count, treated) <= MOST_ASSIGNMENTS:
        places = np.array(list(itertools.combinations(range(count), treated)))
    else:
        random = np.random.default_rng(SEED)
        places = np.array([random.permutation(count)[:treated] for _ in range(MOST_ASSIGNMENTS - 1)])
    rows = np.zeros((len(places), count))
    np.put_along_axis(rows, places, 1.0, axis=1)
    others = rows[(rows != truth).any(axis=1)]
    return np.concatenate([truth[None, :].astype(float), others])


def _end(p: object, effects: Array, side: int, level: float) -> float | None:
    """Where p falls to the level on one side of the effect; None where it never does."""
    assert callable(p)
    span = float(np.abs(effects).max()) + 1.0
    inside, outside = float(effects[0]), float(effects[0])
    for step in range(1, 12):
        outside = float(effects[0]) + side * span * 2.0**step
        if p(outside) <= level:
            break
    else:
        return None
    for _ in range(BISECTIONS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if p(middle) > level else (inside, middle)
    return inside
