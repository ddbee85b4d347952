"""Search from anywhere (Ctrl+K): pages, definitions, groups of customers and, for who may look them up, a customer."""

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from data.text.labels import label
from metrics.catalogue import CATALOGUE
from pages.shared.front import read
from pages.shared.model import blocks
from pages.shared.model.parts import Place
from pages.shared.screen import controls
from pages.shared.session import cached, site
from pages.shared.words import markup
from pages.shared.words.texts import _

_focus = st.components.v2.component("rapport_focus", html="<i hidden></i>", js=read("focus.js"))

WORDS_KEY = "search.words"
# Fields of pages that a hit fills in: that of the definitions, and that of people
DEFINITION_KEY, CUSTOMER_KEY = "define.find", "people.id"
MOST = 8  # hits of a kind
DEFINITIONS, PEOPLE = "definitions", "people"
SHORTCUT = "Ctrl+K"


@dataclass(frozen=True)
class Hit:
    """What a search found: what it is, its name, where it leads, and a field that is filled in on the way (key and text)."""

    kind: str
    name: str
    place: Place
    fills: tuple[str, str] | None = None


def offer(*, filters: bool) -> None:
    """The button that opens the search; `filters`: whether the page has any, so that a group can be chosen."""
    pressed = st.button(_("Search"), icon=":material/search:", type="tertiary", key="search", shortcut=SHORTCUT)
    if pressed:
        st.session_state.pop(WORDS_KEY, None)
        st.dialog(_("Search"), icon=":material/search:")(_ask)(filters)


def hits(words: str, *, filters: bool) -> list[Hit]:
    """All of it in which each of the words stands, page by page, then definitions, groups and a customer; nothing for no word."""
    wanted = words.casefold().split()
    if not wanted:
        return []
    found: list[Hit] = []
    for several in (_pages(), _definitions(), _groups() if filters else iter(())):
        found += [hit for hit in several if all(word in f"{hit.kind} {hit.name}".casefold() for word in wanted)][:MOST]
    return [*found, *_customer(words.strip())]


def _pages() -> Iterator[Hit]:
    for entry in site.entries():
        if entry.allowed:
            section = f"{_(entry.section)} · " if entry.section else ""
            yield Hit(_("Page"), f"{section}{_(entry.title)}", Place(entry.code))


def _definitions() -> Iterator[Hit]:
    for metric in CATALOGUE.values():
        if not metric.name.endswith("_trend"):
            yield Hit(_("Definition"), _(metric.label), Place(DEFINITIONS), (DEFINITION_KEY, _(metric.label)))


def _groups() -> Iterator[Hit]:
    for dimension in cached.filters():
        for code in cached.values(dimension.column):
            yield Hit(_(dimension.label), label(code), Place(codes={dimension.code: code}))


def _customer(id: str) -> Iterator[Hit]:
    """The page about one customer, with the id filled in, for what looks like one: whether there is such a customer, it says itself."""
    people = site.entry(PEOPLE)
    if people and people.allowed and any(map(str.isdigit, id)):
        yield Hit(_("Customer"), id, Place(PEOPLE), (CUSTOMER_KEY, id))


def _ask(filters: bool) -> None:
    words = st.text_input(
        _("Pages, definitions, groups of customers"),
        key=WORDS_KEY,
        live=True,
        placeholder=_("Type a word"),
        type="search",
    )
    _focus(key="search.focus")
    found = [hit for hit in hits(words or "", filters=filters) if controls.opens(hit.place)]
    if words and words.strip() and not found:
        blocks.quiet(_("Nothing has this word."))
    for place, hit in enumerate(found):
        text = f"{markup.plain(hit.name)} :small[:gray[{markup.plain(hit.kind)}]]"
        if st.button(text, key=f"search.hit.{place}", type="tertiary"):
            if hit.fills:
                key, value = hit.fills
                st.session_state[key] = value
            controls.go(hit.place)
