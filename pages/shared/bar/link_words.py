"""A link in words: where it leads and what it shows."""

import datetime as dt

import streamlit as st

from data.people import links
from data.people.links import Link
from data.segment import of_params
from data.text.labels import label, segment_words
from metrics.texts import N_
from pages.shared.session import site, view, visit
from pages.shared.session.opened import store
from pages.shared.words.texts import _, listed, ngettext, number, period

KINDS = {"pinned": N_("Pinned"), "public": N_("Public")}


def path(link: Link) -> str:
    """Its address within this server: short, whatever it shows."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    page = "" if link.page == site.entries()[0].code else link.page
    return f"/{base}{'/' if base else ''}{page}?{visit.PARAMETER}={links.token(store(), link)}"


def title(link: Link) -> str:
    """The page and the filters of its view. Not escaped."""
    return " · ".join([site.title(link.page), *_filters(link)])


def allowances(link: Link) -> str:
    """What kind of link it is, and what it opens. Not escaped."""
    said = [_(KINDS[link.kind])]
    if link.version is not None:
        said.append(_("data version {version}").format(version=link.version))
    if link.public:
        said.append(_pages(link))
        said += [_("filters fixed")] if link.locked else []
        said += [_("with comments")] if link.comments else []
        said += [_("with customers")] if link.customers else []
    if link.scope.chosen:
        said.append(_("only {who}").format(who=segment_words(link.scope)))
    return " · ".join(said)


def _pages(link: Link) -> str:
    if not link.pages:
        return _("all pages")
    if link.pages == (link.page,):
        return _("this page only")
    return ngettext("{n} page", "{n} pages", len(link.pages)).format(n=number(len(link.pages)))


def _filters(link: Link) -> list[str]:
    dates = [link.view.get(name, ()) for name in ("from", "to")]
    if link.version is None and "period" in link.follows:
        said = [_("newest period")]
    else:
        said = [period(*(dt.date.fromisoformat(day) for (day,) in dates))] if all(dates) else []
    chosen = {name: [code for code in codes if code != view.ALL] for name, codes in link.view.items()}
    return said + [listed(list(map(label, codes))) for _column, codes in of_params(chosen).codes]
