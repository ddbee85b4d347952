"""Marks of charts and where they lead, with what a click does in words: one group alone, a month, a page, the people behind."""

import datetime as dt

from metrics.dimension import Dimension
from pages.shared.model.parts import Mark, Place
from pages.shared.session import site
from pages.shared.words import periods
from pages.shared.words.texts import _

BEHIND = "behind"  # the anchor of the list of people


def of_group(dimension: Dimension, code: str, says: str) -> Mark:
    """A group: a click shows it alone, where the dimension is a filter."""
    leads = Place(codes={dimension.code: code}) if dimension.filters else None
    return Mark(code, _does(says, _("Show only these")) if leads else says, leads)


def of_month(day: dt.date, says: str) -> Mark:
    """A month: a click makes it the period."""
    start, end = periods.holding(day, "month")
    return Mark(
        start.isoformat(),
        _does(says, _("Show this month")),
        Place(codes={"from": start.isoformat(), "to": end.isoformat()}),
    )


def opening(id: str, says: str, place: Place) -> Mark:
    """A mark that opens another page."""
    return Mark(id, _does(says, _("Open the page {title}").format(title=site.title(place.page))), place)


def behind(id: str, says: str, **codes: str) -> Mark:
    """A mark with a list of people on the same page: a click chooses them there."""
    return Mark(id, _does(says, _("List who they are")), Place(codes=codes, anchor=BEHIND))


def _does(says: str, does: str) -> str:
    return f"{says}. {does}"
