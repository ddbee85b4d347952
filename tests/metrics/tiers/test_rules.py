"""Thresholds to begin with, and from when on a rule's tiers are known."""

import pytest

from metrics.tiers.rules import known_from, longest_window, raised, round_number, rule_text, suggested_thresholds
from metrics.tiers.tiers import parse_rule
from tests.metrics.frames import day, periods


def test_without_customers_there_is_no_rule() -> None:
    assert suggested_thresholds(periods([]), as_of=day("2026-03-31")).is_empty()
    assert rule_text({}) == ""


def test_thresholds_lie_at_the_quantiles_in_round_numbers() -> None:
    """100 customers who spent 10, 20 … 1,000: the median is 505, the upper 20 % begin at 802, the upper 8 % at 921."""
    rows = periods([(key, "2026-02", key) for key in range(1, 101)])
    found = suggested_thresholds(rows, as_of=day("2026-03-31"), months=2)
    assert found.rows() == [("bronze", 1.0, 100), ("silver", 500.0, 51), ("gold", 800.0, 21), ("platinum", 1000.0, 1)]


@pytest.mark.parametrize(
    ("as_of", "months", "customers"),
    [
        ("2026-02-28", 1, 10),  # February is complete on its last day
        ("2026-02-27", 1, 0),
        ("2026-03-30", 1, 10),
        ("2026-03-31", 1, 0),
        ("2026-03-31", 2, 10),
    ],
)
def test_complete_months_of_the_window_count(as_of: str, months: int, customers: int) -> None:
    rows = periods([(key, "2026-02", 1) for key in range(10)])
    found = suggested_thresholds(rows, as_of=day(as_of), months=months)
    assert found["customers"].to_list()[:1] == ([customers] if customers else [])


def test_thresholds_that_would_not_go_up_are_left_out() -> None:
    rows = periods([(key, "2026-02", 1 if key < 90 else 4) for key in range(100)])
    found = suggested_thresholds(rows, as_of=day("2026-02-28"), measure="orders", names=["l1", "l2", "l3", "l4"])
    assert found.rows() == [("l1", 1.0, 100), ("l4", 4.0, 10)]


@pytest.mark.parametrize(
    ("value", "expected"), [(0.3, 0.3), (1, 1), (17, 15), (18, 20), (640, 600), (7_100, 8_000), (96, 100)]
)
def test_round_numbers(value: float, expected: float) -> None:
    assert round_number(value) == pytest.approx(expected)


def test_a_rule_is_written_as_it_is_read() -> None:
    thresholds = {"bronze": 0.5, "silver": 1000.0, "gold": 2_000_000.25}
    assert rule_text(thresholds) == "bronze=0.5,silver=1000,gold=2000000.25"
    assert parse_rule(rule_text(thresholds)) == thresholds


def test_raised_thresholds_still_go_up() -> None:
    assert raised({"bronze": 1.0, "silver": 700.0, "gold": 2000.0}, 1.2) == {"bronze": 1, "silver": 840, "gold": 2400}
    assert raised({"bronze": 1.0, "silver": 2.0, "gold": 3.0}, 1.2) == {"bronze": 1, "silver": 2, "gold": 4}
    assert parse_rule(rule_text(raised({"a": 5.0, "b": 5.1}, 0.5))) == {"a": 5, "b": 6}


def test_a_rule_is_known_when_its_first_window_lies_in_the_data() -> None:
    assert known_from(day("2010-12-01"), 3) == day("2011-03-01")
    assert known_from(day("2010-12-15"), 12) == day("2011-12-01")


@pytest.mark.parametrize(
    ("needed", "months"),
    [
        (["2012-06-30"], 12),
        (["2011-06-30"], 6),
        (["2011-06-30", "2011-03-31"], 3),
        (["2011-06-30", "2010-12-31"], 6),  # the day before cannot be known: only the first one counts
        (["2011-01-31"], 3),
    ],
)
def test_the_longest_window_that_is_known_on_the_days(needed: list[str], months: int) -> None:
    assert longest_window(day("2010-12-01"), [day(date) for date in needed]) == months
