"""Customers worth winning back: silent for longer than the threshold, the most valuable first."""

import polars as pl
import streamlit as st

from data.reactivation import LISTED, reactivation, reactivation_size
from metrics.texts import N_
from pages.shared import blocks, cached, choices
from pages.shared.exports import download
from pages.shared.readings_churn import Threshold
from pages.shared.texts import _, date, money, ngettext, number, sentences
from pages.shared.view import View

SHOWN = 20
SILENT = {"new": N_("fell silent in this period or since"), "all": N_("all inactive customers")}


def list_section(current: View, rule: Threshold) -> None:
    """The list, how many there are in all, and what they have spent."""
    if rule.days is None:
        return
    arguments: dict[str, object] = {"hiatus_days": rule.days}
    if current.options["silent"] == "new":
        arguments["since"] = current.start
    question = current.asked(current.as_of, current.as_of)
    found = cached.table(reactivation, question, **arguments)
    all_of_them = cached.table(reactivation_size, question, **arguments).row(0, named=True)
    blocks.section(_title(all_of_them["customers"]), _how(all_of_them, rule, current))
    with choices.row():
        choices.one("silent", SILENT, _("Who is listed"))
        if found.height:
            download(found, "win_back")
    if not found.height:
        why = _("Nobody in this selection fell silent. Choose an earlier period, or all inactive customers.")
        blocks.empty(_("Nobody to win back here"), why, icon=":material/sentiment_satisfied:")
        return
    shown = _shown(found.head(SHOWN))
    right = {name: st.column_config.TextColumn(alignment="right") for name in shown.columns[3:]}
    st.dataframe(shown, hide_index=True, key="win-back", height="content", column_config=right)
    blocks.quiet(_counts(found.height, all_of_them["customers"]))


def _title(customers: int) -> str:
    if not customers:
        return _("Customers to win back")
    return ngettext("{n} customer to win back", "{n} customers to win back", customers).format(n=number(customers))


def _how(all_of_them: dict, rule: Threshold, current: View) -> str:
    spent = _("Together they have brought {revenue} net.").format(
        revenue=money(all_of_them["revenue"], cached.extent().currency)
    )
    text = ngettext(
        "No order for more than {days} day as of {date}, sorted by past net revenue.",
        "No order for more than {days} days as of {date}, sorted by past net revenue.",
        rule.days or 0,
    )
    return sentences(
        text.format(
            days=number(rule.days or 0), date=date(min(current.as_of, cached.extent().orders_last or current.as_of))
        ),
        blocks.plain(spent) if all_of_them["customers"] else "",
        _("Usual gap: mean days between the days with an order."),
    )


def _counts(listed: int, customers: int) -> str:
    """How many of how many are shown, and how many the file holds."""
    text = _("Shown: {shown} of {all}. The file holds {file}.")
    if customers > LISTED:
        text = _("Shown: {shown} of {all}. The file holds the first {file}.")
    return text.format(shown=number(min(SHOWN, listed)), all=number(customers), file=number(listed))


def _shown(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the names and numbers that people read."""
    currency = cached.extent().currency
    return pl.DataFrame(
        {
            _("Customer"): rows["customer_id"],
            _("First order"): [date(day) for day in rows["first_order"]],
            _("Last order"): [date(day) for day in rows["last_order"]],
            _("Days since"): [number(days) for days in rows["days_since"]],
            _("Orders"): [number(orders) for orders in rows["orders"]],
            _("Net revenue"): [money(revenue, currency) for revenue in rows["revenue"]],
            _("Usual gap, days"): ["—" if gap is None else number(gap) for gap in rows["usual_gap_days"]],
        }
    )
