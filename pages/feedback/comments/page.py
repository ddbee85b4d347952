"""Comments: what people write about, how often, with what score, and whether it is becoming more; one theme in detail, with quotes."""

from pages.feedback.comments import findings, parts, theme
from pages.shared.model import blocks
from pages.shared.screen import states
from pages.shared.screen.display import shown
from pages.shared.session import auth, cached, view
from pages.shared.words.texts import _


def page() -> None:
    current = view.current()
    if not cached.extent().feedback:
        blocks.heading(_("Comments need answers"), states.freshness())
        states.no_source("answers")
        return
    with blocks.waiting(230):
        rows = parts.themes(current)
    finding = findings.all_themes(rows, current.options["tone"], compared=current.before is not None)
    blocks.heading(finding, shown(current, parts.comments(rows)), states.freshness())
    if not rows["n"].max():
        states.nothing_here(_("No comments in this period"))
        return
    parts.options()
    left, right = blocks.columns(1, 1)
    with left:
        parts.themes_section(current, rows)
    with right:
        parts.changes_section(current, rows)
    parts.table_section(rows)
    theme.sections(current, parts.chosen(current, rows))
    parts.score_section(current)
    if auth.may("comments"):
        parts.words_section(current)
