"""Who is in a class, or came to it from another: the list, for who may see customers."""

import polars as pl

from data.questions.behind import class_members
from metrics.segments.moves import NEW
from pages.customers.segments import findings, readings
from pages.customers.segments.entry import ANY
from pages.customers.segments.readings import Sorting, named
from pages.shared.behind import lists
from pages.shared.behind.lists import Who
from pages.shared.model import choices
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, date, sentences


def who_section(current: View, how: Sorting) -> None:
    """The customers of the class that is chosen, the most valuable first."""
    codes = how.table.codes
    code = current.options["class"] if current.options["class"] in codes else how.first
    asked = current.options["was"]
    before = asked if asked in (*codes, NEW) else ""
    n = _count(current, how, code, before)
    text = sentences(
        _("Classes on {date}.").format(date=date(current.last)),
        _("The most valuable first: net revenue up to {date}.").format(date=date(current.as_of)),
    )
    arguments = {"segment": code, "before": before, **how.arguments}
    lists.section(
        markup.plain(findings.members(code, before, n)),
        text,
        Who(class_members, current.question, arguments, n, _reason(current, code, before)),
        file="class_members",
        options=lambda: _options(codes, code, before),
        nobody=(
            _("Nobody here"),
            _("No customer is in this class, or came to it from the other one. Choose another one."),
        ),
    )


def _reason(current: View, code: str, before: str) -> str:
    """Why somebody is on the list, as its file says."""
    if not before:
        return _("{name} on {date}").format(name=named(code), date=date(current.last))
    text = _("{before} on {eve}, {name} on {date}")
    return text.format(
        before=named(before), eve=date(current.start - readings.DAY), name=named(code), date=date(current.last)
    )


def _count(current: View, how: Sorting, code: str, before: str) -> int:
    if not before:
        rows = readings.sizes(current, how)
        return int(rows.filter(pl.col("segment") == code)["customers"].sum())
    rows = readings.moves(current, how)
    return int(rows.filter(pl.col("from_segment") == before, pl.col("to_segment") == code)["members"].sum())


def _options(codes: tuple[str, ...], code: str, before: str) -> None:
    choices.listed(
        "class", codes, _("Class"), called=lambda each: _("now: {name}").format(name=named(each)), chosen=code
    )
    choices.listed("was", [ANY, *codes, NEW], _("Before"), called=_was, chosen=before or ANY)


def _was(code: str) -> str:
    return _("before: any") if code == ANY else _("before: {name}").format(name=named(code))
