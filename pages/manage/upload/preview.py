"""Rows as a small table of texts in the reader's language."""

import polars as pl
import streamlit as st

from metrics.dimension import DIMENSIONS
from metrics.texts import N_
from pages.shared.screen.tables import sortable_table
from pages.shared.words.texts import _, number

COLUMNS = {
    **{dimension.column: dimension.label for dimension in DIMENSIONS},
    "source": N_("Shop or survey"),
    "order_id": N_("Order number"),
    "kind": N_("Kind"),
    "customer_id": N_("Customer"),
    "ordered_at": N_("Ordered at"),
    "amount": N_("Net amount"),
    "gross": N_("Before discount"),
    "discount": N_("Discount"),
    "refund": N_("Refund"),
    "coupon": N_("Coupon"),
    "items": N_("Items"),
    "currency": N_("Currency"),
    "joined_on": N_("Joined on"),
    "attributes": N_("Other columns"),
    "feedback_id": N_("Answer number"),
    "responded_at": N_("Answered at"),
    "survey": N_("Survey"),
    "score": N_("Score"),
    "scale_low": N_("Scale from"),
    "scale_high": N_("Scale to"),
    "comment": N_("Comment"),
    "weight": N_("Weight"),
    "response_id": N_("Answer number"),
    "item": N_("Item"),
    "effective_on": N_("From day"),
}
NAMED = {
    "kind": {"order": N_("order"), "refund": N_("refund")},
    "survey": {"nps": N_("NPS"), "csat": N_("CSAT"), "ces": N_("CES")},
}
MONEY = ("amount", "gross", "discount", "refund")


def table(rows: pl.DataFrame, *, key: str) -> None:
    """The rows, without the columns that are empty throughout."""
    filled = [name for name in rows.columns if rows[name].null_count() < rows.height]
    names = {name: _(COLUMNS.get(name, name)) for name in filled}
    right = {
        names[name]: st.column_config.TextColumn(alignment="right") for name in filled if rows[name].dtype.is_numeric()
    }
    shown = rows.select(_texts(rows[name]).alias(names[name]) for name in filled)
    sortable_table(shown, key=key, height="content", column_config=right)


def _texts(values: pl.Series) -> pl.Series:
    if values.dtype.is_numeric():
        digits = 2 if values.name in MONEY else 0
        return pl.Series([None if value is None else _shown(value, digits) for value in values], dtype=pl.String)
    if values.name in NAMED:
        return pl.Series([_(NAMED[values.name].get(value, value)) for value in values], dtype=pl.String)
    if values.dtype == pl.Datetime:
        return values.dt.strftime("%Y-%m-%d %H:%M")
    return values.cast(pl.String)


def _shown(value: float, digits: int) -> str:
    return number(value, digits if digits or value == round(value) else 2)
