"""Figures of the page Drivers: the map of importance and performance."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from pages.shared.model.charts import escaped
from pages.shared.model.theme import BETTER, CONTEXT, GRID, QUIET, SERIES, TEXT, WORSE, dressed
from pages.shared.session.remembered import remembered

TOKENS = {"concentrate": WORSE, "keep": BETTER, "low": CONTEXT, "overkill": SERIES[0]}
PAD = 0.16


@dataclass(frozen=True)
class Spot:
    """One item on a map: the name written beside it, where it lies, its quadrant, and what pointing says."""

    name: str
    x: float
    y: float
    quadrant: str
    read: str


@remembered
def importance_map(spots: Sequence[Spot], *, names: Sequence[str], height: int = 400) -> go.Figure:
    """Performance across, importance up, cut at their means. `names` are those of the quadrants at the corners: top left, top right, bottom
    left, bottom right."""
    x, y = ([getattr(spot, side) for spot in spots] for side in ("x", "y"))
    centre = sum(x) / len(x), sum(y) / len(y)
    spans = [(min(side), max(side)) for side in (x, y)]
    (left, right), (bottom, top) = (
        (low - PAD * ((high - low) or 1), high + PAD * ((high - low) or 1)) for low, high in spans
    )
    middle = (left + right) / 2
    figure = go.Figure(
        go.Scatter(
            x=x, y=y, mode="markers+text", text=[escaped(spot.name) for spot in spots],
            textposition=["middle right" if spot.x <= middle else "middle left" for spot in spots],
            textfont={"size": 12, "color": TEXT}, cliponaxis=False, customdata=[escaped(spot.read) for spot in spots],
            hovertemplate="%{customdata}<extra></extra>",
            marker={"size": 11, "color": [TOKENS[spot.quadrant] for spot in spots], "symbol": [
                "diamond" if spot.quadrant == "concentrate" else "circle" for spot in spots]},
        )
    )  # fmt: skip
    dressed(figure, height).update_layout(hovermode="closest", margin={"t": 22, "b": 4})
    corners = ((0, 1, "left"), (1, 1, "right"), (0, 0, "left"), (1, 0, "right"))
    for name, (at_x, at_y, side) in zip(names, corners, strict=True):
        figure.add_annotation(
            xref="paper", yref="paper", x=at_x, y=at_y, xanchor=side, yanchor="bottom", text=name,
            showarrow=False, font={"size": 12, "color": QUIET},
        )  # fmt: skip
    figure.add_vline(x=centre[0], line={"color": QUIET, "width": 1, "dash": "4px,3px"}, layer="below")
    figure.add_hline(y=centre[1], line={"color": QUIET, "width": 1, "dash": "4px,3px"}, layer="below")
    figure.update_xaxes(range=[left, right], showgrid=True, gridcolor=GRID, nticks=5)
    return figure.update_yaxes(range=[bottom, top], ticksuffix="%")
