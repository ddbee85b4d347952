"""Worklist: whom to contact this week and why, as files to work with; and what contacting them has changed."""

from pages.customers.worklist import campaigns, parts
from pages.shared.model import blocks
from pages.shared.screen import states
from pages.shared.session import view
from pages.shared.words.texts import _


def page() -> None:
    current = view.current()
    if states.missing("customers"):
        blocks.heading(_("A worklist needs orders"), states.freshness())
        states.no_source("customers")
        return
    with blocks.waiting(230):
        seen = parts.look(current)
    blocks.heading(parts.finding(seen), parts.shown(current, seen), states.freshness())
    parts.options(seen)
    parts.list_section(seen)
    campaigns.files(seen)
    left, right = blocks.columns(1, 1)
    with left:
        parts.reasons_section(seen)
    with right:
        campaigns.lift_section(current)
