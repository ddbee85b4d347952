"""What becomes of points by the age of their award: spent, expired or taken back, as causes that compete, and what that says of those that
are still out. Of what happens after the oldest age that was seen nothing is known but what is assumed.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from metrics.programme.ledger import ADJUST, CANCEL, EXPIRE, SPEND, Ledger

SPENT, EXPIRED, BACK = range(3)
CAUSES = {SPEND: SPENT, EXPIRE: EXPIRED, ADJUST: BACK, CANCEL: BACK}
GROUPS = 64  # of customers, each left out once: a standard error from so many is known to a ninth
MIX, BITS = (
    2_654_435_761,
    32,
)  # Knuth's multiplicative hash, so that groups do not follow the order in which customers came
Numbers = np.ndarray


@dataclass(frozen=True)
class Pieces:
    """Points of some customers by how they left their award, or that they are left: one value per piece in each array."""

    customer: Numbers
    opened: Numbers  # day of the award
    age: Numbers  # days since then
    cause: Numbers  # −1: still out
    units: Numbers


@dataclass(frozen=True)
class Curves:
    """By group (rows) and age in days (columns): `left` is the share of points that is still out after that day, `gone` the shares that
    each cause has taken, with the cause as the last axis."""

    left: Numbers
    gone: Numbers


def pieces(ledger: Ledger, who: Numbers, *, today: int) -> Pieces:
    """Of the customers for whom `who` holds. What made an overdraft good was spent before it came."""
    taken = ledger.taken
    own = (taken.award >= 0) & who[taken.customer]
    award = taken.award[own]
    out, back = (
        np.flatnonzero((ledger.left > 0) & who[ledger.customer]),
        np.flatnonzero((ledger.repaid > 0) & who[ledger.customer]),
    )
    cause = np.full(len(ledger.units), 0)
    return Pieces(
        customer=np.concatenate([taken.customer[own], ledger.customer[back], ledger.customer[out]]),
        opened=np.concatenate([ledger.opened[award], ledger.opened[back], ledger.opened[out]]),
        age=np.concatenate([taken.day[own] - ledger.opened[award], cause[back], today - ledger.opened[out]]),
        cause=np.concatenate([_causes(taken.why[own]), np.full(len(back), SPENT), np.full(len(out), -1)]),
        units=np.concatenate([taken.units[own], ledger.repaid[back], ledger.left[out]]),
    )


def _causes(why: Numbers) -> Numbers:
    table = np.full(max(CAUSES) + 1, -1)
    table[list(CAUSES)] = list(CAUSES.values())
    return table[why]


def curves(of: Pieces, keys: Numbers) -> Curves:
    """The curve of all pieces (row 0), and those without each group of customers. `keys` are those of the customers by place.

    Aalen & Johansen 1978, Scandinavian Journal of Statistics 5:141–150, with points in the place of people.
    """
    ages = int(of.age.max()) + 1
    group = _groups(keys)[of.customer]
    cell = (group * ages + of.age) * 4 + of.cause + 1
    counted = np.bincount(cell, of.units, minlength=GROUPS * ages * 4).reshape(GROUPS, ages, 4)
    together = counted.sum(axis=0)
    sets = np.concatenate([together[None], together[None] - counted])
    at_risk = sets.sum(axis=2)[:, ::-1].cumsum(axis=1)[:, ::-1]
    hazards = np.divide(
        sets[..., 1:], at_risk[..., None], out=np.zeros((*at_risk.shape, 3)), where=at_risk[..., None] > 0
    )
    left = np.cumprod(np.clip(1 - hazards.sum(axis=2), 0, 1), axis=1)
    before = np.concatenate([np.ones((len(left), 1)), left[:, :-1]], axis=1)
    return Curves(left, (before[..., None] * hazards).cumsum(axis=1))


def _groups(keys: Numbers) -> Numbers:
    """The group of each customer, by the key alone."""
    return (keys.astype(np.uint64) * np.uint64(MIX) % np.uint64(1 << BITS)).astype(np.int64) % GROUPS


def breakage(
    of: Pieces, keys: Numbers, *, beyond_expires: bool, confidence: float
) -> tuple[float, float, float, float]:
    """The share of the points that are out which will never be spent, its interval, and the share that goes on beyond the oldest age seen.

    The interval holds what will come of these points: the variance of the curve, from leaving out groups of customers, and that of the
    outcomes themselves, with the points of one customer hanging together as much as they did so far. NaN without points that are out.
    """
    out = of.cause < 0
    units = of.units[out].astype(float)
    total = units.sum()
    if not total:
        return (np.nan,) * 4
    found = curves(of, keys)
    lost, beyond = _ahead(found, of.age[out], beyond_expires=beyond_expires)
    shares = lost @ units / total
    spread = (GROUPS - 1) / GROUPS * ((shares[1:] - shares[1:].mean()) ** 2).sum()
    customer = of.customer[out]
    held = np.bincount(customer, units)
    chance = np.divide(np.bincount(customer, units * lost[0]), held, out=np.zeros(len(held)), where=held > 0)
    spread += (
        _together(of, _ahead(found, np.arange(found.left.shape[1]), beyond_expires=beyond_expires)[0][0])
        * (held**2 * chance * (1 - chance)).sum()
        / total**2
    )
    half = stdtrit(GROUPS - 1, (1 + confidence) / 2) * np.sqrt(spread)
    share = float(shares[0])
    return share, max(share - half, 0.0), min(share + half, 1.0), float(beyond[0] @ units / total)


def _ahead(found: Curves, age: Numbers, *, beyond_expires: bool) -> tuple[Numbers, Numbers]:
    """Of a point that is out at each age, by curve: the chance that it is never spent, and that it is still out after the oldest age."""
    left = found.left[:, age]
    known = left > 0
    beyond = np.divide(found.left[:, -1:], left, out=np.zeros_like(left), where=known)
    not_spent = found.gone[:, -1:, [EXPIRED, BACK]].sum(axis=2) - found.gone[:, age][..., [EXPIRED, BACK]].sum(axis=2)
    lost = np.divide(not_spent, left, out=np.zeros_like(left), where=known)
    return np.clip(lost + (beyond if beyond_expires else 0), 0, 1), beyond


def _together(of: Pieces, lost: Numbers) -> float:
    """How far the points of one customer shared their fate so far: 1 where all or nothing is spent, near 0 where each goes its own way.

    Of the points that were out so long ago that their fate is known by now: of each customer what was lost less what the curve expects,
    squared; over what that would be if all of a customer's points had moved as one. 1 where nothing was out by then.
    """
    left = of.cause >= 0
    today = int((of.opened + of.age).max())
    then = today - int(of.age[left].max(initial=0))
    out = (of.opened <= then) & (of.opened + of.age > then)
    if not out.any():
        return 1.0
    customer, units = of.customer[out], of.units[out].astype(float)
    expected = lost[then - of.opened[out]]
    happened = np.where(left[out], np.isin(of.cause[out], (EXPIRED, BACK)), lost[of.age[out]])
    n = int(customer.max()) + 1
    held, apart = np.bincount(customer, units, n), np.bincount(customer, units * (happened - expected), n)
    due = np.bincount(customer, units * expected, n)
    chance = np.divide(due, held, out=np.zeros(n), where=held > 0)
    most = (held**2 * chance * (1 - chance)).sum()
    return float(min((apart**2).sum() / most, 1.0)) if most > 0 else 1.0
