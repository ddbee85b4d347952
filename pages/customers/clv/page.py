"""Lifetime value: what customers brought, what they are expected to bring, how far such forecasts were off, and whom to keep."""

from pages.customers.clv import findings, groups, honesty, keeping, parts, readings, spread
from pages.shared.model import blocks
from pages.shared.screen import states
from pages.shared.session import auth, cached, view
from pages.shared.words.texts import _


def page() -> None:
    current = view.current()
    with blocks.waiting(440):
        asked = readings.terms(current, current.options)
        row, to_date = asked.row, asked.to_date()
    if states.missing("customers"):
        blocks.heading(_("Lifetime value needs orders"), states.freshness())
        states.no_source("customers")
        return
    title = findings.title(
        row,
        to_date["historical_clv"][0],
        weeks=asked.horizon_weeks,
        currency=cached.extent().currency,
        margin=asked.margin,
    )
    blocks.heading(title, parts.shown(current, asked), states.freshness())
    parts.options()
    if not row["customers"]:
        states.nothing_here(_("No orders up to this day"))
        return
    enough = to_date["historical_clv"][0] is not None
    if enough:
        parts.notice(row)
    parts.cards_section(current, asked)
    if not enough:
        return
    left, right = blocks.columns(1, 1)
    with left:
        spread.histogram_section(asked)
    with right:
        groups.group_section(asked, current.options["value_by"])
    left, right = blocks.columns(1, 1)
    with left:
        spread.deciles_section(asked)
    with right:
        spread.active_section(asked)
    honesty.section(asked)
    if auth.may("customers"):
        keeping.keeping_section(asked)
