"""One Plotly look for the page, light and dark, and for exports; colours are named by token, never by value.

On the page Streamlit replaces the tokens in the browser by the colours of `.streamlit/config.toml`. Where no Streamlit is at
hand, `painted(figure, "light")` does the same from the same file.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import plotly.graph_objects as go
import plotly.io as pio

CONFIG_FILE = Path(__file__).parents[3] / ".streamlit" / "config.toml"
PLOTLY_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def _token(place: int) -> str:
    """The stand-in for a colour of the theme, as Streamlit's own Plotly template numbers them."""
    return f"#{place:06}"


SERIES = [_token(place) for place in range(1, 5)]  # blue first: it is the accent
CONTEXT, QUIET = _token(5), _token(6)  # comparison and passives; second-rank text
# Further from the page = higher; never without the tier's name
TIER = {name: _token(place) for place, name in enumerate(("bronze", "silver", "gold", "platinum"), start=7)}
DIVERGING = [_token(place) for place in range(21, 31)]
TEXT, PAPER, GRID = _token(37), _token(38), _token(39)
WORSE, BETTER = DIVERGING[1], DIVERGING[8]
CHANGE = {"better": BETTER, "worse": WORSE, "none": CONTEXT, "too_few": CONTEXT}
SCORE = {"promoter": BETTER, "passive": CONTEXT, "detractor": WORSE}
BAND_ALPHA = 0x2E  # 18 %

_AXIS = {
    "fixedrange": True,
    "automargin": True,
    "zeroline": False,
    "ticks": "",
    "showline": False,
    "title": {"text": ""},
}


@lru_cache
def _look() -> dict[str, dict]:
    look: dict[str, dict] = tomllib.loads(CONFIG_FILE.read_text("utf-8"))["theme"]
    return look


FONT: str = _look()["font"]  # type: ignore[assignment]

pio.templates["rapport"] = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 13, "color": TEXT},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "colorway": SERIES,
        "margin": {"l": 0, "r": 0, "t": 8, "b": 0, "pad": 4},
        "xaxis": {**_AXIS, "showgrid": False},
        "yaxis": {**_AXIS, "showgrid": True, "gridcolor": GRID, "nticks": 5},
        "dragmode": False,
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {"font": {"family": FONT, "size": 12}, "align": "left", "namelength": -1},
        "bargap": 0.3,
    }
)


def faded(token: str, alpha: int = BAND_ALPHA) -> str:
    """The token with an alpha channel: the browser replaces the colour and keeps the alpha."""
    return f"{token}{alpha:02X}"


def dressed(figure: go.Figure, height: int) -> go.Figure:
    """The figure in the house look. What must win over Streamlit's own template lies in the figure, not in a template."""
    ticks = {"color": QUIET, "size": 12}
    figure.update_xaxes(tickfont=ticks).update_yaxes(tickfont=ticks, nticks=5)
    return figure.update_layout(
        template="rapport", height=height, font_size=13, margin_pad=4, hoverlabel_font_size=12, hoverlabel_bgcolor=PAPER
    )


def painted(figure: go.Figure, theme: Literal["light", "dark"]) -> go.Figure:
    """The figure with the tokens replaced by the colours of one theme, for PNG and HTML."""
    look = _look()[theme]
    colours = look["chartCategoricalColors"] + look["chartSequentialColors"] + look["chartDivergingColors"]
    tokens = {_token(place): colour for place, colour in enumerate(colours, start=1)}
    tokens |= {TEXT: look["textColor"], PAPER: look["backgroundColor"], GRID: look["borderColor"]}
    drawn: str = figure.to_json()
    for token, colour in tokens.items():
        drawn = drawn.replace(token, colour)
    return pio.from_json(drawn)


@dataclass(frozen=True)
class Palette:
    """The colours of one theme for what is drawn without Streamlit: by name, and the two ramps."""

    variables: dict[str, str]
    sequential: list[str]
    diverging: list[str]


def palette(theme: Literal["light", "dark"]) -> Palette:
    """The colours of the theme, as the settings of Streamlit name them."""
    look = _look()[theme]
    names = {
        "paper": "backgroundColor", "raised": "secondaryBackgroundColor", "text": "textColor", "line": "borderColor",
        "gray": "grayTextColor", "orange": "orangeTextColor", "red": "redTextColor", "green": "greenTextColor",
        "blue": "blueTextColor", "blue-back": "blueBackgroundColor",
    }  # fmt: skip
    variables = {name: look[setting] for name, setting in names.items()}
    return Palette(variables | {"font": FONT}, look["chartSequentialColors"], look["chartDivergingColors"])


def background(theme: str) -> str:
    """The page's colour in the light or dark theme."""
    colour: str = _look()[theme]["backgroundColor"]
    return colour
