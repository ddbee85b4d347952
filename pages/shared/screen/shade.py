"""Whether the visitor sees the light theme or the dark one, which the browser reports."""

import streamlit as st

from pages.shared.front import read
from pages.shared.model.theme import background

_watcher = st.components.v2.component("rapport_theme", html="<i hidden></i>", js=read("theme.js"))


def shade() -> str:
    """The background that the visitor sees, as the browser last reported it."""
    reported = st.session_state.get("theme", {}).get("background")
    return reported or background(st.context.theme.type or "light")


def watch_theme() -> None:
    """Have the browser report a change of theme, of which Streamlit tells nothing; silent while it is unchanged."""
    _watcher(data={"seen": shade()}, key="theme", on_background_change=lambda: None)
