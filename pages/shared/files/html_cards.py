"""Cards and heat tables of a report as HTML: what front/cards.js and front/heat.js make in the browser, without a script."""

from collections.abc import Sequence
from html import escape
from typing import Any

from pages.shared.model.theme import palette

MARKS = {"up": "\u25b2", "down": "\u25bc", "none": "\u2248"}
DARK_INK_ABOVE = 0.19  # luminance from which black reads better than white
SPARK = (100, 30)  # width and height of the line in a card


def cards(items: Sequence[Any]) -> str:
    """A row of cards."""
    return f'<div class="cards">{"".join(_card(item) for item in items)}</div>'


def _card(card: Any) -> str:
    name = f'<div class="name">{escape(card["name"])}</div>'
    if card.get("few"):
        return (
            f'<div class="card">{name}<div class="value">—</div><div class="few">{escape(card["few"])}</div>'
            f'<div class="fact">{escape(card.get("detail", ""))}</div></div>'
        )
    value = f'<div class="value">{escape(card["value"])}<span>{escape(card.get("unit", ""))}</span></div>'
    known = "".join(f'<div class="fact">{escape(card[fact])}</div>' for fact in ("range", "size") if card.get(fact))
    return f'<div class="card">{name}{value}{known}{_change(card)}{_spark(card.get("spark"))}</div>'


def _change(card: Any) -> str:
    if not card.get("change"):
        return ""
    verdict = card.get("verdict", "none")
    mark = "" if verdict == "too_few" else MARKS["none" if verdict == "none" else card.get("direction", "none")] + " "
    detail = f'<div class="fact">{escape(card["detail"])}</div>' if card.get("detail") else ""
    return f'<div class="change {escape(verdict)}">{mark}{escape(card["change"])}</div>{detail}'


def _spark(spark: Any) -> str:
    """The line with its band; a withheld value is a gap."""
    if not spark:
        return ""
    y, low, high = spark["y"], spark["low"], spark["high"]
    seen = [value for value in (*low, *high) if value is not None]
    if not seen:
        return ""
    floor, reach = min(seen), (max(seen) - min(seen)) or 1
    width, height = SPARK

    def at(place: int, value: float) -> str:
        return f"{place / max(1, len(y) - 1) * width:.1f},{height - (value - floor) / reach * height:.1f}"

    drawn = ""
    for part in _stretches(y):
        band = [*(at(i, high[i]) for i in part), *(at(i, low[i]) for i in reversed(part))]
        drawn += f'<polygon class="band" points="{" ".join(band)}"/>'
        drawn += f'<polyline class="line" points="{" ".join(at(i, y[i]) for i in part)}"/>'
    view = f'viewBox="0 0 {width} {height}" preserveAspectRatio="none"'
    return f'<svg role="img" aria-label="{escape(spark["label"])}" {view}>{drawn}</svg>'


def _stretches(values: Sequence[float | None]) -> list[list[int]]:
    out: list[list[int]] = []
    for place, value in enumerate(values):
        if value is not None:
            if place and values[place - 1] is not None:
                out[-1].append(place)
            else:
                out.append([place])
    return out


def heat(table: Any) -> str:
    """A heat table."""
    look = palette("light")
    ramp = look.diverging if table.get("ramp") == "change" else look.sequential
    head = "".join(
        f'<th class="{_column(place, table["sizes"])}" scope="col">{escape(name)}</th>'
        for place, name in enumerate(table["head"])
    )
    rows = "".join(_row(row, ramp) for row in table["rows"])
    label = escape(table["label"])
    return f'<div class="wide"><table class="heat" aria-label="{label}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _column(place: int, sizes: int) -> str:
    return "text" if not place else "size" if place <= sizes else "cell"


def _row(row: Any, ramp: Sequence[str]) -> str:
    sizes = "".join(f"<td>{escape(size)}</td>" for size in row.get("sizes", []))
    cells = "".join(_cell(cell, ramp) for cell in row["cells"])
    kind = f' class="{escape(row["kind"])}"' if row.get("kind") else ""
    return f'<tr{kind}><th class="text" scope="row">{escape(row["name"])}</th>{sizes}{cells}</tr>'


def _cell(cell: Any, ramp: Sequence[str]) -> str:
    if not cell.get("text"):
        return '<td class="cell"></td>'
    style = ""
    if cell.get("level") is not None:
        paint = ramp[cell["level"]]
        style = f' style="background:{paint};color:{"black" if _luminance(paint) > DARK_INK_ABOVE else "white"}"'
    sub = f'<span class="sub">{escape(cell["sub"])}</span>' if cell.get("sub") else ""
    return f'<td class="cell {escape(cell.get("state", ""))}"{style}>{escape(cell["text"])}{sub}</td>'


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
