"""How long members stay in a tier, where they are headed, and what they are worth."""

from collections.abc import Sequence

import polars as pl

from data.questions.ask import find
from pages.programme import basis as tier_basis
from pages.programme import findings
from pages.programme.basis import Basis
from pages.programme.findings import tier_label
from pages.programme.tiers.rates import named
from pages.shared.model import blocks, charts
from pages.shared.model.charts import ForestRow
from pages.shared.screen import states
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import markup
from pages.shared.words.axes import money_ticks
from pages.shared.words.texts import (
    _,
    coins,
    joined,
    listed,
    money,
    money_span,
    ngettext,
    number,
    percent,
    sentences,
    span,
)

STAY_MONTHS = 12
DISCOUNT = float(find("tier_value").arguments["discount_rate"].default)
LEAST_P = float(find("tier_outlook").arguments["least_p"].default)  # below which moves are called unsteady
ROW_HEIGHT = 50  # of an interval plot; one more for its axis


def time_section(view: View, basis: Basis) -> None:
    """How many who entered a tier are still in it a year later, or as late as is known."""
    curve = cached.answer("time_in_tier", tier_basis.history(view, basis), **basis.arguments)
    known = curve.drop_nulls("stay_share").filter(pl.col("elapsed") <= STAY_MONTHS)
    # the month that the most tiers were followed for, the latest of these
    months = known.filter(pl.col("elapsed") > 0).group_by("elapsed").len().sort("len", "elapsed")
    mark = int(months["elapsed"][-1]) if months.height else 0
    marks = known.filter(pl.col("elapsed") == mark)
    # where nobody left there is no interval: it is said in words
    left, stayed = marks.filter(pl.col("low").is_not_null()), marks.filter(pl.col("low").is_null())
    title = findings.time_in_tier(marks if mark else marks.clear(), mark)
    how = _(
        "% still in the tier that long after entering it, with 95% interval; members followed for less count as long as they were."
    )
    table = curve if curve.height else None
    blocks.section(
        title if mark else named("time_in_tier"),
        how if mark and left.height else "",
        table=table,
        file="time_in_tier",
        metric="time_in_tier",
    )
    if not mark:
        blocks.empty(title, states.few_remedy(), icon=":material/hourglass_empty:")
        return
    if left.height:
        _forest([_stay(row, curve) for row in left.reverse().iter_rows(named=True)], "time", unit="%")
        blocks.quiet(_nobody_left(stayed, mark))
    else:
        entered = [f"{tier_label(row['tier'])} {number(row['members'])}" for row in stayed.iter_rows(named=True)]
        blocks.quiet(_("Members who entered: {tiers}.").format(tiers=markup.plain(listed(entered))))
    _withheld([tier for tier in curve["tier"].unique(maintain_order=True) if tier not in marks["tier"].to_list()])


def _nobody_left(stayed: pl.DataFrame, month: int) -> str:
    """The tiers that nobody left by the month, with the members that this rests on."""
    if not stayed.height:
        return ""
    tiers = [f"{tier_label(row['tier'])} (n {number(row['members'])})" for row in stayed.iter_rows(named=True)]
    text = ngettext(
        "In the first month after entering it nobody left {tiers}.",
        "In the first {n} months after entering it nobody left {tiers}.",
        month,
    )
    return text.format(n=month, tiers=markup.plain(joined(tiers)))


def _stay(row: dict, curve: pl.DataFrame) -> ForestRow:
    left = curve.filter(pl.col("tier") == row["tier"], pl.col("stay_share") <= 1 / 2)["elapsed"].min()
    half = _("half left by month {k}").format(k=left) if left is not None else _("more than half still in")
    words = f"· {half} · n {number(row['members'])}"
    return _row(
        row["tier"], 100 * row["stay_share"], 100 * row["low"], 100 * row["high"], percent(row["stay_share"]), words
    )


def outlook_section(view: View, basis: Basis) -> None:
    """The chance to reach the top before lapsing, and whether moves were steady enough to say so."""
    question = tier_basis.recent(view, basis)
    rows = cached.answer("tier_outlook", question, **basis.arguments)
    steady = cached.answer("tier_stationarity", question, **basis.arguments)
    p_value = steady["p_value"][0] if steady.height else None
    title = findings.outlook(rows, p_value)
    how = _(
        "% who would reach {top} before they lapse, with 95% interval, and the mean time of those who do, if members went on moving as "
        "in the last {n} months. n: members who were in the tier at the beginning of a month."
    )
    known = rows.drop_nulls("reach_top")
    how = how.format(
        top=markup.plain(tier_label(rows["top"][0])) if rows.height else "",
        n=int(steady["periods"][0]) if steady.height else 0,
    )
    blocks.section(
        title if known.height else named("tier_outlook"),
        how if known.height else "",
        table=rows if rows.height else None,
        file="tier_outlook",
        metric="tier_outlook",
    )
    if not known.height:
        unsteady = title == _(findings.UNSTEADY_MOVES)
        blocks.empty(
            title, _steadiness(p_value) if unsteady else _steps_remedy(rows), icon=":material/hourglass_empty:"
        )
        blocks.quiet(_reached(rows) if unsteady else "")
        return
    _forest([_reach(row) for row in known.reverse().iter_rows(named=True)], "outlook", unit="%")
    _withheld(rows.filter(pl.col("reach_top").is_null())["tier"].to_list())
    blocks.quiet(sentences(_steadiness(p_value), _reached(rows)))


