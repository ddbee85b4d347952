"""Figures of lifetime value: bars over customers, values of groups, and lines of what was expected beside what happened."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

from pages.shared.model.charts import escaped
from pages.shared.model.theme import CONTEXT, GRID, QUIET, SERIES, TEXT, dressed, faded
from pages.shared.session.remembered import remembered

BAR_HEIGHT, BAR_LABEL_SPACE, LABEL_SPACE, MARGINS = 30, 104, 80, 46
TICKS = 4
LABEL_APART = 34  # pixels between the names of two lines


@dataclass(frozen=True)
class Bar:
    """One bar: its name at the left, what is written at its end, and what pointing at it says."""

    name: str
    value: float
    shown: str
    read: str


@dataclass(frozen=True)
class Followed:
    """One line: name and last value where it ends, what pointing at each place says; `compared` is thin, dashed and grey."""

    name: str
    x: Sequence[Any]
    y: Sequence[float]
    end: str
    read: Sequence[str]
    compared: bool = False
    low: Sequence[float] = field(default_factory=list)
    high: Sequence[float] = field(default_factory=list)


@remembered
def bars(rows: Sequence[Bar]) -> go.Figure:
    """Bars that lie, one below the other, so that names are read whole on a phone too."""
    places = [escaped(row.name) for row in rows]
    figure = go.Figure(
        go.Bar(
            y=places, x=[row.value for row in rows], orientation="h", marker_color=SERIES[0], text=[row.shown for row in rows],
            textposition="outside", cliponaxis=False, textfont={"size": 12, "color": QUIET}, customdata=[row.read for row in rows],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    dressed(figure, BAR_HEIGHT * len(rows) + 20).update_layout(
        hovermode="closest", margin={"r": BAR_LABEL_SPACE, "t": 4, "b": 4}
    )
    most = max([row.value for row in rows], default=0) or 1
    figure.update_xaxes(visible=False, range=[0, most])
    return figure.update_yaxes(
        type="category", autorange="reversed", showgrid=False, nticks=max(len(rows), 1),
        tickmode="array", tickvals=places, ticktext=places, tickfont={"color": TEXT, "size": 12},
    )  # fmt: skip


@remembered
def followed(
    lines: Sequence[Followed],
    *,
    begins: dt.date | None = None,
    begins_name: str = "",
    height: int = 300,
    ticks: Mapping[float, str] | None = None,
) -> go.Figure:
    """Lines named where they end, from zero. A thin upright line marks where a forecast `begins`. `ticks` are places of the upright scale
    and what they are called; without them the scale chooses plain numbers."""
    figure = go.Figure()
    for line in lines:
        if line.low:
            figure.add_scatter(
                x=[*line.x, *reversed(line.x)], y=[*line.high, *reversed(line.low)], fill="toself", fillcolor=faded(SERIES[0]),
                line_width=0, hoverinfo="skip", mode="lines",
            )  # fmt: skip
    for line in sorted(lines, key=lambda line: line.compared, reverse=True):
        look = (
            {"color": CONTEXT, "width": 1.5, "dash": "4px,3px"} if line.compared else {"color": SERIES[0], "width": 2}
        )
        figure.add_scatter(
            x=list(line.x), y=list(line.y), mode="lines", line=look, name=line.name, customdata=list(line.read),
            hovertemplate="%{customdata}",
        )  # fmt: skip
    top = max([value for line in lines for value in [*line.y, *line.high]], default=0) * 1.08 or 1.0
    dressed(figure, height).update_layout(margin={"r": LABEL_SPACE, "t": 20, "b": 4})
    _name_ends(figure, lines, top, height)
    if begins is not None:
        figure.add_shape(
            type="line",
            x0=begins,
            x1=begins,
            y0=0,
            y1=1,
            yref="paper",
            line={"color": QUIET, "width": 1},
            layer="below",
        )
        figure.add_annotation(
            x=begins, y=1, yref="paper", text=begins_name, showarrow=False, xanchor="right", yanchor="bottom", xshift=4,
            font={"color": QUIET, "size": 12},
        )  # fmt: skip
    _places(figure, lines).update_yaxes(range=[0, top], rangemode="tozero", gridcolor=GRID, tickformat=",")
    return figure.update_yaxes(tickvals=list(ticks), ticktext=list(ticks.values())) if ticks else figure


def _name_ends(figure: go.Figure, lines: Sequence[Followed], top: float, height: int) -> None:
    """Name and value at the end of each line, from below to above, moved apart and kept inside."""
    known = sorted((line for line in lines if len(line.x)), key=lambda line: line.y[-1])
    ends = [line.y[-1] / top * (height - MARGINS) for line in known]
    places: list[float] = []
    for end in ends:
        places.append(max(end, *[place + LABEL_APART for place in places[-1:]], LABEL_APART / 2))
    over = max(places[-1] - (height - MARGINS), 0) if places else 0
    for line, end, place in zip(known, ends, places, strict=True):
        shown = line.end if line.compared else f"<b>{line.end}</b>"
        figure.add_annotation(
            x=line.x[-1], y=line.y[-1], text=f"{shown}<br>{escaped(line.name)}", showarrow=False, xanchor="left", xshift=8,
            yshift=place - over - end, align="left", font={"color": QUIET if line.compared else SERIES[0], "size": 12},
        )  # fmt: skip


def _places(figure: go.Figure, lines: Sequence[Followed]) -> go.Figure:
    """Dates are named as months, in both languages alike; anything else by itself."""
    x = list(lines[0].x) if lines else []
    if x and isinstance(x[0], dt.date):
        named = [x[0], x[len(x) // 2], x[-1]] if len(x) > 2 else x
        return figure.update_xaxes(type="date", tickvals=named, ticktext=[f"{day:%Y-%m}" for day in named], tickangle=0)
    named = [x[place] for place in sorted({0, len(x) // 2, len(x) - 1})] if len(x) > 8 else x
    return figure.update_xaxes(type="category", tickvals=named, tickangle=0, categoryorder="array", categoryarray=x)
