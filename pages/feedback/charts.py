"""Figures of the feedback pages: how answers divide over the boxes of a scale, and units between the limits of chance."""

import plotly.graph_objects as go
import polars as pl

from pages.shared.model.charts import escaped
from pages.shared.model.theme import BETTER, CONTEXT, QUIET, SERIES, WORSE, dressed
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


@remembered
def funnel(units: pl.DataFrame, limits: pl.DataFrame, *, height: int = 400) -> go.Figure:
    """Units by their answers (n) and score (nps) in the colour of their `place`, with `name` and `read`; `limits` are the lines of
    `metrics.teams.funnel.curve`."""
    figure = go.Figure()
    for name, dash, width in (("expected", "solid", 1), ("limit", "4px,3px", 1.5), ("far", "solid", 1.5)):
        for side in ("",) if name == "expected" else ("_low", "_high"):
            figure.add_scatter(
                x=limits["n"].to_list(), y=limits[f"{name}{side}"].to_list(), mode="lines", hoverinfo="skip",
                line={"color": CONTEXT, "width": width, "dash": dash},
            )  # fmt: skip
    marks = {"far_above": BETTER, "above": BETTER, "far_below": WORSE, "below": WORSE}
    outside = [place != "within" for place in units["place"]]
    figure.add_scatter(
        x=units["n"].to_list(), y=units["nps"].to_list(), mode="markers+text", customdata=[escaped(text) for text in units["read"]],
        hovertemplate="%{customdata}<extra></extra>", textposition="top center", textfont={"size": 12, "color": QUIET},
        text=[escaped(name) if named else "" for name, named in zip(units["name"], outside, strict=True)],
        marker={"size": 10, "color": [marks.get(place, SERIES[0]) for place in units["place"]]},
    )  # fmt: skip
    dressed(figure, height).update_layout(hovermode="closest", margin={"t": 18, "b": 4, "r": 12})
    return figure
