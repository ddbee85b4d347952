"""The part of the page about lifetime value that names the customers worth keeping."""

import polars as pl

from data.questions.ask import find
from metrics.engine.reduce import unfolded
from pages.customers.clv import findings
from pages.customers.clv.entry import WITHIN
from pages.customers.clv.readings import LISTED, Terms
from pages.customers.clv.words import currency
from pages.shared.model import blocks, choices
from pages.shared.session import cached
from pages.shared.words.texts import _, percent, sentences


def keeping_section(asked: Terms) -> None:
    """The customers worth keeping: the rule with its numbers, the first of the list, and all of it to take away."""
    row, rows = asked.row, unfolded(asked.summary, "keeping")
    if not row["predicts"]:
        blocks.section(_("Customers worth keeping"))
        blocks.empty(
            _("No list without a forecast"),
            _("The list names customers whose chance of another order has fallen, and here that chance is not known."),
            icon=":material/help:",
        )
        return
    share = find("worth_keeping").arguments["top_share"].default
    rule = _(
        "The rule: value to date among the top {share} of customers; the chance of an order within {weeks} weeks was {cut} or more "
        "on the day of the last order, and is below {cut} now."
    ).format(share=percent(float(share), 0), weeks=asked.horizon_weeks, cut=percent(asked.below, 0))
    capped = (
        _("Shown: the {n} with the highest expected value; the download holds all.").format(n=LISTED)
        if row["keeping_customers"] > LISTED
        else ""
    )
    everybody = cached.later("worth_keeping", asked.question, **asked.valued_by, below=asked.below)
    blocks.section(
        findings.keeping(row["keeping_customers"]),
        sentences(rule, findings.margin_note(asked.margin), capped),
        table=everybody,
        file="worth_keeping",
        metric="worth_keeping",
    )
    choices.amount("cut", _("Chance below, %"), within=WITHIN["cut"], step=5)
    if rows.height:
        blocks.listing(_as_table(rows), customers=True, key="keeping", height=390)
        blocks.quiet(_("Low and high: 95% interval of what is expected. What one customer does varies far more."))


def _as_table(rows: pl.DataFrame) -> pl.DataFrame:
    """Whole numbers, so that a click on a column sorts by them."""
    named = f" ({currency()})" if currency() else ""
    whole = {
        _("Orders"): pl.col("orders"),
        _("Value to date") + named: pl.col("historical_value").round().cast(pl.Int64),
        _("Expected") + named: pl.col("clv").round().cast(pl.Int64),
        _("Low"): pl.col("low").round().cast(pl.Int64),
        _("High"): pl.col("high").round().cast(pl.Int64),
        _("Chance now, %"): (100 * pl.col("p_active")).round().cast(pl.Int64),
        _("At last order, %"): (100 * pl.col("p_active_then")).round().cast(pl.Int64),
    }
    told = {_("Customer"): pl.col("customer_id"), _("Last order"): pl.col("last_order_on").dt.to_string("%Y-%m-%d")}
    return rows.select(expression.alias(name) for name, expression in {**told, **whole}.items())
