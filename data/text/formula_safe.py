"""Tables as CSV in which no cell is a formula to a spreadsheet: the one rule for every table given away.

A spreadsheet runs a cell that starts with one of SIGNS, whatever blanks stand before it. A line inside a cell, and what follows a tab or
a semicolon, counts as a start too: programs that split lines before they look for quotes, and spreadsheets whose separator is another
than the comma, see a cell begin there.
"""

import re

import polars as pl
import polars.selectors as cs

SIGNS = "-=+@－﹣＝﹦⁼₌＋﹢⁺₊﬩＠﹫"  # and the other forms of the four, which some spreadsheets read as these
BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029\t"
# What is skipped before a sign: blanks, control characters, marks that have no width.
SKIPPED = "\x00-\x08\x0e-\x1b\x1f \x7f\xa0\xad\u1680\u180e\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3000\ufeff"
TEXT_MARK = "'"
# Patterns that mean the same to Python and to Polars, and what they become there.
RULES = (
    (rf"(^|[{BREAKS}])([{SKIPPED}]*[{SIGNS}])", ("${1}'${2}", rf"\g<1>{TEXT_MARK}\g<2>")),
    (rf"(;)([{SKIPPED}]*[{SIGNS}][^)])", ("${1}'${2}", rf"\g<1>{TEXT_MARK}\g<2>")),  # but a smile, ;-), stays one
    (r"^([\t\r\n])", ("'${1}", rf"{TEXT_MARK}\g<1>")),
)


def safe(cell: str) -> str:
    """The cell as text for a spreadsheet: with an apostrophe wherever it would be run."""
    for pattern, (_polars, python) in RULES:
        cell = re.sub(pattern, python, cell)
    return cell


def safe_text(column: pl.Expr) -> pl.Expr:
    """As `safe`, for a column of text."""
    for pattern, (polars, _python) in RULES:
        column = column.str.replace_all(pattern, polars)
    return column


def csv_text(frame: pl.DataFrame) -> str:
    """The frame with its own column names. Text that a spreadsheet would run is text to it; numbers stay numbers."""
    # written as a row: two names that become the same text are two columns all the same
    head = pl.DataFrame({str(place): [safe(name)] for place, name in enumerate(frame.columns)})
    body = frame.with_columns(safe_text((cs.string() | cs.categorical() | cs.enum()).cast(pl.String)))
    return head.write_csv(include_header=False) + body.write_csv(include_header=False)
