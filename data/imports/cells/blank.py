"""Cells that hold a word where there is nothing: `NULL`, `n/a`, 未知; and those that name no customer, though they look like a key."""

import tomllib
from functools import cache
from pathlib import Path

import polars as pl

from data.imports.cells.answers import fold_cell

# Read at once: the process that reads uploads may open no file of ours later.
WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
NOTHING = r"^(?:0{4}-00-00.*|[-–—_.?*/\\]+)$"  # a date of zeros, as databases write it; signs alone
NOBODY = r"^0+$|^0{8}(?:-0{4}){3}-0{12}$"


@cache
def words(name: str) -> tuple[str, ...]:
    """One of the lists of words.toml, folded."""
    return tuple(word.casefold() for word in WORDS[name])


def is_blank(value: pl.Expr) -> pl.Expr:
    """Whether a cell is empty, or says that it is; false for null too, so that a condition stays one."""
    text = fold_cell(value)
    return (text.is_in(["", *words("blank")]) | text.str.contains(NOTHING)).fill_null(False)


def is_nobody(value: pl.Expr) -> pl.Expr:
    """Whether a key names nobody: blank, zeros only, or a word for guests and unknown people."""
    text = fold_cell(value)
    return is_blank(value) | (text.is_in(list(words("nobody"))) | text.str.contains(NOBODY)).fill_null(False)
