"""No cell of a CSV is a formula to a spreadsheet: as one value, as a column, and in the head of a table."""

import csv
import io
import sys
import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text.formula_safe import SIGNS, csv_text, safe, safe_text

# (cell, what it becomes)
CELLS = [
    ("", ""),
    ("fine", "fine"),
    ("a=b, c-d, e@f.g, 1+1", "a=b, c-d, e@f.g, 1+1"),
    ("'=1", "'=1"),
    ("=1", "'=1"),
    ("+49 30", "'+49 30"),
    ("-1", "'-1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("＝1", "'＝1"),
    ("＋1", "'＋1"),
    ("－1", "'－1"),
    ("＠x", "'＠x"),
    ("﹦1", "'﹦1"),
    ("  =1", "'  =1"),
    ("\u3000=1", "'\u3000=1"),
    ("\u200b\ufeff=1", "'\u200b\ufeff=1"),
    ("\x00=1", "'\x00=1"),
    ("\t", "'\t"),
    ("\t=1", "'\t'=1"),
    ("\rx", "'\rx"),
    ("\r=1", "'\r'=1"),
    ("\n=1", "'\n'=1"),
    ("a\n=1", "a\n'=1"),
    ("a\r\n=1\n\n＋2", "a\r\n'=1\n\n'＋2"),
    ("a\n  \u200f@x", "a\n'  \u200f@x"),
    ("a\u2028=1", "a\u2028'=1"),
    ("a\x85=1\v=2\f=3", "a\x85'=1\v'=2\f'=3"),
    ("a\t=1", "a\t'=1"),
    ("good;=HYPERLINK(1)", "good;'=HYPERLINK(1)"),
    ("good; ＋1", "good; ＋1".replace("; ", ";' ")),
    ("fine ;-)", "fine ;-)"),
]
TEXT = st.text(st.sampled_from([*SIGNS, *"\n\r\t;)' \u3000\u200bax,\"\u2028"]), max_size=12)


@pytest.mark.parametrize(("cell", "text"), CELLS)
def test_a_cell_and_a_column_read_the_same(cell: str, text: str) -> None:
    assert safe(cell) == text
    assert pl.select(safe_text(pl.lit(cell))).item() == text
    assert safe(text) == text or text.startswith("'")


def test_every_form_of_a_sign_is_known() -> None:
    forms = {chr(code) for code in range(sys.maxunicode + 1) if unicodedata.normalize("NFKC", chr(code)) in set("=+-@")}
    assert forms == set(SIGNS)


@given(TEXT)
def test_no_line_of_a_cell_starts_with_a_sign(cell: str) -> None:
    text = safe(cell)
    starts = text.replace("\t", "\n").splitlines()
    assert [line for line in starts if line.strip(" \u3000\u200b")[:1] in set(SIGNS) - {""}] == []
    assert text.replace("'", "") == cell.replace("'", "")
    assert pl.select(safe_text(pl.lit(cell))).item() == text


@pytest.mark.parametrize("name", [cell for cell, _text in CELLS if cell and "\x00" not in cell])
def test_the_head_of_a_table_is_as_safe_as_its_cells(name: str) -> None:
    frame = pl.DataFrame({name: [name], "n": [-1.5], "kind": pl.Series([name], dtype=pl.Categorical)})
    head, cells = csv.reader(io.StringIO(csv_text(frame), newline=""))
    assert head == [safe(name), "n", "kind"]
    assert cells == [safe(name), "-1.5", safe(name)]


def test_two_columns_may_become_the_same_text() -> None:
    assert csv_text(pl.DataFrame({"=a": [1], "'=a": [2]})) == "'=a,'=a\n1,2\n"


def test_nothing_has_no_rows() -> None:
    assert csv_text(pl.DataFrame(schema={"=n": pl.Int64})) == "'=n\n"
