"""Charts as PNG and SVG and a page as PDF, by a real Chromium; and what is said where there is none."""

import re
import struct
from collections.abc import Callable
from pathlib import Path

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from data.errors import RapportError
from pages.shared.files import chromium, pdf, pictures
from pages.shared.files.html import document
from pages.shared.model import charts
from pages.shared.model.charts import ForestRow, Line
from pages.shared.model.parts import Chart
from pages.shared.model.report import Report
from pages.shared.model.theme import SERIES, palette
from pages.shared.words.texts import speaking

needs_chromium = pytest.mark.skipif(
    chromium.path() is None, reason="needs a Chromium of the system; Playwright’s own is none"
)
TREND = Line(
    "2026",
    ["2026-01", "2026-02", "2026-03"],
    [30.0, 35.0, 41.0],
    [25.0, 30.0, 37.0],
    [35.0, 40.0, 45.0],
    [300, 320, 340],
)


def chart(figure: go.Figure | None = None, title: str = "**NPS** rose to 41.0", how: str = ":gray[By month]") -> Chart:
    return Chart("trend", figure or charts.trend(TREND, None), "NPS by month", title, how)


@pytest.fixture(autouse=True)
def closed_afterwards() -> None:
    """Each test ends without a Chromium of its own left."""
    yield
    pictures._studio.close()


@needs_chromium
def test_an_svg_has_the_title_the_marks_and_the_colours_of_paper() -> None:
    svg = pictures.picture(chart(), "svg", note="NPS · Jan–Mar 2026").decode()
    assert svg.startswith("<svg")
    for text in ("NPS rose to 41.0", "By month", "NPS · Jan–Mar 2026", "2026-02", "41.0"):
        assert text in svg
    assert SERIES[0][:5] not in svg  # the tokens
    blue = palette("light").variables["blue"].lstrip("#")
    assert f"rgb({', '.join(str(int(blue[place : place + 2], 16)) for place in (0, 2, 4))})" in svg
    assert not re.search(r"""(href|src)=["'](?!#|data:)""", svg)
    assert "<script" not in svg


@needs_chromium
def test_a_png_is_twice_as_wide_as_the_picture() -> None:
    png = pictures.picture(chart(), "png")
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">I", png[16:20])[0] == 2 * pictures.WIDTH


@needs_chromium
def test_chinese_titles_are_drawn() -> None:
    with speaking("zh"):
        svg = pictures.picture(chart(title="净推荐值升至 41.0，" + "其余指标无明显变化，" * 8), "svg").decode()
    assert "净推荐值升至" in svg
    assert svg.count("<tspan") >= 3  # in several lines


@needs_chromium
def test_words_from_data_are_words() -> None:
    evil = "<script>alert(1)</script><a href='http://evil.example'>x</a>"
    row = ForestRow(evil, 1.0, 0.0, 2.0, "none", "1.0", "· 40 answers", "x")
    svg = pictures.picture(chart(charts.forest([row], change=False), title=evil, how=evil), "svg").decode()
    assert "<script" not in svg
    assert "<a " not in svg
    assert "evil.example" in svg


@needs_chromium
def test_a_chromium_that_fails_gives_one_sentence_and_the_next_picture_is_drawn() -> None:
    assert pictures.picture(chart(), "svg")
    kaleido = pictures._studio.kaleido
    with pytest.raises(RapportError, match="could not be drawn"):
        pictures._studio.draw({"data": [{"type": "no such chart", "x": object()}]}, {"format": "svg"})
    assert pictures.picture(chart(), "svg")
    assert pictures._studio.kaleido is not kaleido


def test_without_chromium_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "path", lambda: None)
    assert not pictures.available()
    with pytest.raises(RapportError, match="no Chromium to draw"):
        pictures.picture(chart(), "png")
    with pytest.raises(RapportError, match="no Chromium to print"):
        pdf.pdf("<p>page</p>")


def test_the_settings_name_the_chromium(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "own-chromium"
    monkeypatch.setenv("RAPPORT_CHROMIUM", str(own))
    assert chromium.path() is None
    own.write_text("#!/bin/sh\nexit 3\n")
    own.chmod(0o755)
    chromium._found.cache_clear()
    assert chromium.path() == str(own)
    with pytest.raises(RapportError, match="could not be printed"):
        pdf.pdf("<p>page</p>")
    with pytest.raises(RapportError, match="could not be drawn"):
        pictures.picture(chart(), "svg")


def test_a_chromium_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hangs = tmp_path / "hangs"
    hangs.write_text("#!/bin/sh\nsleep 600\n")
    hangs.chmod(0o755)
    monkeypatch.setenv("RAPPORT_CHROMIUM", str(hangs))
    monkeypatch.setattr(pdf, "PRINT_SECONDS", 0.5)
    with pytest.raises(RapportError, match="could not be printed"):
        pdf.pdf("<p>page</p>")


@needs_chromium
def test_a_page_is_printed_with_its_charts(open_app: Callable[..., AppTest], demo_path: Path) -> None:
    app = open_app(demo_path, "nps", lang="zh")
    made: Report = app.session_state["report.current"]
    html = document(made)
    assert html.count('src="data:image/svg+xml;base64,') == len(app.get("plotly_chart"))
    printed = pdf.pdf(html)
    assert printed.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) >= 3


@needs_chromium
def test_printing_reaches_no_network(tmp_path: Path) -> None:
    """A picture from a server of this machine is not fetched either."""
    import http.server
    import threading

    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        port = server.server_port
        printed = pdf.pdf(f'<img src="http://127.0.0.1:{port}/a"><img src="http://localhost:{port}/b"><p>page</p>')
    finally:
        server.shutdown()
        server.server_close()
    assert printed.startswith(b"%PDF-")
    assert asked == []
