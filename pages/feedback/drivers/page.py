"""Drivers: what has most to do with recommending or satisfaction, what to fix first, and what one point more goes with."""

from pages.feedback.drivers import findings, parts, sections
from pages.feedback.questionnaire import view_of_page
from pages.shared.model import blocks
from pages.shared.screen import states
from pages.shared.screen.display import shown
from pages.shared.words.texts import _


def page() -> None:
    current = view_of_page()
    if not parts.asked_ever(current):
        blocks.heading(_("Drivers need a questionnaire"), states.freshness())
        parts.no_questionnaire()
        return
    with blocks.waiting(330):
        rows = parts.drivers(current)
    blocks.heading(
        findings.leading(rows, parts.outcome(current)), shown(current, parts.counted(rows)), states.freshness()
    )
    parts.options(current)
    if not rows.height:
        states.nothing_here(_("No questionnaires with an answer to this question in this period"))
        return
    blocks.quiet(parts.treatment(rows, current))
    left, right = blocks.columns(1, 1)
    with left:
        sections.weights_section(rows, current)
    with right:
        sections.map_section(rows, current)
    left, right = blocks.columns(1, 1)
    with left:
        sections.worth_section(rows, current)
    with right:
        sections.groups_section(current)
