"""Figures about tiers, in colour tokens. No data is read here; texts arrive ready to show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from pages.shared.model.charts import LABEL_SPACE, Line, apart, band, escaped, named_places, read_out
from pages.shared.model.theme import CHANGE, CONTEXT, QUIET, SERIES, TEXT, TIER, dressed, faded
from pages.shared.session.remembered import remembered
from pages.shared.words.texts import number

NODE_GAP = 0.08
HEAD_SPACE, FOOT_SPACE = 50, 18  # pixels above and below the flows, for the dates and for the name of a thin last node
SIDE = 84  # pixels beside the flows, for the names
STAY_ALPHA, MOVE_ALPHA = 0x38, 0x8C
ROW_HEIGHT, BAR, BAR_NAME = 50, 0.42, 19  # …NAME: pixels from the middle of a row up to the name above its bars
PAIR_HEIGHT, PAIR_BAR, PAIR_NAME = 62, 0.24, 25
DEEPER_FROM = (0.02, 0.08)  # shares from which the colour of a move deepens


@dataclass(frozen=True)
class Bar:
    """One bar with its name above it and its number at the right."""

    name: str
    value: float
    shown: str
    token: str
    read: str
    id: str = ""  # by which it is known as a mark


def tier_colours(tiers: Sequence[str]) -> dict[str, str]:
    """A colour for each tier, lowest first: by its own name when all have one, else by its place; names stand beside it always."""
    if all(tier.lower() in TIER for tier in tiers):
        return {tier: TIER[tier.lower()] for tier in tiers}
    tokens = list(TIER.values())
    last = len(tokens) - 1
    step = last / max(len(tiers) - 1, 1)
    if len(tiers) <= len(tokens):
        return dict(zip(tiers, tokens[-len(tiers) :], strict=True))
    return {tier: tokens[round(place * step)] for place, tier in enumerate(tiers)}


def level(source: str, target: str, share: float, rank: Mapping[str, int]) -> int | None:
    """The place of a move in the colours from worse (0) to better (9); None for staying and joining."""
    if source == target or source == "new":
        return None
    depth = sum(share >= least for least in DEEPER_FROM)
    return 5 + depth if rank[target] > rank[source] else 4 - depth


def flow_id(source: str, target: str) -> str:
    """By what a flow is known as a mark."""
    return f"{source} > {target}"


@remembered
def flows(
    counts: Mapping[tuple[str, str], int],
    tiers: Sequence[str],
    names: Mapping[str, str],
    heads: tuple[str, str],
    *,
    back: str = "",
    height: int = 476,
) -> go.Figure:
    """Members between two dates as a Sankey, highest tier on top; up and down in the colours of better and worse, the rest grey.

    Labels stand outside the nodes, so that none lies on a flow and none is cut. `back` is what those are called who start as lapsed.
    """
    rank = {**dict.fromkeys(("new", "lapsed"), -1), **{tier: place for place, tier in enumerate(tiers)}}
    left = [
        source
        for source in (*reversed(tiers), "new", "lapsed")
        if any(a == source and n for (a, _b), n in counts.items())
    ]
    right = [
        target for target in (*reversed(tiers), "lapsed") if any(b == target and n for (_a, b), n in counts.items())
    ]
    sizes = [
        [sum(n for pair, n in counts.items() if pair[side] == name) for name in row]
        for side, row in enumerate((left, right))
    ]
    longest, inner = max(map(len, sizes)), height - HEAD_SPACE - FOOT_SPACE
    places = [_centres(row, longest) for row in sizes]
    called = [{**names, "lapsed": back or names["lapsed"]}, names]
    colours = {**tier_colours(tiers), **dict.fromkeys(("new", "lapsed"), CONTEXT)}
    links = [
        (i, len(left) + j, counts[a, b], a, b)
        for i, a in enumerate(left)
        for j, b in enumerate(right)
        if counts.get((a, b))
    ]
    figure = go.Figure(
        go.Sankey(
            arrangement="fixed",
            node={
                "x": [0.001] * len(left) + [0.999] * len(right), "y": [*places[0], *places[1]], "pad": NODE_GAP * inner,
                "thickness": 12, "label": [""] * (len(left) + len(right)),
                "customdata": [escaped(called[0][k]) for k in left] + [escaped(names[k]) for k in right],
                "color": [colours[k] for k in left + right], "line": {"width": 0},
                "hovertemplate": "%{customdata}: %{value:,}<extra></extra>",
            },
            link={
                "source": [link[0] for link in links], "target": [link[1] for link in links], "value": [link[2] for link in links],
                "color": [_tint(a, b, rank) for *_places, a, b in links], "hovertemplate": "%{label}: %{value:,}<extra></extra>",
                "customdata": [flow_id(a, b) for *_places, a, b in links],
                "label": [escaped(f"{called[0][a]} → {names[b]}") for *_places, a, b in links],
            },
        )
    )  # fmt: skip
    sides = ((left, sizes[0], places[0], 0, "right", -8), (right, sizes[1], places[1], 1, "left", 8))
    for words, (keys, counted, ys, x, anchor, shift) in zip(called, sides, strict=True):
        for key, size, y in zip(keys, counted, ys, strict=True):
            figure.add_annotation(
                xref="paper", yref="paper", x=x, y=1 - y, xanchor=anchor, xshift=shift, yanchor="middle", showarrow=False,
                align=anchor, text=f"{escaped(words[key])}<br><b>{number(size)}</b>", font={"size": 12, "color": TEXT},
            )  # fmt: skip
    for text, x, anchor in ((heads[0], 0, "left"), (heads[1], 1, "right")):
        figure.add_annotation(
            xref="paper", yref="paper", x=x, y=1, yshift=38, xanchor=anchor, xshift=-SIDE if x == 0 else SIDE, showarrow=False,
            text=text, font={"size": 12, "color": QUIET},
        )  # fmt: skip
    return dressed(figure, height).update_layout(
        margin={"l": SIDE, "r": SIDE, "t": HEAD_SPACE, "b": FOOT_SPACE}, hovermode="closest"
    )


@remembered
def bars(rows: Sequence[Bar]) -> go.Figure:
    """Horizontal bars from zero, one below the other; names stand above, so none is cut."""
    places = list(range(len(rows) - 1, -1, -1))
    figure = go.Figure(
        go.Bar(
            x=[row.value for row in rows], y=places, orientation="h", width=BAR, marker_color=[row.token for row in rows],
            customdata=[escaped(row.read) for row in rows], hovertemplate="%{customdata}<extra></extra>",
            ids=[row.id for row in rows] if all(row.id for row in rows) else None,  # of equal ones Plotly draws the first alone
        )
    )  # fmt: skip
    figure.update_layout(annotations=_above(rows, places, BAR_NAME))
    dressed(figure, ROW_HEIGHT * len(rows) + 20).update_layout(hovermode="closest", margin={"t": 8, "b": 0})
    figure.update_xaxes(visible=False, range=[0, max([row.value for row in rows], default=1) or 1])
    return figure.update_yaxes(visible=False, range=[-0.4, len(rows) - 0.25])


@dataclass(frozen=True)
class Pair:
    """Two values side by side under one name; None is no bar. `shown` stands at the right."""

    name: str
    now: float | None
    other: float | None
    shown: str
    read: str


@remembered
def pairs(rows: Sequence[Pair], names: tuple[str, str]) -> go.Figure:
    """Two bars per row from zero, the first grey, the second in the accent; names stand above, and which is which on the first row."""
    places = list(range(len(rows) - 1, -1, -1))
    figure = go.Figure(
        [
            go.Bar(
                x=[getattr(row, side) or 0 for row in rows], y=places, orientation="h", width=PAIR_BAR, offset=offset, marker_color=token,
                customdata=[escaped(row.read) for row in rows], hovertemplate="%{customdata}<extra></extra>",
                name=name,
            )
            for side, token, offset, name in (("now", CONTEXT, 0, names[0]), ("other", SERIES[0], -PAIR_BAR, names[1]))
        ]
    )  # fmt: skip
    figure.update_layout(annotations=_above(rows, places, PAIR_NAME), barmode="overlay")
    dressed(figure, PAIR_HEIGHT * len(rows) + 20).update_layout(hovermode="closest", margin={"t": 12, "b": 0})
    top = max([value for row in rows for value in (row.now, row.other) if value is not None], default=1) or 1
    figure.update_xaxes(
        visible=False, range=[min([0.0, *(value for row in rows for value in (row.now, row.other) if value)]), top]
    )
    return figure.update_yaxes(visible=False, range=[-0.35, len(rows) - 0.3])


def _above(rows: Sequence[Bar | Pair], places: Sequence[int], shift: int) -> list[dict]:
    """The name of each row at the left above its bars, and what is shown of it at the right."""
    return [
        {
            "xref": "paper", "x": x, "y": place, "yshift": shift, "text": text, "showarrow": False, "xanchor": side, "align": side,
            "font": {"size": 13, "color": TEXT},
        }
        for place, row in zip(places, rows, strict=True)
        for x, side, text in ((0, "left", escaped(row.name)), (1, "right", row.shown))
    ]  # fmt: skip


@remembered
def two_rates(up: Line, down: Line, *, height: int = 330) -> go.Figure:
    """The rates of moving up and down, each with its band, in the colours of better and worse; named where they end."""
    figure = go.Figure()
    lines = [(down, CHANGE["worse"], "triangle-down"), (up, CHANGE["better"], "triangle-up")]
    for line, token, mark in lines:
        figure.add_traces(band(line, token))
        figure.add_scatter(
            x=list(line.x), y=list(line.y), mode="lines+markers", name=line.name, line={"color": token, "width": 2.25},
            marker={"symbol": mark, "size": 7}, customdata=[read_out(line, place, "%") for place in range(len(line.x))],
            hovertemplate="%{customdata}", ids=list(line.ids) or None,
        )  # fmt: skip
    top = 1.12 * max([value for line, *_rest in lines for value in line.high if value is not None], default=1.0)
    ends = {line.name: _known_end(line) for line, *_rest in lines}
    shifts = apart([end for end in ends.values() if end.y], height / top)
    for line, token, _mark in lines:
        end = ends[line.name]
        if end.y:
            figure.add_annotation(
                x=end.x[-1], y=end.y[-1], text=f"<b>{number(end.y[-1] or 0, 1)}%</b><br>{escaped(line.name)}", showarrow=False,
                xanchor="left", xshift=10, yshift=shifts[line.name], align="left", font={"color": token, "size": 12},
            )  # fmt: skip
    dressed(figure, height).update_layout(margin_r=LABEL_SPACE, margin_b=4)
    figure.update_yaxes(rangemode="tozero", ticksuffix="%", range=[0, top])
    return named_places(figure, list(up.x))


def _known_end(line: Line) -> Line:
    """The line up to its last known value."""
    known = [place for place, value in enumerate(line.y) if value is not None]
    last = known[-1] + 1 if known else 0
    return Line(line.name, list(line.x)[:last], list(line.y)[:last])


def _centres(sizes: Sequence[int], longest: int) -> list[float]:
    """Where the middle of each node falls, from 0 at the top, with a gap between neighbours: labels use the same places.

    Both sides are drawn to the scale of the one with more nodes, `longest`.
    """
    scale = (1 - NODE_GAP * (longest - 1)) / (sum(sizes) or 1)
    return [(sum(sizes[:place]) + size / 2) * scale + NODE_GAP * place for place, size in enumerate(sizes)]


def _tint(source: str, target: str, rank: Mapping[str, int]) -> str:
    if source == target or source in ("new", "lapsed"):
        return faded(CONTEXT, STAY_ALPHA)
    return faded(CHANGE["better" if rank[target] > rank[source] else "worse"], MOVE_ALPHA)
