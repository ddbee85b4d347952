"""PLS path models on correlations: latent variables as weighted sums of their items, and the paths between them.

Everything follows from the correlations of the items, so that many draws are estimated at once. Wold 1982; algorithm and notation:
Tenenhaus, Esposito Vinzi, Chatelin & Lauro 2005, Computational Statistics & Data Analysis 48:159–205.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from metrics.engine.periods import checked

SCHEMES = ("path", "centroid", "factorial")
MODES = ("A", "B")
ROUNDS, CLOSE = 300, 1e-9


@dataclass(frozen=True)
class Design:
    """What is fitted: blocks in order with the places of their items, the mode of each, and which block leads to which.

    `paths` are pairs (from, to) of block names; they lead from earlier blocks to later ones, so that no block leads to itself.
    """

    blocks: Mapping[str, Sequence[int]]
    paths: Sequence[tuple[str, str]]
    modes: Mapping[str, str]
    scheme: str = "path"

    @property
    def names(self) -> list[str]:
        """The blocks in order."""
        return list(self.blocks)

    @property
    def items(self) -> int:
        """How many items all blocks have."""
        return sum(len(places) for places in self.blocks.values())

    def leads(self) -> np.ndarray:
        """Whether block i leads to block j, as a square of truth values."""
        place = {name: n for n, name in enumerate(self.names)}
        found = np.zeros((len(place), len(place)), bool)
        for start, end in self.paths:
            found[place[start], place[end]] = True
        return found


@dataclass(frozen=True)
class Model:
    """What was fitted, per draw: outer weights and loadings (… × items × blocks, 0 outside a block), correlations of the latent variables,
    paths (… × from × to), R² and total effects, and whether the weights settled."""

    weights: np.ndarray
    loadings: np.ndarray
    latent: np.ndarray
    paths: np.ndarray
    r2: np.ndarray
    totals: np.ndarray
    settled: np.ndarray


def fit(r: np.ndarray, design: Design) -> Model:
    """The model of correlations (… × items × items) of all items, those of each block at its places."""
    checked("scheme", design.scheme, SCHEMES)
    leads = design.leads()
    member = np.zeros((design.items, len(design.names)), bool)
    for place, name in enumerate(design.names):
        member[list(design.blocks[name]), place] = True
    weights = _scaled(np.broadcast_to(member.astype(float), (*r.shape[:-2], *member.shape)), r)
    settled = np.zeros(r.shape[:-2], bool)
    for _round in range(ROUNDS):
        latent = _correlations(weights, r)
        outer = r @ weights @ _inner(latent, leads, design.scheme)
        new = np.where(member, outer, 0.0)
        for place, name in enumerate(design.names):
            if checked("mode", design.modes.get(name, "A"), MODES) == "B":
                own = np.array(design.blocks[name])
                solved = np.linalg.solve(r[..., own[:, None], own], outer[..., own, place, None])
                new[..., own, place] = solved[..., 0]
        new = _scaled(new, r)
        settled = np.abs(new - weights).max(axis=(-2, -1)) < CLOSE
        weights = new
        if settled.all():
            break
    weights = weights * np.where(_loadings(weights, r, member).sum(axis=-2) < 0, -1.0, 1.0)[..., None, :]
    latent = _correlations(weights, r)
    paths, r2 = _regressions(latent, leads)
    own = np.eye(len(leads))
    totals = np.linalg.inv(own - paths) - own
    return Model(weights, _loadings(weights, r, member), latent, paths, r2, totals, settled)


def _scaled(weights: np.ndarray, r: np.ndarray) -> np.ndarray:
    """Weights that give latent variables of variance 1."""
    variance = (weights * (r @ weights)).sum(axis=-2, keepdims=True)
    found: np.ndarray = weights / np.sqrt(variance)
    return found


def _correlations(weights: np.ndarray, r: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.swapaxes(weights, -1, -2) @ r @ weights
    return found


def _loadings(weights: np.ndarray, r: np.ndarray, member: np.ndarray) -> np.ndarray:
    return np.where(member, r @ weights, 0.0)


def _inner(latent: np.ndarray, leads: np.ndarray, scheme: str) -> np.ndarray:
    """The weights with which its neighbours stand for a latent variable: … × neighbour × variable."""
    beside = leads | leads.T
    if scheme == "centroid":
        return np.sign(latent) * beside
    found = latent * beside
    if scheme == "path":
        for place in range(len(leads)):
            before = np.flatnonzero(leads[:, place])
            if len(before):
                solved = np.linalg.solve(latent[..., before[:, None], before], latent[..., before, place, None])
                found[..., before, place] = solved[..., 0]
    return found


def _regressions(latent: np.ndarray, leads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Paths (to × from, as in η = Bη + ζ) and R² of each latent variable; 0 where nothing leads to it."""
    paths = np.zeros_like(latent)
    r2 = np.zeros(latent.shape[:-1])
    for place in range(len(leads)):
        before = np.flatnonzero(leads[:, place])
        if len(before):
            solved = np.linalg.solve(latent[..., before[:, None], before], latent[..., before, place, None])[..., 0]
            paths[..., place, before] = solved
            r2[..., place] = (solved * latent[..., before, place]).sum(axis=-1)
    return paths, r2


def score_weights(weights: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Outer weights as those of the items as answered, adding up to 1 in each block: divided by the items’ standard deviations."""
    raw = weights / sd[..., :, None]
    found: np.ndarray = raw / raw.sum(axis=-2, keepdims=True)
    return found
