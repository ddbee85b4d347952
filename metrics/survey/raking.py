"""Weights that make respondents look like the whole: each margin’s groups count for their known shares."""

from collections.abc import Mapping, Sequence

import numpy as np

from metrics.errors import RuleError
from metrics.texts import N_

ROUNDS, CLOSE, TRIMMED = 100, 1e-6, 5.0


def raked(
    groups: Mapping[str, Sequence[str | None]],
    margins: Mapping[str, Mapping[str, float]],
    *,
    start: np.ndarray | None = None,
    trimmed: float = TRIMMED,
) -> np.ndarray:
    """One weight per respondent, with mean 1, by iterative proportional fitting. `groups` hold each respondent’s group of each margin,
    `margins` the share of each group, in any unit; `start` are weights to begin with.

    Weights above `trimmed` times the median are cut to it and fitted again (0: none). A respondent whose group a margin does not name
    keeps the weight 1 there. RuleError names a group that nobody is in, and a margin that is not met to 1e-6 after 100 rounds.

    Deming & Stephan 1940, Annals of Mathematical Statistics 11:427–444.
    """
    size = len(next(iter(groups.values()), []))
    weights = np.ones(size) if start is None else start.astype(float).copy()
    places = {name: _places(name, groups[name], shares) for name, shares in margins.items()}
    for _cut in range(ROUNDS):
        weights = _fitted(weights, places)
        most = trimmed * float(np.median(weights)) if trimmed and size else np.inf
        if not size or weights.max() <= most * (1 + CLOSE):
            return weights
        weights = np.minimum(weights, most)
    return weights


def design_effect(weights: np.ndarray) -> float:
    """Kish’s design effect of weights, n·Σw² / (Σw)²: so many times the variance of as many equal weights. Kish 1965, Survey Sampling."""
    return float(len(weights) * (weights**2).sum() / weights.sum() ** 2)


def parsed(text: str) -> dict[str, dict[str, float]]:
    """Margins from text such as “region: East China=60, South China=40; tier: gold=10, silver=90”; empty for no text."""
    found: dict[str, dict[str, float]] = {}
    for part in filter(str.strip, text.split(";")):
        name, colon, groups = part.partition(":")
        shares: dict[str, float] = {}
        for one in groups.split(","):
            group, equals, share = one.rpartition("=")
            try:
                value = float(share)
            except ValueError:
                value = 0.0
            if not (colon and equals and group.strip() and value > 0 and np.isfinite(value)):
                raise RuleError(
                    N_("“{text}” is no margin; write it as column: group=share, group=share, with shares above 0."),
                    text=part.strip(),
                )
            shares[group.strip()] = value
        found[name.strip()] = shares
    return found


def _places(
    margin: str, groups: Sequence[str | None], shares: Mapping[str, float]
) -> tuple[str, list[tuple[np.ndarray, float]]]:
    """Per group of the margin who is in it, and its share of those whose group is named."""
    own = np.array(["" if group is None else group for group in groups], dtype=object)
    total = sum(shares.values())
    found = []
    for group, share in shares.items():
        inside = np.flatnonzero(own == group)
        if not len(inside):
            raise RuleError(
                N_("Nobody who answered is in “{group}” of “{margin}”, so that no weights meet its share."),
                group=group,
                margin=margin,
            )
        found.append((inside, share / total))
    return margin, found


def _fitted(weights: np.ndarray, places: Mapping[str, tuple[str, list[tuple[np.ndarray, float]]]]) -> np.ndarray:
    weights = weights.copy()
    for _round in range(ROUNDS):
        for _name, groups in places.values():
            whole = sum(float(weights[inside].sum()) for inside, _share in groups)
            for inside, share in groups:
                weights[inside] *= share * whole / weights[inside].sum()
        missed = [name for name, groups in places.values() if _distance(weights, groups) > CLOSE]
        if not missed:
            return weights * len(weights) / weights.sum()
    raise RuleError(
        N_(
            "No weights meet the margin “{margin}” together with the others; its shares still differ after {rounds} rounds."
        ),
        margin=missed[0],
        rounds=ROUNDS,
    )


def _distance(weights: np.ndarray, groups: list[tuple[np.ndarray, float]]) -> float:
    whole = sum(float(weights[inside].sum()) for inside, _share in groups)
    return max(abs(float(weights[inside].sum()) / whole - share) for inside, share in groups)
