"""Intervals where there is nothing to divide by, and at the ends of their scale."""

import polars as pl
import pytest
from scipy.special import stdtrit

from metrics.statistics.intervals import (
    adjusted_wald_nps,
    mean_half_width,
    newcombe_difference,
    welch_half_width,
    wilson,
    z_value,
)


def test_no_observation_gives_no_interval() -> None:
    nothing, some = pl.lit(0), pl.lit(5)
    bounds = [*wilson(nothing, nothing), *newcombe_difference(some, some, nothing, nothing)]
    assert (
        pl.select(pl.struct(bound.alias(str(i)) for i, bound in enumerate(bounds))).to_series().struct.unnest().row(0)
        == (None,) * 4
    )


@pytest.mark.parametrize(("successes", "n"), [(0, 1), (1, 1), (0, 1_000_000), (1_000_000, 1_000_000), (1, 3)])
def test_wilson_holds_the_share_exactly_and_stays_within_0_and_1(successes: int, n: int) -> None:
    low, high = pl.select(*(b.alias(str(i)) for i, b in enumerate(wilson(pl.lit(successes), pl.lit(n))))).row(0)
    assert 0 <= low <= successes / n <= high <= 1


@pytest.mark.parametrize("promoters", [0, 1])
def test_nps_of_one_answer_lies_in_its_interval(promoters: int) -> None:
    bounds = adjusted_wald_nps(pl.lit(float(promoters)), pl.lit(1.0 - promoters), pl.lit(1.0))
    low, high = pl.select(low=bounds[0], high=bounds[1]).row(0)
    assert -100 <= low <= 100 * (2 * promoters - 1) <= high <= 100


@pytest.mark.parametrize(("confidence", "z"), [(0.95, 1.959964), (0.9, 1.644854), (0.5, 0.674490)])
def test_z_value(confidence: float, z: float) -> None:
    assert z_value(confidence) == pytest.approx(z, abs=1e-6)


@pytest.mark.parametrize("confidence", [0, 1, -0.5, 95])
def test_confidence_out_of_range_is_named(confidence: float) -> None:
    with pytest.raises(ValueError, match=f"confidence is {confidence}; it must lie between 0 and 1"):
        z_value(confidence)


SE, N = pl.col("se"), pl.col("n")
NO_ROWS = pl.DataFrame(schema={"se": pl.Float64, "n": pl.Int64})


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_half_width_of_a_mean_is_the_quantile_times_the_error_to_the_bit(confidence: float) -> None:
    rows = pl.DataFrame({"se": [0.0, 1.0, 0.3, None, 12.5, 1e-9], "n": [2, 2, 30, 40, 1_000, 10**9]})
    expected = [
        None if se is None else float(stdtrit(n - 1.0, (1 + confidence) / 2)) * se for se, n in rows.iter_rows()
    ]
    assert mean_half_width(rows, SE, N, confidence=confidence).to_list() == expected
    assert mean_half_width(NO_ROWS, SE, N).to_list() == []
    assert mean_half_width(rows.filter(SE.is_null()), SE, N).to_list() == [None]


def test_half_width_of_a_difference_is_null_where_either_error_is_and_0_without_spread() -> None:
    rows = pl.DataFrame({"se": [None, 1.0, 0.0, 0.0, 3.0], "against": [1.0, None, 0.0, 2.0, 4.0], "n": [9, 9, 2, 9, 9]})
    found = welch_half_width(rows, SE, N, pl.col("against"), N).to_list()
    freedom = (9 + 16) ** 2 / (81 / 8 + 256 / 8)
    assert found[:3] == [None, None, 0.0]
    assert found[3:] == pytest.approx([float(stdtrit(8.0, 0.975)) * 2, float(stdtrit(freedom, 0.975)) * 5], rel=1e-15)
    assert welch_half_width(NO_ROWS, SE, N, SE, N).to_list() == []
