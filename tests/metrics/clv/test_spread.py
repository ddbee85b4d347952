"""Histogram, deciles and bands: nobody is lost, edges are round, tenths are tenths."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.clv.spread import MOST_BINS, bands, deciles, histogram
from tests.examples import examples

law = examples(80)
values = st.lists(st.floats(-100, 1e7) | st.just(0.0), max_size=200).map(
    lambda drawn: pl.Series(drawn, dtype=pl.Float64)
)


def test_nothing_gives_no_row() -> None:
    nothing = pl.Series([], dtype=pl.Float64)
    assert histogram(nothing).is_empty()
    assert deciles(nothing).is_empty()
    assert bands(pl.Series([None, None], dtype=pl.Float64)).is_empty()


def test_bins_are_round() -> None:
    found = histogram(pl.Series([3.0, 12, 14, 30, 70, 70, 150, 400]))
    assert found.rows() == [
        (None, 5.0, 1, 0.125),
        (5.0, 10.0, 0, 0.0),
        (10.0, 20.0, 2, 0.25),
        (20.0, 50.0, 1, 0.125),
        (50.0, 100.0, 2, 0.25),
        (100.0, 200.0, 1, 0.125),
        (200.0, None, 1, 0.125),
    ]


@pytest.mark.parametrize(
    ("drawn", "edges"),
    [
        # most bring little and one in a hundred a thousand times that: the bulk is told apart, not the tail
        ([0.7 + 0.1 * k for k in range(97)] + [1e3, 1e4, 1e5], [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0]),
        ([1e-3, 1e-2, *[1e4 * k for k in range(1, 99)]], [2e4, 5e4, 1e5, 2e5, 5e5]),
        ([0.0] * 50 + [0.5 * k for k in range(1, 51)], [1.0, 2.0, 5.0, 10.0, 20.0]),
        ([0.001, 0.002, 0.004], []),
    ],
)
def test_bins_are_where_the_customers_are(drawn: list[float], edges: list[float]) -> None:
    found = histogram(pl.Series(drawn))
    assert found["high"].drop_nulls().to_list() == edges


@law
@given(values)
def test_every_value_lies_in_one_bin(drawn: pl.Series) -> None:
    found = histogram(drawn)
    assert found["customers"].sum() == len(drawn)
    assert found.height <= MOST_BINS
    for low, high, n, _share in found.rows():
        inside = [v for v in drawn if (low is None or v >= low) and (high is None or v < high)]
        assert len(inside) == n


def test_the_top_tenth_comes_first() -> None:
    found = deciles(pl.Series([float(v) for v in range(1, 101)]))
    assert found.row(0) == (1, 10, 91.0, 95.5, 955.0, pytest.approx(955 / 5050), pytest.approx(955 / 5050))
    assert found["customers"].to_list() == [10] * 10
    assert found["cumulative"][-1] == pytest.approx(1)


@law
@given(values)
def test_tenths_hold_everybody_and_fall(drawn: pl.Series) -> None:
    found = deciles(drawn)
    if len(drawn) < 10:
        assert found.is_empty()
        return
    assert found["tenth"].to_list() == list(range(1, 11))
    assert found["customers"].sum() == len(drawn)
    assert max(found["customers"]) - min(found["customers"]) <= 1
    assert found["least"].is_sorted(descending=True)
    assert math.isclose(found["total"].sum(), drawn.sum(), rel_tol=1e-9, abs_tol=1e-6)


def test_values_that_add_up_to_nothing_have_no_shares() -> None:
    found = deciles(pl.Series([0.0] * 20))
    assert found["share"].null_count() == 10


def test_bands_end_where_chances_do() -> None:
    found = bands(pl.Series([0.0, 0.2, 0.5, 0.99, 1.0, None]))
    assert found["customers"].to_list() == [1, 1, 1, 0, 2]
    assert found["share"].sum() == pytest.approx(1)
