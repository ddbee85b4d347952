"""What a page has drawn in this run, noted beside the screen, so that all of it can be taken away.

`app.py` begins a report before the page runs; the blocks note what they draw. A dialog is not part of the page: it draws while the
report is paused. `render` runs a page without a browser.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from data.people.access import CUSTOMER, Access, Person
from data.segment import EVERYBODY
from data.store.extent import Extent
from metrics.catalogue import CATALOGUE, Metric
from pages.shared.session import visit
from pages.shared.session.view import View, url_params
from pages.shared.words import markup
from pages.shared.words.texts import _, language, speaking

if TYPE_CHECKING:
    from pages.shared.registry import Entry

CURRENT, PAUSED = "report.current", "report.paused"

Source = pl.DataFrame | Callable[[], pl.DataFrame]


@dataclass(frozen=True)
class Heading:
    """What was found, what is shown, how fresh it is. Markdown."""

    finding: str
    shown: str
    fresh: str


@dataclass(frozen=True)
class Table:
    """A table behind a section: the name of its file, its title (Markdown), and the metric whose columns it has, if any."""

    name: str
    title: str
    source: Source
    metric: str = ""

    @property
    def frame(self) -> pl.DataFrame:
        """The rows, worked out when they are asked for where nobody needed them on the page."""
        return self.source() if callable(self.source) else self.source


@dataclass(frozen=True)
class Section:
    """A title with its quiet line. Markdown."""

    finding: str
    how: str
    table: Table | None = None


@dataclass(frozen=True)
class Text:
    """A paragraph. Markdown."""

    markdown: str


@dataclass(frozen=True)
class Chart:
    """A figure in colour tokens, and what it says in words; `title` and `how` are those of its section. Markdown."""

    key: str
    figure: go.Figure
    alt: str
    title: str = ""
    how: str = ""


@dataclass(frozen=True)
class Cards:
    """A row of cards, as `cards.Card` describes them."""

    items: list[Any]


@dataclass(frozen=True)
class Heat:
    """A heat table, as `cards.Heat` describes it."""

    table: Any


@dataclass(frozen=True)
class Listing:
    """Rows under the names that people read, as they stand on the page."""

    frame: pl.DataFrame
    customers: bool = False  # whether the rows name customers


@dataclass(frozen=True)
class Quote:
    """What a customer wrote, word for word, with the score before it and the line below it. No Markdown."""

    mark: str
    words: str
    about: str


@dataclass(frozen=True)
class Box:
    """A state without a number: what is missing and why. Markdown."""

    title: str
    why: str


Part = Heading | Section | Text | Chart | Cards | Heat | Listing | Quote | Box


@dataclass
class Report:
    """One page as it was drawn. `code` and `page` name it; `params` are those of its URL, `link` is the whole of it."""

    code: str
    page: str
    language: str
    version: int
    extent: Extent
    access: Access  # of whom it was made for
    view: View | None = None
    params: Mapping[str, list[str]] = field(default_factory=dict)
    link: str = ""
    offscreen: bool = False  # nobody looks: nothing that is pressed need be drawn
    parts: list[Part] = field(default_factory=list)
    downloads: Any = None  # the popover of the section that is being drawn

    @property
    def heading(self) -> Heading:
        """The first heading; of a page that has none, its name."""
        return next((part for part in self.parts if isinstance(part, Heading)), Heading(self.page, "", ""))

    @property
    def title(self) -> str:
        """What was found, as plain text."""
        return markup.text(self.heading.finding)

    @property
    def sections(self) -> dict[str, Table]:
        """The tables behind the sections, by the name of their file, without working any out."""
        return {part.table.name: part.table for part in self.parts if isinstance(part, Section) and part.table}

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The rows behind each section, by the name of the file."""
        return {name: table.frame for name, table in self.sections.items()}

    @property
    def named(self) -> list[str]:
        """The tables of the page that name customers, among those whose rows stand on it."""
        return [
            part.table.name
            for part in self.parts
            if isinstance(part, Section) and part.table and not callable(part.table.source)
            if CUSTOMER in part.table.source.columns
        ] + [CUSTOMER for part in self.parts if isinstance(part, Listing) and part.customers]

    @property
    def metrics(self) -> list[Metric]:
        """The metrics that the page shows, in the order in which they appear."""
        named: dict[str, None] = {}
        for part in self.parts:
            if isinstance(part, Cards):
                named |= dict.fromkeys(card.get("id", "").partition(":")[0] for card in part.items)
            elif isinstance(part, Section) and part.table:
                named[part.table.metric] = None
        return [CATALOGUE[name] for name in named if name in CATALOGUE]

    @property
    def html(self) -> str:
        """The page as one file that needs nothing else; it takes a second or two when it holds charts."""
        from pages.shared.files.html import document

        with speaking(self.language):
            return document(self)

    def note(self, part: Part) -> Part:
        """Add what was drawn, and give it as it was noted: a chart has the title of its section.

        A chart is known by its key and a table by its name: what is drawn anew replaces what was.
        """
        if isinstance(part, Chart):
            titled = next((seen for seen in reversed(self.parts) if isinstance(seen, Section)), Section("", ""))
            part = replace(part, title=titled.finding, how=titled.how)
        for place, seen in enumerate(self.parts):
            if _same(seen, part):
                self.parts[place] = part
                return part
        self.parts.append(part)
        return part


