"""A receipt in words: what was read, how it was written, what it brings."""

import math

from data.imports.outcome.receipt import FileRead, Receipt
from metrics.texts import N_
from pages.shared.words import markup
from pages.shared.words.texts import _, listed, ngettext, number, percent

DELIMITERS = {",": N_("comma"), "tab": N_("tab"), ";": N_("semicolon"), "|": N_("vertical bar"), "space": N_("space")}
BINARY = ("XLSX", "Parquet")  # a delimiter means nothing in these
UNITS = ("KB", "MB", "GB")
VERDICTS = {  # of one file, and of several
    "loaded": (
        N_("{files} is loaded already as import {id}: nothing to do"),
        N_("{files} are loaded already as import {id}: nothing to do"),
    ),
    "none": (N_("{files} holds no row that can be imported"), N_("{files} hold no row that can be imported")),
    "same": (N_("{files} brings nothing new"), N_("{files} bring nothing new")),
    "all": (N_("{files} can be imported: every row was read"), N_("{files} can be imported: every row was read")),
    "some": (
        N_("{files} can be imported: {share} of its rows were read"),
        N_("{files} can be imported: {share} of their rows were read"),
    ),
}
TAKEN = {
    "orders": (N_("{n} order"), N_("{n} orders")),
    "refunds": (N_("{n} refund"), N_("{n} refunds")),
    "feedback": (N_("{n} answer"), N_("{n} answers")),
    "members": (N_("{n} member"), N_("{n} members")),
    "tier_changes": (N_("{n} tier change"), N_("{n} tier changes")),
    "answers": (N_("{n} item answer"), N_("{n} item answers")),
    "order_lines": (N_("{n} order line"), N_("{n} order lines")),
    "points": (N_("{n} movement of points"), N_("{n} movements of points")),
    "referrals": (N_("{n} referral"), N_("{n} referrals")),
    "benefits": (N_("{n} use of a benefit"), N_("{n} uses of benefits")),
    "events": (N_("{n} event"), N_("{n} events")),
}


def amount(table: str, n: int) -> str:
    """31,902 orders, with the noun of the table."""
    one, many = TAKEN[table]
    return ngettext(one, many, n).format(n=number(n))


def contents(receipt: Receipt) -> dict[str, int]:
    """The tables that the files have rows for, the most telling first."""
    rows = {name: int(getattr(receipt, name)) for name in TAKEN}
    return {name: count for name, count in rows.items() if count}


def summary(receipt: Receipt) -> str:
    """31,902 orders and 12,480 answers: what an import brings, in words."""
    parts = [amount(table, n) for table, n in contents(receipt).items()]
    return listed(parts) if len(parts) != 2 else _("{first} and {second}").format(first=parts[0], second=parts[1])


def sentences(first: str, second: str) -> str:
    """One after the other, as the language spaces them."""
    return _("{first} {second}").format(first=first, second=second) if second else first


def files(receipt: Receipt) -> str:
    """The name of the file, or how many there are. Not escaped."""
    if len(receipt.files) == 1:
        return receipt.files[0].name
    return ngettext("{n} file", "{n} files", len(receipt.files)).format(n=number(len(receipt.files)))


def file_names(receipt: Receipt) -> str:
    """The first file by name, and how many more there are. Not escaped."""
    first, *more = [file.name for file in receipt.files]
    return (
        _("{file} and {n} more").format(file=markup.shortened(first), n=number(len(more)))
        if more
        else markup.shortened(first)
    )


def changes_nothing(receipt: Receipt) -> bool:
    """Whether the store holds every row already."""
    return bool(receipt.tables) and not any(table.new or table.changed for table in receipt.tables)


def verdict(receipt: Receipt) -> str:
    """The finding of a receipt that is not imported yet. Markdown."""
    text = _(VERDICTS[_state(receipt)][len(receipt.files) > 1])
    share = (
        math.floor(1000 * receipt.lines_taken / max(receipt.lines_in, 1)) / 1000
    )  # what is left out never rounds away
    return text.format(files=markup.plain(files(receipt)), id=receipt.already_loaded, share=percent(share))


def _state(receipt: Receipt) -> str:
    if receipt.already_loaded is not None:
        return "loaded"
    if not receipt.lines_taken:
        return "none"
    if changes_nothing(receipt):
        return "same"
    return "all" if receipt.lines_taken == receipt.lines_in else "some"


def recognised(receipt: Receipt) -> str:
    """As what, and how it is written. Markdown."""
    title = markup.plain(_(receipt.profile_title))
    written = sorted({how for file in receipt.files if (how := _written(file))})
    if not written:
        return _("Recognised as **{title}**.").format(title=title)
    return _("Recognised as **{title}** ({how}).").format(title=title, how="; ".join(written))


def _written(file: FileRead) -> str:
    if file.encoding in BINARY:
        return markup.plain(file.encoding)
    delimiter = _(DELIMITERS[file.delimiter]) if file.delimiter in DELIMITERS else markup.plain(file.delimiter)
    return listed([part for part in (markup.plain(file.encoding), delimiter) if part])


def size(size_bytes: int) -> str:
    """9.4 MB."""
    value, unit = size_bytes / 1000, 0
    while value >= 1000 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{number(value, 1 if value < 100 else 0)} {UNITS[unit]}"
