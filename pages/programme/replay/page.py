"""Threshold replay: what really happened under other thresholds, side by side with today's tiers."""

from dataclasses import replace

from metrics.errors import RuleError
from pages.programme import basis, choices, findings
from pages.programme.basis import SuggestionError
from pages.programme.replay import parts
from pages.shared.model import blocks
from pages.shared.screen import states
from pages.shared.screen.display import shown
from pages.shared.words import markup
from pages.shared.words.texts import _, told


def page() -> None:
    views = choices.views()
    if views is None:
        return
    chosen, current = views
    try:
        with blocks.waiting(440):
            today = basis.of(current)
            other = basis.other(current, today) if today else None
    except RuleError as error:
        blocks.heading(_("The tier rule cannot be read"), markup.plain(told(error)), states.freshness())
        choices.way_back(choices.TODAY, parts.OTHER)
        return
    except SuggestionError as error:
        choices.unsuggested(current, error, choices.TODAY, parts.OTHER)
        return
    if today is None or other is None:
        blocks.heading(_("A replay needs orders"), states.freshness())
        states.no_source("customers")
        return
    both = parts.answered(current, today, other)
    title = findings.replay(both)
    if not both.height:
        blocks.heading(title, states.freshness())
        choices.filter_left_out(chosen)
        parts.sides(current, today, other)
        parts.not_covered(today, other)
        return
    blocks.heading(title, shown(replace(current, vs="none"), parts.counted(both)), states.freshness())
    choices.filter_left_out(chosen)
    parts.sides(current, today, other)
    left, right = blocks.columns(1, 1)
    with left:
        parts.members_section(both)
    with right:
        parts.revenue_section(both)
    parts.moves_section(both)
