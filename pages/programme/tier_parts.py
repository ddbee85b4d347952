"""How often members move, how many they are, how long they stay, where they are headed, and what they are worth."""

from collections.abc import Sequence

import polars as pl

from data.ask import find
from metrics.catalogue import CATALOGUE
from metrics.tier_moves import members_by_tier, tier_rates_change
from metrics.verdict import Verdict, verdict
from pages.programme.tier_flow_parts import ends, migration
from pages.shared import blocks, cached, charts, charts_tiers, findings_tiers, readings_tiers, states, tier_basis
from pages.shared.cards import Card
from pages.shared.charts import ForestRow, Line
from pages.shared.charts_tiers import Bar
from pages.shared.charts_value import money_ticks
from pages.shared.display import DIGITS, card
from pages.shared.findings_tiers import tier_label
from pages.shared.measures import percent_points
from pages.shared.readings import Reading
from pages.shared.texts import (
    _,
    coins,
    date,
    joined,
    listed,
    money,
    money_span,
    month,
    ngettext,
    number,
    percent,
    sentences,
    signed,
    span,
)
from pages.shared.tier_basis import Basis
from pages.shared.view import View

MONTHS_OF_A_TREND = 2
STAY_MONTHS = 12
DISCOUNT = float(find("tier_value").arguments["discount_rate"].default)
ROW_HEIGHT = 50  # of an interval plot; one more for its axis


def counted(view: View, basis: Basis) -> str:
    """Whom the rates rest on."""
    window = tier_basis.window(view, basis)
    rates = cached.answer("tier_rates", window.question, **basis.arguments) if window else None
    n = int(rates["members"][0]) if rates is not None else 0
    return ngettext("{n} member with a tier at the start", "{n} members with a tier at the start", n).format(
        n=number(n)
    )


def rate_cards(view: View, basis: Basis, moves: dict[str, Reading]) -> list[Card]:
    """A card for each of the four moves; what is counted stands under its interval."""
    window = tier_basis.window(view, basis)
    rates = cached.answer("tier_rates", window.question, **basis.arguments) if window else None
    shown = []
    for move, reading in moves.items():
        one = card(reading, compared=view.before is not None)
        if rates is not None and "value" in one:
            row = rates.filter(pl.col("move") == move).row(0, named=True)
            one["size"] = _("{moved} of {n} members").format(moved=number(row["moved"]), n=number(row["members"]))
        shown.append(_unjudged(one, reading) if move == readings_tiers.UNJUDGED else one)
    return shown


def _unjudged(one: Card, reading: Reading) -> Card:
    """The card with the direction of a clear change, and no word or colour of good or bad."""
    if reading.change is None or one.get("verdict") not in ("better", "worse"):
        return one
    text = _("{amount} more") if reading.rising else _("{amount} fewer")
    change = text.format(amount=number(abs(reading.change), DIGITS) + _(" pts"))
    return {**one, "verdict": "changed", "change": change}


def members_section(view: View, basis: Basis) -> None:
    """Members per tier at the end, with the change since the start."""
    rows = members_by_tier(migration(view, basis))
    start, end = ends(view, basis)
    how = _(
        "Members on {end}, share of all members, and change since {start}. All are counted, so there is no interval."
    )
    title = findings_tiers.members(rows)
    blocks.section(title, how.format(start=date(start), end=date(end)), table=rows, file="tier_members")
    colours = charts_tiers.tier_colours(rows["tier"].to_list())
    bars = []
    for row in rows.reverse().iter_rows(named=True):
        share = percent(row["share"] or 0)
        change = signed(row["change"], 0) if row["change"] else "±0"
        shown = f"<b>{number(row['members'])}</b> · {share} · {change}"
        name = tier_label(row["tier"])
        bars.append(
            Bar(name, row["members"], shown, colours[row["tier"]], f"{name}: {number(row['members'])} ({share})")
        )
    blocks.chart(charts_tiers.bars(bars), key="members", alt=listed([bar.read for bar in bars]))


def trend_section(view: View, basis: Basis, *, one_tier: bool) -> None:
    """The rates of moving up and down by month."""
    if one_tier:
        blocks.section(_named("tier_rates_trend"))
        blocks.empty(
            _("With one tier nobody can move up or down"),
            _("A trend of moves needs two tiers."),
            icon=":material/trending_flat:",
        )
        return
    rows = readings_tiers.trend(view, basis)
    up, down = (rows.filter(pl.col("move") == move) for move in ("upgrade", "downgrade"))
    known = up.drop_nulls("rate")
    if known.height < MONTHS_OF_A_TREND:
        blocks.section(
            _named("tier_rates_trend") if up.height < MONTHS_OF_A_TREND else findings_tiers.trend("too_few", ""),
            table=rows if rows.height else None,
            file="tier_rates",
            metric="tier_rates_trend",
        )
        _too_few_months(up)
        return
    title = findings_tiers.trend(_against_first(rows, known), month(known["period"][0]))
    how = _(
        "% of the members at each month’s start who moved up or down by its end, with 95% interval; complete months."
    )
    blocks.section(title, how, table=rows, file="tier_rates", metric="tier_rates_trend")
    places = [month(day) for day in up["period"]]
    lines = [_line(name, places, part) for name, part in ((_("Moved up"), up), (_("Moved down"), down))]
    alt = _("{title}. Moved up {up}, moved down {down} in {month}.").format(
        title=title,
        up=percent(known["rate"][-1]),
        down=percent(down.drop_nulls("rate")["rate"][-1]),
        month=month(known["period"][-1]),
    )
    blocks.chart(charts_tiers.two_rates(*lines), key="tier-rates", alt=alt)


