"""What the moves between tiers say for the view: the share of members who went up, stayed, went down or lapsed, as readings."""

from dataclasses import replace

import polars as pl

from data.questions.ask import Question, find
from data.questions.changes import change
from metrics.dimension import TIER
from metrics.texts import N_
from metrics.tiers.moves import MOVES
from pages.programme import basis as tier_basis
from pages.programme.basis import Basis
from pages.shared.readings.readings import SPARK_MONTHS, SURE, UPGRADES, Points, Reading, months_of, of_rows, surely
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import periods

NAMES = {
    "upgrade": N_("Moved up"),
    "retain": N_("Stayed"),
    "downgrade": N_("Moved down"),
    "lapse": N_("Lapsed"),
}
STAYING = ("retain", "lapse")
# Whether more of them staying is good depends on where the others went: its direction is told, and not judged
HIGHER_IS_BETTER = {"upgrade": True, "retain": True, "downgrade": False, "lapse": False}
UNJUDGED = "retain"
MINIMUM = find("tier_rates").minimum
# Why members of chosen tiers have no rate: members are chosen by the tier that they have now
OF_CHOSEN = (
    N_("Not shown of chosen tiers"),
    N_("The filter takes members by their tier now, so only those who ended there would count. Choose all tiers."),
)
OF_LIMITED = (
    N_("Not shown of some tiers only"),
    N_("You see members of some tiers, by their tier now: only those who ended there would count."),
)


def upgrades(view: View, *, confidence: float = SURE) -> Reading:
    """Of the members with a tier on the eve of the period, the share in a higher one at its end, by the uploaded tiers.

    A rule chosen on another page is not taken along, so without uploaded tiers there is no number (`states.missing` says so). Nor is
    there one of chosen tiers: the page Tiers and migration shows those of all.
    """
    if view.whom[TIER.column]:
        return replace(
            reading(view, None, "upgrade", UPGRADES), withheld=OF_LIMITED if view.scope[TIER.column] else OF_CHOSEN
        )
    basis = tier_basis.uploaded(view) if cached.values("tier") else None
    return reading(view, basis, "upgrade", UPGRADES, confidence=confidence)


def all_moves(view: View, basis: Basis, *, one_tier: bool = False) -> dict[str, Reading]:
    """A reading for each of the moves that there can be: with one tier nobody can move up or down."""
    moves = STAYING if one_tier else MOVES
    return {move: reading(view, basis, move, NAMES[move]) for move in moves}


def reading(view: View, basis: Basis | None, move: str, name: str, *, confidence: float = SURE) -> Reading:
    """One move as a reading; without known tiers its n is 0."""
    window = tier_basis.window(view, basis) if basis and tier_basis.has_history(view, basis) else None
    if basis is None or window is None:
        return _made(move, name, {"members": 0, "rate": None, "low": None, "high": None}, None, None)
    now = cached.answer("tier_rates", window.question, **basis.arguments)
    earlier = tier_basis.window_before(view, basis)
    before = cached.answer("tier_rates", earlier, **basis.arguments) if earlier else None
    moved = changed(window.question, earlier, basis, move, confidence).row(0, named=True) if earlier else None
    return _made(move, name, _of(now, move), _of(before, move), moved, _months(view, basis, move))


def changed(now: Question, before: Question, basis: Basis, move: str, confidence: float = SURE) -> pl.DataFrame:
    """How the rate of a move differs between two windows."""
    asked = {**basis.arguments, **surely(confidence)}
    return cached.compared(change, "tier_rates", now, before, row={"move": move}, **asked)


def trend(view: View, basis: Basis) -> pl.DataFrame:
    """The rates of the last complete months, as `tier_rates_trend`."""
    question: Question = tier_basis.recent(view, basis)
    rows = cached.answer("tier_rates_trend", question, **basis.arguments)
    return rows.filter("complete", pl.col("period") >= question.start)


def _months(view: View, basis: Basis, move: str) -> Points:
    rows = trend(view, basis).filter(pl.col("move") == move)
    first, last = periods.back(view.end, SPARK_MONTHS)
    return months_of(rows.filter(pl.col("period").is_between(first, last)), "rate")


def _of(rates: pl.DataFrame | None, move: str) -> dict:
    return rates.filter(pl.col("move") == move).row(0, named=True) if rates is not None else {"rate": None}


def _made(
    move: str, name: str, now: dict, before: dict | None, change: dict | None, months: Points = ([], [], [])
) -> Reading:
    better = HIGHER_IS_BETTER[move]
    return of_rows(
        "tier_rates", name, "members", "rate", "members", now, before, change, months, higher_is_better=better
    )
