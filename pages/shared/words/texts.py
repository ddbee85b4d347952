"""Words, numbers and dates in the language of the view: those of `data.text.words`, and what the session and the browser say of it."""

import streamlit as st

from data.text import words
from data.text.words import (
    EN_DASH,
    LANGUAGES,
    LOCALES,
    MINUS,
    WHOLE_FROM,
    _,
    catalogue,
    coins,
    date,
    dates,
    joined,
    language,
    listed,
    long_date,
    moment,
    money,
    money_span,
    month,
    ngettext,
    number,
    percent,
    period,
    period_name,
    sentences,
    signed,
    spaced,
    span,
    speaking,
    told,
)
from metrics.statistics.verdict import Verdict
from metrics.texts import N_
from pages.shared.session.once import once

__all__ = [
    "EN_DASH",
    "LANGUAGES",
    "LANGUAGE_KEY",
    "LOCALES",
    "MINUS",
    "WHOLE_FROM",
    "WORDS",
    "_",
    "browser_language",
    "catalogue",
    "coins",
    "date",
    "dates",
    "joined",
    "language",
    "listed",
    "long_date",
    "moment",
    "money",
    "money_span",
    "month",
    "ngettext",
    "number",
    "percent",
    "period",
    "period_name",
    "sentences",
    "signed",
    "spaced",
    "span",
    "speaking",
    "told",
]

LANGUAGE_KEY = "view.lang"

WORDS: dict[Verdict, str] = {
    "better": N_("better"),
    "worse": N_("worse"),
    "none": N_("no clear change"),
    "too_few": N_("too few to compare"),
}

# of the view, which the page settled at the start of the run
words.follow(lambda: once("language", lambda: st.session_state.get(LANGUAGE_KEY)))


def browser_language() -> str:
    """The language of the browser when it is one of ours, else English."""
    code = (st.context.locale or "").partition("-")[0].lower()
    return code if code in LANGUAGES else "en"
