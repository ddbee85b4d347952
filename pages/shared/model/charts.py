"""Frames to figures, in colour tokens. No data is read here and no page is known; texts arrive ready to show."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go
import polars as pl

from metrics.statistics.verdict import Verdict
from pages.shared.model.theme import CHANGE, CONTEXT, GRID, PAPER, QUIET, SCORE, SERIES, TEXT, dressed, faded
from pages.shared.session.remembered import remembered
from pages.shared.words.texts import _, number, signed, span

LABEL_SPACE = 92
LEAST_HEIGHT = 104  # of an interval plot, so that its ticks are not cut
EDGE = 0.03  # of the range, so that marks and ends of intervals do not touch the frame
LABEL_HEIGHT = 36  # two lines of text, in pixels
AXIS_NAMES_AT = 3  # as many names as fit 390 px
GRID_STEPS = (1, 2, 5, 10, 20, 25, 50, *(step * 10**power for power in range(2, 10) for step in (1, 2, 5)))


@dataclass(frozen=True)
class Line:
    """One series: places, values and interval in the order of the axis; None is a gap."""

    name: str
    x: Sequence[Any]
    y: Sequence[float | None]
    low: Sequence[float | None] = field(default_factory=list)
    high: Sequence[float | None] = field(default_factory=list)
    n: Sequence[int] = field(default_factory=list)
    shown: Sequence[str] = field(default_factory=list)  # what values are called; else numbers with one digit
    read: Sequence[str] = field(default_factory=list)  # what pointing says
    ids: Sequence[str] = field(default_factory=list)  # by which its points are known as marks


@dataclass(frozen=True)
class ForestRow:
    """One line of an interval plot: the name above it, the value and its word at the right."""

    name: str
    value: float
    low: float
    high: float
    verdict: Verdict
    shown: str
    word: str
    id: str


@remembered
def trend(
    line: Line,
    before: Line | None,
    *,
    unfinished: Sequence[Any] = (),
    unfinished_name: str = "",
    height: int = 330,
    unit: str = "",
    ticks: Mapping[float, str] | None = None,
) -> go.Figure:
    """A series with its interval; the comparison is a thin dashed line on the same places; both are named where they end.

    Places in `unfinished` hang on a dotted line with a hollow mark: their number is not final. With `ticks`, places of the scale and what
    they are called, it begins at zero.
    """
    figure = go.Figure([*band(line, SERIES[0])])
    if before is not None:
        figure.add_scatter(
            x=list(before.x), y=list(before.y), mode="lines", name=before.name, hovertemplate="%{customdata}",
            customdata=[_shown(before, place, unit) for place in range(len(before.x))],
            line={"color": CONTEXT, "width": 1.5, "dash": "4px,3px"},
        )  # fmt: skip
    final = [None if x in unfinished else y for x, y in zip(line.x, line.y, strict=True)]
    read = [read_out(line, place, unit) for place in range(len(line.x))]
    mark = {"color": SERIES[0], "size": 5}
    figure.add_scatter(
        x=list(line.x), y=final, mode="lines+markers", name=line.name, customdata=read,
        line={"color": SERIES[0], "width": 2.25}, marker=mark, hovertemplate="%{customdata}", ids=list(line.ids) or None,
    )  # fmt: skip
    open_ends = _open_ends(line, unfinished)
    if open_ends:
        figure.add_scatter(
            x=[line.x[i] for i in open_ends], y=[line.y[i] for i in open_ends], mode="lines+markers", name=unfinished_name,
            customdata=[read[i] for i in open_ends], hovertemplate="%{customdata}",
            ids=[line.ids[i] for i in open_ends] if line.ids else None,
            line={"color": SERIES[0], "width": 1.5, "dash": "dot"},
            marker={"symbol": ["circle-open" if line.x[i] in unfinished else "circle" for i in open_ends], "size": 7, "color": SERIES[0]},
        )  # fmt: skip
    seen = [
        value
        for part in (line.low, line.high, line.y, before.y if before else [])
        for value in part
        if value is not None
    ]
    dressed(figure, height).update_layout(margin_r=LABEL_SPACE, margin_b=4)
    if seen:
        _name_ends(figure, line, before, seen, height, unit, unfinished)
        pad = 0.06 * (max(seen) - min(seen) or 1)
        if ticks:
            pad = 0.06 * (max(seen) or 1)
        low = min(0.0, *seen) if ticks else min(seen) - pad
        figure.update_yaxes(range=[low, max(seen) + pad], ticksuffix=unit)
    if ticks:
        figure.update_yaxes(tickvals=list(ticks), ticktext=list(ticks.values()), ticksuffix="")
    return named_places(figure, list(line.x))


@remembered
def forest(
    rows: Sequence[ForestRow],
    *,
    change: bool = True,
    bars: bool = False,
    height: int | None = None,
    unit: str = "",
    ticks: Mapping[float, str] | None = None,
) -> go.Figure:
    """Values with intervals, one below the other; for changes around a zero line. Names stand above, so none is cut.

    Totals are `bars` from zero, without an interval. `ticks` are places of the scale and what they are called; without them the scale
    chooses round numbers.
    """
    traces, notes = [], []
    for place, row in zip(range(len(rows) - 1, -1, -1), rows, strict=True):
        token = CHANGE[row.verdict] if change else SERIES[0]
        mark = _mark(row) if change else "circle"
        read = f"{escaped(says(row, change=change, bounded=not bars))}<extra></extra>"
        line = {"color": token, "width": 7 if bars else 2}
        traces += [
            go.Scatter(x=[row.low, row.high], y=[place] * 2, mode="lines", line=line, hoverinfo="skip"),
            go.Scatter(
                x=[row.value], y=[place], mode="markers", ids=[row.id], hovertemplate=read,
                marker={"symbol": mark, "size": 11 if change else 9, "color": token, "line": {"width": 2, "color": token}},
            ),
        ]  # fmt: skip
        ink = TEXT if not change else QUIET if row.verdict in ("none", "too_few") else token
        sides = ((0, "left", escaped(row.name), TEXT), (1, "right", f"<b>{row.shown}</b> {row.word}", ink))
        notes += [
            {
                "xref": "paper", "x": x, "y": place, "yshift": 18, "text": text, "showarrow": False, "xanchor": side,
                "align": side, "bgcolor": PAPER, "borderpad": 1, "font": {"size": 13, "color": colour},
            }
            for x, side, text, colour in sides
        ]  # fmt: skip
    # all at once: Plotly copies what is there already with each one that is added
    figure = go.Figure(traces, {"annotations": notes})
    if change:
        figure.add_vline(x=0, line={"color": QUIET, "width": 1}, layer="below")
    dressed(figure, height or max(50 * len(rows) + 30, LEAST_HEIGHT)).update_layout(
        hovermode="closest", margin={"t": 4, "b": 4}
    )
    figure.update_yaxes(visible=False, range=[-0.35, len(rows) - 0.35])
    low, high = min([row.low for row in rows], default=0), max([row.high for row in rows], default=1)
    if not ticks:
        places = _ticks(min(low, 0) if change else low, max(high, 0) if change else high)
        ticks = {place: signed(place, 0) if change else f"{number(place)}{unit}" for place in places}
    least, most = min(low, *ticks), max(high, *ticks)
    edge = EDGE * ((most - least) or 1)
    return figure.update_xaxes(
        showgrid=True,
        gridcolor=GRID,
        range=[least - edge, most + edge],
        tickvals=list(ticks),
        ticktext=list(ticks.values()),
    )


def says(row: ForestRow, *, change: bool = False, bounded: bool = True) -> str:
    """A line in words: name, value, interval, and its verdict or what it rests on."""
    interval = (
        " (" + _("95% interval {span}").format(span=span(row.low, row.high, sign=change)) + ")" if bounded else ""
    )
    return f"{row.name}: {row.shown}{interval} {row.word}".rstrip()


def _mark(row: ForestRow) -> str:
    """The arrow points where the number went; whether that is good is said by colour and word."""
    if row.verdict in ("none", "too_few"):
        return "circle-open"
    return "triangle-up" if row.value > 0 else "triangle-down"


@remembered
def distribution(scores: pl.DataFrame, *, height: int = 240) -> go.Figure:
    """Answers per score from 0 to 10 (columns score, answers, read), in the colours of detractors, passives and promoters."""
    kinds = ["promoter" if score >= 9 else "passive" if score >= 7 else "detractor" for score in scores["score"]]
    figure = go.Figure(
        go.Bar(
            x=[str(score) for score in scores["score"]], y=scores["answers"].to_list(), marker_color=[SCORE[kind] for kind in kinds],
            text=[number(count) for count in scores["answers"]], textposition="outside", cliponaxis=False,
            textfont={"size": 12, "color": QUIET}, customdata=scores["read"].to_list(), hovertemplate="%{customdata}<extra></extra>",
            ids=[str(score) for score in scores["score"]],
        )
    )  # fmt: skip
    dressed(figure, height).update_layout(hovermode="closest", margin={"t": 22, "b": 4})
    figure.update_yaxes(visible=False, rangemode="tozero")
    return figure.update_xaxes(type="category", tickangle=0, tickvals=[str(score) for score in scores["score"]])


def band(line: Line, token: str) -> list[go.Scatter]:
    """The interval as an area; a withheld value interrupts it."""
    areas = []
    for part in _stretches(line.low):
        x, low, high = ([values[i] for i in part] for values in (line.x, line.low, line.high))
        areas.append(
            go.Scatter(
                x=[*x, *reversed(x)], y=[*high, *reversed(low)], fill="toself", fillcolor=faded(token), line_width=0,
                hoverinfo="skip", mode="lines",
            )
        )  # fmt: skip
    return areas


def _stretches(values: Sequence[float | None]) -> list[list[int]]:
    out: list[list[int]] = []
    for place, value in enumerate(values):
        if value is None:
            continue
        if out and out[-1][-1] == place - 1:
            out[-1].append(place)
        else:
            out.append([place])
    return out


def _open_ends(line: Line, unfinished: Sequence[Any]) -> list[int]:
    """The unfinished places with a value, after the last finished one, so that a line leads to them."""
    open_places = [i for i, x in enumerate(line.x) if x in unfinished and line.y[i] is not None]
    if not open_places:
        return []
    ahead = open_places[0] - 1
    return [ahead, *open_places] if ahead >= 0 and line.y[ahead] is not None else open_places


def _shown(line: Line, place: int, unit: str) -> str:
    """A value as it is called; nothing where it is withheld."""
    value = line.y[place]
    if value is None:
        return ""
    return line.shown[place] if line.shown else f"{number(value, 1)}{unit}"


def read_out(line: Line, place: int, unit: str = "") -> str:
    value = line.y[place]
    if value is None:
        return ""
    if line.read:
        return line.read[place]
    interval = (
        f" ({span(line.low[place] or 0, line.high[place] or 0)})" if line.low and line.low[place] is not None else ""
    )
    return f"{number(value, 1)}{unit}{interval}" + (f" · n {number(line.n[place])}" if line.n else "")


def _name_ends(
    figure: go.Figure,
    line: Line,
    before: Line | None,
    seen: Sequence[float],
    height: int,
    unit: str = "",
    unfinished: Sequence[Any] = (),
) -> None:
    """Value and name where each line ends, moved apart when they would touch. A line whose end is unfinished is named by its last finished
    value, with its place: what is still growing is no news."""
    end_of_line = _last(line)
    ends = [(_last(line, unfinished) or end_of_line, line, SERIES[0], True)] if end_of_line else []
    if before is not None and (end := _last(before)):
        ends.append((end, before, QUIET, False))
    close = len(ends) == 2 and abs(ends[0][0][1] - ends[1][0][1]) / (max(seen) - min(seen) or 1) * height < 40
    for (x, y), series, token, main in ends:
        name, text = series.name, _shown(series, list(series.x).index(x), unit)
        if main and end_of_line and x != end_of_line[0]:
            name, x = str(x), end_of_line[0]
        shown = f"<b>{text}</b>" if main else text
        up = close and (y >= min(end[0][1] for end in ends)) and (main == (ends[0][0][1] >= ends[1][0][1]))
        figure.add_annotation(
            x=x, y=y, text=f"{shown}<br>{escaped(name)}", showarrow=False, xanchor="left", xshift=10, align="left",
            yshift=(20 if up else -20) if close else 0, font={"color": token, "size": 12},
        )  # fmt: skip


def _last(line: Line, unfinished: Sequence[Any] = ()) -> tuple[Any, float] | None:
    known = [(x, y) for x, y in zip(line.x, line.y, strict=True) if y is not None and x not in unfinished]
    return (known[-1][0], known[-1][1]) if known else None


def named_places(figure: go.Figure, places: list[Any]) -> go.Figure:
    if not places:
        return figure
    named = sorted({0, (len(places) - 1) // 2, len(places) - 1})[:AXIS_NAMES_AT]
    return figure.update_xaxes(
        type="category", tickangle=0, range=[-0.3, len(places) - 0.7], tickvals=[places[i] for i in named],
        categoryorder="array", categoryarray=places,
    )  # fmt: skip


def _ticks(low: float, high: float) -> list[int]:
    """At most five round numbers that the range holds or touches."""
    step = next((step for step in GRID_STEPS if (high - low) / step <= 4.5), GRID_STEPS[-1])
    return list(range(math.ceil(low / step) * step, math.floor(high / step) * step + 1, step)) or [
        math.floor(low),
        math.ceil(high),
    ]


def escaped(text: str) -> str:
    """Text from data inside Plotly's own markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "%&#123;")


def apart(lines: Sequence[Line], pixels: float) -> dict[str, float]:
    """How far up each line's name moves, so that it clears the axis below and the other name; `pixels` make one unit."""
    out: dict[str, float] = {}
    taken: list[tuple[Any, float]] = []
    for line in sorted(lines, key=lambda line: line.y[-1] or 0):
        at = (line.y[-1] or 0) * pixels
        free = [LABEL_HEIGHT / 2, *(below + LABEL_HEIGHT for x, below in taken if x == line.x[-1])]
        place = max(at, *free)
        taken.append((line.x[-1], place))
        out[line.name] = place - at
    return out
