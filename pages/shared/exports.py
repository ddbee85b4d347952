"""Tables to take away: CSV that a spreadsheet opens in the right encoding and in which no cell is run as a formula."""

import polars as pl

from data.formula_safe import STARTS, TEXT_MARK

BOM = "\ufeff"


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """The frame with its own column names. Text that a spreadsheet would run gets an apostrophe before it; numbers stay numbers."""
    safe = frame.with_columns(
        pl.when(pl.col(pl.String).str.head(1).is_in(STARTS))
        .then(pl.lit(TEXT_MARK) + pl.col(pl.String))
        .otherwise(pl.col(pl.String))
        .name.keep()
    )
    return (BOM + safe.write_csv()).encode("utf-8")
