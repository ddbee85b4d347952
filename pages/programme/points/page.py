"""Points: how many are out and what they will cost, what moved, what becomes of points by their age, and who holds them."""

from pages.programme.points import parts
from pages.shared.model import blocks, choices
from pages.shared.screen import states
from pages.shared.session import view
from pages.shared.words.texts import _


def page() -> None:
    current = view.current()
    if states.missing("points"):
        blocks.heading(_("Points need their movements"), states.freshness())
        states.no_source("points")
        return
    with blocks.waiting(230):
        seen = parts.look(current)
    blocks.heading(parts.finding(seen), parts.shown(current, seen), states.freshness())
    parts.options()
    parts.cards(seen)
    left, right = blocks.columns(1, 1)
    with left:
        parts.months_section(seen)
    with right:
        parts.ages_section(seen)
    left, right = blocks.columns(1, 1)
    with left:
        parts.balances_section(seen)
    with right:
        parts.groups_section(current, seen)
    parts.flows_section(seen)
    blocks.quiet(_("For steering, not for the balance sheet under IFRS 15."))
    choices.definition("points_liability")
