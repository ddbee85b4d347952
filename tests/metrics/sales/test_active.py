"""Active customers, by hand: on a day, at the ends of months, and how two days are compared."""

import pytest

from metrics.sales.active import active_customers, active_sums, active_trend
from metrics.statistics.ratios import total_change
from tests.metrics.frames import day, order_days

VISITS = [(1, "2026-01-05"), (1, "2026-03-01"), (2, "2026-01-20"), (3, "2026-02-28"), (4, "2026-03-31")]


@pytest.mark.parametrize(
    ("visits", "as_of", "days", "active"),
    [
        ([], "2026-03-31", 30, 0),
        (VISITS, "2026-03-31", 1, 1),
        (VISITS, "2026-03-31", 32, 3),  # from 28 February on
        (VISITS, "2026-03-31", 31, 2),
        (VISITS, "2026-03-30", 85, 3),
        (VISITS, "2026-03-30", 86, None),  # the orders begin a day too late
    ],
)
def test_active_customers(visits: list[tuple[int, str]], as_of: str, days: int, active: int | None) -> None:
    found = active_customers(order_days(visits), as_of=day(as_of), window_days=days)
    assert found["active_customers"].to_list() == [active]


def test_at_the_ends_of_months() -> None:
    dates = {"as_of": day("2026-03-30"), "start": day("2025-12-10"), "end": day("2026-04-30"), "window_days": 20}
    found = active_trend(order_days(VISITS), **dates)
    assert found.rows() == [
        (day("2025-12"), True, None),
        (day("2026-01"), True, 1),
        (day("2026-02"), True, 1),
        (day("2026-03"), False, 0),
    ]
    assert active_trend(order_days(VISITS), **{**dates, "start": day("2026-04-01")}).is_empty()
    grouped = active_trend(order_days(VISITS, region=["e", "e", "w", "w", "e"]), **dates, by=["region"])
    assert grouped["active_customers"].to_list() == [None, 0, 0, 0, None, 1, 1, 0]


def test_a_change_counts_who_came_and_who_went() -> None:
    """Two came (1 and 3), one went (2): 1 ± z·√3."""
    now, before = (
        active_sums(order_days(VISITS), as_of=day(at), window_days=25) for at in ("2026-03-10", "2026-01-31")
    )
    assert active_sums(order_days(VISITS), as_of=day("2026-01-31"), window_days=28).collect().shape[0] == 0
    before = active_sums(order_days(VISITS), as_of=day("2026-01-31"), window_days=15)
    (row,) = total_change(now, before, minimum=1).rows()
    assert row == pytest.approx((1.0, 1 - 1.959964 * 3**0.5, 1 + 1.959964 * 3**0.5), abs=1e-5)


def test_no_window_without_a_day() -> None:
    with pytest.raises(ValueError, match="window_days is 0; it must be 1 or more"):
        active_customers(order_days(VISITS), as_of=day("2026-03-30"), window_days=0)
