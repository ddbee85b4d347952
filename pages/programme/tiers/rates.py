"""How often members move, how that changes, and how many they are."""

import polars as pl

from metrics.catalogue import CATALOGUE
from metrics.dimension import TIER
from metrics.statistics.verdict import Verdict, verdict
from metrics.tiers.moves import members_by_tier
from pages.programme import basis as tier_basis
from pages.programme import charts, findings, readings
from pages.programme.basis import Basis
from pages.programme.charts import Bar
from pages.programme.findings import tier_label
from pages.programme.tiers.flows import ends, migration
from pages.shared.model import blocks, marks
from pages.shared.model.cards import Card
from pages.shared.model.charts import Line
from pages.shared.readings.measures import percent_points
from pages.shared.readings.readings import Reading
from pages.shared.screen import states
from pages.shared.screen.display import card
from pages.shared.session import cached
from pages.shared.session.view import View
from pages.shared.words import periods
from pages.shared.words.texts import _, date, listed, month, ngettext, number, percent, sentences, signed

MONTHS_OF_A_TREND = 2


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
        shown.append(_unjudged(one, reading) if move == readings.UNJUDGED else one)
    return shown


def _unjudged(one: Card, reading: Reading) -> Card:
    """The card with the direction of a clear change, and no word or colour of good or bad."""
    if reading.change is None or one.get("verdict") not in ("better", "worse"):
        return one
    text = _("{amount} more") if reading.rising else _("{amount} fewer")
    change = text.format(amount=number(abs(reading.change), reading.change_digits) + _(" pts"))
    return {**one, "verdict": "changed", "change": change}


def members_section(view: View, basis: Basis) -> None:
    """Members per tier at the end, with the change since the start."""
    rows = members_by_tier(migration(view, basis))
    start, end = ends(view, basis)
    how = _(
        "Members on {end}, share of all members, and change since {start}. All are counted, so there is no interval."
    )
    title = findings.members(rows)
    blocks.section(title, how.format(start=date(start), end=date(end)), table=rows, file="tier_members")
    colours = charts.tier_colours(rows["tier"].to_list())
    bars = []
    for row in rows.reverse().iter_rows(named=True):
        share = percent(row["share"] or 0)
        change = signed(row["change"], 0) if row["change"] else "±0"
        shown = f"<b>{number(row['members'])}</b> · {share} · {change}"
        name = tier_label(row["tier"])
        bars.append(
            Bar(
                name,
                row["members"],
                shown,
                colours[row["tier"]],
                f"{name}: {number(row['members'])} ({share})",
                row["tier"],
            )
        )
    # tiers that a rule makes are no filter
    points = [] if basis.rule else [marks.of_group(TIER, bar.id, bar.read) for bar in bars]
    blocks.chart(charts.bars(bars), key="members", alt=listed([bar.read for bar in bars]), marks=points)


def trend_section(view: View, basis: Basis, *, one_tier: bool) -> None:
    """The rates of moving up and down by month."""
    if one_tier:
        blocks.section(named("tier_rates_trend"))
        blocks.empty(
            _("With one tier nobody can move up or down"),
            _("A trend of moves needs two tiers."),
            icon=":material/trending_flat:",
        )
        return
    rows = readings.trend(view, basis)
    up, down = (rows.filter(pl.col("move") == move) for move in ("upgrade", "downgrade"))
    known = up.drop_nulls("rate")
    if known.height < MONTHS_OF_A_TREND:
        blocks.section(
            named("tier_rates_trend") if up.height < MONTHS_OF_A_TREND else findings.trend("too_few"),
            table=rows if rows.height else None,
            file="tier_rates",
            metric="tier_rates_trend",
        )
        _too_few_months(up)
        return
    title = findings.trend(_against_first(view, basis, known), *(month(known["period"][at]) for at in (0, -1)))
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
    said = [
        f"{place}: " + listed([f"{line.name} {number(rate, 1)}%" for line in lines if (rate := line.y[at]) is not None])
        for at, place in enumerate(places)
    ]
    points = [marks.of_month(day, text) for day, text in zip(up["period"], said, strict=True)]
    blocks.chart(charts.two_rates(*lines), key="tier-rates", alt=alt, marks=points)


def _too_few_months(up: pl.DataFrame) -> None:
    """Why there is no trend: months are missing, or members in the fullest month that still lacks some."""
    minimum = readings.MINIMUM
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


def named(metric: str) -> str:
    """What a section is called while a box in it says why it shows nothing."""
    return _(CATALOGUE[metric].label)


def _against_first(view: View, basis: Basis, known: pl.DataFrame) -> Verdict:
    """The last month against the first, each from its eve to its end."""
    months = [periods.holding(known["period"][place], "month") for place in (-1, 0)]
    now, before = (view.asked(first - tier_basis.DAY, last) for first, last in months)
    moved = readings.changed(now, before, basis, "upgrade")
    return verdict(moved["low"][0], moved["high"][0], True)


def _line(name: str, places: list[str], rows: pl.DataFrame) -> Line:
    y, low, high = (percent_points(rows[column]) for column in ("rate", "low", "high"))
    ids = [day.isoformat() for day in rows["period"]]
    return Line(name, places, y, low, high, rows["members"].to_list(), ids=ids)
