"""Who is behind a number: one shape for the lists of customers on all pages. Only for who may see customers (auth.may("customers"))."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from data.questions.ask import Question
from data.text.labels import label
from metrics.dimension import FILTERS
from metrics.texts import N_
from pages.shared.model import blocks, choices
from pages.shared.session import cached
from pages.shared.session.cached import Table
from pages.shared.words.texts import _, number

SHOWN = 20
NAMES = {
    "responded_at": N_("Date"),
    "score": N_("Score"),
    "customer_id": N_("Customer"),
    "touchpoint": N_("Touchpoint"),
    **{dimension.column: dimension.label for dimension in FILTERS},
    "first_order": N_("First order"),
    "last_order": N_("Last order"),
    "orders": N_("Orders"),
    "revenue": N_("Net revenue"),
    "comment": N_("Comment"),
}
CODES = {dimension.column for dimension in FILTERS}  # that data may lack, and that have names


@dataclass(frozen=True)
class Who:
    """A list: the function of `data.questions.behind` that makes it, what it is asked, and how many rows it has in all."""

    function: Table
    question: Question
    arguments: Mapping[str, object] = field(default_factory=dict)
    n: int = 0


def section(
    title: str,
    how: str,
    who: Who | None,
    *,
    file: str,
    options: Callable[[], None],
    nobody: tuple[str, str],
    shown: str = "",
) -> None:
    """The choice of whom to list, the first of them, and the whole list to take away.

    Where there is nobody, or no list at all (`who` is None), `nobody` says so and why. `shown` is the sentence of how many of how many
    stand here, where they are something else than customers. Texts are Markdown.
    """
    some = who if who and who.n else None
    everybody = cached.table_later(some.function, some.question, **some.arguments) if some else None
    blocks.section(title, how if some else "", table=everybody, file=file)
    with choices.row():
        options()
    if some is None:
        blocks.empty(*nobody, icon=":material/person_off:")
        return
    first = cached.table(some.function, some.question, **some.arguments, limit=SHOWN)
    blocks.listing(_readable(first), customers=True, key=file, height="content")
    said = shown or _("Shown: {shown} of {all}. The file holds all.")
    blocks.quiet(said.format(shown=number(first.height), all=number(some.n)))


def revenue_name() -> str:
    """What the column of net revenue is called, with the currency where one is known."""
    currency = cached.extent().currency
    return _("Net revenue") + (f" ({currency})" if currency else "")


def _readable(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the names of columns and codes, whole numbers and days; without what the data do not hold of anybody."""
    absent = {name for name in CODES if not cached.values(name)}
    named = {
        revenue_name() if name == "revenue" else _(NAMES[name]): _readable_column(rows[name])
        for name in rows.columns
        if name not in absent
    }
    return pl.DataFrame(named)


def _readable_column(column: pl.Series) -> pl.Series:
    if column.name in CODES:  # in Python, and not in an expression, which runs on a thread that knows of no language
        return pl.Series([code and label(code) for code in column], dtype=pl.String)
    if column.name == "responded_at":
        return column.cast(pl.Date)
    if column.name == "revenue":
        return column.round().cast(pl.Int64)
    return column
