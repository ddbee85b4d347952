"""CSAT and CES: how many are satisfied and find it easy, on which scale, since when, where, and what the others say."""

from pages.feedback.csat import parts
from pages.shared.model import blocks, choices
from pages.shared.screen import groups, states, trends
from pages.shared.screen.display import card, changed, counted, how_to_read, shown
from pages.shared.session import auth, view
from pages.shared.words.texts import _


def page() -> None:
    current = view.current()
    if not parts.asked():
        parts.no_question()
        parts.items_section(current)
        return
    compared = current.before is not None
    with blocks.waiting(230):
        first, other = parts.numbers(current)
    title = parts.finding(first, compared=compared)
    blocks.heading(title, shown(current, counted([first])), states.freshness())
    parts.options()
    if not first.n:
        states.nothing_here(_("No answers in this period"))
        return
    left, right = blocks.columns(1, 1)
    with left:
        drawn = [card(reading, compared=compared) for reading in (first, other)]
        blocks.cards(drawn, key="scores")
        blocks.quiet(changed(first, current))
        blocks.quiet(how_to_read(drawn))
        if first.metric == "csat":
            choices.other_definitions("csat", current)
    with right:
        parts.distribution_section(current)
    left, right = blocks.columns(1, 1)
    with left:
        trends.section(current, parts.measure(current))
    with right:
        groups.section(current, parts.measure(current))
    parts.items_section(current)
    if auth.may("comments"):
        parts.low_section(current)
