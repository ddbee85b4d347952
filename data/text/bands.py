"""Bands of numbers: where they begin, the codes that they have in data and addresses, and how these are read and ordered."""

import re
from collections.abc import Sequence

from data.text.words import _, number
from metrics.texts import N_

CODE = re.compile(r"(-?\d+(?:\.\d+)?)?\.\.(<?)(-?\d+(?:\.\d+)?)?", re.ASCII)
FIRST_NUMBER = re.compile(r"\d+(?:\.\d+)?")
PLAIN_DIGITS = 2  # of an edge, where that leaves as many bands


def edges(quantiles: Sequence[float], low: float, high: float) -> tuple[float, ...]:
    """Where bands begin, after the first: the quantiles as round numbers, as they are where rounding would make two of them one."""
    for digits in (PLAIN_DIGITS, PLAIN_DIGITS + 1, 15):
        rounded = sorted({float(f"{value:.{digits}g}") for value in quantiles})
        inside = tuple(value for value in rounded if low < value <= high)
        if len(inside) == len({value for value in quantiles if low < value <= high}):
            return inside
    return inside


def code(low: float | None, high: float | None, *, whole: bool) -> str:
    """The code of a band from `low` to below `high`: “..24”, “25..34”, “55..” of whole numbers, “1.5..<2” of others."""
    start = "" if low is None else _text(low)
    if high is None:
        return f"{start}.."
    return f"{start}..{_text(high - 1)}" if whole else f"{start}..<{_text(high)}"


def label(found: re.Match[str]) -> str:
    """What a band is called."""
    low, below, high = found.groups()
    if low is None:
        text = N_("under {high}") if below else N_("up to {high}")
    elif high is None:
        text = N_("{low} and more")
    else:
        text = N_("{low} to under {high}") if below else N_("{low} to {high}")
    return _(text).format(low=_shown(low), high=_shown(high))


def in_order(codes: Sequence[str]) -> list[str]:
    """Codes that all begin with a number, or are bands, by that number; others by the alphabet."""
    places = [(_place(code), code) for code in codes]
    if all(place is not None for place, _code in places):
        return [code for _place, code in sorted(places, key=lambda pair: (pair[0] or 0.0, pair[1]))]
    return sorted(codes)


def _place(text: str) -> float | None:
    band = CODE.fullmatch(text)
    if band and (band[1] or band[3]):
        return float(band[1]) if band[1] else float("-inf")
    first = FIRST_NUMBER.search(text)
    if first is None or text[: first.start()].strip(" <>≤≥+-~"):
        return None
    return float(first[0]) - (0.5 if text.lstrip()[:1] in "<≤" else 0.0)


def _text(value: float) -> str:
    return f"{value:.12g}" if abs(value) < 1e12 else f"{value:.0f}"


def _shown(text: str | None) -> str:
    if text is None:
        return ""
    return number(float(text), len(text.partition(".")[2]))
