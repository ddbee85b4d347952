"""Titles about coming back and staying away: chosen by verdicts, never more than the intervals support."""

import polars as pl

from data.text.labels import alike, apart, label
from metrics.churn.hiatus import RARE_BASIS
from metrics.dimension import Dimension
from metrics.statistics.verdict import Verdict
from metrics.texts import N_
from pages.shared.words.texts import _, ngettext, number, percent

# What comes after the period of the first order, in a sentence.
WHEN = {
    ("week", "on"): N_("in the week after"),
    ("week", "on_or_after"): N_("in the week after or later"),
    ("month", "on"): N_("in the month after"),
    ("month", "on_or_after"): N_("in the month after or later"),
    ("quarter", "on"): N_("in the quarter after"),
    ("quarter", "on_or_after"): N_("in the quarter after or later"),
    ("year", "on"): N_("in the year after"),
    ("year", "on_or_after"): N_("in the year after or later"),
    ("rolling", "on"): N_("30 to 59 days after their first order"),
    ("rolling", "on_or_after"): N_("30 or more days after their first order"),
}
PERIOD = {
    "week": N_("week {k}"),
    "month": N_("month {k}"),
    "quarter": N_("quarter {k}"),
    "year": N_("year {k}"),
    "rolling": N_("window {k}"),
}
COHORT = {
    "better": N_("Customers who first ordered in {cohort} come back more than the others in {period}"),
    "worse": N_("Customers who first ordered in {cohort} come back less than the others in {period}"),
    "none": N_("Customers who first ordered in {cohort} do not clearly differ from the others in {period}"),
    "too_few": N_("Too few customers who first ordered in {cohort} to compare with the others"),
}
SEGMENTS = {
    "better": N_("{one} come back more than {other} in {period}"),
    "worse": N_("{one} come back less than {other} in {period}"),
}
INACTIVE = {
    "better": N_("Fewer customers are inactive: {value} after {before}"),
    "worse": N_("More customers are inactive: {value} after {before}"),
    "none": N_("No clear change in the inactive share: {value}, {before} before"),
}


def period(unit: str, k: int) -> str:
    """The k-th period after that of the first order."""
    return _(PERIOD[unit]).format(k=k)


def triangle(average: pl.DataFrame, measure: str, unit: str, kind: str, shown: str) -> str:
    """What the average row says: about the first period after that of the first order, or of all revenue so far.

    `shown` is the value that is said, ready to show; it is not looked at where there is none.
    """
    later = average.filter(pl.col("period") >= 1)
    if not later.height:
        return _("No cohort has completed a period yet")
    row = said_of(average, measure)
    if row is None:
        return _("Too few new customers to show retention")
    if measure == "value":
        by = _("A new customer has brought {value} by the end of {period}")
        return by.format(value=shown, period=period(unit, row["period"]))
    templates = {
        "customers": _("{value} of new customers order {when}"),
        "orders": _("New customers place {value} orders each {when}"),
        "revenue": _("A cohort brings {value} of its first revenue {when}"),
    }
    return templates[measure].format(value=shown, when=_(WHEN[unit, kind]))


def said_of(average: pl.DataFrame, measure: str) -> dict | None:
    """The row of the average that the title speaks of: period 1, or for revenue so far the last one; None when it is withheld."""
    later = average.filter(pl.col("period") >= 1, pl.col("value").is_not_null()).sort("period")
    row = later.tail(1) if measure == "value" else later.filter(pl.col("period") == 1)
    return row.row(0, named=True) if row.height else None


def cohort(kind: Verdict, name: str, where: str) -> str:
    """One cohort against all others, in the last period that it has completed."""
    return _(COHORT[kind]).format(cohort=name, period=where)


def segments(against: Dimension, kind: Verdict, one: str, other: str, where: str) -> str:
    """One group of a dimension against another, in a period named beforehand."""
    if kind == "too_few":
        return _("Too few customers to compare {one} and {other}").format(one=label(one), other=label(other))
    if kind == "none":
        text = _("No clear difference between {one} and {other} in {period}")
        return text.format(one=label(one), other=label(other), period=where)
    return apart(_(SEGMENTS[kind]), against, one, other, period=where)


def second_order(share: float | None, days: int) -> str:
    """How many new customers order a second time within so many days."""
    if share is None:
        return _("Too few new customers to say how soon they order again")
    return _("{share} of new customers order again within {days} days").format(share=percent(share, 0), days=days)


def inactive(
    value: float | None, before: float | None, kind: Verdict, *, known: bool = True, basis: str | None = None
) -> str:
    """The inactive share, in %, and its change; `known`: whether there is a threshold, and the `basis` why not."""
    if not known:
        return _nobody_inactive(basis)
    if value is None:
        return _("Too few customers to show how many are inactive")
    shown = percent(value / 100)
    if before is None or kind == "too_few":
        return _("{value} of customers are inactive").format(value=shown)
    return _(INACTIVE[kind]).format(value=shown, before=percent(before / 100))


def _nobody_inactive(basis: str | None) -> str:
    """Why nobody counts as inactive, by the basis that `hiatus` gives without a threshold."""
    if basis == RARE_BASIS:
        return _("This shop’s customers rarely order again; who is inactive is not known")
    return _("Nobody has ordered twice yet, so nobody counts as inactive")


def threshold(days: int | None, basis: str | None = None) -> str:
    """After how many days a customer counts as inactive."""
    if days is None:
        if basis == RARE_BASIS:
            return _nobody_inactive(basis)
        return _("Nobody has ordered twice, so there is no threshold yet")
    return ngettext(
        "After {days} day without an order a customer counts as inactive",
        "After {days} days without an order a customer counts as inactive",
        days,
    ).format(days=number(days))


def balance(net: int | None, basis: str | None = None) -> str:
    """The net change of active customers in a period; a count of all, so it needs no interval."""
    if net is None:
        return _nobody_inactive(basis)
    if not net:
        return _("As many customers came as lapsed")
    text = (
        ngettext(
            "{n} more customer came or came back than lapsed",
            "{n} more customers came or came back than lapsed",
            net,
        )
        if net > 0
        else ngettext(
            "{n} more customer lapsed than came or came back",
            "{n} more customers lapsed than came or came back",
            -net,
        )
    )
    return text.format(n=number(abs(net)))


def groups(dimension: Dimension, top: str | None, bottom: str | None, low: float | None) -> str:
    """The group with the largest inactive share against the one with the smallest; `low` is the lower end of their difference."""
    if top is None or bottom is None or low is None:
        return _("Too few customers to compare groups")
    if low <= 0:
        return alike(dimension)
    return apart(_("{one} are inactive more often than {other}"), dimension, top, bottom)
