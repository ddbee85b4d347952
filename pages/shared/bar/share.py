"""Copy, pin or publish what the page shows."""

import datetime as dt

import streamlit as st

from data.people import links
from data.people.access import Person
from data.people.links import Link
from metrics.texts import N_
from pages.shared.bar import link_words
from pages.shared.model import blocks
from pages.shared.screen import cards
from pages.shared.session import auth, cached, view, visit
from pages.shared.words.texts import _, date, number

DAYS = (7, 30, 90)
LONGEST_DAYS = 366
OWN_DATE = "date"
PAGES = {"one": N_("This page"), "all": N_("All pages with numbers")}
NUMBERS = {"newest": N_("Always the newest"), "now": N_("Those of now")}
PINNED_KEY, PUBLISHED_KEY = "share.pinned", "share.published"
DIALOG_KEY, CLOSED_KEY = "share.dialog", "share.closed"


def offer() -> None:
    """The address of the view, one click away; beside it, for who may, links that carry more."""
    cards.link_button()
    if visit.token() or not auth.may("share"):
        return
    with st.popover(
        _("Share"), icon=":material/share:", type="tertiary", key=f"share-{st.session_state.get(CLOSED_KEY, 0)}"
    ):
        st.markdown(f"**{_('Pin these numbers')}**")
        blocks.quiet(_("Whoever opens the link sees the current numbers, also after the next upload."))
        if st.button(_("Create a pinned link"), icon=":material/keep:", key="share-pin"):
            with st.spinner(_("Keeping the numbers")):
                st.session_state[PINNED_KEY] = (view.codes(), _pin())
        codes, made = st.session_state.get(PINNED_KEY, ({}, ""))
        if made and codes == view.codes():
            cards.link_field(made, key="share-pinned")
        if auth.may("publish"):
            st.markdown(f"**{_('Without sign-in')}**")
            blocks.quiet(_("Anybody who has the link can read what you choose, until it ends."))
            st.button(_("Create a public link"), icon=":material/public:", key="share-public", on_click=_ask)
    if st.session_state.pop(DIALOG_KEY, False):
        st.dialog(_("A link that needs no sign-in"))(_publish)()


def _ask() -> None:
    """Open the dialog, and under another key a popover that is closed: an open one would lie over it."""
    st.session_state.pop(PUBLISHED_KEY, None)
    st.session_state[DIALOG_KEY] = True
    st.session_state[CLOSED_KEY] = st.session_state.get(CLOSED_KEY, 0) + 1


def _pin() -> str:
    """Create the link; its path."""
    cached.access().person.check("share")
    shown = cached.shown()
    return _made(
        Link("pinned", shown.page, view.codes(), _maker().who, _now(), view.follows(), shown.version,
             shown.metric_versions, scope=_maker().scope),
        shown,
    )  # fmt: skip


def _publish() -> None:
    """The dialog of a public link: first what it opens, then the link itself."""
    place = st.empty()
    if PUBLISHED_KEY not in st.session_state:
        with place.container():
            link = _public()
        if link is None:
            return
        st.session_state[PUBLISHED_KEY] = _made(link, cached.shown())
        place.empty()
    blocks.quiet(_("It is listed under Manage → Links, where it can be withdrawn."))
    cards.link_field(st.session_state[PUBLISHED_KEY], key="share-published")


def _public() -> Link | None:
    """The choices of a public link; the link once the button is pressed."""
    if auth.mode() is auth.Mode.LOCAL:
        st.info(
            _("Rapport runs for this machine only: others can open the link once it is deployed with sign-in."),
            icon=":material/computer:",
        )
    ends = _ends()
    pages = _choice(PAGES, _("It opens"), "pages")
    numbers = _choice(NUMBERS, _("Numbers"), "numbers")
    locked = st.toggle(_("Keep filters, dates and choices fixed"), value=True, key="share-locked")
    comments = st.toggle(_("Show what people wrote"), key="share-comments")
    customers = st.toggle(_("Show who is behind a number"), key="share-customers")
    if not st.button(
        _("Create the link"), type="primary", icon=":material/public:", key="share-make", disabled=ends is None
    ):
        return None
    cached.access().person.check("publish")
    shown, pinned = cached.shown(), numbers == "now"
    return Link(
        "public", shown.page, view.codes(), _maker().who, _now(), view.follows(),
        version=shown.version if pinned else None,
        metric_versions=shown.metric_versions if pinned else {},
        pages=(shown.page,) if pages == "one" else (),
        locked=locked, comments=comments, customers=customers, scope=_maker().scope, expires_at=ends,
    )  # fmt: skip


def _ends() -> dt.datetime | None:
    """The end of the last day of the link, as chosen; None while no date is."""
    codes = [*map(str, DAYS), OWN_DATE]
    chosen = st.segmented_control(
        _("It ends after"),
        codes,
        format_func=lambda code: _("Own date") if code == OWN_DATE else _("{n} days").format(n=number(int(code))),
        default=codes[1],
        required=True,
        key="share-days",
    )
    today = _now().date()
    if chosen != OWN_DATE:
        last: dt.date | None = today + dt.timedelta(days=int(chosen or DAYS[1]))
    else:
        latest = today + dt.timedelta(days=LONGEST_DAYS)
        last = st.date_input(
            _("Last day"), value=None, min_value=today, max_value=latest, key="share-date", format="YYYY-MM-DD"
        )
    if last is None:
        return None
    blocks.quiet(_("It works until {date}, to the end of that day.").format(date=date(last)))
    return dt.datetime.combine(last + dt.timedelta(days=1), dt.time())


def _choice(names: dict[str, str], title: str, name: str) -> str | None:
    return st.radio(title, list(names), format_func=lambda code: _(names[code]), key=f"share-{name}", horizontal=True)


def _made(link: Link, shown: cached.Shown) -> str:
    """Keep the link, with the answers it shows when it is pinned; its path."""
    access = cached.access()
    store = access.beside("publish" if link.public else "share")
    made = links.make(store, link, answers=shown.answers, erasures=shown.erasures)
    access.note("make link", made.id, link.kind)
    return link_words.path(made)


def _maker() -> Person:
    return cached.access().person


def _now() -> dt.datetime:
    return dt.datetime.now().replace(microsecond=0)
