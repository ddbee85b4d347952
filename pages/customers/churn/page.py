"""Churn and lifecycle: who is inactive, by which rule, who comes and goes, and whom to win back."""

from pages.customers import findings
from pages.customers.churn import parts, readings
from pages.customers.churn import rule as churn_rule
from pages.customers.churn.winback import list_section
from pages.shared.model import blocks
from pages.shared.screen import states
from pages.shared.screen.display import counted, shown
from pages.shared.session import auth, view
from pages.shared.words.texts import _


def page() -> None:
    current = view.current()
    compared = current.before is not None
    if states.missing("customers"):
        blocks.heading(_("Churn needs orders"), states.freshness())
        states.no_source("customers")
        return
    with blocks.waiting(440):
        rule = readings.threshold(current)
        share = readings.inactive(current)
    title = findings.inactive(
        share.value,
        share.before if share.compares else None,
        share.verdict,
        known=rule.days is not None,
        basis=rule.row["basis"],
    )
    blocks.heading(title, shown(current, counted([share])), states.freshness())
    churn_rule.options(current)
    if not share.n:
        states.nothing_here(_("No orders up to this period"))
        return
    left, right = blocks.columns(1, 2)
    with left:
        parts.card_section(current, share, compared=compared)
    with right:
        parts.lifecycle_section(current, rule)
    left, right = blocks.columns(1, 1)
    with left:
        churn_rule.threshold_section(current, rule)
    with right:
        parts.groups_section(current, rule)
    if auth.may("customers"):
        list_section(current, rule)
