"""Where the tiers come from, in words, and the form that changes it: thresholds, measure and window, kept in the URL."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from metrics.dimension import TIER
from metrics.errors import RuleError
from metrics.texts import N_
from metrics.tiers.rules import rule_text
from metrics.tiers.tiers import HIGHEST, parse_rule
from pages.programme import basis as tier_basis
from pages.programme.basis import AUTO, SUGGESTED, Basis, SuggestionError
from pages.programme.findings import rule_words, tier_label
from pages.shared.files import report
from pages.shared.screen import blocks, choices, states
from pages.shared.session import cached, view, visit
from pages.shared.session.view import View
from pages.shared.words.texts import _, date, joined, listed, ngettext, sentences, told

MEASURES = {"spend": N_("net spend"), "orders": N_("orders")}
MONTHS = (1, 36)
LAPSE = (0, 3650)
REFUSED = "tiers.refused"


@dataclass(frozen=True)
class Names:
    """What the options of a rule are called in the URL."""

    rule: str = "rule"
    measure: str = "rule_measure"
    months: str = "rule_months"


TODAY = Names()


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
        return known + (f" \u00a0{blocks.attention(note)}" if note else "")
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
    return what[basis.measure].format(n=basis.months, tiers=blocks.plain(listed(list(words))))


def way_back(*rules: Names) -> None:
    """The button out of rules that cannot be read."""
    st.button(
        _("Back to the usual tiers"),
        icon=":material/restart_alt:",
        key="tiers-reset",
        on_click=_choose_usual,
        args=rules,
    )


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
        button=partial(_orders_button, rules) if by_spend and not visit.locked() else None,
    )


def _orders_button(rules: tuple[Names, ...]) -> None:
    st.button(_("Look at orders"), key="tiers-orders", on_click=_look_at_orders, args=rules)


def _look_at_orders(*rules: Names) -> None:
    view.change(**{names.measure: "orders" for names in rules})


def views() -> tuple[View, View] | None:
    """The view as it was chosen, and that of all tiers, which the page shows; None, and why is said, for who sees some tiers only."""
    chosen = view.current()
    if chosen.scope[TIER.column]:
        _limited(chosen)
        return None
    current = tier_basis.of_all_tiers(chosen)
    report.shows(current)
    return chosen, current


def _limited(current: View) -> None:
    """Who sees members of some tiers only, by their tier now, cannot see moves: those who left these tiers are not among them."""
    blocks.heading(_("Moves between tiers need members of all tiers"), states.freshness())
    tiers = blocks.plain(joined([tier_label(tier) for tier in current.scope[TIER.column]]))
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


def form(basis: Basis, names: Names, title: str) -> None:
    """The popover with the thresholds, one number per tier, and what they are compared with; none in a link with fixed filters."""
    if visit.locked():
        return
    with st.popover(title, icon=":material/tune:", key=f"{names.rule}-form"):
        if refused := st.session_state.pop(f"{REFUSED}.{names.rule}", ""):
            st.error(blocks.plain(refused), icon=":material/error:")
        if not basis.rule:
            st.markdown(_("The tiers are those of the uploaded changes."))
            st.button(
                _("Use thresholds instead"),
                key=f"{names.rule}-use",
                on_click=_choose,
                args=(names, SUGGESTED),
                type="primary",
            )
            return
        _fields(basis, names)
        if not basis.suggested:
            st.button(
                _("Suggest thresholds"),
                key=f"{names.rule}-suggest",
                on_click=_choose,
                args=(names, SUGGESTED),
                type="tertiary",
            )
        if names == TODAY and cached.values("tier"):
            st.button(
                _("Use the uploaded tiers"),
                key=f"{names.rule}-auto",
                on_click=_choose,
                args=(names, AUTO),
                type="tertiary",
            )


def _fields(basis: Basis, names: Names) -> None:
    """The fields begin with the rule in force: it is part of their keys."""
    mark = f"{names.rule}.{basis.rule}.{basis.measure}.{basis.months}"
    keys = {tier: f"{mark}.tier.{tier}" for tier in basis.thresholds}
    with st.form(f"{names.rule}-thresholds", border=False):
        st.segmented_control(  # read from the session by the callback
            _("Thresholds are of"), list(MEASURES), format_func=lambda code: _(MEASURES[code]), default=basis.measure,
            key=f"{mark}.measure", required=True,
        )  # fmt: skip
        st.number_input(_("Months looked back"), *MONTHS, value=basis.months, key=f"{mark}.months")
        for tier, threshold in basis.thresholds.items():
            st.number_input(
                _("{tier} from").format(tier=blocks.plain(tier_label(tier))), 0.0, float(HIGHEST), value=float(threshold),
                step=1.0, format="%.10g", key=keys[tier],
            )  # fmt: skip
        left, right = st.columns(2)
        left.text_input(_("Another tier"), key=f"{mark}.name", max_chars=40)
        right.number_input(_("from"), 0.0, float(HIGHEST), value=None, step=1.0, format="%.10g", key=f"{mark}.more")
        st.caption(_("An emptied threshold removes its tier."))
        st.form_submit_button(_("Apply"), type="primary", on_click=_take, args=(basis, names, mark, keys))


def _take(basis: Basis, names: Names, mark: str, keys: Mapping[str, str]) -> None:
    """The rule of the form, into the view; one that cannot be read is told instead."""
    state = st.session_state
    thresholds = {tier: state[key] for tier, key in keys.items() if state[key] is not None}
    if state[f"{mark}.name"].strip() and state[f"{mark}.more"] is not None:
        thresholds[state[f"{mark}.name"].strip()] = state[f"{mark}.more"]
    measure = state[f"{mark}.measure"]
    rule = rule_text(dict(sorted(thresholds.items(), key=lambda pair: pair[1])))
    if measure != basis.measure and rule == basis.rule:  # thresholds in money say nothing of orders
        rule = SUGGESTED
    try:
        if rule != SUGGESTED:
            parse_rule(rule)
    except RuleError as error:
        state[f"{REFUSED}.{names.rule}"] = told(error)
        return
    view.change(**{names.rule: rule, names.measure: measure, names.months: str(state[f"{mark}.months"])})


def _choose_usual(*rules: Names) -> None:
    for names in rules:
        _choose(names, AUTO)


def _choose(names: Names, code: str) -> None:
    view.change(**{names.rule: code, names.months: AUTO})
