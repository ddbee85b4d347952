"""Identifiers: kept as text, leading zeros and all; folded only where two spellings name the same thing."""

import polars as pl

SPOILT = r"^\d(?:[.,]\d+)?[eE]\+\d{2,}$"  # what a spreadsheet leaves of a long number
DIALLED = r"^\+\d[\d .()-]{6,}$"  # an international phone number, whatever its grouping
MASKED = r"\*{2,}|[xX×•＊]{4,}"


def fold_key(value: pl.Expr) -> pl.Expr:
    """A key in one spelling: `="…"` and a leading apostrophe unwrapped, spaces and width folded, e-mail in small
    letters, an international phone number as its digits.

    Empty and masked values give null.
    """
    text = (
        value.str.normalize("NFKC")
        .str.strip_chars()
        .str.replace(r'^="?(.*?)"?$', "$1")
        .str.replace(r"^['’]", "")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .str.replace(r"^(\d+)\.0$", "$1")
    )
    text = pl.when(text.str.contains(DIALLED)).then(text.str.replace_all(r"[^\d]", "")).otherwise(text)
    text = pl.when(text.str.contains("@", literal=True)).then(text.str.to_lowercase()).otherwise(text)
    return pl.when((text == "") | text.str.contains(MASKED)).then(None).otherwise(text)


def fold_phone(value: pl.Expr) -> pl.Expr:
    """A phone number as its digits, with a leading + kept as 00 is not; masked or fewer than five digits give null."""
    text = value.str.normalize("NFKC").str.strip_chars().str.replace(r'^="?(.*?)"?$', "$1").str.replace(r"^['’]", "")
    digits = text.str.replace_all(r"[^\d]", "")
    masked = text.str.contains(MASKED)
    return pl.when(masked | (digits.str.len_chars() < 5)).then(None).otherwise(digits)
