"""The cards of the overview: those that the reader chose, in that order, or those that the data can fill. Their changes share one title, so
each is judged so surely that all of them together err once in twenty times."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from data.questions.ask import find
from metrics.statistics.verdict import confidence_of_each
from pages.customers.churn import readings as readings_churn
from pages.customers.clv import readings as readings_value
from pages.customers.sales.entry import FAMILY
from pages.customers.sales.entry import NUMBERS as SALES
from pages.overview.entry import CARDS, FILLED
from pages.programme import readings as readings_tiers
from pages.shared.model import blocks, choices
from pages.shared.model.parts import Place
from pages.shared.readings import readings
from pages.shared.readings.readings import Reading
from pages.shared.screen import states
from pages.shared.session.view import View
from pages.shared.words.texts import _

MOST = 7  # as many as stand side by side
MOST_EMPTY = 3
MOST_ALONE = 1  # of changes under one title, that need no wider interval


@dataclass(frozen=True)
class Number:
    """A number that can stand on a card: how it is read, which data it needs (`states.missing`), its name, and where it leads."""

    read: Callable[..., Reading]
    needs: str
    name: str
    leads: Place


NUMBERS: dict[str, Number] = {
    "nps": Number(readings.nps, "answers", readings.NPS, Place("nps")),
    "csat": Number(readings.csat, "csat", readings.CSAT, Place("csat", {"about": "csat"})),
    "ces": Number(readings.ces, "ces", readings.CES, Place("csat", {"about": "ces"})),
    "clv": Number(readings_value.clv, "customers", readings.VALUE, Place("value")),
    "retention": Number(readings.retention, "customers", readings.RETENTION, Place("retention")),
    "repeat_rate": Number(readings.repeat_rate, "customers", readings.REPEAT, Place("retention")),
    "inactive_share": Number(readings_churn.inactive, "customers", readings.INACTIVE, Place("churn")),
    "tier_rates": Number(readings_tiers.upgrades, "members", readings.UPGRADES, Place("tiers")),
    **{
        name: Number(
            partial(readings.of_metric, name=name), "customers", find(name).called, Place(FAMILY, {"number": name})
        )
        for name in SALES
    },
}
# Those that are tried first; the others stand in where these have no value
FIRST = tuple(code for code in CARDS if code not in ("ces", *SALES))
MORE = (*SALES, "ces")


def together(view: View) -> tuple[dict[str, Reading], int]:
    """The readings by their codes, in the order of their cards, and how many are compared. The interval of each change is that of one of so
    many."""
    alone = chosen(view)
    compared = sum(map(_is_compared, alone.values()))
    if compared < MOST_ALONE + 1:
        return alone, compared
    level = confidence_of_each(compared)
    return {
        code: NUMBERS[code].read(view, confidence=level) if _is_compared(reading) else reading
        for code, reading in alone.items()
    }, compared


def _is_compared(reading: Reading) -> bool:
    return reading.compares and reading.change_low is not None


def chosen(view: View) -> dict[str, Reading]:
    """The readings by their codes, in the order of their cards, each as if it stood alone."""
    said = view.options["cards"]
    if said != FILLED:
        return {code: NUMBERS[code].read(view) for code in said.split(",")}
    known = [code for code in (*FIRST, *MORE) if not states.missing(NUMBERS[code].needs)]
    found = dict(_filled(view, known))
    return {code: found[code] for code in CARDS if code in found}


def _filled(view: View, known: list[str]) -> Iterator[tuple[str, Reading]]:
    """Up to MOST numbers, with a value as long as there are such, and a few of the first ones that have none and say why."""
    empty: list[tuple[str, Reading]] = []
    filled = 0
    for code in known:
        if filled + min(len(empty), MOST_EMPTY) >= MOST:
            break
        reading = NUMBERS[code].read(view)
        if reading.value is not None:
            filled += 1
            yield code, reading
        elif code in FIRST:
            empty.append((code, reading))
    yield from empty[: min(MOST_EMPTY, MOST - filled)]


def leads(codes: dict[str, Reading]) -> dict[str, Place]:
    """Where each card leads."""
    return {reading.metric: NUMBERS[code].leads for code, reading in codes.items()}


def choice(shown: dict[str, Reading]) -> None:
    """Which cards there are and in which order."""
    names = {code: NUMBERS[code].name for code in CARDS}
    with blocks.fold(_("Choose the cards and their order")):
        choices.several("cards", names, _("Cards"), chosen=list(shown), usual=FILLED)
