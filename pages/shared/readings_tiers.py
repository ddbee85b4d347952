"""What the moves between tiers say for the view: the share of members who went up, stayed, went down or lapsed, as readings."""

import polars as pl

from data.ask import Question, find
from metrics.texts import N_
from metrics.tier_moves import MOVES, tier_rates_change
from metrics.verdict import verdict
from pages.shared import cached, periods, tier_basis
from pages.shared.readings import SPARK_MONTHS, UPGRADES, Points, Reading
from pages.shared.tier_basis import Basis
from pages.shared.view import View

NAMES = {
    "upgrade": N_("Moved up"),
    "retain": N_("Stayed"),
    "downgrade": N_("Moved down"),
    "lapse": N_("Lapsed"),
}
HIGHER_IS_BETTER = {"upgrade": True, "retain": True, "downgrade": False, "lapse": False}
MINIMUM = int(find("tier_rates").arguments["minimum"].default)


def upgrades(view: View) -> Reading:
    """Of the members with a tier on the eve of the period, the share in a higher one at its end, by the uploaded tiers.

    A rule chosen on another page is not taken along, so without uploaded tiers there is no number (`states.missing` says so).
    """
    basis = tier_basis.uploaded(view) if cached.values("tier") else None
    return reading(view, basis, "upgrade", UPGRADES)


def all_moves(view: View, basis: Basis) -> dict[str, Reading]:
    """A reading for each of the moves."""
    return {move: reading(view, basis, move, NAMES[move]) for move in MOVES}


def reading(view: View, basis: Basis | None, move: str, name: str) -> Reading:
    """One move as a reading; without known tiers its n is 0."""
    window = tier_basis.window(view, basis) if basis and tier_basis.has_history(view, basis) else None
    if basis is None or window is None:
        return _made(move, name, {"members": 0, "rate": None, "low": None, "high": None}, None, None, ([], [], []))
    now = cached.answer("tier_rates", window.question, **basis.arguments)
    earlier = tier_basis.window_before(view, basis)
    before = cached.answer("tier_rates", earlier, **basis.arguments) if earlier else None
    change = tier_rates_change(now, before, move=move).row(0, named=True) if before is not None else None
    return _made(move, name, _of(now, move), _of(before, move), change, _months(view, basis, move))


def trend(view: View, basis: Basis) -> pl.DataFrame:
    """The rates of the last complete months, as `tier_rates_trend`."""
    question: Question = tier_basis.recent(view, basis)
    rows = cached.answer("tier_rates_trend", question, **basis.arguments)
    return rows.filter("complete", pl.col("period") >= question.start)


def _months(view: View, basis: Basis, move: str) -> Points:
    rows = trend(view, basis).filter(pl.col("move") == move)
    first, last = periods.back(view.end, SPARK_MONTHS)
    return tuple(  # type: ignore[return-value]
        [
            None if value is None else 100 * value
            for value in rows.filter(pl.col("period").is_between(first, last))[name]
        ]
        for name in ("rate", "low", "high")
    )


def _of(rates: pl.DataFrame | None, move: str) -> dict:
    return rates.filter(pl.col("move") == move).row(0, named=True) if rates is not None else {"rate": None}


def _made(move: str, name: str, now: dict, before: dict | None, change: dict | None, months: Points) -> Reading:
    moved = change or dict.fromkeys(("change", "low", "high"))

    def scaled(value: float | None) -> float | None:
        return None if value is None else 100 * value

    low, high = scaled(moved["low"]), scaled(moved["high"])
    return Reading(
        metric="tier_rates",
        name=name,
        noun="members",
        percent=True,
        value=scaled(now["rate"]),
        low=scaled(now["low"]),
        high=scaled(now["high"]),
        n=now["members"],
        minimum=MINIMUM,
        change=scaled(moved["change"]),
        change_low=low,
        change_high=high,
        before=scaled(before["rate"]) if before else None,
        verdict=verdict(low, high, HIGHER_IS_BETTER[move]),
        months=months,
    )
