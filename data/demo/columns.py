"""From arrays of numbers to columns of a frame."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl

from data.demo.world import FIRST_DAY

EPOCH_DAY = (FIRST_DAY - dt.date(1970, 1, 1)).days
DAY_SECONDS = 86_400


def pick(names: Sequence[str | None], place: np.ndarray) -> pl.Series:
    """The name at each place; null for −1."""
    return pl.Series([*names, None], dtype=pl.String).gather(np.where(place < 0, len(names), place))


def ids(prefix: str, number: np.ndarray, digits: int) -> pl.Series:
    """The prefix and the number with leading zeros; null for −1."""
    text = pl.when(pl.col("n") >= 0).then(pl.lit(prefix) + pl.col("n").cast(pl.String).str.zfill(digits))
    return pl.DataFrame({"n": number.astype(np.int64)}).select(text).to_series()


def dates(day: np.ndarray) -> pl.Series:
    """Days since the first one as dates."""
    return pl.Series((day + EPOCH_DAY).astype(np.int32)).cast(pl.Date)


def times(second: np.ndarray) -> pl.Series:
    """Seconds since the start of the first day as times."""
    return pl.Series((second.astype(np.int64) + EPOCH_DAY * DAY_SECONDS) * 1_000_000).cast(pl.Datetime("us"))
