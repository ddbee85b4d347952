"""Figures of coming back and staying away: cohort curves, waiting times, and who comes and goes. Texts arrive ready to show."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from pages.shared.model.charts import LABEL_HEIGHT, LABEL_SPACE, Line, apart, band, escaped
from pages.shared.model.theme import CONTEXT, PAPER, QUIET, SERIES, TEXT, dressed, faded
from pages.shared.session.remembered import remembered

FLOW_COLOURS = {"new": SERIES[2], "resurrected": SERIES[3], "returning": SERIES[0], "dormant": SERIES[1]}
PALE = SERIES[1:3]  # orange and teal are too pale for words
NAME_WIDTH = 13  # letters that fit beside a curve
HATCH = "/"  # unfinished
LEGEND_STEP = 18  # pixels between the names beside the bars


@dataclass(frozen=True)
class Mark:
    """A point of a curve that is led to from both axes; `text` stands beside it."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Flow:
    """One kind of movement: its counts per period in the order of the axis, and what pointing says."""

    kind: str  # new, resurrected, returning or dormant
    name: str
    counts: Sequence[int]
    read: Sequence[str]
    ids: Sequence[str] = ()  # by which its bars are known as marks


@dataclass(frozen=True)
class Curve:
    """A line with what is read of it: at its end, and at each place."""

    line: Line
    end: str
    read: Sequence[str]


@remembered
def curves(main: Curve, other: Curve | None, *, suffix: str = "", height: int = 380) -> go.Figure:
    """One line with its band, and one more for contrast; both are named where they end. From zero, as heights are compared."""
    figure = go.Figure()
    drawn = [
        (curve, token, width) for curve, token, width in ((other, SERIES[1], 2.0), (main, SERIES[0], 2.25)) if curve
    ]
    for curve, token, width in drawn:
        line = curve.line
        figure.add_traces(band(line, token))
        figure.add_scatter(
            x=list(line.x), y=list(line.y), mode="lines+markers", name=line.name, line={"color": token, "width": width},
            marker={"size": 5}, customdata=list(curve.read), hovertemplate="%{customdata}",
        )  # fmt: skip
    lines = [curve.line for curve, _, _ in drawn]
    seen = [value for line in lines for part in (line.y, line.high) for value in part if value is not None]
    top = 1.12 * max(seen, default=1.0) or 1.0
    shifts = apart([line for line in lines if line.y], height / top)
    for curve, token, _width in drawn:
        line = curve.line
        if line.y:
            figure.add_annotation(
                x=line.x[-1], y=line.y[-1], text=f"<b>{curve.end}</b><br>{_on_lines(line.name)}",
                showarrow=False, xanchor="left", xshift=8, yshift=shifts[line.name], align="left", bgcolor=faded(PAPER, 0xB0),
                font={"color": TEXT if token in PALE else token, "size": 12},
            )  # fmt: skip
    places = [int(x) for line in lines for x in line.x]
    first, last = min(places, default=1), max(places, default=1)
    dressed(figure, height).update_layout(margin_r=LABEL_SPACE, margin_b=4)
    figure.update_yaxes(rangemode="tozero", ticksuffix=suffix, tickformat=",.2~f", range=[0, top])
    return figure.update_xaxes(dtick=1, tickangle=0, range=[first - 0.4, last + 0.3])


