"""A page as a report: noted while it is drawn, or run without a browser; one file that needs nothing else and runs nothing."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.runtime import Runtime
from streamlit.testing.v1 import AppTest

from data.errors import RapportError
from data.people.access import LOCAL, Access, Forbidden, Person, Role
from data.segment import Segment
from data.store.extent import Extent
from data.store.store import Store
from pages.frame.offscreen import render
from pages.shared.files import chromium
from pages.shared.files.html import document
from pages.shared.model.parts import Box, Cards, Chart, Heading, Heat, Listing, Quote, Section, Table, Text
from pages.shared.model.report import Report
from pages.shared.words.texts import speaking
from tests.pages.html import Read, needs_nothing

Open = Callable[..., AppTest]
HOSTILE = "</title><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)> ![p](http://evil.example/p.png) **b**"


@pytest.fixture
def no_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where no Chromium is installed; it also spares the time to draw."""
    monkeypatch.setattr(chromium, "path", lambda: None)


@pytest.fixture
def rendered(open_app: Open, demo_path: Path) -> Callable[..., Report]:
    """Run a page of the demo without a browser."""
    open_app(demo_path)  # opens the store as the app does

    def run(code: str, language: str = "en", **more: object) -> Report:
        params = {name.rstrip("_"): [str(value)] for name, value in more.items() if name != "person"}
        return render(code, params, language, person=more.get("person"))  # type: ignore[arg-type]

    return run


def blank(language: str = "en") -> Report:
    """A report of no page in particular."""
    return Report(code="nps", page="NPS", language=language, version=1, extent=Extent(), access=Access(None, LOCAL))  # type: ignore[arg-type]


