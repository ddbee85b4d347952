"""The same view again: what a page's script costs in Python when every answer is kept already."""

import logging
import os
import statistics
from collections.abc import Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from pages.frame.registry import ENTRIES
from pages.shared.session import cached
from tests.benchmarks.measure import ROOT, Line

LIMIT_MS, RUNS = 20, 7
# timed inside the script's own thread, since AppTest itself takes longer than the page
TIMED = """
import time
import streamlit as st
start = time.perf_counter()
exec(compile(open({app!r}).read(), {app!r}, "exec"))
st.session_state["took_ms"] = 1000 * (time.perf_counter() - start)
"""


def lines(store: Path) -> Iterator[Line]:
    """One line per page with numbers: the whole script, with all that Streamlit does for each element."""
    os.environ["RAPPORT_DB"] = str(store)
    logging.disable(logging.WARNING)  # Streamlit warns of what is done outside a server
    app = AppTest.from_string(TIMED.format(app=str(ROOT / "app.py")), default_timeout=60)
    try:
        for entry in (entry for entry in ENTRIES if entry.data):
            app._page_hash = "" if entry is ENTRIES[0] else calc_hash(entry.code)
            first_ms, *again_ms = [_took_ms(app) for _ in range(1 + RUNS)]
            took_ms = statistics.median(again_ms)
            yield Line(
                f"the same view again: {entry.code}, the whole script",
                f"{took_ms:,.0f} ms (the first time {first_ms:,.0f} ms)",
                f"≤ {LIMIT_MS} ms",
                took_ms <= LIMIT_MS,
            )
    finally:
        cached.store().close()
        cached.store.clear()
        logging.disable(logging.NOTSET)


def _took_ms(app: AppTest) -> float:
    app.run()
    assert not app.exception
    took_ms: float = app.session_state["took_ms"]
    return took_ms
