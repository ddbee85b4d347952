"""The one way in which rows reach Streamlit: as Arrow. From a Polars frame it would make a pandas one, which keeps Python's lock while it
waits for the pool of Polars, and turns whole numbers with a gap into fractions."""

import re
from typing import Any

import polars as pl
import streamlit as st

from pages.shared.words import markup

# What Markdown, or Streamlit's own, may make something of
ACTIVE = re.compile(r"[\\`*_\[\]<>$~@|&]|:(?=[\w/+-])|www\.|^[#>+=-]|^\d+[.)]\s")


def sortable_table(frame: pl.DataFrame, **options: Any) -> None:
    """Rows that a click on a column sorts. `options` are those of `st.dataframe`."""
    st.dataframe(frame.to_arrow(), hide_index=True, **options)


def plain_table(frame: pl.DataFrame) -> None:
    """A few rows that are read. Streamlit takes their texts for Markdown; names of stores and codes come from data, and stay text."""
    frame = frame.select(
        pl.Series(_safe(name), [cell and _safe(cell) for cell in frame[name]], dtype=pl.String)
        if frame.schema[name] == pl.String
        else frame[name].alias(_safe(name))
        for name in frame.columns
    )
    st.table(frame.to_arrow(), hide_index=True)


def _safe(text: str) -> str:
    return markup.plain(text) if ACTIVE.search(text) else text
