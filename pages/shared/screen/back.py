"""The browser's Back: one entry in its history per page and view."""

import streamlit as st

from pages.shared.front import read

_keeper = st.components.v2.component("rapport_back", html="<i hidden></i>", js=read("back.js"))


def keep_back() -> None:
    """Have the browser put the two entries that Streamlit makes of a change of page into one."""
    _keeper(key="back")
