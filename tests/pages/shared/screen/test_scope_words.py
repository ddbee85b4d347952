"""Whoever is limited to some customers is told so with every number: on pages, in files and in links."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import fastexcel
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data.people.access import Person, Role
from data.segment import EVERYBODY, Segment
from pages.customers.churn.rule import _of_all
from pages.frame.offscreen import render
from pages.frame.registry import ENTRIES
from pages.shared.files import pictures
from pages.shared.files.html import document
from pages.shared.files.workbook import workbook
from pages.shared.model.report import Report
from pages.shared.screen.display import shown
from pages.shared.screen.takeaway import picture_note
from pages.shared.session.view import View
from pages.shared.words.markup import text
from pages.shared.words.texts import speaking
from pages.shared.words.whom import whom
from tests.pages.conftest import words
from tests.pages.linking import pin, signed_in

Open = Callable[..., AppTest]
EAST, GOLD = Segment(region=("East China",)), Segment(tier=("gold",))
TWO = Segment(region=("East China", "North China"))
EVA = Person("eva@example.com", Role.ANALYST, scope=EAST)
ADA = Person("ada@example.com", Role.ADMINISTRATOR)
CODES = [entry.code for entry in ENTRIES if entry.data]
NAMED = {"en": "East China", "zh": "华东"}


def view(segment: Segment, scope: Segment) -> View:
    return View(
        dt.date(2026, 4, 1), dt.date(2026, 6, 30), dt.date(2026, 7, 18), "before", segment, scope=scope
    )  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "scope", "english", "chinese"),
    [
        (EVERYBODY, EVERYBODY, "all regions and tiers", "全部地区与等级"),
        (EAST, EVERYBODY, "in East China", "华东"),
        (EVERYBODY, EAST, "in East China", "华东"),
        (EVERYBODY, TWO, "in East China and North China", "华东与华北"),
        (EAST, TWO, "in East China", "华东"),
        (TWO, EAST, "in East China", "华东"),
        (GOLD, EAST, "in East China, Gold members", "华东、金卡会员"),
        (Segment(acquisition_channel=("search",)), EAST, "in East China, acquired through Search", "华东、来自搜索"),
    ],
)
def test_who_is_shown_is_what_was_chosen_of_those_one_may_see(
    chosen: Segment, scope: Segment, english: str, chinese: str
) -> None:
    for language, said in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert text(whom(view(chosen, scope).whom)) == said
            assert said in text(shown(view(chosen, scope), "169"))


def test_names_from_data_are_no_markup() -> None:
    with speaking("en"):
        assert whom(view(EVERYBODY, Segment(region=("*East*",))).whom) == r"in \*East\*"


@pytest.mark.parametrize(
    ("chosen", "scope", "said"),
    [
        (EVERYBODY, EVERYBODY, ""),
        (EVERYBODY, EAST, ""),
        (EAST, EAST, ""),
        (GOLD, EVERYBODY, "Counted over all customers, whatever the filters."),
        (GOLD, EAST, "Counted over all customers in East China, whatever the filters."),
    ],
)
def test_whose_gaps_a_threshold_comes_from(chosen: Segment, scope: Segment, said: str) -> None:
    with speaking("en"):
        assert _of_all(view(chosen, scope)) == said


@pytest.fixture
def drawn(open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Report]:
    """Draw a page for somebody; files are made without pictures."""
    monkeypatch.setattr(pictures, "available", lambda: False)
    open_app(demo_path)  # opens the store as the app does
    return lambda code, language, person, **params: render(code, params, language, person=person)


def about(report: Report) -> str:
    """All that the last sheet of the workbook says."""
    book = fastexcel.read_excel(
        io.BytesIO(workbook(report, list(report.sections.values())[:1], made=dt.datetime(2026, 7, 20))).getvalue()
    )
    last = pl.DataFrame(book.load_sheet(book.sheet_names[-1], header_row=None))
    return "\n".join(" | ".join(str(value) for value in row if value is not None) for row in last.iter_rows())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("code", CODES)
def test_page_file_and_workbook_name_the_region(drawn: Callable[..., Report], code: str, language: str) -> None:
    report = drawn(code, language, EVA)
    named, everybody = NAMED[language], {"en": "all regions", "zh": "全部地区"}[language]
    assert named in text(report.heading.shown)
    header, told = document(report).partition("</header>")[0], about(report)
    assert named in header
    assert {"en": "Filters | in East China", "zh": "筛选条件 | 华东"}[language] in told
    assert everybody not in document(report) + told
    with speaking(language):
        assert named in picture_note(report)
    assert parse_qs(urlsplit(report.link).query)["region"] == ["East China"]


def test_where_nobody_is_limited_nothing_is_added(drawn: Callable[..., Report]) -> None:
    report = drawn("nps", "en", ADA)
    assert "all regions and tiers" in text(report.heading.shown)
    assert "Filters | all regions and tiers" in about(report)
    assert "East China" not in picture_note(report)
    assert parse_qs(urlsplit(report.link).query)["region"] == ["all"]


def test_the_link_in_a_file_leads_others_to_the_same_number(drawn: Callable[..., Report]) -> None:
    limited = drawn("nps", "en", EVA, tier=["gold"])
    seen = drawn("nps", "en", ADA, **{k: v for k, v in parse_qs(urlsplit(limited.link).query).items() if k != "lang"})
    assert (seen.title, seen.heading.shown) == (limited.title, limited.heading.shown)
    assert text(seen.heading.shown).count("in East China, Gold members") == 1
    assert seen.link == limited.link


@pytest.mark.parametrize(("maker", "opener"), [(EVA, ADA), (ADA, EVA), (EVA, EVA)])
def test_a_pinned_link_says_whose_numbers_it_shows(
    open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch, maker: Person, opener: Person
) -> None:
    signed_in(monkeypatch, maker)
    token = pin(open_app(demo_path, "nps"))
    signed_in(monkeypatch, opener)
    app = open_app(demo_path, "nps", link=token)
    assert not app.exception
    said = text(words(app))
    assert "in East China" in said
    assert "all regions" not in said
    report: Report = app.session_state["report.current"]
    assert "Filters | in East China" in about(report)
    # the link carries the limit of who made it; that of who opens it has to be said
    carried = parse_qs(urlsplit(report.link).query)
    assert carried["link"] == [token]
    assert carried["region"] == (["East China"] if maker == ADA else ["all"])


def test_the_bar_names_the_region(open_app: Open, demo_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(monkeypatch, EVA)
    names = [popover.proto.popover.label for popover in open_app(demo_path, "nps").get("popover")]
    assert "East China" in names
    assert "All regions" not in names
    signed_in(monkeypatch, replace(EVA, scope=EVERYBODY))
    assert "All regions" in [popover.proto.popover.label for popover in open_app(demo_path, "nps").get("popover")]
