"""Answers to score questions: digits, worded answers by the table in words.toml, and the codes that mean "not answered"."""

import tomllib
from functools import cache
from pathlib import Path

import polars as pl

from data.imports.numbers import parse_number

WORDS = Path(__file__).with_name("words.toml")
LED_BY_NUMBER = r"^(-?\d+(?:\.\d+)?)\s*(?:[-–—:：.、=(（]|分|$)"


@cache
def words(scale: str) -> dict[str, float]:
    """Worded answers (folded) → score on a scale such as "1-5"; a scale without words gives none."""
    tables = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    return {word.casefold(): float(score) for word, score in tables.get(scale, {}).items()}


@cache
def no_answer() -> tuple[str, ...]:
    """Cells that say "not answered", folded."""
    return tuple(word.casefold() for word in tomllib.loads(WORDS.read_text(encoding="utf-8"))["no_answer"])


def parse_score(value: pl.Expr, *, scale: str) -> pl.Expr:
    """The score in a cell as Float64: a number, a number that leads its label ("10 - Extremely likely"), or a word of the scale."""
    text = value.str.normalize("NFKC").str.strip_chars()
    answered = pl.when(is_no_answer(value)).then(None).otherwise(text)
    known = words(scale)
    worded = (
        answered.str.to_lowercase().replace_strict(list(known), list(known.values()), default=None) if known else None
    )
    led = answered.str.extract(LED_BY_NUMBER, 1).cast(pl.Float64, strict=False)
    plain = parse_number(pl.when(answered.str.contains(r"^[-+\d.,]+$")).then(answered))
    return pl.coalesce([led, plain] + ([worded.cast(pl.Float64)] if worded is not None else []))


def is_no_answer(value: pl.Expr) -> pl.Expr:
    """Whether a cell is empty or one of the codes for "not answered"."""
    text = value.str.normalize("NFKC").str.strip_chars().str.to_lowercase()
    return text.is_null() | (text == "") | text.is_in(list(no_answer()))


@cache
def codes(scale: str) -> tuple[str, ...]:
    """Numbers outside a scale that surveys write for "not answered": they are left out by rule, without a question."""
    if not scale:
        return ()
    tables = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    low, high = scale_of(scale)
    return tuple(
        code for code in tables["codes"] + tables["codes_beyond"].get(scale, []) if not low <= float(code) <= high
    )


def points(scale: str) -> tuple[str, ...]:
    """The scores that a scale has."""
    low, high = scale_of(scale)
    return tuple(str(point) for point in range(int(low), int(high) + 1))


def scale_of(text: str) -> tuple[float, float]:
    """ "1-5" → (1.0, 5.0)."""
    low, high = text.replace("–", "-").split("-")
    return float(low), float(high)
