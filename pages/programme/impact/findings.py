"""Titles of the page Impact: what the comparison supports, and no more."""

from metrics.texts import N_
from pages.shared.words.texts import _, spaced

CHANGED = {
    "up": N_("{event}: {number} rose by {value} more at its stores than elsewhere"),
    "down": N_("{event}: {number} fell by {value} more at its stores than elsewhere"),
    "none": N_("{event}: no clear effect on {number}"),
}
STATES = {
    "too_short": N_("{event}: too few months before or after to tell"),
    "too_few": N_("{event}: too few answers or orders to tell"),
    "everywhere": N_("{event}: nothing to compare with"),
    "no_store": N_("{event}: its stores are not in the data before and after"),
}


def kind(row: dict) -> str:
    """What the interval says: up, down or none."""
    if row["low"] is None or row["high"] is None:
        return "none"
    return "up" if row["low"] > 0 else "down" if row["high"] < 0 else "none"


def impact(row: dict, event: str, number: str, value: str) -> str:
    """The title of the page, from the row of `data.questions.impact.impact`."""
    if row["state"] != "ok":
        return spaced(_(STATES[row["state"]]).format(event=event))
    return spaced(_(CHANGED[kind(row)]).format(event=event, number=number, value=value))


def doubts(row: dict) -> str:
    """Whether something speaks against the comparison."""
    drifts = row["trend_low"] > 0 or row["trend_high"] < 0
    found = row["placebo_low"] > 0 or row["placebo_high"] < 0
    if drifts:
        return _("The stores already drifted apart before: read the effect with care")
    if found:
        return _("A date at which nothing happened shows an effect too: read it with care")
    return _("Nothing before the event speaks against the comparison")
