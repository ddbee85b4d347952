"""What stands before the numbers where people sign in: the sign-in page, whom one is signed in as, and what one may not open."""

import streamlit as st

from data.people.access import Person, Role
from data.people.links import LinkError
from data.text.labels import label
from metrics.texts import N_
from pages.shared.model import blocks
from pages.shared.model.parts import Button, Place
from pages.shared.session import auth, view, visit
from pages.shared.session.auth import Mode
from pages.shared.words import markup
from pages.shared.words.texts import _, date, joined, sentences, told

ROLE_NAMES = {Role.VIEWER: N_("Viewer"), Role.ANALYST: N_("Analyst"), Role.ADMINISTRATOR: N_("Administrator")}
CLOSED = {
    "unknown": N_("This link does not work"),
    "expired": N_("This link has ended"),
    "revoked": N_("This link was withdrawn"),
    "others": N_("This link shows nothing that is open to you"),
}
NAME_CHARACTERS = 40


def page() -> None:
    """For who is nobody here: the way to sign in; for who signed in and has no role, whom to ask."""
    claims = auth.claims()
    st.space("large")
    with st.container(key="door", horizontal_alignment="center", gap="small"):
        if claims and auth.fresh(claims):
            _stranger(claims)
            return
        st.title(_("Sign in to see the numbers"), anchor=False, text_alignment="center")
        if claims:
            st.markdown(_("You signed in a while ago, and that sign-in has ended."), text_alignment="center")
        for name in auth.providers():
            st.button(
                _("Sign in with {provider}").format(provider=markup.plain(name.capitalize())) if name else _("Sign in"),
                type="primary",
                icon=":material/login:",
                key=f"{auth.SIGN_IN}-{name}",
                on_click=st.login,
                args=(name,),
            )
        back = _("You come back to the page that you opened.")
        st.markdown(markup.quietly(back), text_alignment="center")


def closed(error: LinkError) -> None:
    """In the place of everything, for a link that opens nothing. Names neither its maker nor what it showed."""
    st.space("large")
    with st.container(key="door", horizontal_alignment="center", gap="small"):
        st.title(_(CLOSED[error.state]), anchor=False, text_alignment="center")
        day = _("It worked until {date}.").format(date=date(error.last_day)) if error.last_day else ""
        st.markdown(sentences(day, told(error)), text_alignment="center")
        if auth.own():
            st.button(_("Open Rapport without it"), key="leave-link", on_click=visit.leave)


def refused() -> None:
    """In the place of a page that the person has no right to, or that is not in the link."""
    link = visit.link()
    if link and link.public:
        blocks.empty(
            _("This link does not open this page"),
            _("It was created for other pages of Rapport."),
            icon=":material/lock:",
            buttons=[Button(_("Open the page of the link"), "link-page", kind="primary", leads=Place(link.page))],
        )
        return
    own = auth.own()
    if link and own and own.may("change"):
        blocks.empty(
            _("This page is not part of a pinned link"),
            _("The link shows the numbers of another day; here today’s data are changed."),
            icon=":material/keep:",
            buttons=[Button(_("Show today’s numbers"), "leave-link", sets=view.leave_link)],
        )
        return
    blocks.empty(
        _("This page is not open to you"),
        _("Your role does not include it. Ask the administrator for the right to it."),
        icon=":material/lock:",
    )


def account() -> None:
    """Who is signed in, what that allows, and the way out. Nothing where nobody signs in."""
    how, who = auth.mode(), auth.person()
    if visit.public():
        return
    if how is Mode.OPEN:
        st.markdown(markup.quietly(":material/visibility: " + _("open for reading")), width="content")
    if how is not Mode.SIGN_IN or who is None:
        return
    with st.popover("", icon=":material/account_circle:", type="tertiary", key="account", help=_("Who is signed in")):
        st.markdown(f"**{markup.plain(_short(who.name))}**")
        if who.who != who.name:
            blocks.quiet(markup.plain(_short(who.who)))
        st.markdown(_(ROLE_NAMES[who.role]))
        if limits := _limits(who):
            blocks.quiet(_("You see {customers} only.").format(customers=limits))
        st.button(_("Sign out"), icon=":material/logout:", key=auth.SIGN_OUT, on_click=st.logout)


def _stranger(claims: dict[str, object]) -> None:
    st.title(_("You have no access yet"), anchor=False, text_alignment="center")
    who = markup.plain(_short(str(claims.get("email") or claims.get("name") or claims.get("sub"))))
    told = _(
        "You are signed in as **{who}**, who has no role here. Ask the administrator to add you to the access file."
    )
    st.markdown(told.format(who=who), text_alignment="center")
    st.button(_("Sign out"), icon=":material/logout:", key=auth.SIGN_OUT, on_click=st.logout)


def _limits(who: Person) -> str:
    """The customers that the person is limited to. Markdown."""
    return markup.plain(" · ".join(joined([label(code) for code in codes]) for codes in who.scope.chosen.values()))


def _short(text: str) -> str:
    return text if len(text) <= NAME_CHARACTERS else text[: NAME_CHARACTERS - 1] + "…"
