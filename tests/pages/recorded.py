"""Each page of the demo, opened once for all the laws that hold on every page: on the screen and without one, in both languages.

Opening a page is what tests of pages take their time for. A test that changes something, or asks for another view, opens its own.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import plotly.graph_objects as go
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from pages.frame.offscreen import render
from pages.shared.files import chromium
from pages.shared.files.html import document
from pages.shared.model.report import Report
from pages.shared.session import remembered
from pages.shared.words.texts import speaking
from tests.pages.conftest import run_app

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Made:
    """A value that a page had made and kept: by what, in which language, from what."""

    make: Callable[..., object]
    language: str
    packed: bytes
    value: object

    def again(self) -> object:
        """The same from the same values, made anew."""
        args, kwargs = pickle.loads(self.packed)
        with speaking(self.language):
            return self.make(*args, **kwargs)


@dataclass(frozen=True)
class Seen:
    """A page in one language: as the screen has it, as its report noted it, and as a run without a screen gives it. The tables of both
    reports were worked out while the store was open; `html` is the file of the page where no Chromium draws its charts."""

    app: AppTest
    report: Report
    tables: dict[str, pl.DataFrame]
    offscreen: Report
    offscreen_tables: dict[str, pl.DataFrame]
    html: str
    made: list[Made]

    @property
    def figures(self) -> list[Made]:
        return [made for made in self.made if isinstance(made.value, go.Figure)]


_SEEN: dict[tuple[str, str], Seen] = {}


def seen(code: str, language: str, db: Path, open_app: Callable[..., AppTest]) -> Seen:
    """The page, from the first time that it was asked for. Both languages are opened on one store, which counts once for both."""
    if (code, language) not in _SEEN:
        open_app(db, "definitions")  # a store of its own, with nothing kept
        for each in LANGUAGES:
            _SEEN[code, each] = _look(code, each)
    return _SEEN[code, language]


def _look(code: str, language: str) -> Seen:
    made: list[Made] = []

    def noting(make: Callable[..., object], spoken: str, packed: bytes) -> object:
        one = Made(make, spoken, packed, None)
        made.append(Made(make, spoken, packed, one.again()))
        return made[-1].value

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remembered, "_made", noting)
        app = run_app(code, lang=language)
    report: Report = app.session_state["report.current"]
    offscreen = render(code, {}, language)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chromium, "path", lambda: None)
        html = document(report)
    return Seen(app, report, report.tables, offscreen, offscreen.tables, html, made)
