"""Both languages say everything, and numbers and dates read as people write them."""

import ast
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from data.errors import RapportError
from pages.shared.words import texts
from pages.shared.words.texts import speaking
from tests.pages.extraction import messages, missing

ROOT = Path(__file__).parents[4]
PAGES = sorted((ROOT / "pages").rglob("*.py"))
DRAWS_TEXT = {
    "title", "header", "subheader", "markdown", "write", "caption", "text", "button", "download_button", "popover", "radio",
    "selectbox", "multiselect", "pills", "segmented_control", "date_input", "checkbox", "toggle", "file_uploader", "text_input",
    "number_input", "error", "warning", "info", "success", "toast", "expander", "badge", "metric", "link_button", "page_link",
    "progress", "spinner", "status", "dialog", "tabs", "heading", "section", "quiet", "empty", "paragraph", "fold",
}  # fmt: skip
SQL = re.compile(r"\b(select\s+.+\s+from|insert\s+into|delete\s+from|update\s+\w+\s+set)\b", re.IGNORECASE | re.DOTALL)


def test_every_text_exists_in_chinese() -> None:
    assert missing("zh") == {}


def test_the_catalogue_holds_no_text_that_is_gone() -> None:
    known, marked = texts.catalogue("zh"), messages()
    assert known is not None
    keys = [entry.id[0] if isinstance(entry.id, tuple) else entry.id for entry in known]
    assert [key for key in keys if key and key not in marked] == []


def test_translations_fill_the_same_places() -> None:
    known = texts.catalogue("zh")
    assert known is not None

    def places(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)", text))

    for entry in known:
        if entry.id:
            source = entry.id[-1] if isinstance(entry.id, tuple) else entry.id
            said = entry.string[0] if isinstance(entry.string, tuple) else entry.string
            assert places(said) == places(source), entry.id


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_hold_no_literal_text_no_sql_and_no_raw_html(path: Path) -> None:
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    assert "unsafe_allow_html" not in source
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not SQL.search(node.value), node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in DRAWS_TEXT:
            literal = [
                arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
            assert not any(re.search(r"[A-Za-z]{2,}", text) for text in literal if not text.startswith(":material")), (
                node.lineno
            )


@pytest.mark.parametrize(
    ("format_", "value", "english", "chinese"),
    [
        (texts.number, (0,), "0", "0"),
        (texts.number, (-0.04, 1), "0.0", "0.0"),
        (texts.number, (1234567,), "1,234,567", "1,234,567"),
        (texts.number, (-2.25, 1), "\u22122.2", "\u22122.2"),
        (texts.signed, (1.24,), "+1.2", "+1.2"),
        (texts.signed, (-1.24,), "\u22121.2", "\u22121.2"),
        (texts.signed, (0.0,), "0.0", "0.0"),
        (texts.percent, (0.834,), "83.4%", "83.4%"),
        (texts.percent, (0.0, 0), "0%", "0%"),
        (texts.percent, (1.0, 0), "100%", "100%"),
        (texts.percent, (0.003, 0), "0.3%", "0.3%"),  # more than nothing is not 0%
        (texts.percent, (0.0003, 0), "0.03%", "0.03%"),
        (texts.percent, (0.996, 0), "99.6%", "99.6%"),  # and not all is not 100%
        (texts.percent, (-0.004, 0), "−0.4%", "−0.4%"),
        (texts.percent, (0.0004,), "0.04%", "0.04%"),
        (texts.percent, (1e-9, 0), "0.0000%", "0.0000%"),
        (texts.money, (1284.4, "CNY"), "¥1,284", "¥1,284"),
        (texts.money, (-1284.4, "GBP"), "\u2212£1,284", "\u2212£1,284"),
        (texts.money, (12.5, "XYZ", 2), "XYZ 12.50", "XYZ 12.50"),
        (texts.money, (12.5, None, 1), "12.5", "12.5"),
        (texts.span, (38.1, 44.3), "38.1 to 44.3", "38.1 至 44.3"),
        (texts.span, (-4.0, 0.6), "\u22124.0 to 0.6", "\u22124.0 至 0.6"),
        (texts.date, (dt.date(2026, 7, 18),), "18 Jul 2026", "2026年7月18日"),
        (texts.dates, (dt.date(2026, 4, 1), dt.date(2026, 6, 30)), "1 April – 30 June 2026", "2026年4月1日至6月30日"),
        (texts.dates, (dt.date(2025, 12, 1), dt.date(2026, 1, 31)), "1 December 2025 – 31 January 2026", "2025年12月1日至2026年1月31日"),
        (texts.period, (dt.date(2026, 4, 1), dt.date(2026, 6, 30)), "Apr–Jun 2026", "2026年4–6月"),
        (texts.period, (dt.date(2026, 6, 1), dt.date(2026, 6, 30)), "Jun 2026", "2026年6月"),
        (texts.period, (dt.date(2026, 1, 1), dt.date(2026, 12, 31)), "2026", "2026年"),
        (texts.period, (dt.date(2025, 11, 1), dt.date(2026, 1, 31)), "Nov 2025 – Jan 2026", "2025年11月–2026年1月"),
        (texts.period, (dt.date(2026, 4, 6), dt.date(2026, 4, 12)), "6 Apr – 12 Apr 2026", "2026年4月6日至4月12日"),
        (texts.listed, (["A"],), "A", "A"),
        (texts.listed, (["A", "B"],), "A, B", "A、B"),
        (texts.joined, ([],), "", ""),
        (texts.joined, (["A", "B", "C"],), "A, B and C", "A、B与C"),
        (texts.sentences, ("A.", "", "B."), "A. B.", "A.B."),
    ],
)  # fmt: skip
def test_formats(format_: Callable[..., str], value: tuple, english: str, chinese: str) -> None:
    with speaking("en"):
        assert format_(*value) == english
    with speaking("zh"):
        assert format_(*value) == chinese


def test_an_error_is_told_in_the_language_in_force() -> None:
    error = RapportError("{file} does not exist.", file="a.csv")
    with speaking("zh"):
        assert texts.told(error) == "a.csv 不存在。"
    with speaking("en"):
        assert texts.told(error) == "a.csv does not exist."
