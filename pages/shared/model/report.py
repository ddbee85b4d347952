"""One page as it was emitted, so that all of it can be taken away: its parts, the tables behind them, the metrics that it shows."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

import polars as pl

from data.people.access import CUSTOMER, Access
from data.store.extent import Extent
from metrics.catalogue import CATALOGUE, Metric
from pages.shared.model.parts import (
    Cards,
    Chart,
    Columns,
    Control,
    Frame,
    Heading,
    Listing,
    Part,
    Section,
    Table,
    Text,
)
from pages.shared.model.rendering import Places
from pages.shared.session.view import View
from pages.shared.words import markup


@dataclass
class Report:
    """`code` and `page` name the page; `params` are those of its URL, `link` is the whole of it."""

    code: str
    page: str
    language: str
    version: int
    extent: Extent
    access: Access  # of whom it was made for
    view: View | None = None
    params: Mapping[str, list[str]] = field(default_factory=dict)
    link: str = ""
    parts: list[Part] = field(default_factory=list)

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

    def note(self, part: Part) -> Part:
        """Add what was emitted, and give it as it was noted: a chart has the title of its section.

        A chart is known by its key and a table by its name: what is emitted anew replaces what was. A hint alone is for the screen.
        """
        if isinstance(part, Text) and not part.words:
            return part
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


class Keeper:
    """Keeps the parts in a report and draws nothing: for a page that nobody looks at, in which nothing is pressed."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def part(self, part: Part) -> None:
        """Keep it."""
        self.report.note(part)

    def control(self, control: Control) -> None:
        """Nobody is there to press it."""

    def frame(self, frame: Frame) -> Places:
        """Parts are kept one after the other, wherever they would stand."""
        return [nullcontext()] * (len(frame.widths) if isinstance(frame, Columns) else 1)

    def shows(self, view: View) -> None:
        """Files say it."""
        self.report.view = view
