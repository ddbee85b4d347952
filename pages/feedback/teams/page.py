"""Stores and teams: the scores of units beside what chance alone would show; nobody is ranked below the minimum."""

from pages.feedback.teams import parts
from pages.shared.model import blocks
from pages.shared.screen import states
from pages.shared.screen.display import shown
from pages.shared.session import view
from pages.shared.words.texts import _


def page() -> None:
    current = view.current()
    if states.missing("answers"):
        blocks.heading(_("Stores and teams need answers"), states.freshness())
        states.no_source("answers")
        return
    dimension = parts.chosen(current)
    rows = parts.rows(current, dimension)
    blocks.heading(parts.finding(rows, dimension), shown(current, parts.counted(rows)), states.freshness())
    if not rows["n"].sum():
        states.nothing_here(_("No answers in this period"))
        return
    if parts.is_told(rows):
        parts.options(dimension)
        parts.funnel_section(rows, dimension)
    else:
        parts.without_limits(current, dimension)
    parts.table_section(rows, dimension)
