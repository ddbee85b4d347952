"""Recovery: who orders again after a low score, whose next score is better, and where."""

from pages.feedback.recovery import parts
from pages.shared.model import blocks, choices
from pages.shared.screen import states
from pages.shared.session import view
from pages.shared.words.texts import _


def page() -> None:
    current = view.current()
    if not parts.asked():
        blocks.heading(_("Recovery needs answers with a score"), states.freshness())
        states.no_source("answers")
        return
    if states.missing("customers"):
        blocks.heading(_("Who comes back after a low score is not known without orders"), states.freshness())
        states.no_source("customers")
        return
    with blocks.waiting(230):
        seen = parts.look(current)
    blocks.heading(parts.finding(seen), parts.shown(current, seen), states.freshness())
    parts.options()
    if not seen.customers:
        parts.nothing(seen)
        return
    parts.cards(seen)
    left, right = blocks.columns(1, 1)
    with left:
        parts.returned_section(seen)
    with right:
        parts.recovered_section(seen)
    parts.groups_section(current, seen)
    choices.definition("recovery")
