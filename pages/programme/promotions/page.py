"""Promotions: how much discounts touch, what codes take off, whom they win and who depends on them; and what a voucher really costs."""

from pages.programme.promotions import calculator, parts
from pages.shared.model import blocks, choices
from pages.shared.readings import measures
from pages.shared.screen import states, trends
from pages.shared.session import view
from pages.shared.words.texts import _


def page() -> None:
    current = view.current()
    if states.missing("customers"):
        blocks.heading(_("Promotions need orders"), states.freshness())
        states.no_source("customers")
        calculator.section(current, None)
        return
    with blocks.waiting(230):
        seen = parts.look(current)
    blocks.heading(parts.finding(seen), parts.shown(current, seen), states.freshness())
    if not seen.orders:
        states.nothing_here(_("No orders in this period"))
        return
    if not seen.discounts:
        parts.no_discounts()
        calculator.section(current, None)
        return
    parts.cards(current, seen)
    left, right = blocks.columns(1, 1)
    with left:
        trends.section(current, measures.of_metric(parts.SHARE))
    with right:
        parts.codes_section(seen)
    with choices.row():
        choices.one("within", parts.WITHIN, _("Followed for"))
    left, right = blocks.columns(1, 1)
    with left:
        parts.first_section(current)
    with right:
        parts.dependence_section(current)
    blocks.quiet(parts.no_cannibalisation())
    calculator.section(current, seen.rate)
