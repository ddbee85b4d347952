"""Titles about tiers: counts as they are, comparisons only where the intervals support them."""

from collections.abc import Sequence

import polars as pl

from metrics.texts import N_
from metrics.verdict import Verdict
from pages.shared.findings import shown
from pages.shared.labels import label
from pages.shared.readings import Reading
from pages.shared.texts import _, money, ngettext, number, percent, signed

ALPHA = 0.05  # below which moves are called unsteady
TIER_NAMES = {"new": N_("New"), "lapsed": N_("Lapsed")}
CHANGED = {
    "better": N_("More members move up: {value} after {before}"),
    "worse": N_("Fewer members move up: {value} after {before}"),
    "none": N_("No clear change in upgrades: {value}, {before} before"),
}
TREND = {
    "better": N_("More members move up than in {first}"),
    "worse": N_("Fewer members move up than in {first}"),
    "none": N_("No clear change in upgrades since {first}"),
    "too_few": N_("Too few members to compare months"),
}


def tier_label(code: str) -> str:
    """What a tier, or “new” or “lapsed”, is called."""
    return _(TIER_NAMES[code]) if code in TIER_NAMES else label(code)


def moves(up: Reading, *, compared: bool) -> str:
    """The upgrade rate and its change."""
    if up.value is None:
        return _("Too few members to show moves between tiers")
    value = shown(up.value, up)
    if not compared or up.before is None:
        return _("{value} of members moved up").format(value=value)
    return _(CHANGED[up.verdict]).format(value=value, before=shown(up.before, up))


def flows(rates: pl.DataFrame) -> str:
    """How many moved which way, from rows of `tier_rates`."""
    moved = dict(rates.select("move", "moved").iter_rows())
    if not rates["members"][0]:
        return _("No member had a tier at the start")
    return _("{up} moved up, {down} moved down, {lapsed} lapsed").format(
        up=number(moved["upgrade"]), down=number(moved["downgrade"]), lapsed=number(moved["lapse"])
    )


def stays(diagonal: pl.DataFrame) -> str:
    """Which tier keeps its members more than which other, from rows tier, share, low, high; said when the intervals lie apart."""
    known = diagonal.drop_nulls("share").sort("share", descending=True)
    if known.height < 2:
        return _("Too few members to compare tiers")
    if known["low"][0] <= known["high"][-1]:
        return _("No clear difference between tiers in who stays")
    return _("{more} members stay more often than {less} members").format(
        more=tier_label(known["tier"][0]), less=tier_label(known["tier"][-1])
    )


def members(counted: pl.DataFrame) -> str:
    """How many members there are and how many more or fewer than before, from rows of `members_by_tier`."""
    now, change = int(counted["members"].sum()), int(counted["change"].sum())
    total = ngettext("{n} member", "{n} members", now).format(n=number(now))
    if not change:
        return _("{total}, as many as at the start").format(total=total)
    more = (
        _("{total}, {change} more than at the start") if change > 0 else _("{total}, {change} fewer than at the start")
    )
    return more.format(total=total, change=number(abs(change)))


def trend(kind: Verdict, first: str) -> str:
    """The last month's upgrade rate against that of the first."""
    return _(TREND[kind]).format(first=first)


def time_in_tier(marks: pl.DataFrame, month: int) -> str:
    """Who is still in which tier, from rows tier, stay_share, low, high at one month; said when the intervals lie apart."""
    known = marks.drop_nulls("low").sort("stay_share", descending=True)
    if not known.height:
        return _("Too few members were followed to tell how long they stay")
    if known.height < 2 or known["low"][0] <= known["high"][-1]:
        return ngettext(
            "How many are still in a tier after {n} month", "How many are still in a tier after {n} months", month
        ).format(n=month)
    return ngettext(
        "After {n} month more are still in {more} than in {less}",
        "After {n} months more are still in {more} than in {less}",
        month,
    ).format(n=month, more=tier_label(known["tier"][0]), less=tier_label(known["tier"][-1]))


