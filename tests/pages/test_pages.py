"""Each page on an empty store and on a handful of rows, and what the demo shows at a click: never an exception."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.store.store import Store
from pages.frame.registry import ENTRIES
from pages.shared.screen import states
from pages.shared.session import cached
from tests.pages.conftest import go, words

Open = Callable[..., AppTest]
DATA_PAGES = [entry.code for entry in ENTRIES if entry.data]
CODES = [entry.code for entry in ENTRIES]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("code", CODES)
def test_on_an_empty_store(open_app: Open, tmp_path: Path, code: str, language: str) -> None:
    app = open_app(tmp_path / "empty.duckdb", code, lang=language)
    assert not app.exception
    assert len(app.title) == 1


@pytest.mark.parametrize("code", DATA_PAGES)
def test_an_empty_store_offers_the_two_ways_on(open_app: Open, tmp_path: Path, code: str) -> None:
    app = open_app(tmp_path / "empty.duckdb", code)
    assert app.title[0].value == "Nothing to show yet"
    assert {"Upload an export", "Build the demo"} <= {button.label for button in app.button}
    assert "Reset" not in words(app)


@pytest.mark.parametrize("code", CODES)
def test_on_nine_answers(open_app: Open, few_path: Path, code: str) -> None:
    app = open_app(few_path, code, from_="2026-04-01", to="2026-06-30")
    assert not app.exception
    assert not app.error


def test_too_few_answers_are_said(open_app: Open, few_path: Path) -> None:
    app = open_app(few_path, "nps", from_="2026-04-01", to="2026-06-30")
    assert app.title[0].value == "Too few answers to show NPS"
    assert "Too few to show: 9 of 30" in words(app)


def test_comments_are_plain_text(open_app: Open, few_path: Path) -> None:
    app = open_app(few_path, "nps", from_="2026-04-01", to="2026-06-30")
    assert app.text[0].value == "<b>*bold*</b> =1+1 [link](http://x)"
    assert "bold" not in "".join(element.value for element in app.markdown)


def test_a_period_without_data_says_where_data_are(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "nps", from_="2019-01-01", to="2019-03-31")
    assert not app.exception
    assert "No answers in this period" in words(app)
    assert "to 18 Jul 2026. Choose another period, or reset the filters." in words(app)
    app.button(key="nothing-reset").click().run()
    assert app.title[0].value != "Too few answers to show NPS"


def test_the_demo_is_one_button_away(open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = states.load
    monkeypatch.setattr(states, "load", lambda store, progress: small(store, customers=300, seed=1, progress=progress))
    app = open_app(tmp_path / "empty.duckdb", "nps")
    app.button(key="first-demo").click().run()
    assert not app.exception
    assert "demo data" in words(app)


def test_numbers_follow_an_import_and_its_undo(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path)
    before = app.title[0].value
    store: Store = cached.store()
    store.undo(1)
    app.run()
    assert app.title[0].value == "Nothing to show yet"
    assert before != "Nothing to show yet"


def test_a_sentence_instead_of_a_traceback(open_app: Open, tmp_path: Path) -> None:
    broken = tmp_path / "broken.duckdb"
    broken.write_bytes(b"no database" * 1000)
    app = open_app(broken, lang="zh")
    assert not app.exception
    assert "RAPPORT" in app.error[0].value
    assert "无法作为 DuckDB 文件打开" in app.error[0].value


def test_pages_keep_the_filters(open_app: Open, demo_path: Path) -> None:
    app = open_app(demo_path, "nps", region="East China", vs="year")
    go(app, "retention")
    assert [app.query_params[name] for name in ("region", "vs", "kind")] == ["East China", "year", "on"]


@pytest.mark.parametrize(
    ("orders", "feedback", "said"),
    [
        (None, "2026-07-18", ""),
        ("2026-07-18", "2026-07-18", ""),
        ("2026-07-12", "2026-07-18", ""),
        ("2026-07-06", "2026-07-18", "orders end 6 Jul 2026, 12 days before the answers"),
        ("2026-07-18", "2026-07-06", "answers end 6 Jul 2026, 12 days before the orders"),
    ],
)
def test_a_late_source_is_named(orders: str | None, feedback: str, said: str) -> None:
    days = [dt.date.fromisoformat(day) if day else None for day in (orders, feedback)]
    assert states.late(*days) == said