def _same(seen: Part, part: Part) -> bool:
    if isinstance(seen, Chart) and isinstance(part, Chart):
        return seen.key == part.key
    if isinstance(seen, Section) and isinstance(part, Section) and seen.table and part.table:
        return seen.table.name == part.table.name
    return False


def begin(entry: "Entry", view: View | None, *, offscreen: bool = False) -> Report:
    """Begin the report of this run, in the session. The URL has been settled, so its parameters are those of the view."""
    from pages.shared.session import cached  # which many modules import that this one needs not know

    params = url_params() if view else {"lang": [language()]}
    report = Report(
        code=entry.code, page=_(entry.title), language=language(), version=cached.version(), extent=cached.extent(), access=cached.access(),
        view=view, params=params, link=_link(entry.code, _whole(params, view)), offscreen=offscreen,
    )  # fmt: skip
    st.session_state[CURRENT] = report
    return report


def current() -> Report | None:
    """The report that is being noted; None in a dialog, and where none was begun."""
    return None if st.session_state.get(PAUSED) else of_run()


def of_run() -> Report | None:
    """The report of this run, also while it is paused."""
    found: Report | None = st.session_state.get(CURRENT)
    return found


def shows(view: View) -> None:
    """The page shows this view, and not all of what the bar says: files and pictures say so too."""
    if report := of_run():
        report.view = view


def offscreen() -> bool:
    """Whether this run has no browser, so that only what is noted counts."""
    report = of_run()
    return report is not None and report.offscreen


def note(part: Part) -> Part:
    """Add what was drawn to the report of this run, if there is one; the part as it was noted."""
    report = current()
    return report.note(part) if report else part


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """What is drawn in the block is not part of the page."""
    before = st.session_state.get(PAUSED, False)
    st.session_state[PAUSED] = True
    try:
        yield
    finally:
        st.session_state[PAUSED] = before


def _whole(params: Mapping[str, list[str]], view: View | None) -> Mapping[str, list[str]]:
    """The parameters with whom the numbers are of, where the address does not say it yet: who sees everybody finds the same ones."""
    link = visit.link()
    said = view.segment.seen_within(link.scope if link else EVERYBODY) if view else EVERYBODY
    return params if view is None or visit.locked() or said == view.whom else {**params, **view.whom.params}


def _link(code: str, params: Mapping[str, list[str]]) -> str:
    """The address of the view, as far as the browser has told it; else without the machine's name."""
    here = urlsplit(st.context.url or "")
    machine = f"{here.scheme}://{here.netloc}" if here.netloc else ""
    query = urlencode(params, doseq=True)
    return f"{machine}/{code}" + (f"?{query}" if query else "")


def render(
    page_code: str, params: Mapping[str, list[str]], language: str, *, person: Person | None = None, address: str = ""
) -> Report:
    """Run a page without a browser on the process's store, in the app or on the command line, and give what it has drawn.

    `params` are those of the URL; `person` is whose rights and rows it runs with (without one, those of the app
    itself: who sits at the machine, and nobody where people sign in); `address` is where the app is reached, for the link.
    """
    from pages.shared.files.offscreen import drawn

    return drawn(page_code, params, language, person=person, address=address)
