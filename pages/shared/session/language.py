"""The language of the view, in the session: what words are in, while no block `speaking` says otherwise."""

import streamlit as st

from data.text import words
from data.text.words import LANGUAGES
from pages.shared.session.once import once

LANGUAGE_KEY = "view.lang"

# which the page settled at the start of the run
words.follow(lambda: once("language", lambda: st.session_state.get(LANGUAGE_KEY)))


def browser_language() -> str:
    """The language of the browser when it is one of ours, else English."""
    code = (st.context.locale or "").partition("-")[0].lower()
    return code if code in LANGUAGES else "en"
