"""People: what is held of one customer in any version, to take away, and an end to it."""

import json
from collections.abc import Sequence

import streamlit as st

from data import person
from data.errors import RapportError
from data.people.access import Access, Forbidden, Person
from data.people.mentions import Mention
from data.person import Erased, Held
from data.store.store import Store
from metrics.texts import N_
from pages.manage.history import health
from pages.manage.receipts import wording
from pages.shared.model import blocks
from pages.shared.screen import states
from pages.shared.session import auth, cached
from pages.shared.session.opened import store
from pages.shared.words import markup
from pages.shared.words.texts import _, dates, listed, ngettext, number

LONGEST_ID, WIDTH, SECONDS_KEPT = 200, 420, 60
ID_KEY, NOTE_KEY, LEFT_KEY = "people.id", "people.note", "people.left"
# What a text is that names somebody, by the table that it stands in.
TEXTS = {
    "feedback": N_("Answer {row}"),
    "orders": N_("Order {row}"),
    "answers": N_("Item answer {row}"),
    "members": N_("Member {row}"),
    "tier_changes": N_("Tier change of {row}"),
    "order_lines": N_("Line of order {row}"),
    "points": N_("Movement of points {row}"),
    "referrals": N_("Referral of {row}"),
    "benefits": N_("Use {row} of a benefit"),
    "events": N_("Event {row}"),
    "customer_keys": N_("Customer {row}"),
    "imports": N_("Import {row}"),
    "mappings": N_("A remembered mapping"),
    "audit": N_("What was done here, {row}"),
    "links": N_("Link {row}"),
    "alerts": N_("Alert {row}"),
    "deliveries": N_("Message of alert {row}"),
}
LATER = N_("Their bytes are still in the file, as the notice below says.")
CONSEQUENCES = (
    N_("Every row of this customer leaves the data, in all versions, and the file is written anew without them."),
    N_("Numbers that counted this customer change a little, those of past periods too."),
    N_(
        "The customer’s id leaves names of files, receipts, the audit and other texts; examples of lines left out are shown no more."
    ),
    N_("Comments of others and other texts that may mean this customer are listed, for you to decide."),
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
    opened = cached.access().beside("erase")
    words = [asked] if asked.strip() else st.session_state.get(LEFT_KEY, [])
    path, version, erasures = str(store().path), cached.version(), cached.erasures()
    named = list(dict.fromkeys(one for word in words for one in _named(path, version, erasures, word, _store=opened)))
    try:
        held = person.find(opened, asked) if asked.strip() else []
    except RapportError as error:
        if not named:
            states.failure(error)
            return
        held = []
    if held:
        _held(held, asked)
    _mentions(named)
    if held:
        _erase(asked)


@st.cache_data(ttl=SECONDS_KEPT, max_entries=20, show_spinner=False)
def _named(path: str, version: int, erasures: int, word: str, *, _store: Store) -> list[Mention]:  # noqa: ARG001
    """Every text is looked through, so not again at each click."""
    return person.find_mentions(_store, word)


def _mentions(named: Sequence[Mention]) -> None:
    """Texts of others that name the customer, each with what takes it out."""
    if not named:
        return
    title = ngettext("{n} other text may name this customer", "{n} other texts may name this customer", len(named))
    blocks.section(
        title.format(n=number(len(named))),
        _(
            "Nobody but you can tell whether this customer is meant. A comment is taken out as a whole, of another text the name alone."
        ),
    )
    for place, one in enumerate(named):
        with st.container(horizontal=True, vertical_alignment="center", key=f"people.named.{place}"):
            where = _(TEXTS[one.table]).format(row=one.row) if one.table in TEXTS else one.place
            st.markdown(f"**{markup.plain(where)}** · {markup.plain(one.excerpt)}", width="stretch")
            if one.can_go:
                st.button(
                    _("Take it out"),
                    key=f"people.remove.{place}",
                    icon=":material/ink_eraser:",
                    on_click=_remove,
                    args=(one,),
                )


def _remove(one: Mention) -> None:
    """Done before the page is drawn again, so that the list is of what is left."""
    opened = cached.access()
    gone = person.remove(opened.beside("erase"), one.word, one.place, opened.person.who)
    st.cache_data.clear()
    st.session_state[NOTE_KEY] = [_("It was taken out."), *([] if gone else [_(LATER)])]


def _held(held: Sequence[Held], asked: str) -> None:
    """How much there is of each kind, and all of it as a file."""
    current, past = sum(each.rows for each in held), sum(each.past for each in held)
    title = ngettext("{n} row is held of this customer", "{n} rows are held of this customer", current + past)
    blocks.section(
        title.format(n=number(current + past)),
        _("{now} in the data now, and {past} from before they were changed or undone.").format(
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
    words = f"**{markup.plain(wording.amount(held.table, held.rows + held.past))}**"
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
    blocks.section(_("Erase this customer"))
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
        st.session_state[LEFT_KEY] = list(dict.fromkeys(one.word for one in erased.mentions))
        del st.session_state[ID_KEY]
        st.rerun()


def _done(erased: Erased) -> list[str]:
    said = [ngettext("{n} row was erased.", "{n} rows were erased.", erased.rows).format(n=number(erased.rows))]
    if not erased.gone:
        said.append(_(LATER))
    if erased.copies:
        names = listed([markup.plain(name) for name in erased.copies])
        said.append(_("Copies beside the file may hold the customer too: {files}.").format(files=names))
    return said
