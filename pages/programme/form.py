"""The form that makes tiers by a rule: thresholds, measure and window, kept in the URL."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from metrics.errors import RuleError
from metrics.texts import N_
from metrics.tiers.rules import rule_text
from metrics.tiers.tiers import HIGHEST, parse_rule
from pages.programme.basis import AUTO, SUGGESTED, Basis
from pages.programme.findings import tier_label
from pages.shared.model import blocks
from pages.shared.session import cached, view, visit
from pages.shared.words import markup
from pages.shared.words.texts import _, told

MEASURES = {"spend": N_("net spend"), "orders": N_("orders")}
MONTHS = (1, 36)
REFUSED = "tiers.refused"


@dataclass(frozen=True)
class Names:
    """What the options of a rule are called in the URL."""

    rule: str = "rule"
    measure: str = "rule_measure"
    months: str = "rule_months"


TODAY = Names()


def form(basis: Basis, names: Names, title: str) -> None:
    """The popover with the thresholds, one number per tier, and what they are compared with; none in a link with fixed filters."""
    if not visit.locked():
        blocks.form(lambda: _draw(basis, names, title))


def _draw(basis: Basis, names: Names, title: str) -> None:
    with st.popover(title, icon=":material/tune:", key=f"{names.rule}-form"):
        if refused := st.session_state.pop(f"{REFUSED}.{names.rule}", ""):
            st.error(markup.plain(refused), icon=":material/error:")
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
                _("{tier} from").format(tier=markup.plain(tier_label(tier))), 0.0, float(HIGHEST), value=float(threshold),
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


def choose_usual(*rules: Names) -> None:
    """No rule of one's own any more."""
    for names in rules:
        _choose(names, AUTO)


def _choose(names: Names, code: str) -> None:
    view.change(**{names.rule: code, names.months: AUTO})
