"""What a page is made of, as data. Parts are what a page says: they stand on the screen and in its files. Controls and frames stand on
the screen only. None knows how it is drawn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import plotly.graph_objects as go
import polars as pl

from pages.shared.model.cards import Card, HeatTable
from pages.shared.session.view import View
from pages.shared.words import markup

Source = pl.DataFrame | Callable[[], pl.DataFrame]


@dataclass(frozen=True)
class Place:
    """Where something leads: a page by its code, this one where it is empty, the codes of the address that change on the way, and which
    anchor of the page is then looked at."""

    page: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    anchor: str = ""


@dataclass(frozen=True)
class Mark:
    """One mark of a chart, known by its id (one of `ids` of its trace, or its `customdata`): what it says, and where it leads, if
    anywhere."""

    id: str
    says: str
    leads: Place | None = None


@dataclass(frozen=True)
class Heading:
    """What was found, what is shown, how fresh it is. Markdown."""

    finding: str
    shown: str
    fresh: str


@dataclass(frozen=True)
class Table:
    """A table behind a section: the name of its file, its title (Markdown), and the metric whose columns it has, if any. With `headers`,
    its columns are called so in a file, and codes in it by their names: a list that people work through."""

    name: str
    title: str
    source: Source
    metric: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

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
    """A paragraph. Markdown. The hint says what a click does, so it stands on the screen only."""

    words: str
    tone: Literal["plain", "quiet", "warning"] = "plain"
    hint: str = ""

    @property
    def markdown(self) -> str:
        """The words with their tone, as they stand in a file."""
        if self.tone == "quiet":
            return markup.quietly(self.words)
        return f":orange[{self.words}]" if self.tone == "warning" else self.words


@dataclass(frozen=True)
class Chart:
    """A figure in colour tokens, and what it says in words; `title` and `how` are those of its section. Markdown."""

    key: str
    figure: go.Figure
    alt: str
    title: str = ""
    how: str = ""
    marks: Sequence[Mark] = ()


@dataclass(frozen=True)
class Cards:
    """A row of cards. One leads to where `leads` says of its id; what the others mean, `explain` tells, or the definition of their metric,
    beside what it is by other definitions for the view, if one is given."""

    items: Sequence[Card]
    key: str = ""
    leads: Mapping[str, Place] = field(default_factory=dict)
    view: View | None = None
    explain: Callable[[str], None] | None = None


@dataclass(frozen=True)
class Heat:
    """A heat table; what a cell means, it says itself (`read`). A cell leads to where `leads` says of its row and column, both from 0."""

    table: HeatTable
    key: str = ""
    leads: Mapping[tuple[int, int], Place] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """Rows under the names that people read, as they stand on the page: few that are read, or such that a click sorts."""

    frame: pl.DataFrame
    customers: bool = False  # whether the rows name customers
    sortable: bool = False
    key: str | None = None
    height: int | Literal["content"] | None = None  # pixels; else as Streamlit has it


@dataclass(frozen=True)
class Quote:
    """What a customer wrote, word for word, with the score before it and the line below it. No Markdown."""

    mark: str
    words: str
    about: str


@dataclass(frozen=True)
class Button:
    """Something to press: it leads somewhere, `sets` something before the page is drawn anew, or does something in its own place."""

    label: str
    key: str
    icon: str | None = None
    kind: Literal["primary", "secondary", "tertiary"] = "secondary"
    leads: Place | None = None
    sets: Callable[[], None] | None = None
    does: Callable[[], None] | None = None


@dataclass(frozen=True)
class Box:
    """A state without a number: what is missing and why, and what mends it. Markdown."""

    title: str
    why: str
    icon: str = ":material/inbox:"
    buttons: Sequence[Button] = ()


Part = Heading | Section | Text | Chart | Cards | Heat | Listing | Quote | Box


@dataclass(frozen=True)
class Choice:
    """One of some codes, by what they are called, which the address keeps under `name`: side by side where they are few, else a list."""

    name: str
    names: Mapping[str, str]
    title: str
    chosen: str
    many: bool = False


@dataclass(frozen=True)
class Several:
    """Some of the codes, in an order, by what they are called, which the address keeps under `name`; `usual` where none is chosen."""

    name: str
    names: Mapping[str, str]
    title: str
    chosen: Sequence[str]
    usual: str


@dataclass(frozen=True)
class Words:
    """Words to look for: what is typed goes into the address under `name`."""

    name: str
    title: str
    chosen: str


@dataclass(frozen=True)
class Amount:
    """A number, typed or stepped, which the address keeps under `name`."""

    name: str
    title: str
    chosen: str
    within: tuple[float, float]
    step: float
    help: str | None = None


@dataclass(frozen=True)
class Definition:
    """The way to the definition of a metric."""

    metric: str


@dataclass(frozen=True)
class OtherDefinitions:
    """The way to the view's number by the definitions that other tools use; `arguments` are those that they share."""

    metric: str
    view: View
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """Something to fill in that only a browser can show: `draw` does it, with Streamlit."""

    draw: Callable[[], None]


@dataclass(frozen=True)
class File:
    """A file that is made when it is asked for: `make` gets who looks at the page, and says so in the audit where it names customers.
    `first` is the one that most want."""

    label: str
    name: str
    kind: str
    make: "Callable[[Any], bytes]"
    first: bool = False


Control = File | Choice | Several | Amount | Words | Definition | OtherDefinitions | Button | Form


@dataclass(frozen=True)
class Columns:
    """Places side by side, of these widths in proportion; one below the other on a phone."""

    widths: Sequence[int]


@dataclass(frozen=True)
class Row:
    """Controls side by side; `labelled` ones have a line above them and stand on one foot."""

    labelled: bool = False


@dataclass(frozen=True)
class Group:
    """Parts that belong together closely."""


@dataclass(frozen=True)
class Fold:
    """Parts under a title that a click opens and shuts."""

    title: str
    opened: bool = False


@dataclass(frozen=True)
class Waiting:
    """Stands in the place of what is being worked out; height in pixels."""

    height: int


@dataclass(frozen=True)
class Anchor:
    """Parts that something on the page leads to, by this name."""

    name: str


Frame = Columns | Row | Group | Fold | Waiting | Anchor
