"""What moved: the clearest changes by group, with their intervals, and how many were compared."""

from dataclasses import replace

import polars as pl

from metrics.dimension import TIER, known
from pages.overview import cards
from pages.shared.model import blocks, charts, marks
from pages.shared.model.parts import Mark
from pages.shared.readings import findings, moves
from pages.shared.readings.moves import Move
from pages.shared.screen import states
from pages.shared.screen.display import forest_row
from pages.shared.session.view import View
from pages.shared.words.texts import _, date, listed, period, sentences

SHOWN = 7
COLUMNS = ("metric", "dimension", "code", "change", "low", "high", "verdict")


def section(view: View) -> None:
    """The interval plot of the changes, or what to do to see one."""
    if view.before is None:
        blocks.section(_("What moved"))
        blocks.empty(
            _("Nothing to compare with"),
            _("Choose a comparison in the bar above to see which groups moved."),
            icon=":material/compare_arrows:",
        )
        return
    found, compared = moves.moves(view, SHOWN)
    if not found:
        blocks.section(findings.moved(found), states.few_remedy())
        return
    chance = moves.by_chance(compared)
    note = sentences(
        _("Change against {before}, in points, with 95% interval.").format(
            before=period(view.before.start, view.before.end)
        ),
        counted(len(found), compared),
        _("About {chance} of {compared} would look clear by chance.").format(chance=chance, compared=compared)
        if chance
        else "",
        _("Tiers are those of {date}.").format(date=date(view.as_of))
        if any(move.dimension == TIER.column for move in found)
        else "",
    )
    table = pl.DataFrame([{name: getattr(move, name) for name in COLUMNS} for move in found])
    blocks.section(findings.moved(found), note, table=table, file="what_moved")
    rows = [forest_row(move) for move in found]
    alt = listed([f"{row.name}: {row.shown} {row.word}" for row in rows])
    blocks.chart(charts.forest(rows), key="moved", alt=alt, marks=list(map(_mark, found, rows)))


def _mark(move: Move, row: charts.ForestRow) -> Mark:
    """A change leads to the page of its number, for the group that it is of."""
    leads = cards.NUMBERS[move.metric].leads
    codes = {**leads.codes, known(move.dimension).code: move.code}
    return marks.opening(row.id, charts.says(row, change=True), replace(leads, codes=codes))


def counted(shown: int, compared: int) -> str:
    """How many changes there are, and why they stand in this order."""
    if shown < compared:
        return _("The {shown} clearest of {compared} compared, the clearest first.").format(
            shown=shown, compared=compared
        )
    if compared == 1:
        return _("One change compared.")
    return _("All {n} changes compared, the clearest first.").format(n=compared)
