"""Who is behind a number: one shape for the lists of customers on all pages. Only for who may see customers (auth.may("customers"))."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from data.questions.ask import Question
from data.text.labels import label
from metrics.dimension import FILTERS
from metrics.texts import N_
from pages.shared.model import blocks, choices
from pages.shared.model.marks import BEHIND
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
    "days_since": N_("Days since"),
    "usual_gap_days": N_("Usual gap, days"),
    "comment": N_("Comment"),
    "reason": N_("Why on this list"),
}
OF_ORDERS = {"first_order", "last_order", "orders", "revenue"}
CODES = {dimension.column for dimension in FILTERS}  # that data may lack, and that have names


@dataclass(frozen=True)
class Who:
    """A list: the function of `data.questions` that makes it, what it is asked, how many rows it has in all, and why somebody is on it: the
    rule with its date, as plain text, in which {days} is the row's own number of days without an order."""

    function: Table
    question: Question
    arguments: Mapping[str, object] = field(default_factory=dict)
    n: int = 0
    reason: str = ""


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
    with blocks.anchor(BEHIND):
        _section(title, how, who, file, options, nobody, shown)


def _section(
    title: str,
    how: str,
    who: Who | None,
    file: str,
    options: Callable[[], None],
    nobody: tuple[str, str],
    shown: str,
) -> None:
    some = who if who and who.n else None
    blocks.section(title, how if some else "", table=everybody(some) if some else None, file=file, headers=headers())
    with choices.row():
        options()
    if some is None:
        blocks.empty(*nobody, icon=":material/person_off:")
        return
    first = cached.table(some.function, some.question, **some.arguments, limit=SHOWN)
    blocks.listing(readable(first), customers=True, key=file, height="content")
    said = shown or _("Shown: {shown} of {all}. The file holds all.")
    blocks.quiet(said.format(shown=number(first.height), all=number(some.n)))


def everybody(who: Who) -> Callable[[], pl.DataFrame]:
    """All rows, worked out when they are taken away, each with the reason."""
    rows = cached.table_later(who.function, who.question, **who.arguments)
    return lambda: with_reason(rows(), who.reason)


def with_reason(rows: pl.DataFrame, reason: str) -> pl.DataFrame:
    """The rows with why each is on the list, where that is said."""
    if not reason:
        return rows
    before, days, after = reason.partition("{days}")
    if not days:
        return rows.with_columns(reason=pl.lit(reason))
    return rows.with_columns(reason=pl.concat_str(pl.lit(before), pl.col("days_since").cast(pl.String), pl.lit(after)))


def headers() -> dict[str, str]:
    """What the columns of lists are called, in the language in force."""
    return {name: revenue_name() if name == "revenue" else _(text) for name, text in NAMES.items()}


def revenue_name() -> str:
    """What the column of net revenue is called, with the currency where one is known."""
    currency = cached.extent().currency
    return _("Net revenue") + (f" ({currency})" if currency else "")


def readable(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the names of columns and codes, whole numbers and days; without what the data do not hold of anybody."""
    absent, called = {name for name in CODES if not cached.values(name)}, headers()
    if cached.extent().orders_last is None:
        absent |= OF_ORDERS
    return pl.DataFrame({called[name]: _readable_column(rows[name]) for name in rows.columns if name not in absent})


def _readable_column(column: pl.Series) -> pl.Series:
    if column.name in CODES:  # in Python, and not in an expression, which runs on a thread that knows of no language
        return pl.Series([code and label(code) for code in column], dtype=pl.String)
    if column.name == "responded_at":
        return column.cast(pl.Date)
    if column.name in ("revenue", "usual_gap_days"):
        return column.round().cast(pl.Int64)
    return column
