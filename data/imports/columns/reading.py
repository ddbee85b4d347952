"""How one field's cells are read: the typed value, and where a cell is bad, per rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from data.imports.cells.answers import LEAVE_OUT, fold_cell, with_answers
from data.imports.cells.blank import is_blank, is_nobody
from data.imports.cells.dates import fold_date, parse_date, parse_iso, zone_or_epoch
from data.imports.cells.keys import fold_key, fold_phone
from data.imports.cells.numbers import TOO_LARGE, currency_of, number_parts, parse_number
from data.imports.cells.scores import is_no_answer, parse_score, scale_of
from data.imports.cells.zones import AS_WRITTEN, minutes_of, on_clock_of
from data.imports.profile import Column

CUSTOMERS = ("customer_id", "phone", "referrer_id")
KEYS = ("key", "phone")  # types
TYPES = {"number": "double", "date": "timestamp", "score": "double"}


@dataclass(frozen=True)
class Reading:
    """A field's header, whether no cell needs folding, the convention of the column, and what was answered about its cells.

    Times go to the clock of `zone` where they name one of the `offsets` (minutes by their spelling), or all of them when `is_utc`.
    `cell` is the column of texts to read where it is not that of the field: the currency stands beside the amount.
    `standings` says which statuses count.
    `factor` and `currency` are the unit that the header names: its numbers are multiplied, and cells without a sign are in that currency.
    `other` is the convention that a person decided against: cells of that kind are left out without another question.
    """

    column: Column
    header: str
    file: str
    tidy: bool = False
    decimal: str = "."
    factor: float = 1.0
    currency: str = ""
    order: str = "none"
    forms: tuple[str, ...] = ()
    zone: str = ""
    offsets: Mapping[str, int | None] = field(default_factory=dict)
    is_utc: bool = False
    scale: str = ""
    words: Mapping[str, float] = field(default_factory=dict)
    other: str = ""
    currencies: Mapping[str, str] = field(default_factory=dict)
    cell: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    standings: Mapping[str, str] = field(default_factory=dict)


def text_of(reading: Reading) -> pl.Expr:
    """The cells of a field as read: with what was answered about them, but for keys: theirs are about the spelling that is kept."""
    text = pl.col(reading.cell or reading.column.name)
    return text if reading.column.type in KEYS else with_answers(text, reading.answers)


def read(reading: Reading, text: pl.Expr) -> tuple[pl.Expr, list[tuple[str, pl.Expr]]]:
    """The typed value of a field and, per rule, where its cell is bad.

    `text` is a column that holds `text_of` the reading: it stands in the expressions many times, and each time would be worked out.
    """
    kind = reading.column.type
    if kind in ("number", "date") and not reading.tidy:
        text = pl.when(~is_blank(text)).then(text)
    filled = text.is_not_null() & (text.str.strip_chars() != "")
    if kind in KEYS:
        return _key(reading, text)
    if kind == "currency":
        known = reading.currencies
        token = currency_of(number_parts(text))
        return token.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.String), []
    if kind == "number":
        value = text.cast(pl.Float64, strict=False) if reading.tidy else parse_number(text, decimal=reading.decimal)
        if reading.factor != 1:
            value = (value * reading.factor).round(6)
        large = value.abs() >= TOO_LARGE
        return pl.when(~large).then(value), [("not_a_number", filled & value.is_null()), ("number_too_large", large)]
    if kind == "date":
        return _date(text, reading), [("not_a_date", filled & _date(text, reading).is_null())]
    if kind == "score":
        return _score(text, reading)
    stripped = text.str.strip_chars()
    return pl.when(stripped != "").then(stripped), []


def _key(reading: Reading, text: pl.Expr) -> tuple[pl.Expr, list[tuple[str, pl.Expr]]]:
    """A key in one spelling, null where it names nobody; answers are given for the key as it is stored."""
    if reading.tidy:
        return text, []
    nobody = is_nobody(text) if reading.column.name in CUSTOMERS else is_blank(text)
    named = pl.when(~nobody).then(text)
    key = fold_phone(named) if reading.column.type == "phone" else fold_key(named)
    key = with_answers(key, reading.answers)
    out = [cell for cell, answer in reading.answers.items() if answer == LEAVE_OUT]
    return pl.when(key != "").then(key), [("left_out", fold_cell(key).is_in(out))] if out else []


def _date(text: pl.Expr, reading: Reading) -> pl.Expr:
    time = parse_iso(text)
    if not reading.tidy:
        time = pl.coalesce(time, parse_date(text, order=reading.order, known=reading.forms))
    if reading.zone in ("", AS_WRITTEN):
        return time
    minutes = minutes_of(zone_or_epoch(fold_date(text)), reading.offsets)
    return on_clock_of(reading.zone, time, pl.coalesce(minutes, pl.lit(0 if reading.is_utc else None, dtype=pl.Int64)))


def _score(text: pl.Expr, reading: Reading) -> tuple[pl.Expr, list[tuple[str, pl.Expr]]]:
    low, high = scale_of(reading.scale)
    value = parse_score(text, words=reading.words)
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
