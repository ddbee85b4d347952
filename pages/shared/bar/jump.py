"""The list of sections on a phone, where a page is many screens long."""

import streamlit as st

from pages.shared.front import read
from pages.shared.words.texts import _

PHONE_WIDTH = 640  # pixels, up to which Streamlit sets columns one below the other

_jump = st.components.v2.component(
    "rapport_jump",
    html="<details hidden><summary></summary><ul></ul></details>",
    css=read("jump.css"),
    js=read("jump.js"),
)


def offer() -> None:
    """Where the screen is narrow; elsewhere it takes no room."""
    st.html(
        f"<style>@media (min-width:{PHONE_WIDTH + 1}px){{div:has(> .st-key-jump),.st-key-jump{{display:none}}}}</style>"
    )
    with st.container(key="jump"):
        _jump(data={"label": _("On this page")}, key="jump.list")
