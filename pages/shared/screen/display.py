"""Readings as cards, and the sentences that say what is shown."""

from collections.abc import Sequence
from dataclasses import replace

from data.text.labels import COUNTED
from metrics.dimension import TIER
from metrics.texts import N_
from pages.customers.clv import readings as readings_value
from pages.shared.model.cards import Card
from pages.shared.model.charts import ForestRow
from pages.shared.readings import findings
from pages.shared.readings.moves import Move
from pages.shared.readings.readings import Reading
from pages.shared.screen import states
from pages.shared.session.view import View
from pages.shared.words.texts import (
    WORDS,
    _,
    date,
    dates,
    listed,
    money_span,
    ngettext,
    number,
    period,
    sentences,
    signed,
    span,
)
from pages.shared.words.whom import whom

# of numbers that the period does not limit: value is counted from the first order on
REMEDIES = {"clv": readings_value.REMEDY}
HOW_TO_READ = {  # whether every value has an interval, and whether the changes are judged as one
    (True, False): N_("Under each value its 95% interval and n; under each change its 95% interval."),
    (True, True): N_(
        "Under each value its 95% interval and n; under each change its interval, so wide that all {n} hold together in 95%."
    ),
    (False, False): N_(
        "Totals have no interval; under each other value its 95% interval and n, under each change its 95% interval."
    ),
    (False, True): N_(
        "Totals have no interval; under each other value its 95% interval and n, under each change its interval, so wide that all {n} hold "
        "together in 95%."
    ),
}
CARD_CHANGES = {"better": "{amount} {word}", "worse": "{amount} {word}"}


def card(reading: Reading, *, compared: bool) -> Card:
    """A reading as a card, with its last months."""
    head: Card = {"id": reading.metric, "name": _(reading.name), "define": _("Definition")}
    source = reading.source or reading.noun
    if not reading.n and states.missing(source):
        title, remedy = states.MISSING[source]
        return {**head, "few": _(title), "detail": _(remedy)}
    if reading.withheld:
        why, remedy = reading.withheld
        return {**head, "few": _(why), "detail": _(remedy)}
    if reading.value is None or (reading.bounded and (reading.low is None or reading.high is None)):
        few = _("Too few to show: {n} of {minimum}").format(n=number(reading.n), minimum=number(reading.minimum))
        return {**head, "few": few, "detail": _(REMEDIES.get(reading.metric, states.few_remedy()))}
    shown: Card = {
        **head,
        "value": findings.shown(reading.value, reading) if reading.money else number(reading.value, reading.digits),
        "unit": "%" if reading.percent else "",
        "range": _range(reading),
        "size": size(reading) if reading.n != reading.value else "",
    }
    if compared and reading.compares:
        shown |= _shift(reading)
    y, low, high = reading.months
    if sum(value is not None for value in y) > 1:
        name = _("{name}, last 12 months").format(name=_(reading.name))
        shown["spark"] = {"y": y, "low": low, "high": high, "label": name}
    return shown


def _range(reading: Reading) -> str:
    if reading.low is None or reading.high is None:
        return ""
    low, high = reading.low, reading.high
    said = money_span(low, high, reading.currency) if reading.money else span(low, high, reading.digits)
    return _(reading.holds).format(span=said) if reading.holds else said


def size(reading: Reading) -> str:
    """n with its noun."""
    return COUNTED[reading.noun](reading.n)


def _shift(reading: Reading) -> Card:
    word = _(WORDS[reading.verdict])
    if reading.change is None or reading.change_low is None or reading.change_high is None:
        return {"verdict": "too_few", "change": word}
    amount = number(abs(reading.change), reading.change_digits) + (_(" pts") if reading.percent else "")
    clear = reading.verdict in CARD_CHANGES
    return {
        "verdict": reading.verdict,
        "direction": "up" if reading.rising else "down",
        "change": CARD_CHANGES[reading.verdict].format(amount=amount, word=word) if clear else word,
        "detail": span(reading.change_low, reading.change_high, reading.change_digits, sign=True),
    }


