"""Whether a number is to be told: pure, from readings to a verdict. Too few answers or customers never are."""

from dataclasses import dataclass
from typing import Literal

from data.alerts.rules import Condition
from metrics.statistics.verdict import verdict

Why = Literal["below", "above", "rose", "fell", "within", "unclear", "no_change", "too_few"]
TOLD = ("below", "above", "rose", "fell")
NOISE = 1e-9  # of floating-point numbers: 60.00000000000001 is not above 60


@dataclass(frozen=True)
class Reading:
    """The number of one period; value null where it is withheld or not known, low and high where it has no interval."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True)
class Change:
    """A change against the period before, with its interval; null where either number is not known."""

    change: float | None = None
    low: float | None = None
    high: float | None = None


def judge(condition: Condition, now: Reading, change: Change | None = None) -> Why:
    """Below and above: the value against the limit, and, where it has an interval and `clearly` is asked, only when all of it lies
    beyond. Changed: only when the interval of the change does not hold 0."""
    if condition.kind == "changed":
        return _changed(change or Change())
    if now.value is None or condition.value is None:
        return "too_few"
    sign = 1 if condition.kind == "above" else -1
    if sign * (now.value - condition.value) <= NOISE:
        return "within"
    near = now.low if condition.kind == "above" else now.high
    if condition.clearly and near is not None and sign * (near - condition.value) <= NOISE:
        return "unclear"
    return "above" if condition.kind == "above" else "below"


def _changed(change: Change) -> Why:
    said = verdict(change.low, change.high, True)
    return {"better": "rose", "worse": "fell", "none": "no_change", "too_few": "too_few"}[said]  # type: ignore[return-value]
