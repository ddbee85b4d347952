"""The part of the page about lifetime value that compares groups of customers."""

import polars as pl

from data.ask import find
from metrics.reduce import unfolded
from metrics.texts import N_
from pages.customers.value_words import amount, currency
from pages.shared import blocks, cached, charts, charts_value, choices, findings_value, groups
from pages.shared.charts_value import Followed
from pages.shared.labels import customers
from pages.shared.readings_value import Terms
from pages.shared.texts import _, listed, money_span, ngettext, number, sentences

GROUPS_SHOWN = 8
BY = {
    "tier": N_("by tier"),
    "region": N_("by region"),
    "channel": N_("by acquisition channel"),
    "cohort": N_("by first month"),
}
COLUMNS = {"tier": "tier", "region": "region", "channel": "acquisition_channel", "cohort": "cohort"}


def group_section(asked: Terms, by: str) -> None:
    """The value of each group, with its interval; small groups are named."""
    by = known_groups(by)
    dimension, predicts = COLUMNS[by], asked.row["predicts"]
    rows, minimum = _of_groups(asked, dimension), find("historical_clv").minimum
    known = rows.filter(pl.col("customers") >= minimum).drop_nulls(["code", "value"]).sort("value", descending=True)
    if not rows["code"].drop_nulls().len():
        blocks.section(_("Value by group"))
        _choose_groups(by)
        blocks.empty(
            _("Nothing is known to group customers by"),
            _("Upload members with this column, with the customer ids that the orders use."),
            icon=":material/label_off:",
        )
        return
    how = (
        _("Expected value per customer within {weeks} weeks, by group, with 95% interval.").format(
            weeks=asked.horizon_weeks
        )
        if predicts
        else _("Value per customer to date, by group, with 95% interval.")
    )
    small = rows.filter(pl.col("customers") < minimum, pl.col("code").is_not_null()).height
    more = 0 if dimension == "cohort" else known.height - known.head(GROUPS_SHOWN).height
    left_out = sentences(
        ngettext("{n} more group is in the download.", "{n} more groups are in the download.", more).format(
            n=number(more)
        )
        if more
        else "",
        ngettext(
            "{n} group has fewer than {minimum} customers.", "{n} groups have fewer than {minimum} customers.", small
        ).format(n=number(small), minimum=minimum)
        if small
        else "",
    )
    blocks.section(
        findings_value.groups(dimension, known, predicts=predicts),
        sentences(how, left_out),
        table=rows,
        file=f"value_by_{by}",
    )
    _choose_groups(by)
    if dimension == "cohort":
        _over_time(known.sort("code"))
    elif known.height:
        _forest(known, dimension)


def known_groups(by: str) -> str:
    """The way to group customers that was chosen, or the first one that the data know."""
    offered = _offered()
    return by if by in offered else offered[0]


def _offered() -> list[str]:
    """The ways to group customers for which the data hold a value."""
    return [code for code, column in COLUMNS.items() if column == "cohort" or cached.values(column)]


def _choose_groups(by: str) -> None:
    choices.listed("value_by", _offered(), _("Groups"), called=lambda code: _(BY[code]), chosen=by)


def _of_groups(asked: Terms, dimension: str) -> pl.DataFrame:
    """code, customers, value, low, high: predicted, or to date where there is no forecast."""
    if asked.row["predicts"]:
        rows = unfolded(asked.summary, "groups").filter(pl.col("dimension") == dimension)
        return rows.select("code", "customers", pl.col("clv").alias("value"), "low", "high")
    rows = asked.to_date(dimension)
    return rows.select(
        pl.col(dimension).alias("code"), "customers", pl.col("historical_clv").alias("value"), "low", "high"
    )


def _forest(known: pl.DataFrame, dimension: str) -> None:
    rows = known.head(GROUPS_SHOWN)
    if dimension == "tier":
        rows = groups.tiers_in_order(rows, "code")
    drawn = [
        groups.line(
            row["code"], row["value"], row["low"], row["high"], amount(row["value"]), customers(row["customers"])
        )
        for row in rows.iter_rows(named=True)
    ]
    ticks = charts_value.money_ticks(max(row.high for row in drawn))
    figure = charts.forest(drawn, change=False, ticks={tick: amount(tick) if tick else "0" for tick in ticks})
    blocks.chart(figure, key="groups", alt=groups.alt(drawn))


def _over_time(known: pl.DataFrame) -> None:
    if known.height < 2:
        return
    read = [
        f"{row['code']}: {amount(row['value'])} ({money_span(row['low'], row['high'], currency())}) · {customers(row['customers'])}"
        for row in known.iter_rows(named=True)
    ]
    line = Followed(
        _("newest"), known["code"].to_list(), known["value"].to_list(), amount(known["value"][-1]), read,
        low=known["low"].to_list(), high=known["high"].to_list(),
    )  # fmt: skip
    blocks.chart(charts_value.followed([line]), key="groups", alt=listed(read))
