"""What a page is made of: each function emits one part, and whoever renders the page draws it on the screen or keeps it for a file."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Literal

import plotly.graph_objects as go
import polars as pl

from pages.shared.model.cards import Card, HeatTable
from pages.shared.model.parts import (
    Anchor,
    Box,
    Button,
    Cards,
    Chart,
    Columns,
    File,
    Fold,
    Form,
    Group,
    Heading,
    Heat,
    Listing,
    Mark,
    Place,
    Quote,
    Row,
    Section,
    Source,
    Table,
    Text,
    Waiting,
)
from pages.shared.model.rendering import Places, renderer
from pages.shared.session.view import View
from pages.shared.words import markup

Within = AbstractContextManager[object]


def heading(finding: str, shown: str, fresh: str = "") -> None:
    """What was found, what is shown, how fresh it is.

    Of `shown` and `fresh`, which are Markdown, escape with `markup.plain` what comes from data; the finding is a `markup.title`.
    """
    renderer().part(Heading(markup.title(finding), shown, fresh))


def section(
    finding: str,
    how_to_read: str = "",
    *,
    table: Source | None = None,
    file: str = "",
    metric: str = "",
    headers: Mapping[str, str] | None = None,
) -> None:
    """A title that says the finding, and one quiet line: measure, unit, interval, n, how to read the marks.

    With `table`, it can be taken away as `file`; `metric` is the one whose columns it has, if any, and `headers` what they are called in a
    list that people work through. So can the charts that follow.
    """
    finding = markup.title(finding)
    known = Table(file, finding, table, metric, headers or {}) if table is not None else None
    renderer().part(Section(finding, how_to_read, known))


def quiet(text: str, *, hint: str = "") -> None:
    """Second-rank text. No text emits nothing; the hint says what a click does, and is for the screen only."""
    if text or hint:
        renderer().part(Text(text, "quiet", hint))


def paragraph(text: str) -> None:
    """A line of the page. Markdown."""
    renderer().part(Text(text))


def warning(text: str) -> None:
    """What has to be known before the numbers. Markdown."""
    renderer().part(Text(text, "warning"))


def chart(figure: go.Figure, *, key: str, alt: str, marks: Sequence[Mark] = ()) -> None:
    """A figure in colour tokens; `alt` says in words what it shows, `marks` what each of its marks means and where it leads."""
    renderer().part(Chart(key, figure, alt, marks=marks))


def cards(
    items: Sequence[Card],
    *,
    key: str,
    leads: Mapping[str, Place] | None = None,
    view: View | None = None,
    explain: Callable[[str], None] | None = None,
) -> None:
    """A row of cards: see `Cards` for where they lead."""
    renderer().part(Cards(list(items), key, leads or {}, view, explain))


def heat(table: HeatTable, *, key: str, leads: Mapping[tuple[int, int], Place] | None = None) -> None:
    """A heat table; `leads`: where a click on a cell goes, by its row and column."""
    renderer().part(Heat(table, key, leads or {}))


def quote(mark: str, words: str, about: str) -> None:
    """What somebody wrote, word for word: `mark` before it, a quiet line below it. No Markdown in any of them."""
    renderer().part(Quote(mark, words, about))


def listing(
    frame: pl.DataFrame,
    *,
    customers: bool = False,
    key: str | None = None,
    height: int | Literal["content"] | None = None,
) -> None:
    """Rows that a click sorts, under the names that people read; `customers`: they name some."""
    renderer().part(Listing(frame, customers, sortable=True, key=key, height=height))


def lines(frame: pl.DataFrame) -> None:
    """A few rows that are read rather than sorted."""
    renderer().part(Listing(frame))


def empty(title: str, why: str, *, icon: str = ":material/inbox:", buttons: Sequence[Button] = ()) -> None:
    """A bordered box: what is missing, why, and what mends it."""
    renderer().part(Box(title, why, icon, buttons))


def button(button: Button) -> None:
    """Something to press."""
    renderer().control(button)


def files(files: Sequence[File]) -> None:
    """Files to take away at one click, side by side."""
    with renderer().frame(Row())[0]:
        for each in files:
            renderer().control(each)


def form(draw: Callable[[], None]) -> None:
    """Something to fill in, which `draw` shows with Streamlit where there is a browser."""
    renderer().control(Form(draw))


def columns(*widths: int) -> Places:
    """Places side by side, of these widths in proportion, each to be entered: `left, right = columns(1, 1)`."""
    return renderer().frame(Columns(widths))


def group() -> Within:
    """Parts that belong together closely."""
    return renderer().frame(Group())[0]


def fold(title: str, *, opened: bool = False) -> Within:
    """Parts under a title that a click opens and shuts."""
    return renderer().frame(Fold(title, opened))[0]


def anchor(name: str) -> Within:
    """Parts that something on the page leads to, by this name."""
    return renderer().frame(Anchor(name))[0]


def waiting(height: int) -> Within:
    """Stands in the place of what is worked out within it; height in pixels."""
    return renderer().frame(Waiting(height))[0]


def shows(view: View) -> None:
    """The page shows this view, and not all of what the bar says: files and pictures say so too."""
    renderer().shows(view)
