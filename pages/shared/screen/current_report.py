"""The report of this run, in the session: what the screen draws is noted in it. A dialog is not part of the page, so it draws while the
report is paused."""

import contextlib
from collections.abc import Iterator

import streamlit as st

from pages.shared.model.report import Report

CURRENT, PAUSED = "report.current", "report.paused"


def begin(report: Report) -> None:
    """What is drawn from here on is of this report."""
    st.session_state[CURRENT] = report


def current() -> Report | None:
    """The report that is being noted; None in a dialog, and where none was begun."""
    return None if st.session_state.get(PAUSED) else of_run()


def of_run() -> Report | None:
    """The report of this run, also while it is paused."""
    found: Report | None = st.session_state.get(CURRENT)
    return found


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """What is drawn in the block is not part of the page."""
    before = st.session_state.get(PAUSED, False)
    st.session_state[PAUSED] = True
    try:
        yield
    finally:
        st.session_state[PAUSED] = before
