"""What an interval of a change allows to be said."""

from typing import Literal

Verdict = Literal["better", "worse", "none", "too_few"]


def verdict(low: float | None, high: float | None, higher_is_better: bool) -> Verdict:
    """Read a change from its interval: "none" when it contains 0, "too_few" when there is no interval."""
    if low is None or high is None:
        return "too_few"
    if low <= 0 <= high:
        return "none"
    return "better" if (low > 0) == higher_is_better else "worse"


def pairs(groups: int) -> int:
    """How many pairs so many groups make."""
    return groups * (groups - 1) // 2


def confidence_of_each_pair(groups: int, confidence: float = 0.95) -> float:
    """How sure each interval must be, so that of the differences between all pairs of groups together 95 % would hold (Šidák 1967, JASA
    62:626–633).

    For a statement about the highest and the lowest of several groups, which were not chosen before the values were seen.
    """
    return float(confidence ** (1 / max(pairs(groups), 1)))


def confidence_of_each(groups: int, confidence: float = 0.95) -> float:
    """How sure the interval of each group must be, so that those of so many groups all hold together in 95 % (Šidák 1967,
    JASA 62:626–633).

    Two such intervals that lie apart then show a difference, whichever two were picked after the values were seen.
    """
    return float(confidence ** (1 / max(groups, 1)))