@remembered
def waiting(
    line: Line, *, ticks: Sequence[tuple[float, str]], read: Sequence[str], mark: Mark | None = None, height: int = 300
) -> go.Figure:
    """A share in % that grows with time, with its band; `ticks` are places on the axis of time and what stands below them."""
    figure = go.Figure(band(line, SERIES[0]))
    figure.add_scatter(
        x=list(line.x), y=list(line.y), mode="lines", name=line.name, customdata=list(read), hovertemplate="%{customdata}",
        line={"color": SERIES[0], "width": 2.25, "shape": "hv"},
    )  # fmt: skip
    if mark:
        figure.add_scatter(
            x=[0, mark.x, mark.x], y=[mark.y, mark.y, 0], mode="lines", hoverinfo="skip",
            line={"color": CONTEXT, "width": 1.5, "dash": "4px,3px"},
        )  # fmt: skip
        figure.add_scatter(
            x=[mark.x], y=[mark.y], mode="markers", hoverinfo="skip", marker={"size": 10, "color": SERIES[0]},
        )  # fmt: skip
        figure.add_annotation(
            x=mark.x, y=mark.y, text=f"<b>{escaped(mark.text)}</b>", showarrow=False, xanchor="left", yanchor="top",
            xshift=8, yshift=-6, bgcolor=PAPER, font={"color": TEXT, "size": 13},
        )  # fmt: skip
    last = max([*line.x, *(place for place, _ in ticks)], default=1)
    dressed(figure, height).update_layout(margin_r=12, margin_b=4)
    top = 25 * max(1, math.ceil(max([value for value in (*line.y, *line.high) if value is not None], default=100) / 25))
    steps = list(range(0, top + 1, 25))
    figure.update_yaxes(range=[0, 1.03 * top], tickvals=steps, ticktext=[f"{step}%" for step in steps])
    return figure.update_xaxes(
        range=[0, last * 1.02],
        tickangle=0,
        tickvals=[place for place, _ in ticks],
        ticktext=[text for _, text in ticks],
    )


@remembered
def flows(places: Sequence[str], parts: Sequence[Flow], *, unfinished: Sequence[bool], height: int = 360) -> go.Figure:
    """Counts per period stacked from zero up, those of "dormant" down; unfinished periods are hatched. Names stand at the right."""
    figure = go.Figure()
    for part in parts:
        token, sign = FLOW_COLOURS[part.kind], -1 if part.kind == "dormant" else 1
        figure.add_bar(
            x=list(places), y=[sign * count for count in part.counts], name=part.name, customdata=list(part.read),
            hovertemplate="%{customdata}", ids=list(part.ids) or None,
            marker={
                "color": [faded(token, 0x66) if open_ else token for open_ in unfinished],
                "pattern": {"shape": [HATCH if open_ else "" for open_ in unfinished], "size": 6, "fgcolor": token},
            },
        )  # fmt: skip
    figure.add_hline(y=0, line={"color": QUIET, "width": 1})
    up = max((sum(counts) for counts in zip(*(p.counts for p in parts if p.kind != "dormant"), strict=True)), default=1)
    down = max((count for part in parts if part.kind == "dormant" for count in part.counts), default=0)
    dressed(figure, height).update_layout(barmode="relative", margin_r=LABEL_SPACE, margin_b=4, bargap=0.25)
    span = 1.08 * ((up + down) or 1)
    named = _names(parts, height / span)
    lowest, highest = (
        end([0.0, *(middle for _, middle in named)]) for end in (min, max)
    )  # a name off the axis is not drawn
    margin = 0.01 * span
    figure.update_yaxes(range=[min(-1.06 * down, lowest) - margin, max(1.05 * up, highest) + margin], tickformat=",d")
    for part, middle in named:
        figure.add_annotation(
            xref="paper", x=1, xanchor="left", xshift=6, y=middle, showarrow=False, align="left",
            text=f'<span style="color:{FLOW_COLOURS[part.kind]}">■</span> {escaped(part.name)}', font={"color": TEXT, "size": 12},
        )  # fmt: skip
    ticks = sorted({0, (len(places) - 1) // 2, len(places) - 1}) if places else []
    return figure.update_xaxes(type="category", tickangle=0, tickvals=[places[i] for i in ticks])


def _on_lines(name: str) -> str:
    """A name as it fits beside a curve: broken between words, and cut where two lines do not hold it."""
    width = NAME_WIDTH if name.isascii() else NAME_WIDTH // 2  # a Chinese character is as wide as two letters
    return "<br>".join(escaped(part) for part in textwrap.wrap(name, width, max_lines=2, placeholder="…"))


def _names(parts: Sequence[Flow], pixels: float) -> list[tuple[Flow, float]]:
    """Each part with the height of its name: the middle of its last bar, moved up where names would touch."""
    out: list[tuple[Flow, float]] = []
    base, free = 0.0, -float("inf")
    for part in sorted(
        (part for part in parts if part.counts), key=lambda part: part.kind != "dormant"
    ):  # it stands lowest
        count = part.counts[-1]
        if part.kind == "dormant":
            middle = -count / 2 - LABEL_HEIGHT / 4 / pixels
        else:
            middle, base = max(base + count / 2, free), base + count
        out.append((part, middle))
        free = middle + LEGEND_STEP / pixels
    return out
