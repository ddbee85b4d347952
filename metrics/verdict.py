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
