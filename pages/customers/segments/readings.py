"""What the metrics about classes say for the view."""

import datetime as dt
from dataclasses import dataclass, replace

import polars as pl

from data.questions.ask import Question, find
from data.questions.changes import change
from data.text.labels import label
from metrics.dimension import CLASSES
from metrics.segments.moves import NEW
from metrics.segments.rules import Table
from metrics.segments.schemes import RFM, table_of
from metrics.statistics.verdict import Verdict, verdict
from pages.customers.segments.entry import USUAL
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words.texts import _

DAY = dt.timedelta(days=1)
MINIMUM = find("segment_sizes").minimum


@dataclass(frozen=True)
class Sorting:
    """How the view sorts customers: the scheme, its table, and the text of a table of one's own ("": the usual one)."""

    scheme: str
    text: str
    table: Table

    @property
    def arguments(self) -> dict[str, object]:
        """What the metrics are asked with."""
        return {"scheme": self.scheme, "table": self.text}

    @property
    def first(self) -> str:
        """The class that stands first: the best one."""
        return self.table.codes[0]


def sorting(view: View) -> Sorting:
    """The sorting of the view; RuleError where its own table cannot be used."""
    scheme, rules = view.options["sort"], view.options["rules"]
    text = "" if rules == USUAL else rules
    return Sorting(scheme, text, table_of(scheme, text))


def named(code: str) -> str:
    """What a class, or having been in none, is called."""
    return _("New here") if code == NEW else label(code)


def of_all_classes(view: View) -> View:
    """The view without the filters by class: who has left a class would be missing."""
    segment = view.segment
    for column in CLASSES:
        segment = segment.choosing(column, ())
    return replace(view, segment=segment)


def sizes(view: View, how: Sorting) -> pl.DataFrame:
    """`segment_sizes` at the end of the period."""
    return cached.answer("segment_sizes", view.question, **how.arguments)


def sizes_before(view: View, how: Sorting) -> pl.DataFrame:
    """The same on the day before the period."""
    return cached.answer("segment_sizes", _eve(view), **how.arguments)


def moves(view: View, how: Sorting) -> pl.DataFrame:
    """`segment_moves` over the period."""
    return cached.answer("segment_moves", view.question, **how.arguments)


def returns(view: View, how: Sorting) -> pl.DataFrame:
    """`segment_returns` over the period."""
    return cached.answer("segment_returns", view.question, **how.arguments)


def scores(view: View, how: Sorting) -> pl.DataFrame | None:
    """NPS by class of the answers of the period; None where classes are told by that answer, or by a table of one's own."""
    column = next((column for column, scheme in CLASSES.items() if scheme == how.scheme), None)
    if how.text or how.scheme != RFM.name or column is None or not cached.values(column):
        return None
    question = replace(view.question, as_of=view.last, by=(column,))
    return cached.answer("nps", question).rename({column: "segment"})


def moved(view: View, how: Sorting, code: str) -> tuple[Verdict | None, float | None]:
    """How the share of a class has changed since the day before the period, and by how much; None where it was not known then."""
    if not sizes_before(view, how)["sorted_customers"][0]:
        return None, None
    found = cached.compared(
        change, "segment_sizes", view.question, _eve(view), row={"segment": code}, **how.arguments
    ).row(0, named=True)
    return verdict(found["low"], found["high"], higher_is_better=True), found["change"]


def _eve(view: View) -> Question:
    eve = view.start - DAY
    return replace(view.question, start=eve, end=eve)
