"""The one way in which rows reach Streamlit: as Arrow. From a Polars frame it would make a pandas one, which keeps Python's lock while it
waits for the pool of Polars, and turns whole numbers with a gap into fractions."""

from typing import Any

import polars as pl
import streamlit as st


def sortable_table(frame: pl.DataFrame, **options: Any) -> None:
    """Rows that a click on a column sorts. `options` are those of `st.dataframe`."""
    st.dataframe(frame.to_arrow(), hide_index=True, **options)


def plain_table(frame: pl.DataFrame) -> None:
    """A few rows that are read."""
    st.table(frame.to_arrow(), hide_index=True)
