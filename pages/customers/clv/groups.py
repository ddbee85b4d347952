"""The part of the page about lifetime value that compares groups of customers."""

import polars as pl

from data.questions.ask import find
from data.text.labels import customers, named
from metrics.clv.summary import group_intervals
from metrics.dimension import Dimension
from metrics.statistics.verdict import confidence_of_each
from pages.customers.clv import charts as charts_value
from pages.customers.clv import findings
from pages.customers.clv.charts import Followed
from pages.customers.clv.readings import Terms
from pages.customers.clv.words import amount, currency
from pages.shared.model import blocks, charts, choices, marks
from pages.shared.screen import groups
from pages.shared.session import cached
from pages.shared.words.axes import money_axis
from pages.shared.words.texts import _, listed, money_span, ngettext, number, sentences

GROUPS_SHOWN = 8


def group_section(asked: Terms, by: str) -> None:
    """The value of each group, with its interval; small groups are named."""
    dimension, predicts = _known_groups(by), asked.row["predicts"]
    rows, minimum = _of_groups(asked, dimension), find("historical_clv").minimum
    known = rows.filter(pl.col("customers") >= minimum).drop_nulls(["code", "value"])
    if not rows["code"].drop_nulls().len():
        blocks.section(_("Value by group"))
        _choose_groups(dimension)
        blocks.empty(
            _("Nothing is known to group customers by"),
            _("Upload members with this column, with the customer ids that the orders use."),
            icon=":material/label_off:",
        )
        return
    drawn = known if dimension.order == "time" else known.filter(_largest(GROUPS_SHOWN))
    # the title picks the highest and the lowest of these after their values were seen
    sure = confidence_of_each(drawn.height)
    compared = drawn.select("code").join(_of_groups(asked, dimension, sure), on="code", maintain_order="left")
    how = (
        _(
            "Expected value per customer within {weeks} weeks, by group, with 95% interval: of the model, and of who happens to be in the "
            "group."
        ).format(weeks=asked.horizon_weeks)
        if predicts
        else _("Value per customer to date, by group, with 95% interval.")
    )
    small = rows.filter(pl.col("customers") < minimum, pl.col("code").is_not_null()).height
    left_out = sentences(
        _("The {shown} largest of {known} groups; the others are in the download.").format(
            shown=drawn.height, known=number(known.height)
        )
        if drawn.height < known.height
        else "",
        ngettext(
            "{n} group has fewer than {minimum} customers.", "{n} groups have fewer than {minimum} customers.", small
        ).format(n=number(small), minimum=minimum)
        if small
        else "",
    )
    blocks.section(
        findings.groups(dimension, _highest_first(compared), predicts=predicts),
        sentences(how, findings.margin_note(asked.margin), left_out),
        table=rows,
        file=f"value_by_{dimension.code}",
    )
    _choose_groups(dimension)
    if dimension.order == "time":
        _over_time(drawn.sort("code"))
    elif drawn.height:
        _forest(_highest_first(drawn), dimension)


def _largest(most: int) -> pl.Expr:
    """The groups with most customers: those with the highest values would be the small ones, by chance."""
    return pl.col("customers").rank("ordinal", descending=True) <= most


def _highest_first(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("value", descending=True, maintain_order=True)


def _known_groups(by: str) -> Dimension:
    """The way to group customers that was chosen, or the first one that the data know."""
    offered = _offered()
    return next((dimension for dimension in offered if dimension.code == by), offered[0])


def _offered() -> list[Dimension]:
    """The ways to group customers for which the data hold a value."""
    known = cached.dimensions_of("customer")
    return [dimension for dimension in known if groups.held(dimension)] or list(known)


def _choose_groups(chosen: Dimension) -> None:
    called = {dimension.code: named(dimension.by, dimension) for dimension in _offered()}
    choices.listed("value_by", list(called), _("Groups"), called=called.__getitem__, chosen=chosen.code)


def _of_groups(asked: Terms, dimension: Dimension, confidence: float = 0.95) -> pl.DataFrame:
    """code, customers, value, low, high: predicted, or to date where there is no forecast."""
    if asked.row["predicts"]:
        rows = group_intervals(asked.groups(dimension), confidence=confidence)
        return rows.select("code", "customers", pl.col("clv").alias("value"), "low", "high")
    rows = asked.to_date(dimension.column, confidence=confidence)
    return rows.select(
        pl.col(dimension.column).alias("code"), "customers", pl.col("historical_clv").alias("value"), "low", "high"
    )


def _forest(rows: pl.DataFrame, dimension: Dimension) -> None:
    rows = groups.in_order(rows, dimension, "code")
    drawn = [
        groups.line(
            row["code"], row["value"], row["low"], row["high"], amount(row["value"]), customers(row["customers"])
        )
        for row in rows.iter_rows(named=True)
    ]
    ticks = money_axis(max(row.high for row in drawn), currency())
    figure = charts.forest(drawn, change=False, ticks=ticks)
    points = [marks.of_group(dimension, line.id, charts.says(line)) for line in drawn]
    blocks.chart(figure, key="groups", alt=groups.alt(drawn), marks=points)


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
    ticks = money_axis(max(line.high), currency())
    blocks.chart(charts_value.followed([line], ticks=ticks), key="groups", alt=listed(read))