def _too_few_months(up: pl.DataFrame) -> None:
    """Why there is no trend: months are missing, or members in the fullest month that still lacks some."""
    minimum = readings_tiers.MINIMUM
    if up.height < MONTHS_OF_A_TREND:
        blocks.empty(
            _("No two complete months yet"),
            _("The trend begins when tiers are known through two months."),
            icon=":material/hourglass_empty:",
        )
        return
    texts = (
        _("A trend needs two months that begin with {minimum} members each; the fullest begins with {n}."),
        _("A trend needs two months that begin with {minimum} members each; the second fullest begins with {n}."),
    )
    enough = int((up["members"] >= minimum).sum())
    n = up["members"].sort(descending=True).to_list()[enough]
    states.too_few(n, minimum, sentences(texts[enough].format(minimum=minimum, n=n), states.few_remedy()))


def _named(metric: str) -> str:
    """What a section is called while a box in it says why it shows nothing."""
    return _(CATALOGUE[metric].label)


def _against_first(rows: pl.DataFrame, known: pl.DataFrame) -> Verdict:
    first, last = (rows.filter(pl.col("period") == known["period"][place]) for place in (0, -1))
    change = tier_rates_change(last, first, move="upgrade")
    return verdict(change["low"][0], change["high"][0], True)


def _line(name: str, places: list[str], rows: pl.DataFrame) -> Line:
    y, low, high = (percent_points(rows[column]) for column in ("rate", "low", "high"))
    return Line(name, places, y, low, high, rows["members"].to_list())


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
    title = findings_tiers.time_in_tier(marks if mark else marks.clear(), mark)
    how = _(
        "% still in the tier that long after entering it, with 95% interval; members followed for less count as long as they were."
    )
    table = curve if curve.height else None
    blocks.section(
        title if mark else _named("time_in_tier"),
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
        blocks.quiet(_("Members who entered: {tiers}.").format(tiers=blocks.plain(listed(entered))))
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
    return text.format(n=month, tiers=blocks.plain(joined(tiers)))


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
    title = findings_tiers.outlook(rows, p_value)
    how = _(
        "% who would reach {top} before they lapse, with 95% interval, and the mean time of those who do, if members went on moving as "
        "in the last {n} months. n: members who were in the tier at the beginning of a month."
    )
    known = rows.drop_nulls("reach_top")
    how = how.format(
        top=blocks.plain(tier_label(rows["top"][0])) if rows.height else "",
        n=int(steady["periods"][0]) if steady.height else 0,
    )
    blocks.section(
        title if known.height else _named("tier_outlook"),
        how if known.height else "",
        table=rows if rows.height else None,
        file="tier_outlook",
        metric="tier_outlook",
    )
    if not known.height:
        blocks.empty(title, _steps_remedy(rows), icon=":material/hourglass_empty:")
        return
    _forest([_reach(row) for row in known.reverse().iter_rows(named=True)], "outlook", unit="%")
    _withheld(rows.filter(pl.col("reach_top").is_null())["tier"].to_list())
    blocks.quiet(_steadiness(p_value))


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
        return _("Whether moves are steady cannot be told from one month.")
    shown = number(p_value, 3) if p_value >= 0.001 else _("below 0.001")
    if p_value < findings_tiers.ALPHA:
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
    title = findings_tiers.worth(rows, currency)
    how = sentences(
        _(
            "Net spend expected of a member from now on, later years discounted by {rate} each, with 95% interval."
        ).format(rate=percent(DISCOUNT, 0)),
        _(
            "If members went on moving and spending as in the last {n} months; who lapses is taken to bring nothing more."
        ).format(n=steady["periods"][0] if steady.height else 0),
        _("The intervals take the months of one member as independent."),
    )
    known = rows.drop_nulls("value")
    blocks.section(
        title if known.height else _named("tier_value"),
        how if known.height else "",
        table=rows if rows.height else None,
        file="tier_worth",
        metric="tier_value",
    )
    if not known.height:
        why = states.few_remedy() if rows.height else _("It takes orders and two months of known tiers.")
        blocks.empty(title, why, icon=":material/hourglass_empty:")
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
        names = blocks.plain(listed([tier_label(tier) for tier in tiers]))
        few = _("too few members to show")
        blocks.quiet(f"{names} ·\u00a0{blocks.attention(few, '')}")
