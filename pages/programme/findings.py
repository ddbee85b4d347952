"""Titles about tiers: counts as they are, comparisons only where the intervals support them."""

from collections.abc import Mapping, Sequence

import polars as pl

from data.text.labels import label
from metrics.statistics.verdict import Verdict
from metrics.texts import N_
from metrics.tiers import backtest
from pages.shared.readings.findings import shown
from pages.shared.readings.readings import Reading
from pages.shared.words.texts import _, joined, listed, money, money_span, ngettext, number, percent, signed, spaced

UNSTEADY_MOVES = N_("Moves were not steady, so this is no forecast")
TIER_NAMES = {"new": N_("New"), "lapsed": N_("Lapsed")}
# What changed clearly, by move and whether it rises: with its numbers, and beside another
CHANGED = {
    ("upgrade", True): (N_("More members move up: {value} after {before}"), N_("more move up")),
    ("upgrade", False): (N_("Fewer members move up: {value} after {before}"), N_("fewer move up")),
    ("retain", True): (N_("More members stay in their tier: {value} after {before}"), N_("more stay")),
    ("retain", False): (N_("Fewer members stay in their tier: {value} after {before}"), N_("fewer stay")),
    ("downgrade", True): (N_("More members move down: {value} after {before}"), N_("more move down")),
    ("downgrade", False): (N_("Fewer members move down: {value} after {before}"), N_("fewer move down")),
    ("lapse", True): (N_("More members lapse: {value} after {before}"), N_("more lapse")),
    ("lapse", False): (N_("Fewer members lapse: {value} after {before}"), N_("fewer lapse")),
}
TREND = {
    "better": N_("More members move up in {last} than in {first}"),
    "worse": N_("Fewer members move up in {last} than in {first}"),
    "none": N_("Upgrades: no clear difference between {first} and {last}"),
    "too_few": N_("Too few members to compare months"),
}


def tier_label(code: str) -> str:
    """What a tier, or “new” or “lapsed”, is called."""
    return _(TIER_NAMES[code]) if code in TIER_NAMES else label(code)


def moves(readings: Mapping[str, Reading], *, compared: bool) -> str:
    """Which of the moves changed clearly, the clearest first; with one tier there are only staying and lapsing."""
    values = {move: shown(one.value, one) for move, one in readings.items() if one.value is not None}
    if not values:
        return _("Too few members to show moves between tiers")
    one_tier = "upgrade" not in readings
    if not compared or any(one.before is None for one in readings.values()):
        text = (
            _("{lapse} of members lapsed")
            if one_tier
            else _("{upgrade} of members moved up, {downgrade} moved down, {lapse} lapsed")
        )
        return text.format(**values)
    clear = sorted(
        (move for move, one in readings.items() if one.verdict in ("better", "worse")),
        key=lambda move: _clarity(readings[move]),
        reverse=True,
    )
    if not clear:
        text = (
            _("No clear change in who lapses: {lapse} lapsed")
            if one_tier
            else _("No clear change in moves: {upgrade} moved up, {downgrade} moved down, {lapse} lapsed")
        )
        return text.format(**values)
    first, *others = (readings[move] for move in clear)
    (whole, _short), *rest = (CHANGED[move, readings[move].rising] for move in clear)
    said = _(whole).format(value=values[clear[0]], before=shown(first.before or 0, first))
    if not others:
        return said
    return _("{clearest}; {others}").format(clearest=said, others=joined([_(short) for _whole, short in rest]))


def _clarity(reading: Reading) -> float:
    """How many half-widths of its interval the change is away from none."""
    return round(abs(reading.change or 0) / (reading.half_width or 1), 9)  # moves that are as clear keep their order


def flows(rates: pl.DataFrame, *, one_tier: bool = False) -> str:
    """How many moved which way, from rows of `tier_rates`."""
    moved = {move: number(n) for move, n in rates.select("move", "moved").iter_rows()}
    if not rates["members"][0]:
        return _("No member had a tier at the start")
    if one_tier:
        return _("{retain} stayed, {lapse} lapsed").format(**moved)
    return _("{up} moved up, {down} moved down, {lapsed} lapsed").format(
        up=moved["upgrade"], down=moved["downgrade"], lapsed=moved["lapse"]
    )


def stays(diagonal: pl.DataFrame) -> str:
    """Which tier keeps its members more than which other, from rows tier, share, low, high; said when the intervals lie apart."""
    known = diagonal.drop_nulls("share").sort("share", descending=True)
    if diagonal.height == known.height == 1:
        row = known.row(0, named=True)
        return _("{share} of {tier} members stayed").format(share=percent(row["share"]), tier=tier_label(row["tier"]))
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


def trend(kind: Verdict, first: str = "", last: str = "") -> str:
    """The last month's upgrade rate against that of the first."""
    return _(TREND[kind]).format(first=first, last=last)