def outlook(rows: pl.DataFrame, p_value: float | None) -> str:
    """The chance to reach the top, from rows of `tier_outlook`, which is a forecast only while moves are steady."""
    known = rows.drop_nulls("reach_top")
    if not known.height:
        return _("Too few members to look ahead")
    if p_value is None:
        return _("Whether moves are steady cannot be told yet")
    if p_value < ALPHA:
        return _("Moves were not steady, so this is no forecast")
    return _("{share} of {tier} members would reach {top} before lapsing").format(
        share=percent(known["reach_top"][-1], 0), tier=tier_label(known["tier"][-1]), top=tier_label(known["top"][-1])
    )


def worth(rows: pl.DataFrame, currency: str | None) -> str:
    """What the tiers are worth, from rows of `tier_value`, lowest first; the ends are compared when their intervals lie apart."""
    known = rows.drop_nulls("value")
    if not known.height:
        return _("Too few members to tell what they are worth")
    if known.height < 2:
        return _("A {tier} member is worth {value}").format(
            tier=tier_label(known["tier"][0]), value=money(known["value"][0], currency)
        )
    low, high = known.row(0, named=True), known.row(-1, named=True)
    if high["low"] <= low["high"]:
        return _("No clear difference in worth between {low} and {high} members").format(
            low=tier_label(low["tier"]), high=tier_label(high["tier"])
        )
    return _("A {high} member is worth {most}, a {low} member {least}").format(
        high=tier_label(high["tier"]),
        most=money(high["value"], currency),
        low=tier_label(low["tier"]),
        least=money(low["value"], currency),
    )


def replay(difference: pl.DataFrame) -> str:
    """How many more or fewer would hold a tier, from rows of `replay_difference`."""
    if not difference.height:
        return _("The two cannot be compared in this period")
    change = int(difference["members_change"].sum())
    if not change:
        return _within(difference)
    text = (
        ngettext("{n} more member would hold a tier", "{n} more members would hold a tier", change)
        if change > 0
        else ngettext("{n} fewer member would hold a tier", "{n} fewer members would hold a tier", -change)
    )
    return text.format(n=number(abs(change)))


def _within(difference: pl.DataFrame) -> str:
    """As many members in all: what becomes of the highest tier."""
    top = difference.filter(pl.col("tier").is_not_null(), pl.col("members_change") != 0).tail(1)
    if not top.height:
        return _("As many members would hold a tier as today")
    change = int(top["members_change"][0])
    more = _("As many members in all, {n} more of them {tier}")
    fewer = _("As many members in all, {n} fewer of them {tier}")
    return (more if change > 0 else fewer).format(n=number(abs(change)), tier=tier_label(top["tier"][0]))


def revenue_covered(difference: pl.DataFrame) -> str:
    """Which share of revenue members with a tier bring, on both sides."""
    named = difference.filter(pl.col("tier").is_not_null())
    now, other = (float(named[name].sum()) for name in ("revenue_share", "revenue_share_other"))
    if percent(now) == percent(other):
        return _("Members with a tier bring {share} of revenue either way").format(share=percent(now))
    return _("Members with a tier bring {other} of revenue instead of {now}").format(
        other=percent(other), now=percent(now)
    )


def moved_either_way(difference: pl.DataFrame) -> str:
    """How the numbers of upgrades and downgrades would change."""
    up, down = (int(difference[f"{name}_change"].sum()) for name in ("upgrades", "downgrades"))
    return _("Upgrades {up}, downgrades {down}").format(up=_change(up), down=_change(down))


def _change(count: int) -> str:
    return signed(count, 0) if count else _("as many")


def rule_words(thresholds: dict[str, float], measure: str, currency: str | None) -> Sequence[str]:
    """The tiers of a rule with their thresholds: "Silver from £1,000"."""

    def amount(value: float) -> str:
        digits = 0 if float(value).is_integer() else 2
        return money(value, currency, digits) if measure == "spend" else number(value, digits)

    return [
        _("{tier} from {amount}").format(tier=tier_label(name), amount=amount(at)) for name, at in thresholds.items()
    ]
