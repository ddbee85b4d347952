"""Tables to take away: CSV that a spreadsheet opens in the right encoding and in which no cell is run as a formula."""

import polars as pl

from data.text.formula_safe import csv_text

BOM = "\ufeff"


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """The frame with its own column names, as UTF-8 with a mark that says so."""
    return (BOM + csv_text(frame)).encode("utf-8")
