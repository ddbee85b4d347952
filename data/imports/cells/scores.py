"""Answers to score questions: digits, worded answers by the table in words.toml, and the codes that mean "not answered"."""

from collections.abc import Mapping
from functools import cache

import polars as pl

from data.imports.cells.answers import fold_cell
from data.imports.cells.blank import WORDS, words
from data.imports.cells.numbers import parse_number

LED_BY_NUMBER = r"^(-?\d+(?:\.\d+)?)\s*(?:[-–—](?:\D|$)|[:.、=(]|分|颗?星|stars?\b|points?\b|(?:/|out of) ?\d+$|$)"


def parse_score(value: pl.Expr, *, words: Mapping[str, float] | None = None) -> pl.Expr:
    """The score in a cell as Float64: a number, a number that leads its label ("10 - Extremely likely"), stars, or one of `words`."""
    text = value.str.normalize("NFKC").str.strip_chars()
    answered = pl.when(~is_no_answer(value)).then(text)
    led = answered.str.to_lowercase().str.extract(LED_BY_NUMBER, 1).cast(pl.Float64, strict=False)
    plain = parse_number(pl.when(answered.str.contains(r"^[-+\d.,]+$")).then(answered))
    stars = pl.when(answered.str.contains("^[★⭐][★⭐☆\ufe0f]*$")).then(
        answered.str.count_matches("[★⭐]").cast(pl.Float64)
    )
    readings = [led, plain, stars]
    if words:
        scores = [float(score) for score in words.values()]
        readings.append(fold_cell(answered).replace_strict(list(words), scores, default=None, return_dtype=pl.Float64))
    return pl.coalesce(readings)


def is_no_answer(value: pl.Expr) -> pl.Expr:
    """Whether a cell is empty or one of the codes for "not answered"."""
    text = fold_cell(value)
    return text.is_null() | text.is_in(["", *words("no_answer"), *words("blank")])


@cache
def codes(scale: str) -> tuple[str, ...]:
    """Numbers outside a scale that surveys write for "not answered": they are left out by rule, without a question."""
    if not scale:
        return ()
    low, high = scale_of(scale)
    return tuple(
        code for code in WORDS["codes"] + WORDS["codes_beyond"].get(scale, []) if not low <= float(code) <= high
    )


def points(scale: str) -> tuple[str, ...]:
    """The scores that a scale has."""
    low, high = scale_of(scale)
    return tuple(str(point) for point in range(int(low), int(high) + 1))


def scale_of(text: str) -> tuple[float, float]:
    """ "1-5" → (1.0, 5.0)."""
    low, high = text.replace("–", "-").split("-")
    return float(low), float(high)
