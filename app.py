"""The frame of every page: language, navigation, filter bar, and the URL that says what is looked at."""

import streamlit as st

from data.errors import RapportError
from pages.frame import alerting
from pages.frame.registry import ENTRIES
from pages.frame.reports import begun
from pages.shared.bar import banner, door, filters, jump
from pages.shared.front import LOGO, MARK
from pages.shared.model import rendering
from pages.shared.screen import current_report, states, takeaway
from pages.shared.screen.back import keep_back
from pages.shared.screen.renderer import Screen
from pages.shared.screen.shade import watch_theme
from pages.shared.session import auth, cached, once, site, view, visit


def show(page: st.Page) -> None:
    """The page under its bar, for who may open it. An error that a person can mend is one sentence; any other goes to the log."""
    entry = site.entry_of(page)
    if closed := visit.refusal(auth.own()):
        filters.language_only()
        door.closed(closed)
        return
    if auth.person() is None:
        filters.language_only()
        door.page()
        return
    if not entry.allowed:
        view.unmirrored()
        filters.language_only()
        door.refused()
        return
    visit.count(cached.access())
    cached.renew()
    if not entry.data:
        view.unmirrored()
        current_report.begin(begun(entry, None))
        with current_report.paused():
            filters.language_only()
            filters.notices(None)
            banner.show()
        page.run()
        return
    current = view.settle(cached.extent(), filters.codes(), entry.options, scope=cached.access().person.scope)
    view.mirror(current, entry.options)
    current_report.begin(begun(entry, current))
    with current_report.paused():  # the bar is no part of what is taken away
        filters.bar(current, entry.options)
        filters.notices(current)
        complete = banner.show()
        jump.offer()
    cached.begin(entry.code)
    if current is None:
        states.no_data()
    elif current.start > current.as_of:
        states.not_begun(current)
    else:
        page.run()
    with current_report.paused():
        complete()


site.know(ENTRIES)
rendering.usually(Screen())
st.set_page_config("Rapport", layout="wide", page_icon=MARK)
st.logo(LOGO, size="medium")
visit.settle()
view.settle_language()
with once.run():
    try:
        chosen = st.navigation(site.pages(), position="top" if auth.person() else "hidden")
        show(chosen)
    except RapportError as error:
        states.failure(error)
watch_theme()
keep_back()
takeaway.hide_streamlits_own()
alerting.begin()
