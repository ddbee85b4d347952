"""Titles of the lists of customers behind a number: how many they are, and what they did. Counts as they are, no comparison."""

from metrics.texts import N_
from metrics.tiers.tiers import LAPSED, NEW
from pages.customers import findings
from pages.programme.findings import tier_label
from pages.shared.words.texts import _, ngettext, number, spaced

ANSWERS = {
    "promoters": (N_("Who answered 9 or 10: {n} promoter"), N_("Who answered 9 or 10: {n} promoters")),
    "passives": (N_("Who answered 7 or 8: {n} passive"), N_("Who answered 7 or 8: {n} passives")),
    "detractors": (N_("Who answered 0 to 6: {n} detractor"), N_("Who answered 0 to 6: {n} detractors")),
}
# Whether they came back, and by which count
COHORT = {
    (True, "on"): N_("{n} of {all} customers who first ordered in {cohort} came back in {period}"),
    (True, "on_or_after"): N_("{n} of {all} customers who first ordered in {cohort} came back in {period} or later"),
    (False, "on"): N_("{n} of {all} customers who first ordered in {cohort} did not come back in {period}"),
    (False, "on_or_after"): N_(
        "{n} of {all} customers who first ordered in {cohort} did not come back in {period} or later"
    ),
}
ALL_COHORTS = {
    (True, "on"): N_("{n} of {all} customers of all cohorts came back in {period}"),
    (True, "on_or_after"): N_("{n} of {all} customers of all cohorts came back in {period} or later"),
    (False, "on"): N_("{n} of {all} customers of all cohorts did not come back in {period}"),
    (False, "on_or_after"): N_("{n} of {all} customers of all cohorts did not come back in {period} or later"),
}


def answers(kind: str, n: int) -> str:
    """So many answers of a kind."""
    one, many = ANSWERS[kind]
    return ngettext(one, many, n).format(n=number(n))


def cohort(name: str | None, unit: str, k: int, *, kind: str, came_back: bool, n: int, all_of_them: int) -> str:
    """So many of a cohort, or of all cohorts (no name), came back in a period or did not."""
    template = (COHORT if name else ALL_COHORTS)[came_back, kind]
    period = findings.period(unit, k)
    return _(template).format(n=number(n), all=number(all_of_them), cohort=name, period=period)


def movers(from_tier: str, to_tier: str, n: int) -> str:
    """So many members are in a cell of the migration."""
    names = {"n": number(n), "one": tier_label(from_tier), "other": tier_label(to_tier)}
    return spaced(_movers(from_tier, to_tier, n).format(**names))


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
