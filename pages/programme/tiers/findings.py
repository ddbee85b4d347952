"""The title of the list of members behind a move: how many made it, as they were counted."""

from metrics.tiers.tiers import LAPSED, NEW
from pages.programme.findings import tier_label
from pages.shared.words.texts import ngettext, number, spaced


def movers(from_tier: str, to_tier: str, n: int, *, silent: bool = False) -> str:
    """So many members are in a cell of the migration; of those who lapsed, `silent` ones have not ordered since."""
    names = {"n": number(n), "one": tier_label(from_tier), "other": tier_label(to_tier)}
    template = _silent(from_tier, n) if silent else _movers(from_tier, to_tier, n)
    return spaced(template.format(**names))


def _silent(from_tier: str, n: int) -> str:
    if from_tier == NEW:
        return ngettext(
            "{n} new member has lapsed and not ordered since", "{n} new members have lapsed and not ordered since", n
        )
    return ngettext(
        "{n} {one} member lapsed and has not ordered since", "{n} {one} members lapsed and have not ordered since", n
    )


def _movers(from_tier: str, to_tier: str, n: int) -> str:
    if from_tier == NEW:
        if to_tier == LAPSED:
            return ngettext("{n} new member has lapsed", "{n} new members have lapsed", n)
        return ngettext("{n} new member is in {other}", "{n} new members are in {other}", n)
    if from_tier == LAPSED:
        return ngettext("{n} member came back to {other}", "{n} members came back to {other}", n)
    if to_tier == LAPSED:
        return ngettext("{n} {one} member lapsed", "{n} {one} members lapsed", n)
    if from_tier == to_tier:
        return ngettext("{n} member stayed in {one}", "{n} members stayed in {one}", n)
    return ngettext("{n} member moved from {one} to {other}", "{n} members moved from {one} to {other}", n)
