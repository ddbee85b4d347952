"""How one field's cells are read: the typed value, and where a cell is bad, per rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from data.imports.answers import with_answers
from data.imports.blank import is_blank
from data.imports.dates import fold_date, parse_date, parse_iso, zone_or_epoch
from data.imports.keys import fold_key, fold_phone
from data.imports.numbers import TOO_LARGE, parse_number
from data.imports.profile import Column
from data.imports.scores import is_no_answer, parse_score, scale_of
from data.imports.zones import AS_WRITTEN, minutes_of, on_clock_of

TYPES = {"number": "double", "date": "timestamp", "score": "double"}


@dataclass(frozen=True)
class Reading:
    """A field's header, whether no cell needs folding, the convention of the column, and what was answered about its cells.

    Times go to the clock of `zone` where they name one of the `offsets` (minutes by their spelling), or all of them when `is_utc`.
    `other` is the convention that a person decided against: cells of that kind are left out without another question.
    """

    column: Column
    header: str
    file: str
    tidy: bool = False
    decimal: str = "."
    order: str = "none"
    forms: tuple[str, ...] = ()
    zone: str = ""
    offsets: Mapping[str, int | None] = field(default_factory=dict)
    is_utc: bool = False
    scale: str = ""
    other: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


def read(reading: Reading) -> tuple[pl.Expr, list[tuple[str, pl.Expr]]]:
    """The typed value of a field and, per rule, where its cell is bad."""
    text = with_answers(pl.col(reading.column.name), reading.answers)
    kind = reading.column.type
    if kind in ("number", "date") and not reading.tidy:
        text = pl.when(~is_blank(text)).then(text)
    filled = text.is_not_null() & (text.str.strip_chars() != "")
    if kind == "key":
        return (text if reading.tidy else fold_key(text)), []
    if kind == "phone":
        return fold_phone(text), []
    if kind == "number":
        value = text.cast(pl.Float64, strict=False) if reading.tidy else parse_number(text, decimal=reading.decimal)
        large = value.abs() >= TOO_LARGE
        return pl.when(~large).then(value), [("not_a_number", filled & value.is_null()), ("number_too_large", large)]
    if kind == "date":
        return _date(text, reading), [("not_a_date", filled & _date(text, reading).is_null())]
    if kind == "score":
        return _score(text, reading.scale)
    stripped = text.str.strip_chars()
    return pl.when(stripped != "").then(stripped), []


def _date(text: pl.Expr, reading: Reading) -> pl.Expr:
    time = parse_iso(text)
    if not reading.tidy:
        time = pl.coalesce(time, parse_date(text, order=reading.order, known=reading.forms))
    if reading.zone in ("", AS_WRITTEN):
        return time
    minutes = minutes_of(zone_or_epoch(fold_date(text)), reading.offsets)
    return on_clock_of(reading.zone, time, pl.coalesce(minutes, pl.lit(0 if reading.is_utc else None, dtype=pl.Int64)))


def _score(text: pl.Expr, scale: str) -> tuple[pl.Expr, list[tuple[str, pl.Expr]]]:
    low, high = scale_of(scale)
    value = parse_score(text, scale=scale)
    empty = is_no_answer(text)
    return value, [
        ("no_score", empty),
        ("not_a_score", ~empty & value.is_null()),
        ("score_outside_scale", ~value.is_between(low, high)),
        ("score_not_whole", value != value.round()),
    ]


def fits_other(reading: Reading, text: pl.Expr) -> pl.Expr:
    """Whether cells are of the convention that a person decided against."""
    if not reading.other:
        return pl.lit(False)
    if reading.column.type == "number":
        return parse_number(text, decimal=reading.other).is_not_null()
    return parse_date(text, order=reading.other).is_not_null()
