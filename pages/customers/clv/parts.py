"""The upper parts of the page about lifetime value: its choices, what is wrong with the forecast, and its cards."""

from data.questions.ask import find
from metrics.texts import N_
from pages.customers.clv import findings
from pages.customers.clv.entry import WITHIN
from pages.customers.clv.readings import HOLDS, REMEDY, Terms, predicted
from pages.customers.clv.words import amount, currency
from pages.shared.model import blocks, choices
from pages.shared.model.cards import Card
from pages.shared.screen import states
from pages.shared.screen.display import size
from pages.shared.session import view
from pages.shared.session.view import View
from pages.shared.words.texts import _, long_date, money_span, number, sentences, span
from pages.shared.words.whom import whom

MODELS = {
    "mbg_nbd": N_("MBG/NBD (usual)"),
    "pareto_nbd": N_("Pareto/NBD"),
    "bg_nbd": N_("BG/NBD"),
    "mbg_cnbd_2": N_("MBG/CNBD-2 (they buy regularly)"),
    "mbg_cnbd_3": N_("MBG/CNBD-3 (very regularly)"),
    "mbg_mean": N_("Mean of MBG/NBD and MBG/CNBD-3"),
    "nbd": N_("NBD (nobody leaves)"),
}
HORIZONS = {
    "13": N_("13 weeks"),
    "26": N_("26 weeks"),
    "52": N_("52 weeks"),
    "104": N_("104 weeks"),
    "156": N_("156 weeks"),
}


def options() -> None:
    """The choices of this page, side by side."""
    with choices.row(labelled=True):
        choices.listed(
            "horizon",
            list(HORIZONS),
            _("How far ahead"),
            called=lambda code: _(HORIZONS[code]),
            chosen=_chosen("horizon"),
        )
        choices.listed("model", list(MODELS), _("Model"), called=lambda code: _(MODELS[code]), chosen=_chosen("model"))
        choices.amount("discount", _("Discount, % a year"), within=WITHIN["discount"], step=1)
        choices.amount("margin", _("Margin, %"), within=WITHIN["margin"], step=1)
        choices.definition("clv")


def _chosen(name: str) -> str:
    return view.current().options[name]


def shown(current: View, asked: Terms) -> str:
    """The sentence under the title: how many, who, up to which day."""
    return _("**{counted}** with an order, {who}, orders up to **{day}**.").format(
        counted=size(predicted(asked)), who=whom(current.whom), day=long_date(asked.question.as_of)
    )


def notice(row: dict) -> None:
    """What is wrong with the forecast, and what is shown instead."""
    if text := findings.notice(row):
        blocks.warning(text)


def cards_section(current: View, asked: Terms) -> None:
    """Value to date, predicted value, and how many are expected to order again."""
    drawn = [_to_date_card(asked), _predicted_card(asked), _active_card(asked)]
    blocks.cards(drawn, key="value")
    if not any("value" in shown for shown in drawn):
        return
    blocks.quiet(
        sentences(
            _("Under each value its 95% interval and n."),
            _(
                "The interval of a forecast holds only what is not known about the model; further down is how far it was off."
            )
            if asked.row["predicts"]
            else "",
        )
    )
    if asked.row["predicts"]:
        choices.other_definitions("clv", current, **asked.valued_by)


def _to_date_card(asked: Terms) -> Card:
    row = asked.to_date().row(0, named=True)
    name = findings.at_margin(_("Value per customer to date"), asked.margin)
    head: Card = {"id": "historical_clv", "name": name, "define": _("Definition")}
    if row["historical_clv"] is None:
        minimum = find("historical_clv").minimum
        return {**head, "few": states.few_text(row["customers"], minimum), "detail": _(REMEDY)}
    return {**head, **_amounts(row["historical_clv"], row["low"], row["high"]), "size": size(predicted(asked))}


def _predicted_card(asked: Terms) -> Card:
    row = asked.row
    head: Card = {"id": "clv", "define": _("Definition")}
    if row["predicts"]:
        name = _("Expected in {weeks} weeks, per customer").format(weeks=asked.horizon_weeks)
        name = findings.at_margin(name, asked.margin)
        amounts = _amounts(row["clv"], row["low"], row["high"])
        if amounts["range"]:
            amounts["range"] = _(HOLDS).format(span=amounts["range"])
        return {**head, "name": name, **amounts, "size": size(predicted(asked))}
    name = _("If the past repeats itself, {weeks} weeks").format(weeks=asked.horizon_weeks)
    name = findings.at_margin(name, asked.margin)
    if asked.to_date()["historical_clv"][0] is None:
        return {**head, "name": name, "few": _("Too few to show"), "detail": _(REMEDY)}
    return {
        **head,
        "name": name,
        "value": amount(row["clv"]),
        "range": _("no forecast, no interval"),
        "size": size(predicted(asked)),
    }


def _active_card(asked: Terms) -> Card:
    row = asked.row
    name = _("Expected to order in {weeks} weeks").format(weeks=asked.horizon_weeks)
    head: Card = {"id": "clv:active", "name": name, "define": _("Definition")}
    if row["p_active"] is None:
        return {**head, "few": _("Not known"), "detail": _("There is no forecast, so no chance of another order.")}
    return {
        **head,
        "value": number(100 * row["p_active"], 1),
        "unit": "%",
        "range": span(100 * row["p_active_low"], 100 * row["p_active_high"]),
        "size": _("{n} of {all} customers").format(n=number(row["active_customers"]), all=number(row["customers"])),
    }


def _amounts(value: float, low: float | None, high: float | None) -> Card:
    known = low is not None and high is not None
    return {"value": amount(value), "range": money_span(low or 0, high or 0, currency()) if known else ""}