def time_in_tier(marks: pl.DataFrame, month: int) -> str:
    """Who is still in which tier, from rows tier, stay_share, low, high at one month; said when the intervals lie apart."""
    followed = marks.drop_nulls("stay_share")
    if not followed.height:
        return _("Too few members were followed to tell how long they stay")
    known = followed.drop_nulls("low").sort("stay_share", descending=True)
    if not known.height:  # without an interval, since nobody left
        return ngettext(
            "Nobody left {tiers} in the first month after entering",
            "Nobody left {tiers} in the first {n} months after entering",
            month,
        ).format(n=month, tiers=joined([tier_label(tier) for tier in followed["tier"]]))
    if known.height < 2 or known["low"][0] <= known["high"][-1]:
        return ngettext(
            "How many are still in a tier after {n} month", "How many are still in a tier after {n} months", month
        ).format(n=month)
    return ngettext(
        "After {n} month more are still in {more} than in {less}",
        "After {n} months more are still in {more} than in {less}",
        month,
    ).format(n=month, more=tier_label(known["tier"][0]), less=tier_label(known["tier"][-1]))


def _unsteady(rows: pl.DataFrame) -> bool:
    return bool((rows["state"] == backtest.UNSTEADY).any())


def outlook(rows: pl.DataFrame, p_value: float | None) -> str:
    """The chance to reach the top, from rows of `tier_outlook`, which is a forecast only while moves are steady."""
    known = rows.drop_nulls("reach_top")
    if not rows.height:
        return _("An outlook needs two tiers")
    if not known.height:
        return _(UNSTEADY_MOVES) if _unsteady(rows) else _("Too few members to look ahead")
    if p_value is None:
        return _("Too early to say whether moves are steady")
    row = known.row(-1, named=True)
    low, high = (percent(row[name], 0) for name in ("low", "high"))
    names = {"tier": tier_label(row["tier"]), "top": tier_label(row["top"])}
    if low == high:
        return _("{share} of {tier} members would reach {top} before lapsing").format(share=low, **names)
    return _("{low} to {high} of {tier} members would reach {top} before lapsing").format(low=low, high=high, **names)


def worth(rows: pl.DataFrame, currency: str | None) -> str:
    """What the tiers are worth, from rows of `tier_value`, lowest first; the ends are compared when their intervals lie apart."""
    known = rows.drop_nulls("value")
    if not known.height:
        return _(UNSTEADY_MOVES) if _unsteady(rows) else _("Too few members to tell what they are worth")
    if known.height < 2:
        row = known.row(0, named=True)
        return _("A {tier} member is worth {value}").format(
            tier=tier_label(row["tier"]), value=money_span(row["low"], row["high"], currency)
        )
    low, high = known.row(0, named=True), known.row(-1, named=True)
    if high["low"] <= low["high"]:
        return _("No clear difference in worth between {low} and {high} members").format(
            low=tier_label(low["tier"]), high=tier_label(high["tier"])
        )
    return _("A {high} member is worth {most}, a {low} member {least}").format(
        high=tier_label(high["tier"]),
        most=money_span(high["low"], high["high"], currency),
        low=tier_label(low["tier"]),
        least=money_span(low["low"], low["high"], currency),
    )


def replay(difference: pl.DataFrame) -> str:
    """How many more or fewer members each tier would have, the highest first, from rows of `replay_difference`, the lowest first."""
    if not difference.height:
        return _("The two cannot be compared in this period")
    tiers = (
        difference.filter(pl.col("tier").is_not_null()).reverse().select("tier", pl.col("members_change").fill_null(0))
    )
    changes = [f"{tier_label(tier)} {signed(change, 0)}" for tier, change in tiers.iter_rows() if change]
    if not changes:
        return _("As many members in each tier as today")
    return spaced(_("Members under the other thresholds: {changes}").format(changes=listed(changes)))


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
    text = {
        (False, False): _("As many upgrades and downgrades as today"),
        (True, False): _("Upgrades {up}, as many downgrades"),
        (False, True): _("As many upgrades, downgrades {down}"),
        (True, True): _("Upgrades {up}, downgrades {down}"),
    }
    return text[bool(up), bool(down)].format(up=signed(up, 0), down=signed(down, 0))


def rule_words(thresholds: dict[str, float], measure: str, currency: str | None) -> Sequence[str]:
    """The tiers of a rule with their thresholds: "Silver from £1,000"."""

    def amount(value: float) -> str:
        digits = 0 if float(value).is_integer() else 2
        return money(value, currency, digits) if measure == "spend" else number(value, digits)

    return [
        _("{tier} from {amount}").format(tier=tier_label(name), amount=amount(at)) for name, at in thresholds.items()
    ]
