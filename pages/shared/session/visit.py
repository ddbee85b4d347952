"""The link that this session is in, if any: what it shows, to whom, and how far it may be left.

The URL says so (`link=`), and between two pages, while the URL says nothing, the session. It is looked up in every run, so that a
link that is revoked or runs out opens nothing from then on.
"""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress

import streamlit as st

from data.errors import Busy, NoRoom
from data.people import links
from data.people.access import Access, Person, Role
from data.people.links import Link, LinkError
from data.segment import EVERYBODY, Segment
from pages.shared.session.once import once
from pages.shared.session.opened import store

PARAMETER = "link"
TOKEN_KEY, COUNTED_KEY = "visit.token", "visit.counted"
COUNT_SECONDS = 0.2
DATES = {"as_of": ("as_of",), "period": ("from", "to")}  # what can follow the data → in the URL
# A pinned link is for looking at numbers of another day: what would change today's, or is about them, is not in it.
NOT_IN_PINNED = frozenset({"change", "alerts", "publish", "administer", "erase"})


def settle() -> None:
    """Before anything is shown: the link of the URL, else the one that the session is in."""
    told = st.query_params.get(PARAMETER)
    if told is not None:
        st.session_state[TOKEN_KEY] = told


def token() -> str | None:
    """What stands for the link in the address; None outside of links."""
    found: str | None = st.session_state.get(TOKEN_KEY)
    return found


def link() -> Link | None:
    """The link, or None: outside of links, and in one that opens nothing (see `refusal`)."""
    found = _found()
    return found if isinstance(found, Link) else None


def refusal(own: Person | None) -> LinkError | None:
    """Why the link opens nothing to this person; None when it does, and outside of links."""
    found = _found()
    if isinstance(found, LinkError):
        return found
    return LinkError("others") if found and own and _scope(found, own) is None else None


def person(own: Person | None) -> Person | None:
    """Who is looking: the person whom the session belongs to, limited to what the link is about; under a public link, its visitor."""
    return person_under(token(), own)


def person_under(text: str | None, own: Person | None) -> Person | None:
    """As `person`, for a link that is named: also outside of a session."""
    if text is None:
        return own
    found = _looked_up(text)
    scope = None if isinstance(found, LinkError) else _scope(found, own)
    if isinstance(found, LinkError) or scope is None:
        return None
    if found.public:
        return _visitor(found, scope)
    if own is None:
        return None
    return Person(own.who, own.role, own.name, scope, own.denied | NOT_IN_PINNED, own.granted)


def opens(page: str, *, data: bool) -> bool:
    """Whether the link has a page; outside of links every one. Public links never have one that stands on no data."""
    found = link()
    return found is None or not found.public or (data and found.opens(page))


def public() -> bool:
    """Whether the session is in a public link."""
    found = link()
    return found is not None and found.public


def locked() -> bool:
    """Whether filters, dates and options are those of the link."""
    found = link()
    return found is not None and found.locked


def codes(wanted: Callable[[str], bool]) -> dict[str, list[str]]:
    """What the link says of the parameters of the URL that are wanted; empty outside of links. One that is not pinned leaves out the
    dates that follow the data."""
    found = link()
    if found is None:
        return {}
    follow = {name for what in found.follows for name in DATES[what]} if found.version is None else set()
    return {name: list(found.view[name]) for name in found.view if wanted(name) and name not in follow}


def parameter() -> dict[str, list[str]]:
    """What the URL says of the link; empty outside of links."""
    text = token()
    return {PARAMETER: [text]} if text else {}


def leave() -> None:
    """Out of the link. To be called from a widget's callback."""
    st.session_state.pop(TOKEN_KEY, None)
    st.query_params.pop(PARAMETER, None)


def count(access: Access) -> None:
    """Note the first use of the link in this session. No view waits for it: while the file is written anew, the next run notes it."""
    found, counted = link(), st.session_state.setdefault(COUNTED_KEY, set())
    if found and found.id not in counted:
        with suppress(Busy):
            with suppress(NoRoom):  # on a full disk links are read, and not counted
                links.used(store(), found.id, now=dt.datetime.now(), who=access.person.who, within=COUNT_SECONDS)
            counted.add(found.id)


def _found() -> Link | LinkError | None:
    text = token()
    return None if text is None else _looked_up(text)


def _looked_up(text: str) -> Link | LinkError:
    return once(f"link {text}", lambda: _look_up(text))


def _look_up(text: str) -> Link | LinkError:
    try:
        return links.find(store(), text, now=dt.datetime.now())
    except LinkError as error:
        return error


def _scope(found: Link, own: Person | None) -> Segment | None:
    """The customers whom both the link and the person are limited to; None when that is nobody."""
    return found.scope.within(own.scope if own else EVERYBODY)


def _visitor(found: Link, scope: Segment) -> Person:
    """Anybody who has a public link: one who reads, without comments and customers unless the link's maker allowed them."""
    denied = {"share"} | (set() if found.comments else {"comments"})
    granted = {"customers"} if found.customers else set()
    return Person(f"link {found.id}", Role.VIEWER, "", scope, frozenset(denied), frozenset(granted))
