"""When a number is told: a table, and laws that hold for any limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.alerts.judge import TOLD, Change, Reading, judge
from data.alerts.rules import Condition

NUMBERS = st.floats(-100, 100)


@pytest.mark.parametrize(
    ("kind", "limit", "clearly", "value", "low", "high", "why"),
    [
        ("below", 30, True, None, None, None, "too_few"),
        ("above", 30, True, None, None, None, "too_few"),
        ("below", 30, True, 24.1, 20.3, 27.9, "below"),
        ("below", 30, True, 28, 20, 36, "unclear"),
        ("below", 30, False, 28, 20, 36, "below"),
        ("below", 30, True, 28, 20, 30, "unclear"),  # the limit itself is not below it
        ("below", 30, True, 30, 25, 35, "within"),
        ("below", 30, False, 30, 25, 35, "within"),
        ("below", 30, True, 29, None, None, "below"),  # a count has no interval
        ("above", 30, True, 35, 31, 39, "above"),
        ("above", 30, True, 35, 29, 41, "unclear"),
        ("above", 30, False, 35, 29, 41, "above"),
        ("above", 30, True, 25, 20, 29, "within"),
        ("above", 0, True, -1, -2, 3, "within"),
        ("below", 0, True, 0.0, 0.0, 0.0, "within"),
        ("above", 60, False, 60.00000000000001, 45, 75, "within"),
        ("below", 0.3, False, 0.1 + 0.2 - 1e-15, None, None, "within"),
    ],
)
def test_limits(kind: str, limit: float, clearly: bool, value, low, high, why: str) -> None:
    assert judge(Condition(kind, limit, clearly), Reading(value, low, high, 100)) == why


@pytest.mark.parametrize(
    ("low", "high", "why"),
    [
        (None, None, "too_few"),
        (-1.0, 1.0, "no_change"),
        (0.0, 2.0, "no_change"),
        (0.1, 2.0, "rose"),
        (-2.0, -0.1, "fell"),
    ],
)
def test_changes(low: float | None, high: float | None, why: str) -> None:
    change = Change(None if low is None else (low + (high or 0)) / 2, low, high)
    assert judge(Condition("changed"), Reading(5.0, 4.0, 6.0), change) == why


def test_a_change_without_a_period_before_is_not_told() -> None:
    assert judge(Condition("changed"), Reading(5.0, 4.0, 6.0)) == "too_few"


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_clearly_is_the_stricter_of_the_two(limit: float, a: float, b: float, c: float) -> None:
    low, value, high = sorted((a, b, c))
    reading = Reading(value, low, high, 50)
    for kind in ("below", "above"):
        if judge(Condition(kind, limit), reading) in TOLD:
            assert judge(Condition(kind, limit, clearly=False), reading) in TOLD
    both = {judge(Condition(kind, limit, clearly=False), reading) for kind in ("below", "above")}
    assert both != {"below", "above"}


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.floats(0, 50))
def test_a_higher_limit_tells_whatever_a_lower_one_tells(
    a: float, b: float, c: float, limit: float, more: float
) -> None:
    low, value, high = sorted((a, b, c))
    reading = Reading(value, low, high, 50)
    if judge(Condition("below", limit), reading) == "below":
        assert judge(Condition("below", limit + more), reading) == "below"
