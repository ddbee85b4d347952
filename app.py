"""The frame of every page: language, navigation, filter bar, and the URL that says what is looked at."""

import streamlit as st

from data.errors import RapportError
from pages.shared import registry
from pages.shared.bar import banner, door, filters
from pages.shared.files import report
from pages.shared.front import LOGO, MARK
from pages.shared.screen import blocks, takeaway
from pages.shared.screen.back import keep_back
from pages.shared.screen.states import no_data, not_begun
from pages.shared.screen.theme import watch_theme
from pages.shared.session import alerting, auth, cached, once, view, visit


def show(page: st.Page) -> None:
    """The page under its bar, for who may open it. An error that a person can mend is one sentence; any other goes to the log."""
    entry = registry.entry_of(page)
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
        report.begin(entry, None)
        with report.paused():
            filters.language_only()
            filters.notices(None)
            banner.show()
        page.run()
        return
    current = view.settle(cached.extent(), filters.codes(), entry.options, scope=cached.access().person.scope)
    view.mirror(current, entry.options)
    report.begin(entry, current)
    with report.paused():  # the bar is no part of what is taken away
        filters.bar(current, entry.options)
        filters.notices(current)
        complete = banner.show()
    cached.begin(entry.code)
    if current is None:
        no_data()
    elif current.start > current.as_of:
        not_begun(current)
    else:
        page.run()
    with report.paused():
        complete()


st.set_page_config("Rapport", layout="wide", page_icon=MARK)
st.logo(LOGO, size="medium")
visit.settle()
view.settle_language()
with once.run():
    try:
        chosen = st.navigation(registry.pages(), position="top" if auth.person() else "hidden")
        show(chosen)
    except RapportError as error:
        blocks.failure(error)
watch_theme()
keep_back()
takeaway.hide_streamlits_own()
alerting.begin()
