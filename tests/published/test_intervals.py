"""Published intervals of shares and of their differences."""

import polars as pl
import pytest

from metrics.statistics.intervals import newcombe_difference, wilson


@pytest.mark.parametrize(
    ("successes", "n", "interval"),
    [
        (0, 20, (0.0, 0.1611)),
        (15, 148, (0.0624, 0.1605)),
        (81, 263, (0.2553, 0.3662)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_wilson_is_method_3_of_newcombe_1998_table_1(successes: int, n: int, interval: tuple[float, float]) -> None:
    """Newcombe 1998, Statistics in Medicine 17:857–872, Table I."""
    low, high = wilson(pl.lit(successes), pl.lit(n))
    assert pl.select(low=low, high=high).row(0) == pytest.approx(interval, abs=0.00005)


@pytest.mark.parametrize(
    ("now", "before", "interval"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
    ],
)
def test_difference_is_method_10_of_newcombe_1998_table_2(
    now: tuple[int, int], before: tuple[int, int], interval: tuple[float, float]
) -> None:
    """Newcombe 1998, Statistics in Medicine 17:873–890, Table II."""
    low, high = newcombe_difference(*(pl.lit(value) for value in (*now, *before)))
    assert pl.select(low=low, high=high).row(0) == pytest.approx(interval, abs=0.00005)
