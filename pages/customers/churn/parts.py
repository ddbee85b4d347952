"""Who comes, stays, comes back and falls silent, month by month; and which groups are inactive most."""

from dataclasses import replace

import polars as pl

from data.text.labels import customers
from metrics.churn.lifecycle import balance
from metrics.dimension import TIER, Dimension
from metrics.texts import N_
from pages.customers import charts, findings
from pages.customers.charts import Flow
from pages.customers.churn.readings import Threshold
from pages.shared.model import blocks, marks
from pages.shared.readings.measures import Measure
from pages.shared.readings.readings import INACTIVE, Reading
from pages.shared.screen import groups
from pages.shared.screen.display import card, how_to_read
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup, periods
from pages.shared.words.texts import _, date, listed, month, number, sentences

MONTHS = 12
FLOWS = {
    "new": N_("new"),
    "resurrected": N_("came back"),
    "returning": N_("returning"),
    "dormant": N_("lapsed"),
}


def card_section(current: View, reading: Reading, *, compared: bool) -> None:
    """The inactive share with its interval, change and last months."""
    drawn = [card(reading, compared=compared)]
    blocks.cards(drawn, key="inactive")
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
    asked = current.asked(*periods.through_running(last, current.as_of, MONTHS))
    rows = balance(cached.answer("lifecycle", asked, hiatus_days=rule.days or 0, stock=True))
    ended = rows.filter("complete").tail(1)
    net = ended["net"][0] if ended.height else None
    title = findings.balance(net, rule.row["basis"])
    unfinished = (~rows["complete"]).to_list()
    how = sentences(
        _balance(ended.row(0, named=True)) if net is not None else "",
        _("Customers by month; those who lapsed below zero."),
        _("Hatched: the month is unfinished.") if any(unfinished) else "",
    )
    blocks.section(
        title if ended.height else _("Who came and who lapsed"),
        how,
        table=rows,
        file="lifecycle",
        metric="lifecycle",
    )
    names = [month(day) for day in rows["period"]]
    parts = [_flow(kind, rows, names) for kind in FLOWS if rows[kind].null_count() == 0]
    figure = charts.flows(names, parts, unfinished=unfinished)
    said = [f"{name}: {listed([part.read[at] for part in parts])}" for at, name in enumerate(names)]
    points = [marks.of_month(day, text) for day, text in zip(rows["period"], said, strict=True)]
    blocks.chart(figure, key="lifecycle", alt=f"{title}. {how}", marks=points)


def _balance(row: dict) -> str:
    """The identity with its numbers: what came in less what went is what the stock of active customers changed by."""
    counts = {name: number(row[name]) for name in ("new", "resurrected", "dormant", "active_before", "active")}
    text = _(
        "{month}: {new} new + {resurrected} came back − {dormant} lapsed = {net} active customers, from {active_before} to {active}."
    )
    net = ("+" if row["net"] > 0 else "") + number(row["net"])
    return text.format(month=month(row["period"]), net=net, **counts)


def _flow(kind: str, rows: pl.DataFrame, names: list[str]) -> Flow:
    counts = rows[kind].to_list()
    name = _(FLOWS[kind])
    ids = [day.isoformat() for day in rows["period"]]
    return Flow(kind, name, counts, [f"{name}: {number(count)}" for count in counts] if names else [], ids)


def groups_section(current: View, rule: Threshold) -> None:
    """The inactive share of each tier, region or channel at the end of the period, with its interval."""
    if rule.days is None:
        return
    measure = Measure(
        "inactive_share", INACTIVE, "inactive_share", n="customers", kind="share", counted=customers,
        noun="customers", arguments={"hiatus_days": rule.days},
    )  # fmt: skip
    at_the_end = replace(current, as_of=min(current.end, current.as_of))
    groups.section(
        at_the_end, measure, dimensions=cached.filters(), noun="customer", option="split", title=_group_title
    )
    if groups.held(TIER) and groups.chosen(current, cached.filters(), "split") is TIER:
        blocks.quiet(_("Customers who stop ordering drop a tier, so lower tiers always look less active."))


def _group_title(dimension: Dimension, rows: pl.DataFrame, low: float | None) -> str:
    names = rows[dimension.column].to_list()
    top, bottom = (names[0], names[-1]) if len(names) > 1 else (None, None)
    return markup.plain(findings.groups(dimension, top, bottom, low))
