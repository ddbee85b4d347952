"""How values and chances lie over customers: from one number per customer to a few rows."""

import math

import numpy as np
import polars as pl

STEPS = (1, 2, 5)  # of each power of ten: edges that people read at a glance
MOST_BINS = 9
LEAST_POWER = -2  # of ten: an edge below a cent says nothing
BANDS = 5
TENTHS = 10


def histogram(values: pl.Series) -> pl.DataFrame:
    """One row per bin, from low to high: low (null: without end), high (likewise), customers, share. Without values, no row.

    Edges are 1, 2 and 5 times powers of ten, since values are spread over several of them. The bins that would hold the fewest at either
    end are put together, so that there are at most MOST_BINS.
    """
    types = {"low": pl.Float64, "high": pl.Float64, "customers": pl.Int64, "share": pl.Float64}
    if not len(values):
        return pl.DataFrame(schema=types)
    edges = _edges(values)
    places = np.searchsorted(edges, values.to_numpy(), side="right")
    counts = np.bincount(places, minlength=len(edges) + 1).tolist()
    ends = zip([None, *edges], [*edges, None], counts, strict=True)
    rows = [(low, high, n, n / len(values)) for low, high, n in ends]
    return pl.DataFrame(rows, schema=types, orient="row")


def _edges(values: pl.Series) -> list[float]:
    """Between the bins, ascending; none when all values would lie in one."""
    most = float(values.quantile(0.995) or 0.0)
    if most <= 0:
        return []
    least = float(values.quantile(0.02) or 0.0)
    smallest = least if least > 0 else float(values.filter(values > 0).quantile(0.02) or most)
    last = math.floor(math.log10(most))
    first = max(math.floor(math.log10(smallest)), LEAST_POWER)
    edges = [step * 10.0**power for power in range(first, last + 1) for step in STEPS]
    inside = [edge for edge in edges if least < edge <= most]
    return _fewer(inside, np.searchsorted(inside, values.to_numpy(), side="right"))


def _fewer(edges: list[float], places: np.ndarray) -> list[float]:
    """Without the outer edges that are too many: each time the two bins at that end are put together that hold fewer customers, so that
    the bulk stays told apart however long the tail is. `places` are the bins of the customers."""
    counts = np.bincount(places, minlength=len(edges) + 1).tolist()
    while len(edges) > MOST_BINS - 1:
        if counts[0] + counts[1] < counts[-1] + counts[-2]:
            edges, counts = edges[1:], [counts[0] + counts[1], *counts[2:]]
        else:
            edges, counts = edges[:-1], [*counts[:-2], counts[-2] + counts[-1]]
    return edges


def deciles(values: pl.Series) -> pl.DataFrame:
    """Ten rows, the tenth of customers with the highest values first: tenth (1–10), customers, least (the lowest value in it), mean, total,
    share (of the total of all), cumulative (that of this tenth and those before it). With fewer than ten values, no row.

    The shares are null where the total is not above 0.
    """
    values = values.sort(descending=True)  # what is added up in order is the same to the bit
    n, whole = len(values), float(values.sum() or 0.0)
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    share = pl.col("total") / whole if whole > 0 else pl.lit(None, pl.Float64)
    found = (
        values.cast(pl.Float64)
        .to_frame("value")
        .with_columns(tenth=place * TENTHS // max(n, 1) + 1)
        .group_by("tenth", maintain_order=True)
        .agg(
            customers=pl.len().cast(pl.Int64),
            least=pl.col("value").min(),
            mean=pl.col("value").mean(),
            total=pl.col("value").sum(),
        )
        .with_columns(share=share)
        .with_columns(cumulative=pl.col("share").cum_sum())
    )
    return found if n >= TENTHS else found.clear()


def bands(chances: pl.Series) -> pl.DataFrame:
    """Five rows, from low to high chance: low, high (0 to 1; the lower end belongs to the band), customers, share. Unknown chances are
    left out; without a known one, no row."""
    known = chances.drop_nulls()
    types = {"low": pl.Float64, "high": pl.Float64, "customers": pl.Int64, "share": pl.Float64}
    if not len(known):
        return pl.DataFrame(schema=types)
    place = (known * BANDS).floor().cast(pl.Int64).clip(0, BANDS - 1)
    rows = [(k / BANDS, (k + 1) / BANDS, n := int((place == k).sum()), n / len(known)) for k in range(BANDS)]
    return pl.DataFrame(rows, schema=types, orient="row")
