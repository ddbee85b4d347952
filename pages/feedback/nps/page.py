"""NPS: the score and its change, how the answers divide, its months, its groups, later spend, and what was written."""

from pages.feedback.nps import parts, reach
from pages.feedback.nps.who import who_section
from pages.shared.model import blocks, choices
from pages.shared.readings import findings, readings
from pages.shared.screen import groups, states, trends
from pages.shared.screen.display import card, changed, counted, how_to_read, shown
from pages.shared.session import auth, view
from pages.shared.words.texts import _


def page() -> None:
    current = view.current()
    compared = current.before is not None
    if states.missing("answers"):
        blocks.heading(_("NPS needs answers"), states.freshness())
        states.no_source("answers")
        return
    with blocks.waiting(230):
        score = readings.nps(current, weighted=parts.weighted(current))
    blocks.heading(findings.nps(score, compared=compared), shown(current, counted([score])), states.freshness())
    if not score.n:
        states.nothing_here(_("No answers in this period"))
        return
    parts.options()
    left, right = blocks.columns(1, 1)
    with left:
        drawn = [card(score, compared=compared)]
        blocks.cards(drawn, key="score")
        for line in (changed(score, current), parts.weight_note(current), how_to_read(drawn)):
            blocks.quiet(line)
        choices.other_definitions("nps", current)
    with right:
        parts.distribution_section(current)
    left, right = blocks.columns(1, 1)
    with left:
        trends.section(current, parts.measure(current))
    with right:
        groups.section(current, parts.measure(current))
    left, right = blocks.columns(1, 1)
    with left:
        reach.later_spend_section(current)
    with right:
        reach.known_section(current)
    if auth.may("comments"):
        parts.comments_section(current)
    if auth.may("customers"):
        who_section(current)
