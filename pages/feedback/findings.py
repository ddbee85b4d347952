"""Titles of the feedback pages: what scores, their groups, their months and later spend show, never more than the intervals support."""

import polars as pl

from data.text.labels import alike, apart, label
from metrics.dimension import Dimension
from metrics.statistics.verdict import Verdict
from metrics.texts import N_
from pages.shared.readings.findings import changed
from pages.shared.readings.readings import Reading
from pages.shared.words.texts import _, ngettext, number, percent, spaced

TREND = {
    "better": N_("{name} is higher in {last} than in {first}"),
    "worse": N_("{name} is lower in {last} than in {first}"),
    "none": N_("{name}: no clear difference between {first} and {last}"),
    "too_few": N_("Too few answers to compare months"),
}
CSAT_CHANGED = {
    "better": N_("Satisfaction rose from {before} to {value}"),
    "worse": N_("Satisfaction fell from {before} to {value}"),
    "none": N_("No clear change in satisfaction: {value}, {before} before"),
}
CES_CHANGED = {
    "better": N_("More answers say it was easy: {value} after {before}"),
    "worse": N_("Fewer answers say it was easy: {value} after {before}"),
    "none": N_("No clear change in effort: {value} of answers say it was easy, {before} before"),
}


def trend(kind: Verdict, name: str, first: str, last: str) -> str:
    """The last month of a trend against the first. Both are named, since the period of the page may be another one and say otherwise."""
    return spaced(_(TREND[kind]).format(name=name, first=first, last=last))


def groups(dimension: Dimension, ranked: pl.DataFrame, low: float | None) -> str:
    """The highest group against the lowest: rows with a value from high to low, the group first, and the lower end of the difference."""
    if ranked.height < 2:
        return _("Too few answers to compare groups")
    if low is None or low <= 0:
        return alike(dimension)
    names = ranked.to_series(0)
    return apart(_("{one} score higher than {other}"), dimension, names[0], names[-1])


def csat(reading: Reading, *, compared: bool) -> str:
    """The share of satisfied answers and its change."""
    few = _("Too few answers to show CSAT")
    return changed(reading, CSAT_CHANGED, compared, _("Satisfaction is {value}"), few)


def ces(reading: Reading, *, compared: bool) -> str:
    """The share of answers that call it easy, and its change."""
    few = _("Too few answers to show CES")
    return changed(reading, CES_CHANGED, compared, _("{value} of answers say it was easy"), few)


def boxes(row: dict, survey: str) -> str:
    """How the answers on one scale divide, from a row of `box_shares`."""
    if not row["n"]:
        return _("No answers in this period")
    if row["good_share"] is None:
        return _("Too few answers to show shares")
    good, low = (percent(row[name], 0) for name in ("good_share", "low_share"))
    template = {
        "csat": _("{good} satisfied, {low} dissatisfied"),
        "ces": _("{good} found it easy, {low} found it hard"),
    }
    return template[survey].format(good=good, low=low)


def items(ranked: pl.DataFrame, low: float | None) -> str:
    """The best item against the worst, as `groups`."""
    if ranked.height < 2:
        return _("Too few answers to compare items")
    if low is None or low <= 0:
        return _("No clear difference between items")
    top, bottom = label(ranked["item"][0]), label(ranked["item"][-1])
    return spaced(_("{top} is rated higher than {bottom}").format(top=top, bottom=bottom))


def later_spend(values: pl.DataFrame, difference: dict) -> str:
    """Promoters against detractors, from rows of `promoter_value` and the row of `spend_difference`."""
    if not values["answers"].sum():
        return _("No answer is a year old yet")
    if difference["low"] is None:
        return _("Too few customers to compare later spend")
    if difference["low"] > 0:
        return _("Promoters spend more in the year after than detractors")
    if difference["high"] < 0:
        return _("Promoters spend less in the year after than detractors")
    return _("No clear difference in what promoters and detractors spend later")


def known(match: dict, *, orders: bool) -> str:
    """How many answers can be laid beside orders, from the row of `match_rate`; `orders`: whether the data hold any."""
    if not orders:
        return _("Which answers come from buyers is not known without orders")
    if match["match_rate"] is None:
        return _("Too few answers to tell whose they are")
    return _("{share} of answers belong to a customer with orders").format(share=percent(match["match_rate"], 0))


def low_scores(found: int, commented: int) -> str:
    """How many low scores there are, and how many say why."""
    if not found:
        return _("No low scores in this period")
    return ngettext("{n} low score, {m} with a comment", "{n} low scores, {m} with a comment", found).format(
        n=number(found), m=number(commented)
    )
