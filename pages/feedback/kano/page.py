"""Kano: which features delight, which must be there, which do not matter; on a map, as counts, and by group."""

from pages.feedback.kano import findings, parts
from pages.feedback.questionnaire import view_of_page
from pages.shared.model import blocks
from pages.shared.screen import states
from pages.shared.screen.display import shown
from pages.shared.words.texts import _


def page() -> None:
    current = view_of_page()
    if not parts.asked_ever(current):
        blocks.heading(_("Kano needs pairs of questions"), states.freshness())
        parts.no_pairs()
        return
    with blocks.waiting(330):
        rows = parts.features(current)
    blocks.heading(findings.features(rows), shown(current, parts.counted(rows)), states.freshness())
    parts.options()
    if not rows.height:
        states.nothing_here(_("No Kano questionnaire in this period"))
        return
    blocks.quiet(parts.treatment(rows))
    left, right = blocks.columns(4, 5)
    with left:
        parts.map_section(rows)
    with right:
        parts.counts_section(rows)
    parts.groups_section(current)
