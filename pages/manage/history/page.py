"""History: every import and undo with its receipt, and how sound the data are."""

from collections.abc import Callable

import streamlit as st

from data.imports import Receipt
from metrics.texts import N_
from pages.manage.history import health
from pages.manage.receipts import receipt, wording
from pages.shared.model import blocks
from pages.shared.model.parts import Button, Place
from pages.shared.screen import states
from pages.shared.session import cached
from pages.shared.words import markup
from pages.shared.words.texts import _, moment, ngettext, number

PAGE_ROWS = 20
LIMIT_KEY, NOTE_KEY = "history.limit", "history.note"
DEMO = "demo"
LEAVES = {
    "orders": (N_("{n} order leaves the data."), N_("{n} orders leave the data.")),
    "orders and refunds": (N_("{n} order or refund leaves the data."), N_("{n} orders and refunds leave the data.")),
    "feedback": (N_("{n} answer leaves the data."), N_("{n} answers leave the data.")),
    "members": (N_("{n} member leaves the data."), N_("{n} members leave the data.")),
    "tier_changes": (N_("{n} tier change leaves the data."), N_("{n} tier changes leave the data.")),
    "answers": (N_("{n} item answer leaves the data."), N_("{n} item answers leave the data.")),
    "order_lines": (N_("{n} order line leaves the data."), N_("{n} order lines leave the data.")),
    "points": (N_("{n} movement of points leaves the data."), N_("{n} movements of points leave the data.")),
    "referrals": (N_("{n} referral leaves the data."), N_("{n} referrals leave the data.")),
    "benefits": (N_("{n} use of a benefit leaves the data."), N_("{n} uses of benefits leave the data.")),
    "events": (N_("{n} event leaves the data."), N_("{n} events leave the data.")),
}


def page() -> None:
    rows = cached.access().imports().rows(named=True)
    if not rows:
        _empty()
        return
    blocks.heading(*_title(rows), states.freshness())
    if note := st.session_state.pop(NOTE_KEY, None):
        st.success(note, icon=":material/undo:")
    health.warnings(cached.access().beside("change"))
    health.cards()
    blocks.section(
        _("Imports, newest first"),
        _("Each one can be undone; an undo is a new data version, and every earlier version can still be read."),
        table=cached.access().imports().drop("receipt"),
        file="imports",
    )
    limit = st.session_state.get(LIMIT_KEY, PAGE_ROWS)
    for row in rows[:limit]:
        _row(row)
    if len(rows) > limit and st.button(_("Show older ones"), icon=":material/expand_more:", key="history.more"):
        st.session_state[LIMIT_KEY] = limit + PAGE_ROWS
        st.rerun()


def _empty() -> None:
    blocks.heading(
        _("Nothing has been imported yet"), _("Each import appears here with its receipt, and can be undone.")
    )
    blocks.empty(
        _("No imports"),
        _("Upload an export of orders, members or survey answers."),
        icon=":material/history:",
        buttons=[
            Button(_("Upload an export"), "history.upload", ":material/upload:", "primary", leads=Place("upload"))
        ],
    )


def _title(rows: list[dict]) -> tuple[str, str]:
    current = [row for row in rows if row["kind"] == "import" and row["status"] == "current"]
    if not current:
        return _("Every import is undone"), _("Data version {version} holds no rows.").format(version=cached.version())
    title = ngettext("{n} import makes up the data", "{n} imports make up the data", len(current)).format(
        n=number(len(current))
    )
    newest = current[0]
    said = _("Data version {version}. The newest import is {file}, imported {at}.")
    return title, said.format(
        version=cached.version(), file=f"**{markup.plain(_file(newest))}**", at=moment(newest["at"])
    )


def _row(row: dict) -> None:
    """One import or undo; the receipt is drawn when it is opened."""
    read = _receipt(row)
    with st.container(border=True, key=f"history-{row['id']}", gap="xsmall"):
        when, what, brought, does = st.columns([4, 8, 8, 4], gap="small", vertical_alignment="center")
        with when:
            who = f" · {markup.plain(row['who'])}" if row["who"] else ""
            st.markdown(_two_lines(f"**{row['id']}**", moment(row["at"]) + who))
        with what:
            st.markdown(_what(row, read))
        with brought:
            st.markdown(_brought(read))
        with does, st.container(horizontal=True, horizontal_alignment="right"):
            _status(row)
        if read and row["kind"] == "import":
            opened = st.expander(_("Receipt"), key=f"history.open.{row['id']}", on_change="rerun", type="compact")
            if opened.open:
                with opened:
                    receipt.body(read, key=f"history-{row['id']}")


