"""What a page emits is data until somebody draws it: a report keeps all that it says, and the screen knows how to draw each kind of it."""

from collections.abc import Callable
from typing import get_args

import plotly.graph_objects as go
import polars as pl
import pytest

from data.people.access import LOCAL, Access
from data.store.extent import Extent
from pages.shared.model import blocks, rendering
from pages.shared.model.parts import Button, Chart, Control, Frame, Heading, Listing, Part, Place, Section, Text
from pages.shared.model.report import Keeper, Report
from pages.shared.screen.controls import CONTROLS
from pages.shared.screen.renderer import FRAMES, PARTS

ROWS = pl.DataFrame({"n": [1, 2]})


def kept(emit: Callable[[], None]) -> Report:
    """The report of what a function emits."""
    report = Report("nps", "NPS", "en", 1, Extent(), Access(None, LOCAL))  # type: ignore[arg-type]
    with rendering.by(Keeper(report)):
        emit()
    return report


@pytest.mark.parametrize(("kinds", "drawn"), [(Part, PARTS), (Control, CONTROLS), (Frame, FRAMES)])
def test_the_screen_draws_every_kind_of_block(kinds: object, drawn: dict[type, object]) -> None:
    assert set(get_args(kinds)) == set(drawn)


def test_a_report_keeps_nothing_of_nothing() -> None:
    report = kept(lambda: None)
    assert report.parts == []
    assert report.title == "NPS"  # a page that has no heading has its name


def test_a_report_keeps_the_parts_in_their_order_wherever_they_would_stand() -> None:
    def emit() -> None:
        blocks.heading("Up", "of all")
        left, right = blocks.columns(1, 2)
        with right:
            blocks.section("Months", "by month", table=ROWS, file="months", metric="nps")
            blocks.chart(go.Figure(), key="months", alt="1, 2")
        with left, blocks.fold("More"):
            blocks.listing(ROWS, customers=True)

    report = kept(emit)
    assert [type(part) for part in report.parts] == [Heading, Section, Chart, Listing]
    assert report.title == "Up"
    chart = next(part for part in report.parts if isinstance(part, Chart))
    assert (chart.title, chart.how) == ("Months", "by month")  # those of its section
    assert report.tables["months"].equals(ROWS)
    assert [metric.name for metric in report.metrics] == ["nps"]
    assert report.named == ["customer_id"]


def test_what_is_pressed_or_filled_in_is_not_kept() -> None:
    def emit() -> None:
        blocks.button(Button("Upload", "upload", leads=Place("upload")))
        blocks.form(lambda: pytest.fail("nobody is there to fill it in"))

    assert kept(emit).parts == []


@pytest.mark.parametrize(
    ("tone", "markdown"), [("plain", "**n**"), ("quiet", ":small[:gray[**n**]]"), ("warning", ":orange[**n**]")]
)
def test_a_text_has_its_tone_in_files_too(tone: str, markdown: str) -> None:
    assert Text("**n**", tone, hint="click").markdown == markdown  # type: ignore[arg-type]


@pytest.mark.parametrize("hint", ["", "A card opens its page."])
def test_a_quiet_line_without_words_is_none(hint: str) -> None:
    assert kept(lambda: blocks.quiet("", hint=hint)).parts == []


def test_a_block_draws_with_its_own_renderer_and_leaves_the_usual_one() -> None:
    usual, own = (Report("nps", "NPS", "en", 1, Extent(), Access(None, LOCAL)) for _ in range(2))  # type: ignore[arg-type]
    before = rendering._usual
    try:
        rendering.usually(Keeper(usual))
        with rendering.by(Keeper(own)):
            blocks.paragraph("inside")
        blocks.paragraph("outside")
    finally:
        rendering._usual = before
    assert ([part.words for part in own.parts], [part.words for part in usual.parts]) == (["inside"], ["outside"])  # type: ignore[union-attr]
