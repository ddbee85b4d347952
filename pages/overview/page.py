"""Overview: the key numbers with a way into each of their pages, which groups moved, and how the score or the revenue went."""

from pages.overview import cards, moved
from pages.shared.model import blocks
from pages.shared.readings import findings, measures
from pages.shared.screen import states, trends
from pages.shared.screen.display import card, counted, how_to_read, shown
from pages.shared.session import view
from pages.shared.words.texts import _


def page() -> None:
    current = view.current()
    compared = current.before is not None
    with blocks.waiting(230):
        numbers, changes = cards.together(current)
        known = list(numbers.values())
    blocks.heading(
        findings.overview(known, compared=compared),
        shown(current, counted(known)),
        states.freshness(),
    )
    if not any(number.n for number in known):
        states.nothing_here(_("No orders and no answers in this period"))
        return
    drawn = [card(number, compared=compared) for number in known]
    blocks.cards(drawn, key="kpi", leads=cards.leads(numbers), view=current)
    blocks.quiet(how_to_read(drawn, together=changes), hint=_("A card opens the page about it."))
    cards.choice(numbers)
    left, right = blocks.columns(11, 10)
    with left:
        moved.section(current)
    with right:
        only_orders = states.missing("answers") and not states.missing("customers")
        trends.section(current, measures.of_metric("net_revenue") if only_orders else measures.NPS)
