"""Who is looking: nobody in particular at this machine, a person who signed in, or anybody where the app is open for reading.

Streamlit does the OpenID Connect part and keeps the token's claims in a signed cookie; what they are worth is decided here, on every run.
"""

import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from enum import Enum
from functools import lru_cache
from pathlib import Path

import streamlit as st

from data.errors import RapportError
from data.people import policy, sign_ins
from data.people.access import LOCAL, Person, Role
from data.settings import Settings
from data.text.characters import whole
from pages.shared.session import once, visit
from pages.shared.session.opened import store

LOG = logging.getLogger("rapport.access")
NOT_UNDERSTOOD = "The access file is not understood: %(reason)s"
OPEN = Person("", Role.VIEWER, denied=frozenset({"comments", "share"}))
CLOCK_SKEW = dt.timedelta(minutes=5)
# What Streamlit adds to the claims of a cookie, or leaves out of it, by the way it is read.
NOT_CLAIMS = ("is_logged_in", "origin", "tokens")

# Keys of the widgets that stand where nobody is signed in; a session there hears of these alone.
SIGN_IN, SIGN_OUT, LANGUAGE = "sign-in", "sign-out", "lang"

_stands_for: ContextVar[Person | None] = ContextVar("stands_for", default=None)


class Mode(Enum):
    """How people come in."""

    LOCAL = "local"  # no provider: whoever sits at this machine
    SIGN_IN = "sign-in"
    OPEN = "open"


def mode() -> Mode:
    """How people come in, by the settings: a provider in Streamlit's secrets file, or RAPPORT_OPEN."""
    if providers():
        return Mode.SIGN_IN
    return Mode.OPEN if Settings.read().open_view else Mode.LOCAL


def providers() -> list[str | None]:
    """The names to give st.login; None is the unnamed provider. Empty without sign-in."""
    return once.once("providers", _providers)  # where there is no secrets file, Streamlit looks for it each time


def _providers() -> list[str | None]:
    auth = st.secrets.get("auth", {}) if st.secrets.load_if_toml_exists() else {}
    named: list[str | None] = [
        name for name, value in auth.items() if isinstance(value, Mapping) and "client_id" in value
    ]
    return named or ([None] if "client_id" in auth else [])


def person() -> Person | None:
    """Who is looking, asked anew in every run: whom this session belongs to, as the link allows that it is in; None for nobody."""
    return _stands_for.get() or once.once("person", lambda: visit.person(own()))


def own() -> Person | None:
    """Whom this session belongs to, whatever link it is in; None for nobody."""
    return own_by(claims)


def own_by(told: Callable[[], Mapping[str, object]]) -> Person | None:
    """Whom a session belongs to whose claims are these: they are asked for where people sign in."""
    how = mode()
    if how is Mode.LOCAL:
        return LOCAL
    if how is Mode.OPEN:
        return OPEN
    return person_of(told())


def later() -> Callable[[], Person | None]:
    """Who is looking now, as a question that can be asked again when the run of the page is long over, outside of the session: a
    sign-in may have ended by then, a role been taken away, a link withdrawn."""
    told, link = claims() if mode() is Mode.SIGN_IN else {}, visit.token()
    return lambda: visit.person_under(link, own_by(lambda: told))


@contextlib.contextmanager
def standing_for(who: Person | None) -> Iterator[None]:
    """Within the block, and on its thread alone, this person asks: a page that runs without a browser has no session to sign in to.

    What the run around it found out once was found for somebody else, so it is a run of its own.
    """
    token = _stands_for.set(who)
    try:
        with once.run():
            yield
    finally:
        _stands_for.reset(token)


def stands() -> bool:
    """Whether the app itself asks, for somebody who has no session: a page for a message."""
    return _stands_for.get() is not None


def may(action: str) -> bool:
    """Whether the person of this session may do something (a key of data.people.access.LEAST_ROLE)."""
    who = person()
    return who is not None and who.may(action)


def person_of(claims: Mapping[str, object]) -> Person | None:
    """Who signed in with these claims; None for nobody: signed out, out of time, or without a role."""
    return _policy_person(claims) if fresh(claims) else None


def fresh(claims: Mapping[str, object]) -> bool:
    """Whether the claims are of a sign-in that has not ended. Streamlit itself would take its cookie for 30 days."""
    made = claims.get("iat")
    if not claims or not isinstance(made, int | float):
        return False
    age = dt.datetime.now(dt.UTC) - dt.datetime.fromtimestamp(made, dt.UTC)
    if not -CLOCK_SKEW <= age <= dt.timedelta(hours=Settings.read().session_hours):
        return False
    return not sign_ins.ended(store(), sign_ins.fingerprint(claims))


def claims() -> dict[str, object]:
    """The claims of whom this session belongs to; empty when nobody is signed in."""
    told = st.user.to_dict()
    return cleaned(told) if told.get("is_logged_in") else {}


def cleaned(told: Mapping[str, object]) -> dict[str, object]:
    """The claims without what Streamlit keeps beside them; their texts as they can be stored and shown."""
    kept = {name: value for name, value in told.items() if name not in NOT_CLAIMS}
    return {name: whole(value) if isinstance(value, str) else value for name, value in kept.items()}


def _policy_person(claims: Mapping[str, object]) -> Person | None:
    path = Settings.read().access
    try:
        return _policy(path, path.stat().st_mtime_ns if path.exists() else 0).person(claims)
    except (
        RapportError
    ) as error:  # a mistake made while the app runs: nobody is let in, and no visitor is told where the file lies
        LOG.error(NOT_UNDERSTOOD, {"reason": str(error)})
        return None


@lru_cache(maxsize=4)
def _policy(path: Path, changed_at_ns: int) -> policy.Policy:  # noqa: ARG001 - read anew when the file changes
    return policy.read(path)
