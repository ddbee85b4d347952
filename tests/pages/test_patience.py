"""A question that is cut off is one sentence on the page, in the reader's language, and is asked anew by the next run."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data import ask
from data.snapshot import Snapshot
from tests.data.test_patience import ENDLESS

Open = Callable[..., AppTest]


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
        slow.setattr(ask, "ask", endless)
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
