"""Who comes, stays, comes back and falls silent, month by month; and which groups are inactive most."""

from dataclasses import replace

import polars as pl

from metrics.hiatus import inactive_share_change
from metrics.lifecycle import balance
from metrics.texts import N_
from pages.shared import (
    blocks,
    cached,
    charts,
    charts_retention,
    choices,
    findings_retention,
    periods,
    readings_churn,
    states,
    view,
)
from pages.shared.cards import cards
from pages.shared.charts import ForestRow
from pages.shared.charts_retention import Flow
from pages.shared.definition import define
from pages.shared.display import card, how_to_read
from pages.shared.labels import TIER_ORDER, label
from pages.shared.moves import CHANCE
from pages.shared.readings import Reading
from pages.shared.readings_churn import MINIMUM, Threshold
from pages.shared.texts import _, date, listed, month, ngettext, number, percent, sentences, span
from pages.shared.view import View

MONTHS = 12
FLOWS = {
    "new": N_("new"),
    "resurrected": N_("came back"),
    "returning": N_("returning"),
    "dormant": N_("fell silent"),
}
SPLITS = {"tier": N_("by tier"), "region": N_("by region"), "channel": N_("by channel")}
UNKNOWN = {
    "region": (N_("No region is known"), N_("Upload members with a region and the customer ids that the orders use.")),
    "channel": (
        N_("No acquisition channel is known"),
        N_("Upload members with an acquisition channel and the customer ids that the orders use."),
    ),
    "tier": (N_("No customer has a tier"), N_("Upload the members’ tiers with the customer ids that the orders use.")),
}


def card_section(current: View, reading: Reading, *, compared: bool) -> None:
    """The inactive share with its interval, change and last months."""
    drawn = [card(reading, compared=compared)]
    clicked = cards(drawn, key="inactive")
    if name := clicked.define or clicked.open:
        define(name)
    note = _("Share of all customers so far whose last order is older than the threshold, at the end of the period.")
    blocks.quiet(sentences(note, how_to_read(drawn), _young(current)))


def _young(current: View) -> str:
    """What data that begin shortly before the months shown do to the share."""
    first = cached.extent().orders_first
    if first is None or first < periods.back(current.end, 2 * MONTHS)[0]:
        return ""
    text = _("The data begin on {date}: nobody is inactive at first, so the share rises while the data are young.")
    return text.format(date=date(first))


def lifecycle_section(current: View, rule: Threshold) -> None:
    """New, returning, resurrected and dormant customers of each month, and the balance of the last one that has ended."""
    last = periods.up_to(current.start, current.end, current.as_of)
    running = int(last == current.as_of and periods.last_complete(last, "month")[1] != last)
    asked = current.asked(*periods.back(last, MONTHS + running))
    rows = balance(cached.answer("lifecycle", asked, hiatus_days=rule.days or 0, stock=True))
    ended = rows.filter("complete").tail(1)
    net = ended["net"][0] if ended.height else None
    title = findings_retention.balance(net)
    unfinished = (~rows["complete"]).to_list()
    how = sentences(
        _balance(ended.row(0, named=True)) if net is not None else "",
        _("Customers by month; those who fell silent below zero."),
        _("Hatched: the month is unfinished.") if any(unfinished) else "",
    )
    blocks.section(title if ended.height else _("Who came and who fell silent"), how, table=rows, file="lifecycle")
    names = [month(day) for day in rows["period"]]
    parts = [_flow(kind, rows, names) for kind in FLOWS if rows[kind].null_count() == 0]
    figure = charts_retention.flows(names, parts, unfinished=unfinished)
    blocks.chart(figure, key="lifecycle", alt=f"{title}. {how}")


def _balance(row: dict) -> str:
    """The identity with its numbers: what came in less what went is what the stock of active customers changed by."""
    counts = {name: number(row[name]) for name in ("new", "resurrected", "dormant", "active_before", "active")}
    text = _(
        "{month}: {new} new + {resurrected} came back − {dormant} fell silent = {net} active customers, from {active_before} to {active}."
    )
    net = ("+" if row["net"] > 0 else "") + number(row["net"])
    return text.format(month=month(row["period"]), net=net, **counts)


