"""Where the tiers come from, in words, the choices beside it, and what is said where they cannot be told."""

from functools import partial

from metrics.dimension import TIER
from pages.programme import basis as tier_basis
from pages.programme.basis import Basis, SuggestionError
from pages.programme.findings import rule_words, tier_label
from pages.programme.form import TODAY, Names, choose_usual, form
from pages.shared.model import blocks, choices
from pages.shared.model.parts import Button
from pages.shared.screen import states
from pages.shared.session import cached, view, visit
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, date, joined, listed, ngettext, sentences

LAPSE = (0, 3650)


def row(current: View, basis: Basis) -> None:
    """The choices of the page and, below, the tiers in words."""
    with choices.row():
        form(basis, TODAY, _("Thresholds") if basis.rule else _("Tiers as uploaded"))
        choices.amount(
            "lapse",
            _("Lapsed after (days)"),
            within=LAPSE,
            step=1,
            help=_("Days without an order after which a member counts as lapsed; 0: only who has no tier any more."),
        )
        choices.definition("tier_migration")
    blocks.quiet(source(current, basis))


def source(current: View, basis: Basis) -> str:
    """Where the tiers come from and on which days they are known."""
    if not basis.rule:
        known = _("Tiers as uploaded, known from {date}.").format(date=date(basis.known_from))
        last = tier_basis.last_change(current)
        late = last is not None and last < current.start
        note = _("No change of tier is known after {date}").format(date=date(last)) if late and last else ""
        return known + (f" \u00a0{markup.attention(note)}" if note else "")
    return sentences(
        _("No tiers were uploaded: these thresholds are a suggestion from the data.") if _unasked(basis) else "",
        rule_sentence(basis),
        _("A tier holds from the day after the month’s end at which it is reached."),
        _("Below the lowest a member counts as lapsed."),
        _("Known from {date}, when the first {n} months of data are complete.").format(
            date=date(basis.known_from), n=basis.months
        )
        if basis.months > 1
        else _("Known from {date}, when the first month of data is complete.").format(date=date(basis.known_from)),
    )


def _unasked(basis: Basis) -> bool:
    return basis.suggested and not cached.values("tier")


def rule_sentence(basis: Basis) -> str:
    """The rule in words: "Net spend of the 12 months up to each month's end: Silver from £700, Gold from £2,000." """
    what = {
        "spend": ngettext(
            "Net spend of the month up to each month’s end: {tiers}.",
            "Net spend of the {n} months up to each month’s end: {tiers}.",
            basis.months,
        ),
        "orders": ngettext(
            "Orders of the month up to each month’s end: {tiers}.",
            "Orders of the {n} months up to each month’s end: {tiers}.",
            basis.months,
        ),
    }
    words = rule_words(basis.thresholds, basis.measure, cached.extent().currency)
    return what[basis.measure].format(n=basis.months, tiers=markup.plain(listed(list(words))))


def way_back(*rules: Names) -> None:
    """The button out of rules that cannot be read."""
    usual = partial(choose_usual, *rules)
    blocks.button(Button(_("Back to the usual tiers"), "tiers-reset", ":material/restart_alt:", sets=usual))


def unsuggested(view: View, error: SuggestionError, *rules: Names) -> None:
    """No rule was given and the data suggest none: why, and what to do."""
    blocks.heading(_("No thresholds can be suggested"), states.freshness())
    by_spend = error.measure == "spend"
    why = ngettext(
        "No customer’s net spend reached 1 in the complete month up to {date}.",
        "No customer’s net spend reached 1 in the {n} complete months up to {date}.",
        error.months,
    ) if by_spend else ngettext(
        "No customer ordered in the complete month up to {date}.",
        "No customer ordered in the {n} complete months up to {date}.",
        error.months,
    )  # fmt: skip
    remedy = (
        _("Have thresholds look at orders, or upload more orders.")
        if by_spend
        else _("Upload newer orders, or choose an earlier date in the bar above.")
    )
    blocks.empty(
        _("Thresholds are suggested from what customers bought"),
        sentences(why.format(n=error.months, date=date(view.as_of)), remedy),
        icon=":material/hourglass_empty:",
        buttons=[Button(_("Look at orders"), "tiers-orders", sets=partial(_look_at_orders, *rules))]
        if by_spend and not visit.locked()
        else (),
    )


def _look_at_orders(*rules: Names) -> None:
    view.change(**{names.measure: "orders" for names in rules})


def views() -> tuple[View, View] | None:
    """The view as it was chosen, and that of all tiers, which the page shows; None, and why is said, for who sees some tiers only."""
    chosen = view.current()
    if chosen.scope[TIER.column]:
        _limited(chosen)
        return None
    current = tier_basis.of_all_tiers(chosen)
    blocks.shows(current)
    return chosen, current


def _limited(current: View) -> None:
    """Who sees members of some tiers only, by their tier now, cannot see moves: those who left these tiers are not among them."""
    blocks.heading(_("Moves between tiers need members of all tiers"), states.freshness())
    tiers = markup.plain(joined([tier_label(tier) for tier in current.scope[TIER.column]]))
    why = _(
        "They are chosen by the tier that they have now: who has left these tiers is missing, so each rate of moving would be wrong. "
        "Ask an administrator to lift your limit on tiers."
    )
    blocks.empty(_("You see {tiers} members only").format(tiers=tiers), why, icon=":material/lock:")


def filter_left_out(current: View) -> None:
    """The quiet line that the tier filter does not apply; nothing without one."""
    if current.segment[TIER.column]:
        blocks.quiet(
            _(
                "The tier filter does not apply on this page: it takes members by their tier on {date}, so only those who ended there "
                "would be counted."
            ).format(date=date(current.as_of))
        )