def changed(reading: Reading, view: View) -> str:
    """The change in a sentence: "Up 6.1 ± 4.0 against Jan–Mar 2026, 95% interval +2.1 to +10.1."; nothing without a comparison.

    ± is the distance to the further end of the interval, which need not lie evenly around the change; so the ends are said too. It is
    that of the numbers as they are shown, so that a reader who adds it to the change comes to that end.
    """
    if view.before is None or reading.value is None:
        return ""
    before = period(view.before.start, view.before.end)
    low, high = reading.change_low, reading.change_high
    if reading.change is None or low is None or high is None:
        return _("Too few answers in {before} to compare with.").format(before=before)
    unit, digits = _(" pts") if reading.percent else "", reading.change_digits
    reach = span(low, high, digits, sign=True) + unit
    if reading.verdict == "none":
        return _("No clear change against {before}: 95% interval {span}.").format(before=before, span=reach)
    read = replace(
        reading, change=round(reading.change, digits), change_low=round(low, digits), change_high=round(high, digits)
    )
    texts = {
        True: _("Up {change} ± {half} against {before}, 95% interval {span}."),
        False: _("Down {change} ± {half} against {before}, 95% interval {span}."),
    }
    return texts[reading.rising].format(
        change=number(abs(reading.change), digits),
        half=number(read.half_width or 0.0, digits) + unit,
        before=before,
        span=reach,
    )


def forest_row(move: Move) -> ForestRow:
    """A change as a line of the interval plot."""
    return ForestRow(
        name=findings.group(move),
        value=move.change,
        low=move.low,
        high=move.high,
        verdict=move.verdict,
        shown=signed(move.change),
        word=_(WORDS[move.verdict]),
        id=f"{move.metric}:{move.dimension}:{move.code}",
    )


def shown(view: View, counted: str) -> str:
    """The sentence under a title: how many, who, when, against what."""
    period, before, who = dates(view.start, view.last), view.before, _whom(view)
    if view.unfinished:
        period = _("{period}, not finished yet").format(period=period)
    if before is None:
        return _("**{counted}**, {who}, **{period}**.").format(counted=counted, who=who, period=period)
    return _("**{counted}**, {who}, **{period}** against {before}.").format(
        counted=counted, who=who, period=period, before=dates(before.start, before.end)
    )


def _whom(view: View) -> str:
    """Whose numbers these are; where tiers choose them, of which day the tiers are. Markdown."""
    said = whom(view.whom)
    return _("{who} (tiers of {date})").format(who=said, date=date(view.as_of)) if view.whom[TIER.column] else said


def counted(readings: Sequence[Reading]) -> str:
    """What the numbers rest on: "6,338 customers, 3,447 answers", the largest group of each noun that the data hold at all."""
    largest: dict[str, Reading] = {}
    for reading in readings:
        if not reading.n and len(readings) > 1 and (reading.withheld or states.missing(reading.source or reading.noun)):
            continue
        if reading.noun not in largest or reading.n > largest[reading.noun].n:
            largest[reading.noun] = reading
    return listed([size(largest[noun]) for noun in ("orders", "customers", "members", "answers") if noun in largest])


def new_customers(third: Reading) -> str:
    """Whom month-3 retention rests on."""
    return ngettext("{n} new customer in month 3", "{n} new customers in month 3", third.n).format(n=number(third.n))


def how_to_read(shown: Sequence[Card], *, together: int = 0) -> str:
    """What stands where on these cards; nothing when none has a value. `together`: how many changes were judged as one."""
    if not any("value" in card for card in shown):
        return ""
    bounded = all(card.get("range", "-") for card in shown)
    return sentences(
        _(HOW_TO_READ[bounded, together > 1]).format(n=number(together)),
        _("Lines: 12 months with interval, each on its own scale.") if any("spark" in card for card in shown) else "",
    )
