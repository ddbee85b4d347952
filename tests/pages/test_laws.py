"""What holds on every page of the demo, in both languages: asserted on one recorded page each."""

import re
from collections.abc import Callable
from pathlib import Path

import plotly.graph_objects as go
import pytest
from polars.testing import assert_frame_equal
from streamlit.testing.v1 import AppTest

from data.segment import column_of as of_code
from pages.frame.registry import ENTRIES
from pages.shared.files import chromium
from pages.shared.files.columns import meanings, shares
from pages.shared.files.html import _grouped
from pages.shared.model.parts import Chart, Heat, Text
from tests.pages.conftest import words
from tests.pages.html import needs_nothing
from tests.pages.recorded import LANGUAGES, Seen, seen

CODES = [entry.code for entry in ENTRIES]
DATA_PAGES = [entry.code for entry in ENTRIES if entry.data]
DEMO = {"en": "demo data", "zh": "演示数据"}

on_every_page = pytest.mark.parametrize(("code", "language"), [(code, each) for code in CODES for each in LANGUAGES])
on_every_page_of_data = pytest.mark.parametrize(
    ("code", "language"), [(code, each) for code in DATA_PAGES for each in LANGUAGES]
)


@pytest.fixture
def page(open_app: Callable[..., AppTest], demo_path: Path, code: str, language: str) -> Seen:
    return seen(code, language, demo_path, open_app)


@on_every_page
def test_it_opens(page: Seen, code: str, language: str) -> None:
    assert not page.app.exception
    assert not page.app.error
    assert len(page.app.title) == 1
    if code in DATA_PAGES:
        assert DEMO[language] in words(page.app)
        assert page.app.get("plotly_chart")


@on_every_page_of_data
def test_every_chart_has_a_text_alternative(page: Seen) -> None:
    assert all(chart.proto.alt for chart in page.app.get("plotly_chart"))


@on_every_page_of_data
def test_marks_are_of_their_chart_and_lead_to_what_there_is(page: Seen, code: str) -> None:
    entries = {entry.code: entry for entry in ENTRIES}
    for chart in (part for part in page.report.parts if isinstance(part, Chart)):
        assert {mark.id for mark in chart.marks} <= _ids(chart.figure), chart.key
        assert all(mark.says for mark in chart.marks)
    places = [
        place
        for part in page.report.parts
        for place in (
            [mark.leads for mark in part.marks] if isinstance(part, Chart) else
            [*part.leads.values()] if isinstance(part, Heat) else []
        )
        if place
    ]  # fmt: skip
    for place in places:
        options = {option.name: option for option in entries[place.page or code].options}
        for name, chosen in place.codes.items():
            assert name in ("from", "to") or of_code(name) or options[name].allows(chosen), (name, chosen)


def _ids(figure: go.Figure) -> set[str]:
    """By what the points of a figure are known."""
    found: set[str] = set()
    for trace in figure.data:
        given = (trace.link.customdata,) if isinstance(trace, go.Sankey) else (trace.ids, trace.customdata)
        found |= {str(one) for each in given if each is not None for one in each}
    return found


@pytest.mark.parametrize("language", ["zh"])
@pytest.mark.parametrize("code", CODES)
def test_a_chinese_page_says_nothing_in_english(page: Seen) -> None:
    comments = {element.value for element in page.app.text}
    said = "\n".join(line for line in words(page.app).splitlines() if line not in comments)
    said = re.sub(r"`[^`]*`|:material/\w+:|[\w./]+\.(csv|xlsx|tsv)|arXiv\S+", "", said)
    english = re.findall(r"(?:[A-Za-z]{3,}[ ,]+){3,}[A-Za-z]{2,}", said)
    assert [text for text in english if "Statistics in Medicine" not in text] == []


@on_every_page
def test_it_is_a_file_with_its_title_and_tables(page: Seen) -> None:
    drawn, read = page.report, needs_nothing(page.html)
    assert drawn.title
    assert drawn.title in read.text
    assert f"{drawn.title} · Rapport" in read.text
    charts = [part for part in drawn.parts if isinstance(part, Chart)]
    assert len(charts) == len(page.app.get("plotly_chart"))
    assert all(chart.alt in read.text for chart in charts)
    for section, parts in _grouped(drawn.parts):
        if section and section.table and all(isinstance(part, Chart | Text) for part in parts):
            assert all(name in read.text for name in page.tables[section.table.name].columns), section.table.name


@on_every_page
def test_without_a_screen_it_is_the_same_page(page: Seen) -> None:
    assert page.offscreen.title == page.report.title
    assert list(page.offscreen.sections) == list(page.report.sections)
    assert [type(part) for part in page.offscreen.parts] == [type(part) for part in page.report.parts]
    assert page.offscreen_tables.keys() == page.tables.keys()
    for name, frame in page.tables.items():
        assert_frame_equal(page.offscreen_tables[name], frame)
    assert page.offscreen.params == page.report.params


@on_every_page_of_data
def test_every_column_says_what_it_means(page: Seen) -> None:
    for name, table in page.report.sections.items():
        frame = page.tables[name]
        assert [column for column, text in meanings(table, frame.columns).items() if not text] == [], name
        for column in shares(table, frame):
            values = frame[column].drop_nulls()
            assert values.is_between(-1, 20 if column == "bias" else 1.5).all(), (name, column)


@on_every_page_of_data
def test_every_section_with_a_chart_can_be_taken_away(page: Seen) -> None:
    keys = {button.key for button in page.app.get("download_button")}
    assert {"html-page", "xlsx-page"} <= keys
    for name in page.report.sections:
        assert {f"csv-{name}", f"xlsx-{name}"} <= keys
    for part in page.report.parts:
        if isinstance(part, Chart) and chromium.path():
            assert {f"{kind}-{part.key.replace('-', '_')}" for kind in ("png", "svg")} <= keys


@on_every_page_of_data
def test_it_changes_no_figure_that_is_kept(page: Seen) -> None:
    assert page.figures
    for made in page.figures:
        assert made.again().to_json() == made.value.to_json()  # type: ignore[attr-defined]
