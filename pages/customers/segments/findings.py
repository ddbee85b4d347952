"""Titles about classes of customers: chosen by verdicts, never more than the intervals support."""

import datetime as dt

import polars as pl

from metrics.segments.schemes import RFM
from metrics.statistics.verdict import Verdict
from metrics.texts import N_
from pages.customers.segments.readings import Sorting, named
from pages.shared.words.texts import _, date, ngettext, number, percent

SHARE = {
    "better": N_("{name}: {share} of customers, more than on {date}"),
    "worse": N_("{name}: {share} of customers, fewer than on {date}"),
    "none": N_("{name}: {share} of customers, no clear change since {date}"),
}


def sizes(rows: pl.DataFrame, how: Sorting, moved: Verdict | None, eve: dt.date) -> str:
    """How many are in the first class; of scores, which tell of a share of all by their making, what they bring instead of a change."""
    first = rows.filter(pl.col("segment") == how.first).row(0, named=True)
    if first["share"] is None:
        return _("Too few customers to show classes")
    if how.scheme == RFM.name and first["revenue_share"] is not None:
        text = _("{name}: {share} of customers, {revenue} of all revenue so far")
        return text.format(
            name=named(how.first), share=percent(first["share"]), revenue=percent(first["revenue_share"])
        )
    if moved is None or moved == "too_few":
        return _("{name}: {share} of customers").format(name=named(how.first), share=percent(first["share"]))
    return _(SHARE[moved]).format(name=named(how.first), share=percent(first["share"]), date=date(eve))


def largest(rows: pl.DataFrame) -> str:
    """The class with most customers; a count of all, so it needs no interval."""
    top = rows.sort("customers", descending=True, maintain_order=True).row(0, named=True)
    text = _("Most customers are in the class “{name}”") if top["share"] and top["share"] > 1 / 2 else _(
        "The largest class is “{name}”"
    )  # fmt: skip
    return text.format(name=named(top["segment"]))


def moves(matrix: pl.DataFrame) -> str:
    """How many of those who were in a class are in the same one."""
    before = matrix.filter(pl.col("from_segment").is_in(matrix["to_segment"].unique().implode()))
    n = int(before["members"].sum())
    stayed = int(before.filter(pl.col("from_segment") == pl.col("to_segment"))["members"].sum())
    if not n:
        return _("Nobody was in a class before this period")
    return _("{share} of customers stayed in their class").format(share=percent(stayed / n, 0))


def members(code: str, before: str, n: int) -> str:
    """How many are listed: of a class, or of those who came to it from another."""
    if before:
        text = ngettext("{n} customer: {before} → {name}", "{n} customers: {before} → {name}", n)
        return text.format(n=number(n), before=named(before), name=named(code))
    return ngettext("{n} customer: {name}", "{n} customers: {name}", n).format(n=number(n), name=named(code))
