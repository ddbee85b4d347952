"""Figures of the page Kano: the map of Better and Worse, with an ellipse around each feature."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from pages.shared.model.charts import escaped
from pages.shared.model.theme import BETTER, CONTEXT, GRID, QUIET, SERIES, TEXT, WORSE, dressed, faded
from pages.shared.session.remembered import remembered

TOKENS = {"attractive": BETTER, "performance": SERIES[0], "must_be": WORSE}
STEPS = 48
REACH = math.sqrt(-2 * math.log(0.05))  # of an ellipse that holds 95 % of two normal variables


@dataclass(frozen=True)
class Feature:
    """One feature on the map: the name beside it, where it lies (0–1 each), its category, what pointing says, and the spread of both over
    the draws."""

    name: str
    worse: float
    better: float
    category: str
    read: str
    worse_se: float = 0.0
    better_se: float = 0.0
    correlation: float = 0.0


@remembered
def feature_map(features: Sequence[Feature], *, names: Sequence[str], height: int = 420) -> go.Figure:
    """How many its lack would annoy (across) and its presence please (up), cut at one half. `names` are those of the quadrants: top left,
    top right, bottom left, bottom right."""
    traces = [_ellipse(feature) for feature in features if feature.better_se and feature.worse_se]
    traces.append(
        go.Scatter(
            x=[100 * feature.worse for feature in features], y=[100 * feature.better for feature in features], mode="markers+text",
            text=[escaped(feature.name) for feature in features],
            textposition=["middle right" if feature.worse < 0.5 else "middle left" for feature in features],
            textfont={"size": 12, "color": TEXT}, cliponaxis=False, customdata=[escaped(feature.read) for feature in features],
            hovertemplate="%{customdata}<extra></extra>",
            marker={"size": 10, "color": [TOKENS.get(feature.category, CONTEXT) for feature in features]},
        )
    )  # fmt: skip
    figure = dressed(go.Figure(traces), height).update_layout(hovermode="closest", margin={"t": 22, "b": 4})
    corners = ((0, 1, "left"), (1, 1, "right"), (0, 0, "left"), (1, 0, "right"))
    for name, (x, y, side) in zip(names, corners, strict=True):
        figure.add_annotation(
            xref="paper", yref="paper", x=x, y=y, xanchor=side, yanchor="bottom", text=name, showarrow=False,
            font={"size": 12, "color": QUIET},
        )  # fmt: skip
    figure.add_vline(x=50, line={"color": QUIET, "width": 1, "dash": "4px,3px"}, layer="below")
    figure.add_hline(y=50, line={"color": QUIET, "width": 1, "dash": "4px,3px"}, layer="below")
    marks = {"range": [0, 100], "tickvals": [0, 25, 50, 75, 100], "ticksuffix": "%"}
    figure.update_xaxes(showgrid=True, gridcolor=GRID, **marks)
    return figure.update_yaxes(**marks)


def _ellipse(feature: Feature) -> go.Scatter:
    """95 % of the draws, in the colour of the category."""
    slant, rest = feature.correlation, math.sqrt(max(0.0, 1 - feature.correlation**2))
    angles = [2 * math.pi * step / STEPS for step in range(STEPS + 1)]
    x = [100 * (feature.worse + REACH * feature.worse_se * math.cos(angle)) for angle in angles]
    y = [
        100 * (feature.better + REACH * feature.better_se * (slant * math.cos(angle) + rest * math.sin(angle)))
        for angle in angles
    ]
    token = TOKENS.get(feature.category, CONTEXT)
    return go.Scatter(x=x, y=y, mode="lines", fill="toself", fillcolor=faded(token), line_width=0, hoverinfo="skip")
