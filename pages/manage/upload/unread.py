"""What cells mean that were not understood, said by a person: each of them, or all of them at once."""

import streamlit as st

from data.imports import Unread, UnreadCell
from data.imports.cells.answers import ALL, EMPTY, LEAVE_OUT
from data.imports.cells.status import SAYABLE as STATUSES
from metrics.texts import N_
from pages.shared.model import blocks
from pages.shared.words import markup
from pages.shared.words.texts import _, ngettext, number

EACH = "each"
WAYS = {
    EACH: N_("Say what each of them means"),
    EMPTY: N_("Read these cells as empty"),
    LEAVE_OUT: N_("Leave these rows out"),
}
READ_AS = {
    "number": N_("a number, such as 1234.50"),
    "date": N_("a date, such as 2026-09-03"),
    "score": N_("a score"),
    "status": N_("counts or not"),
    "movement": N_("what moved the points"),
}
COUNTS, DOES_NOT_COUNT, REFUND = STATUSES
NAMES = {
    EMPTY: N_("not answered"),
    LEAVE_OUT: N_("leave out"),
    COUNTS: N_("counts"),
    DOES_NOT_COUNT: N_("does not count"),
    REFUND: N_("is a refund"),
    "earn": N_("earned"),
    "spend": N_("spent"),
    "expire": N_("expired"),
    "adjust": N_("adjusted"),
    "cancel": N_("cancelled"),
}
STATUS_WAYS = {
    EACH: N_("Say for each of them whether it counts"),
    COUNTS: N_("They all count"),
    DOES_NOT_COUNT: N_("None of them counts"),
}


def answers(asked: Unread) -> dict[str, str] | None:
    """Ask what the cells mean; the answers by `field:cell`, in the run after the button."""
    key = f"unread.{asked.field}"
    ways = STATUS_WAYS if asked.kind == "status" else WAYS
    way: str | None = st.radio(
        _("What do these cells mean?"), list(ways), index=None, format_func=lambda code: _(ways[code]), key=f"{key}.way"
    )
    given: dict[str, str] = {}
    if way == EACH:
        for place, cell in enumerate(asked.cells):
            if meant := _meaning(asked, cell, key=f"{key}.{place}"):
                given[f"{asked.field}:{cell.value}"] = meant
        if asked.others:
            given[f"{asked.field}:{ALL}"] = DOES_NOT_COUNT if asked.kind == "status" else LEAVE_OUT
            blocks.quiet(
                ngettext(
                    "{n} rarer value is left out with its rows.",
                    "{n} rarer values are left out with their rows.",
                    asked.others,
                ).format(n=number(asked.others))
            )
    elif way:
        given = {f"{asked.field}:{cell.value}": way for cell in asked.cells}
        if asked.others:  # not for the next file too: nobody has seen what they are
            given = {f"{asked.field}:{ALL}": way}
    complete = way is not None and len(given) >= (len(asked.cells) if way == EACH or not asked.others else 1)
    pressed = st.button(_("Continue"), type="primary", icon=":material/check:", disabled=not complete, key=f"{key}.go")
    return given if pressed else None


def _meaning(asked: Unread, cell: UnreadCell, *, key: str) -> str | None:
    """One row: the cell, how often it occurs, and what it is to be read as."""
    name, choice = st.columns([5, 4], gap="small", vertical_alignment="center")
    with name:
        rows = ngettext("{n} row", "{n} rows", cell.lines).format(n=number(cell.lines))
        st.markdown(f"**{markup.plain(markup.shortened(cell.value))}** · {rows}")
    label = _("{cell} is read as").format(cell=markup.plain(markup.shortened(cell.value)))
    with choice:
        if not asked.choices:
            text: str = st.text_input(
                label, placeholder=_(READ_AS[asked.kind]), label_visibility="collapsed", max_chars=40, key=key
            )
            return text.strip() or None
        options = list(asked.choices) if asked.kind == "status" else [*asked.choices, EMPTY, LEAVE_OUT]
        chosen: str | None = st.selectbox(
            label,
            options,
            index=options.index(cell.proposal) if cell.proposal in options else None,
            format_func=lambda code: _(NAMES[code]) if code in NAMES else code,
            placeholder=_(READ_AS[asked.kind]),
            label_visibility="collapsed",
            key=key,
        )
        return chosen
