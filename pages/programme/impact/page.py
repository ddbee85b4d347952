"""Impact: did what was done in some stores change a number there more than elsewhere?"""

from pages.programme.impact import parts
from pages.shared.model import blocks
from pages.shared.screen import states
from pages.shared.session import view
from pages.shared.words.texts import _


def page() -> None:
    current = view.current()
    known = parts.known_events(current)
    if not known.height:
        blocks.heading(_("Impact needs events"), states.freshness())
        parts.no_events()
        return
    with blocks.waiting(230):
        seen = parts.look(current, known)
    blocks.heading(parts.finding(seen), parts.shown(current, seen), states.freshness())
    parts.options(seen, known)
    if not parts.compares(seen):
        parts.no_comparison(seen)
        return
    left, right = blocks.columns(1, 1)
    with left:
        parts.effect_section(seen)
    with right:
        parts.doubts_section(seen)
    parts.study_section(seen)
