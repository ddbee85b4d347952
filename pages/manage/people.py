"""People: what is held of one customer in any version, to take away, and an end to it."""

import json
from collections.abc import Sequence

import streamlit as st

from data import person
from data.access import Access, Forbidden, Person
from data.errors import RapportError
from data.person import Erased, Held
from metrics.texts import N_
from pages.manage import health, wording
from pages.shared import auth, blocks, cached
from pages.shared.blocks import plain, section
from pages.shared.opened import store
from pages.shared.texts import _, dates, listed, ngettext, number

LONGEST_ID, WIDTH = 200, 420
ID_KEY, NOTE_KEY = "people.id", "people.note"
CONSEQUENCES = (
    N_("Every row of this customer leaves the data, in all versions, and the file is written anew without them."),
    N_("Numbers that counted this customer change a little, those of past periods too."),
    N_("Backups made before still hold this customer, until they are deleted."),
    N_("Uploading a file that names this customer brings the rows back, so erase the customer in the shop first."),
    N_("This cannot be undone."),
)


def page() -> None:
    blocks.heading(
        _("What is held of one customer"), _("Every version of the data is searched. The search is not in the address.")
    )
    if note := st.session_state.pop(NOTE_KEY, None):
        for line in note:
            st.success(line, icon=":material/person_remove:")
    health.warnings(cached.access().beside("erase"))
    asked = st.text_input(_("Customer id"), key=ID_KEY, max_chars=LONGEST_ID, icon=":material/search:", width=WIDTH)
    if not asked.strip():
        return
    try:
        held = person.find(cached.access().beside("erase"), asked)
    except RapportError as error:
        blocks.failure(error)
        return
    _held(held, asked)
    _erase(asked)


def _held(held: Sequence[Held], asked: str) -> None:
    """How much there is of each kind, and all of it as a file."""
    current, past = sum(each.rows for each in held), sum(each.past for each in held)
    title = ngettext("{n} row is held of this customer", "{n} rows are held of this customer", current + past)
    section(
        title.format(n=number(current + past)),
        _("{now} in the data now, and {past} from before they were changed or taken back.").format(
            now=number(current), past=number(past)
        ),
    )
    st.markdown("\n".join(f"- {_line(each)}" for each in held))
    looking = auth.later()
    st.download_button(
        _("Everything as one file"),
        lambda: _file(looking(), asked),
        "customer.json",
        "application/json",
        icon=":material/download:",
        key="people.export",
        on_click="ignore",
    )


def _line(held: Held) -> str:
    """31 orders, from when to when. Markdown."""
    words = f"**{plain(wording.amount(held.table, held.rows + held.past))}**"
    return f"{words} · {dates(held.first, held.last)}" if held.first and held.last else words


def _file(person_now: Person | None, asked: str) -> bytes:
    """Made when the button is pressed, for who looks then."""
    if person_now is None:
        raise Forbidden(N_("You are signed out. Load the page again to sign in."))
    opened = Access(store(), person_now)
    told = person.export(opened.beside("erase"), asked)
    opened.note("export person", person.trace(str(told["customer_id"])))
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


def _erase(asked: str) -> None:
    """What erasing means, and doing it once the id has been typed again."""
    section(_("Erase this customer"))
    st.markdown("\n".join(f"- {_(text)}" for text in CONSEQUENCES))
    typed = st.text_input(
        _("Type the customer id again to confirm"), key=f"people.again.{asked}", max_chars=LONGEST_ID, width=WIDTH
    )
    sure = typed.strip() == asked.strip()
    if st.button(_("Erase"), type="primary", icon=":material/delete_forever:", key="people.erase", disabled=not sure):
        with st.spinner(_("Erasing")):
            opened = cached.access()
            erased = person.erase(opened.beside("erase"), asked, opened.person.who)
        st.cache_data.clear()  # what was worked out before may name the customer
        st.session_state[NOTE_KEY] = _done(erased)
        del st.session_state[ID_KEY]
        st.rerun()


def _done(erased: Erased) -> list[str]:
    said = [ngettext("{n} row was erased.", "{n} rows were erased.", erased.rows).format(n=number(erased.rows))]
    if not erased.gone:
        said.append(_("Their bytes are still in the file, as the notice below says."))
    if erased.copies:
        names = listed([plain(name) for name in erased.copies])
        said.append(_("Copies beside the file may hold the customer too: {files}.").format(files=names))
    return said
