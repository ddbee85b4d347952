"""Overview: the key numbers with a way into each of their pages, which groups moved, and how the score went."""

from pages.customers.churn import readings as readings_churn
from pages.customers.clv import readings as readings_value
from pages.overview import moved
from pages.programme import readings as readings_tiers
from pages.shared.model import blocks
from pages.shared.model.parts import Place
from pages.shared.readings import findings, measures, readings
from pages.shared.screen import states, trends
from pages.shared.screen.display import card, counted, how_to_read, shown
from pages.shared.session import view
from pages.shared.words.texts import _

# Each key number, and the page that tells more about it
NUMBERS = (
    (readings.nps, "nps"),
    (readings.csat, "csat"),
    (readings_value.clv, "value"),
    (readings.retention, "retention"),
    (readings.repeat_rate, "retention"),
    (readings_churn.inactive, "churn"),
    (readings_tiers.upgrades, "tiers"),
)


def page() -> None:
    current = view.current()
    compared = current.before is not None
    with blocks.waiting(230):
        numbers = [(read(current), code) for read, code in NUMBERS]
        known = [number for number, _code in numbers]
    blocks.heading(
        findings.overview(known, compared=compared),
        shown(current, counted(known)),
        states.freshness(),
    )
    if not any(number.n for number in known):
        states.nothing_here(_("No orders and no answers in this period"))
        return
    drawn = [card(number, compared=compared) for number in known]
    leads = {number.metric: Place(code) for number, code in numbers}
    blocks.cards(drawn, key="kpi", leads=leads, view=current)
    blocks.quiet(how_to_read(drawn), hint=_("A card opens the page about it."))
    left, right = blocks.columns(11, 10)
    with left:
        moved.section(current)
    with right:
        trends.section(current, measures.NPS)
