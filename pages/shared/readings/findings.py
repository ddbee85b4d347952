"""Titles that say what was found: sentence templates filled by verdicts, never more than the intervals support."""

from collections.abc import Sequence

from data.questions.ask import find
from data.text.labels import group as group_words
from metrics.dimension import known
from metrics.statistics.verdict import Verdict
from metrics.texts import N_
from pages.shared.readings.moves import Move
from pages.shared.readings.readings import IN_SENTENCE, Reading
from pages.shared.words.texts import _, coins, joined, money, number, percent, spaced

CHANGED = {
    "better": N_("{name} rose from {before} to {value}"),
    "worse": N_("{name} fell from {before} to {value}"),
    "none": N_("No clear change in {name}: {value}, {before} before"),
    "too_few": N_("{name}: {value}, {before} before, too few to tell a change"),
}
NPS_CHANGED = {
    "better": N_("NPS rose from {before} to {value}"),
    "worse": N_("NPS fell from {before} to {value}"),
    "none": N_("No clear change in NPS: {value}, {before} before"),
}
RETENTION_CHANGED = {
    "better": N_("More new customers order again in month 3: {value} after {before}"),
    "worse": N_("Fewer new customers order again in month 3: {value} after {before}"),
    "none": N_("No clear change in month-3 retention: {value}, {before} before"),
}
GROUP_CHANGED = {"better": N_("{metric} got better {where}"), "worse": N_("{metric} got worse {where}")}


def overview(readings: Sequence[Reading], *, compared: bool) -> str:
    """What happened to the key numbers together."""
    known = [reading for reading in readings if reading.value is not None]
    if not known:
        return _("Too few answers and orders to tell")
    known = [reading for reading in known if reading.compares]
    if not compared or not known:
        return _("The key numbers, without a comparison")
    better, worse, none = (_names(known, kind) for kind in ("better", "worse", "none"))
    if better and worse:
        return first_up(_("{better} got better; {worse} got worse").format(better=better, worse=worse))
    if better:
        return first_up(_("{names} got better").format(names=better))
    if worse:
        return first_up(_("{names} got worse").format(names=worse))
    if none:
        return _("No clear change in {names}").format(names=none)
    return _("Too few answers and orders before to compare")


def _names(readings: Sequence[Reading], kind: Verdict) -> str:
    return joined([in_sentence(reading) for reading in readings if reading.verdict == kind])


def in_sentence(reading: Reading) -> str:
    """What the number is called within a sentence."""
    return _(IN_SENTENCE.get(reading.name) or find(reading.metric).in_sentence)


def first_up(sentence: str) -> str:
    """The sentence with a capital at its beginning."""
    return sentence[:1].upper() + sentence[1:]


def nps(reading: Reading, *, compared: bool) -> str:
    """The score and its change."""
    return changed(reading, NPS_CHANGED, compared, _("NPS is {value}"), _("Too few answers to show NPS"))


def retention(reading: Reading, *, compared: bool) -> str:
    """Month-3 retention and its change."""
    return changed(
        reading,
        RETENTION_CHANGED,
        compared,
        _("{value} of new customers order again in month 3"),
        _("Too few new customers to show month-3 retention"),
    )


def of_metric(reading: Reading, *, compared: bool) -> str:
    """Any number and its change, by the name that its record has in a sentence."""
    if reading.value is None:
        return first_up(_("Too few orders to show {name}").format(name=in_sentence(reading)))
    value, name = shown(reading.value, reading), in_sentence(reading)
    if not compared or reading.before is None:
        return first_up(spaced(_("{name}: {value}").format(name=name, value=value)))
    kind = reading.verdict if reading.verdict not in ("better", "worse") else "better" if reading.rising else "worse"
    text = _(CHANGED[kind]).format(name=name, value=value, before=shown(reading.before, reading))
    return first_up(spaced(text))


def changed(reading: Reading, templates: dict[str, str], compared: bool, alone: str, few: str) -> str:
    """A number with its change in words: by its verdict, `alone` without a comparison, `few` without a value."""
    if reading.value is None:
        return few
    value = shown(reading.value, reading)
    if not compared or reading.before is None:
        return alone.format(value=value)
    return _(templates[reading.verdict]).format(value=value, before=shown(reading.before, reading))


def shown(value: float, reading: Reading) -> str:
    """The number in the unit of its reading, for use in a sentence."""
    if reading.money:
        return money(value, reading.currency, coins(value))
    return percent(value / 100, reading.digits) if reading.percent else number(value, reading.digits)


def moved(moves: Sequence[Move]) -> str:
    """The clearest of the groups that changed clearly even for so many comparisons, at most one in each direction."""
    clearest = sorted(moves, key=lambda move: move.clarity, reverse=True)
    better, worse = (next((move for move in clearest if move.sure == kind), None) for kind in ("better", "worse"))
    if better and worse:
        return first_up(_("{better}; {worse}").format(better=_changed_group(better), worse=_changed_group(worse)))
    if changed := better or worse:
        return first_up(_changed_group(changed))
    if any(move.verdict in GROUP_CHANGED for move in moves):
        return _("Some groups look changed, none more than chance explains")
    return _("No group changed clearly") if moves else _("Too few answers and orders to compare groups")


def _changed_group(move: Move) -> str:
    where = group_words(known(move.dimension).where, known(move.dimension), move.code)
    return spaced(_(GROUP_CHANGED[move.verdict]).format(metric=_(IN_SENTENCE[move.name]), where=where))


def group(move: Move) -> str:
    """The metric and the group: NPS · Gold members."""
    name = group_words(known(move.dimension).listed, known(move.dimension), move.code)
    return _("{metric} · {name}").format(metric=_(move.name), name=name)


def scores(row: dict) -> str:
    """How the answers divide, from a row of `nps_shares`."""
    if not row["n"]:
        return _("No answers in this period")
    if row["promoter_share"] is None:
        return _("Too few answers to show shares")
    promoters, detractors = (percent(row[f"{kind}_share"], 0) for kind in ("promoter", "detractor"))
    return _("{promoters} promoters, {detractors} detractors").format(promoters=promoters, detractors=detractors)