def _flow(kind: str, rows: pl.DataFrame, names: list[str]) -> Flow:
    counts = rows[kind].to_list()
    name = _(FLOWS[kind])
    return Flow(kind, name, counts, [f"{name}: {number(count)}" for count in counts] if names else [])


def groups_section(current: View, rule: Threshold) -> None:
    """The inactive share of each tier, region or channel, with its interval."""
    choices.one("split", SPLITS, _("Split"))
    split = current.options["split"]
    dimension = view.SEGMENT[split]
    if rule.days is None:
        return
    rows = readings_churn.share_at_end(replace(current.question, by=(dimension,)), rule.days)
    known = rows.drop_nulls(["inactive_share", dimension]).sort("inactive_share", descending=True)
    if not rows[dimension].drop_nulls().len():
        title, remedy = UNKNOWN[split]
        blocks.section(_("Inactive share by group"))
        blocks.empty(_(title), _(remedy), icon=":material/label_off:")
        return
    title, note = _group_title(known, split, dimension)
    tiers = _(
        "Tiers at the end of the period: who stops ordering sinks, so lower tiers are inactive more by their making."
    )
    how = sentences(
        _("% inactive at the end of the period, with 95% interval."), note, tiers if split == "tier" else ""
    )
    blocks.section(blocks.plain(title), how, table=rows, file=f"inactive_by_{dimension}")
    if known.height:
        lines = [_line(row, dimension) for row in _in_order(known, dimension).iter_rows(named=True)]
        alt = listed([f"{line.name}: {line.shown}" for line in lines])
        blocks.chart(charts.forest(lines, change=False), key="inactive-by", alt=alt)
    for row in rows.filter(pl.col("inactive_share").is_null()).iter_rows(named=True):
        reason = states.few_text(row["customers"], MINIMUM)
        blocks.quiet(f"{blocks.plain(label(row[dimension]))} · {blocks.attention(reason, '')}")
    for row in rows.filter(pl.col(dimension).is_null(), pl.col("inactive_share").is_not_null()).iter_rows(named=True):
        blocks.quiet(f"{label(None)} · {_customers(row['customers'])}")


def _group_title(known: pl.DataFrame, split: str, dimension: str) -> tuple[str, str]:
    """The two ends of the groups compared, so that all pairs together err once in twenty times."""
    if known.height < 2:
        return findings_retention.groups(split, None, None, None), ""
    pairs = known.height * (known.height - 1) // 2
    ends = (known.drop(dimension).head(1), known.drop(dimension).tail(1))
    change = inactive_share_change(*ends, confidence=1 - CHANCE / pairs).row(0, named=True)
    title = findings_retention.groups(split, known[dimension][0], known[dimension][-1], change["low"])
    note = _("The two ends differ by {interval} points.")
    if pairs > 1:
        note = _("The two ends differ by {interval} points, an interval that holds for all {pairs} pairs at once.")
    return title, note.format(interval=span(100 * change["low"], 100 * change["high"]), pairs=pairs)


def _in_order(known: pl.DataFrame, dimension: str) -> pl.DataFrame:
    """Tiers from the highest down, other groups from the largest share down."""
    if dimension != "tier":
        return known
    place = pl.col("tier").replace_strict(TIER_ORDER, range(len(TIER_ORDER)), default=99, return_dtype=pl.Int64)
    return known.sort(place)


def _line(row: dict, dimension: str) -> ForestRow:
    return ForestRow(
        label(row[dimension]),
        100 * row["inactive_share"],
        100 * row["low"],
        100 * row["high"],
        "none",
        percent(row["inactive_share"]),
        f"· {_customers(row['customers'])}",
        row[dimension],
    )


def _customers(n: int) -> str:
    return ngettext("{n} customer", "{n} customers", n).format(n=number(n))
