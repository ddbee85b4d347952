"""Links that were made: what each one opens, who made it, until when it works, when it was last used; and the way to withdraw it."""

import datetime as dt

import streamlit as st

from data.people import links
from data.people.links import Link
from pages.shared.bar import link_words
from pages.shared.model import blocks
from pages.shared.screen import cards
from pages.shared.session import auth, cached
from pages.shared.words import markup
from pages.shared.words.texts import _, date, moment, ngettext, number

SOON_DAYS = 7
PAGE_ROWS = 20
LIMIT_KEY, NOTE_KEY = "links.limit", "links.note"


def page() -> None:
    found, now = _listed(), dt.datetime.now()
    if not found:
        blocks.heading(
            _("No link has been created yet"), _("Pinned and public links appear here, and can be withdrawn.")
        )
        blocks.empty(_("No links"), _("Open a page, choose Share, and create one."), icon=":material/link:")
        return
    blocks.heading(title(found, now), _whose())
    if note := st.session_state.pop(NOTE_KEY, None):
        st.success(note, icon=":material/link_off:")
    limit = st.session_state.get(LIMIT_KEY, PAGE_ROWS)
    for link in found[:limit]:
        _row(link, now)
    if len(found) > limit and st.button(_("Show older ones"), icon=":material/expand_more:", key="links.more"):
        st.session_state[LIMIT_KEY] = limit + PAGE_ROWS
        st.rerun()


def title(found: list[Link], now: dt.datetime) -> str:
    """How many links work, and how many of them end soon."""
    working = [link for link in found if link.state(now) == "open"]
    if not working:
        return _("No link works any more")
    soon = [link for link in working if link.expires_at and link.expires_at <= now + dt.timedelta(days=SOON_DAYS)]
    said = ngettext("{n} link works", "{n} links work", len(working)).format(n=number(len(working)))
    if not soon:
        return said
    ends = ngettext("{n} ends within {days} days", "{n} end within {days} days", len(soon))
    return _("{first}, {second}").format(first=said, second=ends.format(n=number(len(soon)), days=SOON_DAYS))


def _listed() -> list[Link]:
    """All links for who may publish; else those that the person made."""
    access = cached.access()
    return links.listing(access.beside("share"), maker=None if auth.may("publish") else access.person.who)


def _whose() -> str:
    return (
        _("Every link that was created here, newest first.")
        if auth.may("publish")
        else _("The links that you created, newest first.")
    )


def _row(link: Link, now: dt.datetime) -> None:
    with st.container(border=True, key=f"link-{link.id}", gap="xsmall"):
        what, made, use, does = st.columns([9, 6, 5, 5], gap="small", vertical_alignment="center")
        with what:
            st.markdown(
                _two_lines(f"**{markup.plain(link_words.title(link))}**", markup.plain(link_words.allowances(link)))
            )
        with made:
            who = f" · {markup.plain(link.maker)}" if link.maker else ""
            st.markdown(_two_lines(_ends(link, now), _("created {at}").format(at=moment(link.made_at)) + who))
        with use:
            st.markdown(_two_lines(*_use(link)))
        with does, st.container(horizontal=True, horizontal_alignment="right", gap="small"):
            if link.state(now) == "open":
                cards.copy_button(link_words.path(link), key=f"link-copy-{link.id}")
                if st.button(_("Withdraw"), icon=":material/link_off:", type="tertiary", key=f"link-revoke-{link.id}"):
                    _confirm(link)


def _two_lines(first: str, second: str) -> str:
    return f"{first}  \n{markup.quietly(second)}"


def _ends(link: Link, now: dt.datetime) -> str:
    """Until when it works, or since when it does not. Markdown."""
    state = link.state(now)
    if state == "revoked" and link.revoked_at:
        return f":orange[{_('withdrawn {date}').format(date=date(link.revoked_at.date()))}]"
    if link.last_day is None:
        return _("without an end")
    if state == "expired":
        return f":orange[{_('ended {date}').format(date=date(link.last_day))}]"
    return _("works until {date}").format(date=date(link.last_day))


def _use(link: Link) -> tuple[str, str]:
    if not link.last_used_at:
        return _("never used"), ""
    uses = ngettext("used {n} time", "used {n} times", link.uses).format(n=number(link.uses))
    return uses, _("last {at}").format(at=moment(link.last_used_at))


def _confirm(link: Link) -> None:
    """A dialog that says what withdrawing does, and does it on a second click."""

    @st.dialog(_("Withdraw this link?"))
    def ask() -> None:
        st.markdown(f"**{markup.plain(link_words.title(link))}**")
        st.markdown(_("Whoever opens it from now on sees that it was withdrawn. This cannot be undone."))
        with st.container(horizontal=True, gap="small"):
            if st.button(_("Withdraw the link"), type="primary", icon=":material/link_off:", key="link-revoke-go"):
                _revoke(link)
                st.session_state[NOTE_KEY] = _("The link is withdrawn.")
                st.rerun()
            if st.button(_("Keep it"), type="tertiary", key="link-revoke-keep"):
                st.rerun()

    ask()


def _revoke(link: Link) -> None:
    """Withdraw a link: of one's own, or anybody's for who may publish."""
    access = cached.access()
    store = access.beside("share" if link.maker == access.person.who else "publish")
    links.revoke(store, link.id, now=dt.datetime.now().replace(microsecond=0))
    access.note("revoke link", link.id)
