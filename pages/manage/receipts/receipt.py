"""A receipt as people read it: the verdict, five counts, what is left out and why, what cannot be answered, how cells were read."""

from collections.abc import Callable, Iterator

import streamlit as st

from data.imports.outcome.receipt import CannotAnswer, LeftOut, Receipt
from metrics.texts import N_
from pages.manage.receipts.reading import Change, conventions, fact, unused
from pages.manage.receipts.wording import amount, contents, files, size
from pages.shared.model import blocks
from pages.shared.model.cards import Card
from pages.shared.words import markup
from pages.shared.words.texts import _, listed, money, ngettext, number

Download = Callable[[str], bytes]

MOSTLY = {
    "no_customer": N_("most of them without a customer"),
    "no_customer_id": N_("most of them without a customer"),
    "no_order_id": N_("most of them without an order number"),
    "not_a_number": N_("most of them with an amount that is not a number"),
    "not_a_date": N_("most of them with a date that cannot be read"),
    "no_score": N_("most of them without a score"),
    "repeated": N_("most of them rows that come twice"),
    "not_paid": N_("most of them unpaid orders"),
    "cancelled": N_("most of them cancelled orders"),
    "closed": N_("most of them closed orders"),
}
ICONS = {
    "no_buyer": ":material/person_off:",
    "orders_without_buyer": ":material/person_off:",
    "feedback_without_customer": ":material/person_off:",
    "no_refund_date": ":material/event_busy:",
    "no_currency": ":material/payments:",
    "other_currency": ":material/payments:",
}
TABLE_NAMES = {
    "orders": N_("Orders"),
    "feedback": N_("Answers"),
    "members": N_("Members"),
    "tier_changes": N_("Tier changes"),
    "answers": N_("Item answers"),
    "order_lines": N_("Order lines"),
    "points": N_("Points"),
    "referrals": N_("Referrals"),
    "benefits": N_("Benefits used"),
    "events": N_("Events"),
}
COUNTED = {
    "in": N_("Rows of data in the files, without title, header and empty lines."),
    "taken": N_(
        "Rows that became part of an order, an answer, a member or a tier change. The others are left out, each by a named rule."
    ),
    "orders": N_(
        "Orders after their line items were put together. New: not in the store. Changed: there with another content, which the "
        "file replaces. Unchanged: there already. Refunds that name no order are counted apart."
    ),
    "feedback": N_("Answers to one score question each. New, changed and unchanged beside what the store holds."),
    "members": N_("Customers whom a members file describes. New, changed and unchanged beside what the store holds."),
    "answers": N_("Answers to items of a questionnaire that are neither NPS, CSAT nor CES."),
    "tier_changes": N_("Days on which a customer’s tier changed."),
    "order_lines": N_(
        "What the orders are made of: one line for each product of an order, kept where the file names products."
    ),
    "points": N_("Movements of points: earned, spent, expired, adjusted or cancelled."),
    "referrals": N_("Customers who were brought by another customer."),
    "benefits": N_("Uses of benefits of the programme."),
    "events": N_("Trainings, campaigns and other things that happened on certain days. They name no customer."),
    "customers": N_("Different customers named in the files, and how many of them the store has never seen."),
    "revenue": N_("Net amounts of the orders less refunds, in the currency of the files."),
}


def counts(receipt: Receipt, *, key: str) -> None:
    """The row of count cards; a click on one says how it is counted."""
    blocks.cards(list(_cards(receipt)), key=key, explain=_how_counted)


def _cards(receipt: Receipt) -> Iterator[Card]:
    left = receipt.lines_in - receipt.lines_taken
    bytes_read = size(sum(file.bytes for file in receipt.files))
    yield _card(
        "in",
        _("Rows in the file") if len(receipt.files) == 1 else _("Rows in the files"),
        number(receipt.lines_in),
        _("{files}, {size}").format(files=files(receipt), size=bytes_read),
    )
    yield _card(
        "taken",
        _("Rows read"),
        number(receipt.lines_taken),
        ngettext("{n} row left out", "{n} rows left out", left).format(n=number(left)),
    )
    for table, n in contents(receipt).items():
        if table != "refunds":
            yield _card(table, _(TABLE_NAMES[table]), number(n), _fate(receipt, table))
    if receipt.customers:
        first = receipt.customers_new
        note = _("named in the file") if first is None else _("{n} seen for the first time").format(n=number(first))
        yield _card("customers", _("Customers"), number(receipt.customers), note)
    if receipt.orders or receipt.refunds:
        refunded = money(receipt.refunded, receipt.currency)
        note = _("after {amount} refunds").format(amount=refunded) if receipt.refunded else _("no refunds in the file")
        yield _card("revenue", _("Net revenue"), money(receipt.revenue, receipt.currency), note)


def _card(code: str, name: str, value: str, note: str) -> Card:
    return {"id": code, "name": name, "define": _("How it is counted"), "value": value, "range": note}


def _fate(receipt: Receipt, table: str) -> str:
    """31,688 new, 214 changed; what is none goes unsaid."""
    found = next((counted for counted in receipt.tables if counted.kind == table), None)
    if found is None or found.new is None:
        return ""
    said = ((_("{n} new"), found.new), (_("{n} changed"), found.changed or 0), (_("{n} unchanged"), found.same or 0))
    fate = listed([text.format(n=number(n)) for text, n in said if n])
    if table != "orders" or not receipt.refunds:
        return fate
    return _("with {refunds}: {fate}").format(refunds=amount("refunds", receipt.refunds), fate=fate)


