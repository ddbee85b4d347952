"""The browser's Back: one entry in its history per page and view; and the part of the page that a click led to."""

import streamlit as st

from pages.shared.front import read

LOOKED_AT = "back.looked_at"  # the anchor that is to be seen, and the how many-th such wish of the session it is

_keeper = st.components.v2.component("rapport_back", html="<i hidden></i>", js=read("back.js"))


def keep_back() -> None:
    """Have the browser put the two entries that Streamlit makes of a change of page into one."""
    anchor, turn = st.session_state.get(LOOKED_AT, ("", 0))
    _keeper(data={"anchor": anchor, "turn": turn}, key="back")


def look_at(anchor: str) -> None:
    """Have the page show its anchor once the next run has drawn it."""
    st.session_state[LOOKED_AT] = (anchor, st.session_state.get(LOOKED_AT, ("", 0))[1] + 1)
