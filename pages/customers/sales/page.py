"""Sales: what the shop took in, from how many orders and buyers; one number by month and by group, and all of them month by month."""

from pages.customers.sales import parts
from pages.customers.sales.entry import NUMBERS
from pages.shared.model import blocks
from pages.shared.model.parts import Place
from pages.shared.readings import findings, measures, readings
from pages.shared.screen import states, trends
from pages.shared.screen.display import card, counted, how_to_read, shown
from pages.shared.session import view
from pages.shared.words.texts import _


def page() -> None:
    current = view.current()
    compared = current.before is not None
    if states.missing("customers"):
        blocks.heading(_("Sales need orders"), states.freshness())
        states.no_source("customers")
        return
    with blocks.waiting(230):
        numbers = [readings.of_metric(current, name) for name in NUMBERS]
    first, placed = numbers[0], [number for number in numbers if not number.bounded and not parts.of_a_year(number)]
    blocks.heading(findings.of_metric(first, compared=compared), shown(current, counted(placed)), states.freshness())
    if not any(number.n for number in numbers):
        states.nothing_here(_("No orders in this period"))
        return
    leads = {name: Place(codes={"number": name}) for name in NUMBERS}
    drawn = [card(number, compared=compared) for number in numbers]
    blocks.cards(
        [one for one, of in zip(drawn, numbers, strict=True) if not of.bounded], key="totals", leads=leads, view=current
    )
    blocks.cards(
        [one for one, of in zip(drawn, numbers, strict=True) if of.bounded], key="means", leads=leads, view=current
    )
    blocks.quiet(how_to_read(drawn), hint=_("A card shows its number below, by month and by group."))
    parts.options()
    measure = measures.of_metric(current.options["number"])
    left, right = blocks.columns(1, 1)
    with left:
        trends.section(current, measure)
    with right:
        parts.groups_section(current, measure)
    parts.months_section(current)