def _how_counted(name: str) -> None:
    @st.dialog(_("How it is counted"))
    def show() -> None:
        st.markdown(_(COUNTED[name]))

    show()


def left_out(receipt: Receipt, *, key: str, download: Download | None) -> None:
    """One row per rule: how many, why, an example, and the rows as CSV where they are still at hand."""
    total = sum(rule.lines for rule in receipt.left_out)
    if not total:
        blocks.section(_("No row is left out"), _("Every row of the file is accounted for."))
        return
    rules = sorted(receipt.left_out, key=lambda rule: -rule.lines)
    most = MOSTLY.get(rules[0].rule) if len(rules) > 1 and rules[0].lines * 2 > total else None
    title = ngettext("{n} row is left out", "{n} rows are left out", total).format(n=number(total))
    how = _("Each download names file, row, column, value and reason.") if download else ""
    blocks.section(_("{count}, {most}").format(count=title, most=_(most)) if most else title, how)
    width = max(48, 9 * len(number(rules[0].lines)) + 6)  # pixels that the longest count takes
    for rule in rules:
        _rule(rule, receipt, width=width, key=f"{key}-{rule.rule}", download=download)


def _rule(rule: LeftOut, receipt: Receipt, *, width: int, key: str, download: Download | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.markdown(f"**{number(rule.lines)}**", width=width, text_alignment="right")
        with st.container(gap=None):
            st.markdown(markup.plain(_reason(rule)) + "  \n" + markup.quietly(_example(rule, receipt)))
        if download:
            fetch, name = download, rule.rule
            st.download_button(
                _("CSV"),
                lambda: fetch(name),
                f"left_out_{rule.rule}.csv",
                "text/csv",
                icon=":material/download:",
                type="tertiary",
                key=key,
                help=_("Download these rows"),
                on_click="ignore",
            )


def _reason(rule: LeftOut) -> str:
    """The sentence of a rule as a heading: without its full stop."""
    return _(rule.template or rule.reason).format(**rule.values).rstrip(".。")


def _example(rule: LeftOut, receipt: Receipt) -> str:
    """Such as “¥1 2O4” in Amount, row 8,113. Markdown."""
    value, column, line = (
        markup.plain(markup.shortened(rule.example_value)),
        markup.plain(rule.example_column),
        number(rule.example_line),
    )
    if len(receipt.files) > 1:
        line = _("{line} of {file}").format(line=line, file=markup.plain(rule.example_file))
    if value and column:
        text = _("such as “{value}” in {column}, line {line}").format(value=value, column=column, line=line)
    elif column:
        text = _("such as an empty {column} in line {line}").format(line=line, column=column)
    else:
        text = _("such as line {line}").format(line=line)
    if rule.amount:
        text = _("{example} · {amount} in all").format(
            example=text, amount=markup.plain(money(rule.amount, receipt.currency))
        )
    return text


def cannot_answer(receipt: Receipt) -> None:
    """What the files cannot answer, each with its reason."""
    if not receipt.cannot_answer:
        blocks.section(
            _("No column is missing"), _("What a page lacks, for want of answers, orders or time, it says itself.")
        )
        return
    blocks.section(
        _("What this file cannot answer"),
        _("What else a page lacks, for want of answers, orders or time, it says itself."),
    )
    for item in receipt.cannot_answer:
        fact(ICONS.get(item.code, ":material/block:"), _lead_bold(_sentence(item)))


def _sentence(item: CannotAnswer) -> str:
    values = {name: number(value) if isinstance(value, int) else value for name, value in item.values.items()}
    return _(item.sentence).format(**values)


def _lead_bold(sentence: str) -> str:
    """The part before the colon is what the eye looks for. Markdown."""
    for colon in (": ", "："):
        lead, found, rest = sentence.partition(colon)
        if found:
            return f"**{markup.plain(lead)}**{colon}{markup.plain(rest)}"
    return markup.plain(sentence)


def doubts(receipt: Receipt, *, key: str, change: Change | None) -> None:
    """What is likely meant otherwise, each with a button that reads the file so while it is not taken in."""
    if not receipt.doubts:
        return
    blocks.section(
        _("Is this meant?"), _("Read as it stands in the file. Orders without a customer still count as revenue.")
    )
    for place, doubt in enumerate(receipt.doubts):
        values = {
            name: number(value, 1 if isinstance(value, float) else 0) if isinstance(value, int | float) else value
            for name, value in doubt.values.items()
        }
        fact(":material/contact_support:", markup.plain(_(doubt.sentence).format(**values)))
        if change and st.button(_("It is nobody: read it as empty"), key=f"{key}-doubt-{place}"):
            change({doubt.option: doubt.answer})


def body(receipt: Receipt, *, key: str, download: Download | None = None, change: Change | None = None) -> None:
    """Counts, what is left out, what cannot be answered, what is likely meant otherwise, conventions."""
    counts(receipt, key=f"{key}-counts")
    left, right = st.columns([11, 10], gap="medium")
    with left:
        left_out(receipt, key=key, download=download)
    with right:
        cannot_answer(receipt)
        doubts(receipt, key=key, change=change)
        conventions(receipt, open_to_change=download is not None)
        unused(receipt, key=key, change=change)
