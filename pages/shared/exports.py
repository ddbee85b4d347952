"""Tables to take away: CSV that a spreadsheet opens in the right encoding and in which no cell is run as a formula."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from data.formula_safe import STARTS, TEXT_MARK
from pages.shared.texts import _

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


def download(frame: pl.DataFrame | Callable[[], pl.DataFrame], name: str) -> None:
    """A quiet button that gives the table as CSV; a function is called for it when the button is pressed."""
    st.download_button(
        _("CSV"),
        lambda: csv_bytes(frame() if callable(frame) else frame),
        f"{name}.csv",
        "text/csv",
        icon=":material/download:",
        type="tertiary",
        key=f"csv-{name}",
        help=_("Download this table"),
        on_click="ignore",
    )
