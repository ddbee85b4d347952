"""Tiers and migration: who moved where between two dates, how often, how long members stay, and what a tier is worth."""

from metrics.errors import RuleError
from pages.programme import basis as tier_basis
from pages.programme import choices, findings, readings
from pages.programme.basis import Basis, SuggestionError
from pages.programme.tiers import flows, future, rates
from pages.programme.tiers.who import who_section
from pages.shared.model import blocks
from pages.shared.screen import states
from pages.shared.screen.display import how_to_read, shown
from pages.shared.session import auth
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, told


def page() -> None:
    views = choices.views()
    if views is None:
        return
    chosen, current = views
    try:
        with blocks.waiting(440):
            basis = tier_basis.of(current)
            seen = basis is not None and flows.comparable(current, basis)
    except RuleError as error:
        blocks.heading(_("The tier rule cannot be read"), markup.plain(told(error)), states.freshness())
        choices.way_back(choices.TODAY)
        return
    except SuggestionError as error:
        choices.unsuggested(current, error, choices.TODAY)
        return
    if basis is None:
        blocks.heading(_("Tiers need members or orders"), states.freshness())
        states.no_source("members", _("Upload tier changes, or orders, from which thresholds can make tiers."))
        return
    if not seen:
        blocks.heading(_("No moves between tiers to show here"), states.freshness())
        choices.filter_left_out(chosen)
        choices.row(current, basis)
        flows.not_comparable(current, basis)
        return
    one_tier = flows.one_tier(current, basis)
    moves = readings.all_moves(current, basis, one_tier=one_tier)
    title = findings.moves(moves, compared=current.before is not None)
    blocks.heading(title, shown(current, rates.counted(current, basis)), states.freshness())
    choices.filter_left_out(chosen)
    choices.row(current, basis)
    drawn = rates.rate_cards(current, basis, moves)
    blocks.cards(drawn, key="moves")
    blocks.quiet(how_to_read(drawn))
    _sections(current, basis, one_tier=one_tier)


def _sections(current: View, basis: Basis, *, one_tier: bool) -> None:
    left, right = blocks.columns(1, 1)
    with left:
        flows.flow_section(current, basis, one_tier=one_tier)
    with right:
        flows.matrix_section(current, basis, one_tier=one_tier)
    left, right = blocks.columns(1, 1)
    with left:
        rates.members_section(current, basis)
    with right:
        rates.trend_section(current, basis, one_tier=one_tier)
    left, middle, right = blocks.columns(1, 1, 1)
    with left:
        future.time_section(current, basis)
    with middle:
        future.outlook_section(current, basis)
    with right:
        future.worth_section(current, basis)
    if auth.may("customers"):
        who_section(current, basis)
