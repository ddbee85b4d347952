"""Titles of the page Recovery, never more than the intervals support."""

from data.text.labels import label
from metrics.texts import N_
from pages.shared.words.texts import _, percent, spaced

RETURNED = {
    "less": N_("After a low score fewer customers order again: {low}, against {like} of customers alike"),
    "more": N_("After a low score more customers order again: {low}, against {like} of customers alike"),
    "none": N_("No clear difference in who orders again after a low score: {low}, against {like} of customers alike"),
}
RECOVERED = {
    "less": N_("Their next score is low more often: {low} are content the next time, against {like}"),
    "more": N_("Their next score is low less often: {low} are content the next time, against {like}"),
    "none": N_("No clear difference in the next score: {low} are content, against {like}"),
}


def returned(rows: dict[str, dict], difference: dict) -> str:
    """The page's title, from rows of `recovery` by their kind and the row of `recovery_difference`."""
    if difference["low"] is None:
        return _("Too few low scores to tell who comes back")
    return _compared(RETURNED, rows, difference, "returned_share")


def recovered(rows: dict[str, dict], difference: dict) -> str:
    """What the next score shows."""
    if difference["low"] is None:
        return _("Too few later answers to tell whether the next score is better")
    return _compared(RECOVERED, rows, difference, "recovered_share")


def _compared(templates: dict[str, str], rows: dict[str, dict], difference: dict, column: str) -> str:
    kind = "less" if difference["high"] < 0 else "more" if difference["low"] > 0 else "none"
    low, like = (percent(rows[name][column], 0) for name in ("low", "like"))
    return spaced(_(templates[kind]).format(low=low, like=like))


def groups(rows: list[dict], column: str) -> str:
    """The group whose customers come back most, against the one with the fewest: rows from high to low, each with an interval so wide
    that all hold together."""
    if len(rows) < 2:
        return _("Too few low scores to compare groups")
    top, bottom = rows[0], rows[-1]
    if top["low"] <= bottom["high"]:
        return _("No clear difference between groups in who orders again after a low score")
    text = _("Most customers order again after a low score: {one}; fewest: {other}")
    return spaced(text.format(one=label(top[column]), other=label(bottom[column])))
