"""Synthetic control: one treated unit beside the mixture of others that followed it best before.

Abadie, Diamond & Hainmueller 2010, JASA 105:493–505; without covariates and intercept as in Arkhangelsky, Athey, Hirshberg, Imbens & Wager
2021, American Economic Review 111:4088–4118, table 1.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from metrics.impact.panel import Array

SUM_WEIGHT = 1e4  # with which the weights are held to sum to 1, before they are divided by what they do


@dataclass(frozen=True)
class Synthetic:
    """The weight of each other unit (0 or more, sum 1), treated minus mixture in each period, its mean from the event on, and how far off
    the mixture is before (root of the mean square)."""

    weights: Array
    gaps: Array
    effect: float
    miss_before: float


def synthetic_control(treated: Array, others: Array, begin: int) -> Synthetic:
    """`treated` has one value per period, `others` a row per other unit; the event begins at place `begin`."""
    past = others[:, :begin].T
    scale = max(float(np.abs(past).max(initial=0.0)), 1.0) * SUM_WEIGHT
    system = np.concatenate([past, np.full((1, len(others)), scale)])
    found, _ = nnls(system, np.append(treated[:begin], scale), maxiter=100 * len(others))
    weights = found / found.sum()
    gaps = treated - weights @ others
    return Synthetic(weights, gaps, float(gaps[begin:].mean()), float(np.sqrt((gaps[:begin] ** 2).mean())))


def placebo_in_space(treated: Array, others: Array, begin: int) -> float:
    """The share of all units, the treated one among them, whose gap grows as much after the event as that of the treated one: ratio of the
    root mean squares after and before, each unit in turn beside the rest."""
    everybody = np.concatenate([treated[None, :], others])
    ratios = []
    for place in range(len(everybody)):
        rest = np.delete(everybody, [0, place] if place else [0], axis=0)
        gaps = synthetic_control(everybody[place], rest, begin).gaps
        before, after = (float(np.sqrt((part**2).mean())) for part in (gaps[:begin], gaps[begin:]))
        ratios.append(after / max(before, np.finfo(float).tiny))
    return float((np.array(ratios) >= ratios[0]).mean())
