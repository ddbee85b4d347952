"""The pages of the app: what a page says of itself, which ones there are, and the way to each. The list is handed in at the start
(`know`), so that nothing here depends on what the pages are about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

import streamlit as st

from data.text.words import _
from pages.shared.session import auth, visit
from pages.shared.session.view import Option


@dataclass(frozen=True)
class Entry:
    """A page: `module` has a function page(); the code is its path in the URL; `data`: it stands under the filter bar.

    `needs`: the right (of data.people.access) without which the page is neither listed nor opened. Title and section are to be translated.
    """

    module: str
    code: str
    title: str
    section: str
    data: bool = True
    options: tuple[Option, ...] = ()
    needs: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the person of this session may open the page, and the link that the session is in has it."""
        return visit.opens(self.code, data=self.data) and (not self.needs or auth.may(self.needs))

    def run(self) -> None:
        """Show the page. Its module is imported when it is first opened, which keeps the start short."""
        import_module(self.module).page()


_known: tuple[Entry, ...] = ()


def know(entries: Sequence[Entry]) -> None:
    """Which pages there are, in the order of the navigation; the first has its address at /."""
    global _known  # one process has one list
    _known = tuple(entries)


def entries() -> tuple[Entry, ...]:
    """All pages, in the order of the navigation."""
    return _known


def entry(code: str) -> Entry | None:
    """The page with this code; None where there is none."""
    return next((entry for entry in _known if entry.code == code), None)


def title(code: str) -> str:
    """What a page is called, in the language in force; of one that is gone, its code."""
    found = entry(code)
    return _(found.title) if found else code


def pages() -> dict[str, list[st.Page]]:
    """The navigation: section title → pages, in the language in force."""
    sections: dict[str, list[st.Page]] = {}
    for each in _known:
        sections.setdefault(_(each.section), []).append(_page(each))
    return sections


def entry_of(page: st.Page) -> Entry:
    """The entry that a page of the navigation was made from."""
    return next(each for each in _known if each.code == page.url_path or (page.url_path == "" and each is _known[0]))


def open_page(code: str, params: Mapping[str, Sequence[str]] | None = None) -> None:
    """Go to another page of this app; the view goes along, unless it is said by the parameters of its address."""
    page = _page(next(each for each in _known if each.code == code))
    if params is None:
        st.switch_page(page)
    st.switch_page(page, query_params={name: list(codes) for name, codes in params.items()})


def _page(entry: Entry) -> st.Page:
    return st.Page(
        entry.run,
        title=_(entry.title),
        url_path=entry.code,
        default=entry is _known[0],
        visibility="visible" if entry.allowed else "hidden",
    )