def _two_lines(first: str, second: str) -> str:
    """The second line quiet. Markdown."""
    return f"{first}  \n{markup.quietly(second)}"


def _what(row: dict, read: Receipt | None) -> str:
    """The file and what it was read as. Markdown."""
    name = markup.plain(_file(row))
    if row["kind"] == "undo":
        return _two_lines(_("Undo of import {id}").format(id=row["undoes"]), name)
    profile = (
        _("made-up data of a chain")
        if row["profile"] == DEMO
        else markup.plain(_(read.profile_title) if read else row["profile"])
    )
    replaced = [_("replaces import {id}").format(id=row["undoes"])] if row["undoes"] else []
    return _two_lines(f"**{name}**", " · ".join([profile, *replaced]))


def _file(row: dict) -> str:
    """What the import was made from. Not escaped."""
    if row["profile"] == DEMO:
        return _("demo data")
    read = _receipt(row)
    return wording.file_names(read) if read else markup.shortened(row["file_name"])


def _brought(read: Receipt | None) -> str:
    """What the import brought. Markdown."""
    if read is None:
        return ""
    new, changed, same = (
        sum(getattr(table, fate) or 0 for table in read.tables) for fate in ("new", "changed", "same")
    )
    left = read.lines_in - read.lines_taken
    said = [
        _("{n} new").format(n=number(new)),
        _("{n} changed").format(n=number(changed)),
        _("{n} unchanged").format(n=number(same)),
        ngettext("{n} row left out", "{n} rows left out", left).format(n=number(left)),
    ]
    return _two_lines(wording.summary(read), " · ".join(said))


def _status(row: dict) -> None:
    if row["kind"] == "undo":
        return
    if row["status"] == "undone":
        st.markdown(":small[:orange[:material/undo: " + _("undone") + "]]", width="content")
    elif st.button(_("Undo"), icon=":material/undo:", type="tertiary", key=f"history.undo.{row['id']}"):
        confirm_undo(row["id"])


def _receipt(row: dict) -> Receipt | None:
    """The receipt of an import; None for an undo, and for what has none."""
    return Receipt.from_json(row["receipt"]) if row["receipt"] else None


def confirm_undo(import_id: int, after: Callable[[], None] | None = None) -> None:
    """A dialog that says what an undo will change, and does it on a second click."""
    row = next(row for row in cached.access().imports().rows(named=True) if row["id"] == import_id)

    @st.dialog(_("Undo import {id}?").format(id=import_id))
    def ask() -> None:
        st.markdown("\n".join(f"- {text}" for text in _consequences(row)))
        with st.container(horizontal=True, gap="small"):
            if st.button(
                _("Undo import {id}").format(id=import_id), type="primary", icon=":material/undo:", key="undo.go"
            ):
                with st.spinner(_("Undoing")):
                    cached.access().undo(import_id)
                cached.renew()
                st.session_state[NOTE_KEY] = _("Import {id} is undone.").format(id=import_id)
                if after:
                    after()
                st.rerun()
            if st.button(_("Keep it"), type="tertiary", key="undo.keep"):
                st.rerun()

    ask()


def _consequences(row: dict) -> list[str]:
    """What will be different afterwards, in sentences. Markdown."""
    read = _receipt(row)
    if read is None:
        return [
            _("All rows of {file} leave the data.").format(file=markup.plain(_file(row))),
            _("It can be built again."),
        ]
    said = []
    for table in read.tables:
        if table.new:
            kind = "orders and refunds" if table.kind == "orders" and read.refunds else table.kind
            said.append(ngettext(*LEAVES[kind], table.new).format(n=number(table.new)))
        if table.changed:
            said.append(
                _("{what}: the earlier content comes back.").format(what=wording.amount(table.kind, table.changed))
            )
    if not said:
        said.append(_("No number changes: every row was there before."))
    return [*said, _("Rows that another import brought too stay."), _("The file can be imported again.")]
