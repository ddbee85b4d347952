"""Identifiers: kept as text, leading zeros and all; folded only where two spellings name the same thing."""

import polars as pl

SPOILT = r"^\d(?:(?:[.,]\d+)?[eE]\+\d{2,}|[.,]\d+[eE]\d{2,})$"  # what a spreadsheet leaves of a long number
DIALLED = r"^\+\d[\d .()-]{6,}$"  # an international phone number, whatever its grouping
LONG = r"^(\d{16,22})(?:\.0)?$"  # more digits than a spreadsheet keeps of a number
SIGNIFICANT = 15
INVISIBLE = r"\p{Cf}"  # zero-width signs and marks of direction, which copying leaves behind
MASKED = r"\*{2,}|[xX×•＊]{4,}"


def fold_key(value: pl.Expr) -> pl.Expr:
    """A key in one spelling: `="…"` and a leading apostrophe unwrapped, invisible signs off, spaces and width folded, e-mail in small
    letters, an international phone number as its digits.

    Empty and masked values give null.
    """
    text = (
        value.str.normalize("NFKC")
        .str.replace_all(INVISIBLE, "")
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


def is_rounded(digits: int, found: int, of: int) -> bool:
    """Whether `found` of so many different keys with `digits` as their length are too many to end as a rounded number by chance.

    One of ten keys with 16 digits ends in a 0, one of ten thousand with 19 has four of them (or what a binary number makes of four).
    """
    beyond = digits - SIGNIFICANT
    return found * beyond >= 3 and found >= 5 * of / 10**beyond
