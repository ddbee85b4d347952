"""The form in which a table of classes is edited; it is kept in the address, so that a link holds the rules it was made with."""

import streamlit as st

from metrics.errors import RuleError
from metrics.segments.schemes import SCHEMES, table_of
from pages.customers.segments.entry import USUAL
from pages.customers.segments.meanings import NEEDS
from pages.customers.segments.readings import Sorting
from pages.shared.model import blocks
from pages.shared.session import view, visit
from pages.shared.words import markup
from pages.shared.words.texts import _, told

REFUSED = "segments.refused"


def form(how: Sorting) -> None:
    """The popover with the table in force; none in a link with fixed filters."""
    if not visit.locked():
        blocks.form(lambda: _draw(how))


def use_usual() -> None:
    """The usual table again."""
    view.change(rules=USUAL)


def _draw(how: Sorting) -> None:
    with st.popover(_("Own rules") if how.text else _("Rules"), icon=":material/tune:", key="segment-rules"):
        if refused := st.session_state.pop(REFUSED, ""):
            st.error(markup.plain(refused), icon=":material/error:")
        st.markdown(_("One class per line, the best first: `name: number 1..3, number 4.. or number 2`. The numbers:"))
        st.markdown(markup.plain(_(NEEDS[how.scheme])))
        key = f"segment-rules.{how.scheme}.{how.text}"
        with st.form("segment-table", border=False):
            st.text_area(_("Classes"), how.table.text.replace("; ", "\n"), key=key, height=260)
            st.form_submit_button(_("Apply"), type="primary", on_click=_take, args=(how.scheme, key))
        if how.text:
            st.button(_("Back to the usual rules"), key="segment-usual", on_click=use_usual, type="tertiary")


def _take(scheme: str, key: str) -> None:
    """The table of the form, into the view; one with a gap or an overlap is told instead."""
    text = "; ".join(line.strip() for line in st.session_state[key].splitlines() if line.strip())
    try:
        table = table_of(scheme, text)
    except RuleError as error:
        st.session_state[REFUSED] = told(error)
        return
    view.change(rules=USUAL if table == SCHEMES[scheme].table else table.text)