def _reached(rows: pl.DataFrame) -> str:
    """The backtest of the outlook: what was forecast, and what happened."""
    tested = rows.drop_nulls("reached_share")
    if not tested.height:
        return ""
    each = [
        _("{tier} {expected} and {happened}").format(
            tier=tier_label(row["tier"]),
            expected=percent(row["expected_share"]),
            happened=percent(row["reached_share"]),
        )
        for row in tested.iter_rows(named=True)
    ]
    text = ngettext(
        "Forecast for the last month from those before, and what happened, of members who reached {top}: {tiers}.",
        "Forecast for the last {n} months from those before, and what happened, of members who reached {top}: {tiers}.",
        months := int(tested["held_out_periods"][0]),
    )
    return text.format(n=months, top=markup.plain(tier_label(rows["top"][0])), tiers=markup.plain(listed(each)))


def _spent(rows: pl.DataFrame, currency: str | None) -> str:
    """The backtest of the worth: what was forecast, and what happened."""
    tested = rows.drop_nulls("actual_spend")
    if not tested.height:
        return ""
    each = [
        _("{tier} {expected} and {happened}").format(
            tier=tier_label(row["tier"]),
            expected=money(row["expected_spend"], currency),
            happened=money(row["actual_spend"], currency),
        )
        for row in tested.iter_rows(named=True)
    ]
    text = ngettext(
        "Forecast for the last month from those before, and what happened, of each member’s spend: {tiers}.",
        "Forecast for the last {n} months from those before, and what happened, of each member’s spend: {tiers}.",
        months := int(tested["held_out_months"][0]),
    )
    return text.format(n=months, tiers=markup.plain(listed(each)))


def _reach(row: dict) -> ForestRow:
    value, low, high = (100 * row[name] for name in ("reach_top", "low", "high"))
    when = (
        ngettext("in {n} month", "in {n} months", round(row["periods_to_top"])).format(n=number(row["periods_to_top"]))
        if row["periods_to_top"] is not None
        else ""
    )
    words = " ".join(part for part in ("·" if when else "", when, f"· n {number(row['members'])}") if part)
    return _row(row["tier"], value, low, high, percent(row["reach_top"]), words)


def _steps_remedy(rows: pl.DataFrame) -> str:
    return states.few_remedy() if rows.height else _("At the ends of these months one tier was seen, or none.")


def _steadiness(p_value: float | None) -> str:
    """The test of steadiness in plain words."""
    if p_value is None:
        return _("One month is too little to say whether moves are steady.")
    shown = number(p_value, 3) if p_value >= 0.001 else _("below 0.001")
    if p_value < LEAST_P:
        return _("If moves were steady, months would differ this much with chance {p}: they were not steady.").format(
            p=shown
        )
    return _("If moves were steady, months would differ this much with chance {p}: nothing speaks against it.").format(
        p=shown
    )


def worth_section(view: View, basis: Basis) -> None:
    """What a member of each tier is expected to spend from now on."""
    question = tier_basis.recent(view, basis)
    rows = cached.answer("tier_value", question, **basis.arguments)
    steady = cached.answer("tier_stationarity", question, **basis.arguments)
    currency = cached.extent().currency
    title = findings.worth(rows, currency)
    how = sentences(
        _(
            "Net spend expected of a member from now on, later years discounted by {rate} each, with 95% interval."
        ).format(rate=percent(DISCOUNT, 0)),
        _(
            "If members went on moving and spending as in the last {n} months; who lapses is taken to bring nothing more."
        ).format(n=steady["periods"][0] if steady.height else 0),
        _("The intervals take the months of one member as independent, and hold how far the last forecast was off."),
    )
    known = rows.drop_nulls("value")
    blocks.section(
        title if known.height else named("tier_value"),
        how if known.height else "",
        table=rows if rows.height else None,
        file="tier_worth",
        metric="tier_value",
    )
    if not known.height:
        unsteady = title == _(findings.UNSTEADY_MOVES)
        why = states.few_remedy() if rows.height else _("It takes orders and two months of known tiers.")
        p_value = steady["p_value"][0] if steady.height else None
        blocks.empty(title, _steadiness(p_value) if unsteady else why, icon=":material/hourglass_empty:")
        blocks.quiet(_spent(rows, currency) if unsteady else "")
        return
    lines = []
    for row in known.reverse().iter_rows(named=True):
        words = f"· n {number(row['members'])}"
        lines.append(_row(row["tier"], row["value"], row["low"], row["high"], money(row["value"], currency), words))
    ticks = {
        tick: money(tick, currency, coins(tick)) if tick else "0"
        for tick in money_ticks(max(line.high for line in lines))
    }
    _forest(lines, "worth", ticks=ticks, said=[money_span(line.low, line.high, currency) for line in lines])
    blocks.quiet(_spent(rows, currency))
    _withheld(rows.filter(pl.col("value").is_null())["tier"].to_list())


def _row(tier: str, value: float, low: float, high: float, shown: str, words: str) -> ForestRow:
    return ForestRow(tier_label(tier), value, low, high, "none", shown, words, tier)


def _forest(
    rows: list[ForestRow],
    key: str,
    *,
    unit: str = "",
    ticks: dict[float, str] | None = None,
    said: Sequence[str] = (),
) -> None:
    """`said`: the intervals in words, where they are not plain numbers."""
    intervals = said or [span(row.low, row.high) for row in rows]
    alt = listed([f"{row.name}: {row.shown} ({interval})" for row, interval in zip(rows, intervals, strict=True)])
    height = ROW_HEIGHT * (len(rows) + 1)
    figure = charts.forest(rows, change=False, height=height, unit=unit, ticks=ticks)
    blocks.chart(figure, key=key, alt=alt)


def _withheld(tiers: list[str]) -> None:
    if tiers:
        names = markup.plain(listed([tier_label(tier) for tier in tiers]))
        few = _("too few members to show")
        blocks.quiet(f"{names} ·\u00a0{markup.attention(few, '')}")
