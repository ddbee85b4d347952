"""Two sets of tiers over the same months: what each side is, members, revenue and moves."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from metrics.texts import N_
from metrics.tiers.replay import replay_difference
from pages.programme import basis as tier_basis
from pages.programme import charts, findings
from pages.programme import choices as tier_choices
from pages.programme.basis import Basis
from pages.programme.charts import Pair
from pages.programme.choices import Names
from pages.programme.findings import tier_label
from pages.shared.model import blocks, choices
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.texts import _, date, dates, listed, money, ngettext, number, percent, sentences, signed

OTHER = Names("other", "other_measure", "other_months")
SIDES = (N_("Today"), N_("Other thresholds"))
MOVES = {"upgrades": N_("Moved up"), "downgrades": N_("Moved down"), "lapsed": N_("Lapsed")}
NOTHING = "—"
EXACTLY = 1e-9  # shares that differ by less are the same


def _replay(view: View, today: Basis, other: Basis, basis: Basis) -> pl.DataFrame:
    """One side, over the months that both know."""
    start = max(side.since(view.start) for side in (today, other))
    end = min(side.known_to for side in (today, other))
    question = replace(view.question, start=start, end=max(start, min(view.end, end)))
    return cached.answer("tier_replay", question, **basis.arguments)


def answered(view: View, today: Basis, other: Basis) -> pl.DataFrame:
    """Both sides and their differences, one row per tier; no row when no complete month is known to both."""
    now, then = (_replay(view, today, other, basis) for basis in (today, other))
    if not now.height or not then.height:
        return replay_difference(now, then).clear()
    months = now.select("from_on", "to_on").head(1)
    return replay_difference(now, then).join(months, how="cross")


def counted(both: pl.DataFrame) -> str:
    """How many members there are on either side."""
    now, other = (int(both[name].sum()) for name in ("members", "members_other"))
    text = ngettext(
        "{n} member today, {other} under the other thresholds",
        "{n} members today, {other} under the other thresholds",
        now,
    )
    return text.format(n=number(now), other=number(other))


def sides(view: View, today: Basis, other: Basis) -> None:
    """What the two sides are, each with its form."""
    left, right = blocks.columns(1, 1)
    with left:
        _side(_(SIDES[0]), tier_choices.source(view, today))
        with choices.row():
            tier_choices.form(
                today, tier_choices.TODAY, _("Thresholds of today") if today.rule else _("Tiers as uploaded")
            )
            choices.definition("tier_replay")
    with right:
        begun = _("An example to begin with.") if other.suggested else ""
        _side(_(SIDES[1]), sentences(begun, tier_choices.rule_sentence(other)))
        with choices.row():
            tier_choices.form(other, OTHER, _("Other thresholds"))


def _side(name: str, words: str) -> None:
    with blocks.group():
        blocks.paragraph(f"**{name}**")
        blocks.quiet(words)


def not_covered(today: Basis, other: Basis) -> None:
    """No complete month of the period is known to both sides."""
    since = max(side.known_from for side in (today, other))
    why = _("Months count when they have ended and begin after {date}, from when on both sides are known.")
    remedy = _("Choose a longer or a later period, or fewer months to look back.")
    blocks.empty(
        _("No complete month to compare"),
        sentences(why.format(date=date(since)), remedy),
        icon=":material/hourglass_empty:",
    )


def members_section(both: pl.DataFrame) -> None:
    """Members by tier at the end."""
    how = _(
        "Members on {date}: grey today, blue under the other thresholds, and the difference. All are counted, none estimated."
    )
    last = both["to_on"][0]
    blocks.section(
        _("Members by tier"), how.format(date=date(last)), table=both, file="tier_replay", metric="tier_replay"
    )
    rows = [
        _pair(tier_label(row["tier"]), row["members"], row["members_other"], number, row["members_change"])
        for row in both.filter(pl.col("tier").is_not_null()).reverse().iter_rows(named=True)
    ]
    _chart(rows, "replay-members")


def revenue_section(both: pl.DataFrame) -> None:
    """Revenue by tier, as a share of that of all customers."""
    first, last = both["from_on"][0] + tier_basis.DAY, both["to_on"][0]
    how = _(
        "% of the net revenue of all customers, {dates}, by the tier on the first day of each month: grey today, blue other."
    )
    blocks.section(findings.revenue_covered(both), how.format(dates=dates(first, last)))
    rows = []
    for row in (*both.filter(pl.col("tier").is_not_null()).reverse().iter_rows(named=True), *_untiered(both)):
        name = tier_label(row["tier"]) if row["tier"] else _("No tier")
        rows.append(
            _pair(
                name,
                row["revenue_share"],
                row["revenue_share_other"],
                percent,
                row["revenue_share_change"],
                points=True,
            )
        )
    _chart(rows, "replay-revenue")
    currency = cached.extent().currency
    total = money(float(both["revenue"].sum()), currency)
    blocks.quiet(_("Net revenue of all customers in these months: {total}.").format(total=markup.plain(total)))


def _untiered(both: pl.DataFrame) -> list[dict]:
    return both.filter(pl.col("tier").is_null()).to_dicts()


def moves_section(both: pl.DataFrame) -> None:
    """Members who moved up, moved down or lapsed."""
    first, last = both["from_on"][0], both["to_on"][0]
    how = _(
        "Members who on {end} were in a higher or a lower tier than on {start}, or in none: grey today, blue other."
    )
    blocks.section(findings.moved_either_way(both), how.format(start=date(first), end=date(last)))
    rows = []
    for column, name in MOVES.items():
        now, other, change = (int(both[f"{column}{side}"].sum()) for side in ("", "_other", "_change"))
        rows.append(_pair(_(name), now, other, number, change))
    _chart(rows, "replay-moves")
    blocks.quiet(_("Customers would have bought differently under other thresholds; that is not in these numbers."))


def _pair(
    name: str,
    now: float | None,
    other: float | None,
    shown: Callable[[float], str],
    change: float | None,
    *,
    points: bool = False,
) -> Pair:
    """Both values and their difference in words; a side that does not have the tier is a dash."""
    values = [NOTHING if value is None else shown(value) for value in (now, other)]
    amount = (signed(100 * change) + _(" pts") if points else signed(change, 0)) if change is not None else NOTHING
    if change is not None and abs(change) < EXACTLY:
        amount = "±0"
    read = _("{name}: {now} today, {other} under the other thresholds").format(
        name=name, now=values[0], other=values[1]
    )
    return Pair(name, now, other, f"{values[0]} → <b>{values[1]}</b> · {amount}", read)


def _chart(rows: list[Pair], key: str) -> None:
    names = (_(SIDES[0]), _(SIDES[1]))
    blocks.chart(charts.pairs(rows, names), key=key, alt=listed([row.read for row in rows]))
