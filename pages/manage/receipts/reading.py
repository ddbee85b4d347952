"""How the columns of a file were read, and what of it became no data: a person can object to both."""

from collections.abc import Callable

import streamlit as st

from data.imports.outcome.receipt import Convention, Receipt
from data.store.member_columns import MANY, PERSON
from metrics.texts import N_
from pages.manage.receipts.wording import sentences
from pages.shared.model import blocks
from pages.shared.words import markup
from pages.shared.words.texts import _, listed, number

Change = Callable[[dict[str, str]], None]

CONVENTIONS = {
    ("decimal sign", "."): N_("**Decimal point** in {columns}"),
    ("decimal sign", ","): N_("**Decimal comma** in {columns}"),
    ("date order", "dmy"): N_("**Day before month** in {columns}"),
    ("date order", "mdy"): N_("**Month before day** in {columns}"),
    ("date order", "ymd"): N_("**Year before month and day** in {columns}"),
    ("no filter", PERSON): N_("**No filter**: {columns}, which could name or reach a person"),
    ("no filter", MANY): N_("**No filter**: {columns}, with too many values, or hardly one that two customers share"),
    ("lines", "sum"): N_("**Lines of one order are added up**, recognised by {columns}"),
    ("lines", "total"): N_("**Lines of one order repeat its total**, which counts once; recognised by {columns}"),
    ("lines", "last"): N_("**The last line of an order counts**, recognised by {columns}"),
    ("lines", "first"): N_("**The first line of an order counts**, recognised by {columns}"),
    ("over_sheets", "sum"): N_("**Lines of one order on several sheets are added up**, recognised by {columns}"),
    ("over_sheets", "last"): N_("**Of an order on several sheets the last one counts**, recognised by {columns}"),
    ("refunds", "to take off"): N_("**Refunds are taken off the amounts**: {columns}"),
    ("refunds", "taken off"): N_("**Amounts are after refunds already**, nothing more is taken off: {columns}"),
    ("month", "first day"): N_("**Months without a day** in {columns}, read as their first day"),
}
CONVENTION_KINDS = {
    "filter": N_("**Kept as filter**: {columns}, different values: {value}"),
    "scale": N_("**Scale {value}** in {columns}"),
    "words": N_("**{value}** in {columns}"),
    "unit": N_("**Numbers are multiplied by {value}**, as the header says: {columns}"),
    "currency": N_("**Currency by its sign** in {columns}: {value}"),
    "tier order": N_("**{value}** in {columns}"),
    "spelling": N_("**Two spellings of one**: {value} in {columns}"),
    "status": N_("**What counts** by {columns}: {value}"),
    "movements": N_("**What moved points** by {columns}: {value}"),
    "nobody": N_("**Nobody is meant** in {columns} by: {value}"),
    "offset": N_("**Offset {value}** in {columns}: the times stay as they are written"),
    "time zone": N_("**Time zone of {value}** for times with an offset in {columns}"),
    "made date": N_("**Date {value}** for all rows, since the file has none"),
}
UNUSED_SHOWN = 8
UNUSED = {
    "column": N_("**Column {name}**, filled cells: {n}, such as “{example}”"),
    "sheet": N_("**Sheet {name}**, filled cells: {n}, such as “{example}”"),
    "hidden sheet": N_("**Hidden sheet {name}**, filled cells: {n}, such as “{example}”"),
    "part": N_("**Notes behind the numbers** of {name}, such as “{example}”"),
}


def conventions(receipt: Receipt, *, open_to_change: bool) -> None:
    """How numbers, dates and scores were read: one line per choice, so that a person can object."""
    choices = _by_choice(receipt.conventions)
    if not choices:
        return
    how = _("Decided per column, from all of its values.")
    blocks.section(
        _("How the columns were read"), sentences(how, _("Not right? Change the columns.")) if open_to_change else how
    )
    for (what, value), columns in choices.items():
        template = (
            CONVENTIONS.get((what, value)) or CONVENTION_KINDS.get(what) or N_("**{what}: {value}** in {columns}")
        )
        names = listed([markup.plain(markup.shortened(column)) for column in columns])
        fact(":material/rule:", _(template).format(what=markup.plain(what), value=markup.plain(value), columns=names))


def unused(receipt: Receipt, *, key: str, change: Change | None) -> None:
    """What the file held and did not become data, with an example of each."""
    if not receipt.unused:
        return
    left = receipt.cells_in - receipt.cells_used
    blocks.section(
        _("Not used"),
        _("{left} of {all} filled cells became no data.").format(left=number(left), all=number(receipt.cells_in)),
    )
    for one in receipt.unused[:UNUSED_SHOWN]:
        name, example = markup.plain(markup.shortened(one.name)), markup.plain(markup.shortened(one.example))
        fact(":material/hide_source:", _(UNUSED[one.what]).format(name=name, example=example, n=number(one.cells)))
        if change and "sheet" in one.what and st.button(_("Read this sheet instead"), key=f"{key}-sheet-{one.name}"):
            change({"sheet": one.name})
    rest = [markup.plain(markup.shortened(one.name)) for one in receipt.unused[UNUSED_SHOWN:]]
    if rest:
        fact(":material/hide_source:", _("Further columns: {columns}").format(columns=listed(rest)))


def _by_choice(found: tuple[Convention, ...]) -> dict[tuple[str, str], list[str]]:
    choices: dict[tuple[str, str], list[str]] = {}
    for convention in found:
        columns = choices.setdefault((convention.what, convention.value), [])
        if convention.column not in columns:
            columns.append(convention.column)
    return choices


def fact(icon: str, text: str) -> None:
    """One line with its sign."""
    with st.container(horizontal=True, wrap=False, gap="small"):
        st.markdown(f":gray[{icon}]", width="content")
        st.markdown(text)
