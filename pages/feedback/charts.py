"""Figures of the feedback pages: how answers divide over the boxes of a scale."""

import plotly.graph_objects as go
import polars as pl

from pages.shared.model.theme import BETTER, CONTEXT, QUIET, WORSE, dressed
from pages.shared.session.remembered import remembered
from pages.shared.words.texts import number

COLOURS = {0: WORSE, 1: CONTEXT, 2: BETTER}


@remembered
def boxes(rows: pl.DataFrame, *, height: int = 240) -> go.Figure:
    """Answers per box of a scale (columns name, answers, box, read): low boxes, those between and good ones in their colours."""
    figure = go.Figure(
        go.Bar(
            x=rows["name"].to_list(), y=rows["answers"].to_list(), marker_color=[COLOURS[box] for box in rows["box"]],
            text=[number(count) for count in rows["answers"]], textposition="outside", cliponaxis=False,
            textfont={"size": 12, "color": QUIET}, customdata=rows["read"].to_list(), hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    dressed(figure, height).update_layout(hovermode="closest", margin={"t": 22, "b": 4})
    figure.update_yaxes(visible=False, rangemode="tozero")
    return figure.update_xaxes(type="category", tickangle=0)
