"""Who moved: the members in one cell of the migration matrix."""

from functools import partial

import polars as pl

from data.questions.ask import Question
from data.questions.behind import tier_movers, tier_movers_size
from metrics.texts import N_
from metrics.tiers.tiers import LAPSED, NEW
from pages.programme import basis as tier_basis
from pages.programme.basis import Basis
from pages.programme.findings import tier_label
from pages.programme.tiers import findings
from pages.programme.tiers.flows import ends, ladder, migration
from pages.shared.behind import lists
from pages.shared.behind.lists import Who
from pages.shared.model import choices
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, date, ngettext, number, sentences

SINCE = {"silent": N_("who has not ordered since"), "all": N_("all of them")}


def who_section(current: View, basis: Basis) -> None:
    """The members of the cell that is chosen, the most valuable first."""
    matrix, window = migration(current, basis), tier_basis.window(current, basis)
    assert window is not None, "asked after comparable()"
    one, other = _cell(current, matrix)
    found = matrix.filter(pl.col("from_tier") == one, pl.col("to_tier") == other)["members"]
    all_of_them = int(found[0]) if found.len() else 0
    arguments: dict[str, object] = {"from_tier": one, "to_tier": other, **basis.arguments}
    start, end = ends(current, basis)
    silent = other == LAPSED and current.options["moved_who"] == "silent"
    n = _silent(window.question, arguments) if silent and all_of_them else all_of_them
    rule = _rule(silent=silent).format(
        one=tier_label(one), other=tier_label(other), start=date(start), end=date(end), date=date(current.as_of)
    )
    how = sentences(
        markup.plain(_("Listed: {rule}.").format(rule=rule)),
        _left_out(all_of_them - n),
        _("The most valuable first: net revenue up to {date}.").format(date=date(current.as_of)),
    )
    lists.section(
        markup.plain(findings.movers(one, other, n, silent=silent)),
        how,
        Who(tier_movers, window.question, {**arguments, "silent": silent}, n, rule),
        file="tier_movers",
        options=lambda: _options(matrix, one, other),
        nobody=(_("Nobody here"), _("No member made this move between the two dates. Choose another one.")),
    )


def _silent(question: Question, arguments: dict[str, object]) -> int:
    """How many of the cell have not ordered since."""
    return int(cached.table(tier_movers_size, question, **arguments)["silent"][0])


def _rule(*, silent: bool) -> str:
    """Why somebody is listed."""
    if silent:
        return _("{one} on {start}, {other} on {end}, and no order from then to {date}")
    return _("{one} on {start}, {other} on {end}")


def _left_out(back: int) -> str:
    if not back:
        return ""
    return ngettext("{n} who has ordered since is left out.", "{n} who have ordered since are left out.", back).format(
        n=number(back)
    )


def _cell(current: View, matrix: pl.DataFrame) -> tuple[str, str]:
    """The move that the view asks for, where the matrix has it; else the one that most members with a tier made, of those who moved."""
    source, target = pl.col("from_tier"), pl.col("to_tier")
    moved = matrix.filter(source != target, ~source.is_in([NEW, LAPSED]), pl.col("members") > 0)
    usual = (moved if moved.height else matrix).sort("members", descending=True, maintain_order=True)
    one, other = usual.select("from_tier", "to_tier").row(0)
    asked = current.options["moved_from"], current.options["moved_to"]
    one = asked[0] if asked[0] in matrix["from_tier"] else one
    return one, asked[1] if asked[1] in matrix["to_tier"] else other


def _options(matrix: pl.DataFrame, one: str, other: str) -> None:
    tiers = list(reversed(ladder(matrix)))
    back = [LAPSED] if LAPSED in matrix["from_tier"] else []
    for name, codes, title, chosen, words in (
        ("moved_from", [*tiers, NEW, *back], _("Before"), one, _("from: {tier}")),
        ("moved_to", [*tiers, LAPSED], _("After"), other, _("to: {tier}")),
    ):
        choices.listed(name, codes, title, called=partial(_named, words), chosen=chosen)
    if other == LAPSED:
        choices.one("moved_who", SINCE, _("Who is listed"))


def _named(words: str, tier: str) -> str:
    return words.format(tier=tier_label(tier))
