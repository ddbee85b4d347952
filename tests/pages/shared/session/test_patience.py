"""A question that is cut off is one sentence on the page, in the reader's language, and is asked anew by the next run."""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data.errors import RapportError
from data.people import access
from data.segment import EVERYBODY
from data.store.snapshot import Snapshot
from pages.frame import alerting, offscreen
from pages.frame.registry import ENTRIES
from pages.shared.session import cached
from tests.data.questions.test_patience import ENDLESS, LATE

Open = Callable[..., AppTest]
SCHEDULED = [entry.code for entry in ENTRIES if entry.data and not entry.needs]  # a message names nobody


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "This question took more than 1 seconds and was cut off."),
        ("zh", "这个问题用时超过 1 秒，已被中止。"),
    ],
)
@pytest.mark.parametrize("code", ["", "nps", "retention"])
def test_a_question_that_is_cut_off_is_one_sentence_and_no_answer(
    open_app: Open, demo_path: Path, monkeypatch, code: str, language: str, sentence: str
) -> None:
    def endless(snap: Snapshot, *_: object, **__: object) -> pl.DataFrame:
        return snap.cursor.sql(ENDLESS).pl()

    monkeypatch.setenv("RAPPORT_QUESTION_SECONDS", "1")
    with monkeypatch.context() as slow:
        slow.setattr(cached, "ask", endless)
        app = open_app(demo_path, code, lang=language)
    assert [sentence in error.value.replace("\\", "") for error in app.error] == [True], [
        each.value for each in app.error
    ]
    assert not app.exception
    if (
        language == "zh"
    ):  # outside of its runs the test harness speaks English, and knows no widget of another language again
        return
    monkeypatch.setenv("RAPPORT_QUESTION_SECONDS", "60")
    app.run()
    assert not app.error
    assert app.title


@pytest.mark.parametrize("code", SCHEDULED)
def test_what_a_page_for_a_message_asks_is_not_cut_off(open_app: Open, demo_path: Path, monkeypatch, code: str) -> None:
    given: list[float] = []

    @contextmanager
    def note(_cursor: object, seconds: float) -> Iterator[None]:
        given.append(seconds)
        yield

    monkeypatch.setenv("RAPPORT_QUESTION_SECONDS", "17")
    monkeypatch.setattr(access, "patience", note)
    open_app(demo_path, "" if code == "overview" else code)
    assert set(given) == {17}
    given.clear()
    alerting.render(code, {}, "en", EVERYBODY)
    assert set(given) == {math.inf}


def test_what_nobody_waits_for_any_more_is_given_up(open_app: Open, demo_path: Path, monkeypatch) -> None:
    def endless(snap: Snapshot, *_: object, **__: object) -> pl.DataFrame:
        asking.append(threading.current_thread())
        return snap.cursor.sql(ENDLESS).pl()

    asking: list[threading.Thread] = []
    open_app(demo_path)
    monkeypatch.setattr(cached, "ask", endless)
    monkeypatch.setattr(offscreen, "RUN_SECONDS", 3)
    with pytest.raises(RapportError, match="took too long"):
        alerting.render("nps", {"region": ["East China"]}, "en", EVERYBODY)
    for thread in asking:
        thread.join(LATE)
        assert not thread.is_alive()
    assert asking
