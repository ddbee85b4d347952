"""The parts of the page about lifetime value that show how value and chances are spread over customers."""

from data.text.labels import customers
from metrics.engine.reduce import unfolded
from pages.customers.clv import charts, findings
from pages.customers.clv.charts import Bar
from pages.customers.clv.readings import Terms
from pages.customers.clv.words import amount, currency
from pages.shared.model import blocks
from pages.shared.words.texts import _, listed, money, number, percent, sentences


def histogram_section(asked: Terms) -> None:
    """How many customers are worth how much."""
    rows, predicts = unfolded(asked.summary, "histogram"), asked.row["predicts"]
    tenths = unfolded(asked.summary, "deciles")
    typical = tenths["least"][4] if tenths.height else None
    title = findings.middle(typical, asked.row["clv"], currency(), predicts=predicts, margin=asked.margin)
    how = (
        _("Customers by the value expected of each within {weeks} weeks.").format(weeks=asked.horizon_weeks)
        if predicts
        else _("Customers by what each has brought to date.")
    )
    how = sentences(how, findings.margin_note(asked.margin))
    blocks.section(title, how, table=rows, file="value_per_customer")
    drawn = [
        _bar(_between(row["low"], row["high"]), row["customers"], row["share"]) for row in rows.iter_rows(named=True)
    ]
    blocks.chart(charts.bars(drawn), key="histogram", alt=f"{title}. {listed([bar.read for bar in drawn])}")


def deciles_section(asked: Terms) -> None:
    """How much of the value each tenth of customers holds."""
    rows, predicts = unfolded(asked.summary, "deciles"), asked.row["predicts"]
    title = findings.spread(rows, predicts=predicts, margin=asked.margin)
    how = (
        _("Customers in ten equal groups by expected value, the highest first: share of the value of all, and mean.")
        if predicts
        else _(
            "Customers in ten equal groups by value to date, the highest first: share of the value of all, and mean."
        )
    )
    how = sentences(how, findings.margin_note(asked.margin))
    blocks.section(title, how, table=rows, file="value_by_tenth")
    known = rows.drop_nulls("share")
    if not known.height:
        return
    drawn = [
        Bar(
            name := _tenth(row["tenth"]),
            max(row["share"], 0.0),
            f"{percent(row['share'])} · {amount(row['mean'])}",
            f"{name}: {percent(row['share'])}, {_('mean')} {amount(row['mean'])}",
        )
        for row in known.iter_rows(named=True)
    ]
    blocks.chart(charts.bars(drawn), key="deciles", alt=f"{title}. {listed([bar.read for bar in drawn])}")


def active_section(asked: Terms) -> None:
    """How the chance of another order is spread; nothing where there is none."""
    row, rows = asked.row, unfolded(asked.summary, "bands")
    if row["p_active"] is None:
        blocks.section(_("Chance of another order"))
        blocks.empty(
            _("There is no forecast"),
            _("How many customers have stayed away for long is on the pages about retention and churn."),
            icon=":material/help:",
        )
        return
    title = findings.active(row, asked.horizon_weeks)
    how = _("Customers by their chance of at least one order within {weeks} weeks.").format(weeks=asked.horizon_weeks)
    blocks.section(title, how, table=rows, file="chance_of_an_order")
    drawn = [
        _bar(
            _("{low} to {high}").format(low=percent(band["low"], 0), high=percent(band["high"], 0)),
            band["customers"],
            band["share"],
        )
        for band in rows.iter_rows(named=True)
    ]
    blocks.chart(charts.bars(drawn), key="chances", alt=f"{title}. {listed([bar.read for bar in drawn])}")


def _bar(name: str, n: int, share: float) -> Bar:
    return Bar(
        name,
        n,
        f"{number(n)} · {percent(share)}",
        f"{name}: {customers(n)}, {percent(share)}",
    )


def _between(low: float | None, high: float | None) -> str:
    """An interval of a histogram in words."""
    if low is None and high is None:
        return _("all")
    if low is None:
        return _("below {value}").format(value=_round(high or 0.0))
    if high is None:
        return _("{value} and more").format(value=_round(low))
    return _("{low} to {high}").format(low=_round(low), high=_round(high))


def _round(edge: float) -> str:
    return money(edge, currency(), 0 if edge >= 1 else 2)


def _tenth(place: int) -> str:
    return _("top tenth") if place == 1 else _("tenth {place}").format(place=place)