def test_running_a_page_leaves_the_runtime_of_the_app_alone(
    rendered: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamlit's own AppTest takes the runtime away from all sessions."""
    before = Runtime._instance
    rendered("nps")
    assert Runtime._instance is before


def test_a_page_with_two_forms_needs_no_browser(rendered: Callable[..., Report]) -> None:
    """Thresholds on both sides: each has its form on the screen, and none in a file."""
    made = rendered("replay", rule="silver=100,gold=500", other="silver=50,gold=300")
    assert "tier_replay" in made.sections


def test_parameters_are_those_of_the_url(rendered: Callable[..., Report]) -> None:
    made = rendered("nps", from_="2025-01-01", to="2025-03-31", region="East China", by="channel")
    assert made.view is not None
    assert (made.view.start, made.view.end) == (dt.date(2025, 1, 1), dt.date(2025, 3, 31))
    assert made.view.segment["region"] == ("East China",)
    assert "nps_by_channel" in made.tables
    assert "from=2025-01-01&to=2025-03-31" in made.link


def test_a_person_gets_their_own_rows_and_no_customers(rendered: Callable[..., Report]) -> None:
    everybody, east = (
        rendered("nps"),
        rendered("nps", person=Person("e", Role.VIEWER, scope=Segment(region=("East China",)))),
    )
    of_everybody, of_east = (made.tables["nps_scores"]["answers"].sum() for made in (everybody, east))
    assert 0 < of_east < of_everybody
    assert of_east == rendered("nps", region="East China").tables["nps_scores"]["answers"].sum()
    viewer = rendered("churn", person=Person("v", Role.VIEWER))
    assert "win_back" in rendered("churn").sections
    assert "win_back" not in viewer.sections
    with pytest.raises(Forbidden):
        rendered("upload", person=Person("v", Role.VIEWER))


@pytest.mark.parametrize(("code", "language"), [("nothing", "en"), ("nps", "xx"), ("", "en")])
def test_what_is_not_known_is_said(rendered: Callable[..., Report], code: str, language: str) -> None:
    with pytest.raises(RapportError, match="There is no page"):
        rendered(code, language)


@pytest.mark.usefixtures("no_chromium")
def test_states_without_numbers_are_in_the_file(
    rendered: Callable[..., Report], open_app: Open, tmp_path: Path
) -> None:
    assert "No answers in this period" in Read(document(rendered("nps", from_="2019-01-01", to="2019-03-31"))).text
    open_app(tmp_path / "empty.duckdb")
    assert "Nothing to show yet" in Read(document(render("nps", {}, "en"))).text


@pytest.mark.usefixtures("no_chromium")
def test_without_chromium_there_is_a_reason_and_no_button(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "nps")
    keys = {button.key for button in app.get("download_button")}
    assert {"html-page", "xlsx-page", "csv-nps_scores"} <= keys
    assert not [key for key in keys if key.startswith(("pdf", "png", "svg"))]
    said = "\n".join(element.value for element in app.markdown)
    assert "PDF and pictures of charts need Chromium on the server." in said
    assert "Pictures need Chromium on the server." in said


@pytest.mark.usefixtures("no_chromium")
def test_nothing_hostile_gets_through() -> None:
    import plotly.graph_objects as go

    made = blank()
    frame = pl.DataFrame({HOSTILE[:60]: [HOSTILE], "n": [1]})
    cell = {"text": HOSTILE, "sub": HOSTILE, "read": HOSTILE, "level": 3, "state": '"><script>'}
    for part in (
        Heading(HOSTILE, HOSTILE, HOSTILE),
        Section(HOSTILE, HOSTILE, Table('"><script>', HOSTILE, frame)),
        Text(HOSTILE),
        Chart("c", go.Figure(), HOSTILE),
        Section(HOSTILE, HOSTILE),
        Cards([{"id": "nps", "name": HOSTILE, "value": HOSTILE, "unit": HOSTILE, "range": HOSTILE, "change": HOSTILE, "verdict": '"x'}]),
        Cards([{"id": "x", "name": HOSTILE, "few": HOSTILE, "detail": HOSTILE}]),
        Heat({"label": HOSTILE, "head": [HOSTILE] * 2, "sizes": 0, "rows": [{"name": HOSTILE, "cells": [cell], "kind": '"><script>'}]}),
        Listing(frame),
        Quote(HOSTILE, HOSTILE, HOSTILE),
        Box(HOSTILE, HOSTILE),
    ):  # fmt: skip
        made.note(part)
    read = needs_nothing(document(made))
    assert [tag for tag, _attributes in read.tags if tag == "img"] == []
    assert read.text.count("<script>alert(1)</script>") > 15


@pytest.mark.usefixtures("no_chromium")
def test_a_hostile_comment_is_words(open_app: Open, few_path: Path) -> None:
    app = open_app(few_path, "nps", from_="2026-04-01", to="2026-06-30")
    read = needs_nothing(document(app.session_state["report.current"]))
    assert "<b>*bold*</b> =1+1 [link](http://x)" in read.text


def test_what_is_drawn_anew_replaces_what_was() -> None:
    made = blank()
    table = Table("a", "A", pl.DataFrame({"n": [1]}))
    made.note(Section("first", "", table))
    made.note(Section("second", ""))
    made.note(Section("first, anew", "", table))
    assert [part.finding for part in made.parts if isinstance(part, Section)] == ["first, anew", "second"]


def test_a_dialog_is_not_part_of_the_page(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "nps")
    before = len(app.session_state["report.current"].parts)
    app.button(key="why-nps_variants").click().run()
    assert not app.exception
    assert len(app.session_state["report.current"].parts) == before
    assert "xlsx-nps_variants" in {button.key for button in app.get("download_button")}


@pytest.mark.usefixtures("no_chromium")
def test_files_that_name_customers_are_written_down(open_app: Open, demo_path: Path) -> None:
    from data.people import audit
    from pages.shared.screen import takeaway

    app = open_app(demo_path, "churn")
    made: Report = app.session_state["report.current"]
    store = made.access.beside("administer")
    assert isinstance(store, Store)
    with speaking("en"):
        takeaway._workbook(made, [made.sections["lifecycle"]])
        assert audit.entries(store, limit=9).is_empty()
        takeaway._workbook(made, list(made.sections.values()))
        takeaway._page(made)
    assert audit.entries(store, limit=9).select("action", "detail").rows() == [("export", "churn")] * 2


def test_without_a_report_blocks_still_draw() -> None:
    def script() -> None:
        from pages.shared.model import blocks, rendering
        from pages.shared.screen.renderer import Screen

        rendering.usually(Screen())
        blocks.section("Title", "How", file="x")
        blocks.quiet("Quiet")

    app = AppTest.from_function(script, default_timeout=30).run()
    assert not app.exception
    assert app.subheader[0].value == "Title"
