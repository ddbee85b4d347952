"""The parts that every page is made of: heading, section, quiet text, chart, and the states without a number."""

import re
from collections.abc import Callable

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from data.errors import RapportError
from pages.shared import cached
from pages.shared.exports import download
from pages.shared.texts import _, told
from pages.shared.theme import PLOTLY_CONFIG, shade


def heading(finding: str, shown: str, fresh: str = "") -> None:
    """What was found, what is shown, how fresh it is, and that it is a demo when it is one.

    Texts are Markdown: escape what comes from data with `plain`.
    """
    demo = _("demo data")
    badge = f" :blue-badge[:material/science: {demo}]" if cached.extent().demo else ""
    with st.container(gap="xxsmall"):
        st.title(finding, anchor=False)
        st.markdown(shown if fresh else shown + badge)
        if fresh:
            st.markdown(quietly(fresh) + badge)


def section(
    finding: str,
    how_to_read: str = "",
    *,
    table: pl.DataFrame | Callable[[], pl.DataFrame] | None = None,
    file: str = "",
) -> None:
    """A title that says the finding, and one quiet line: measure, unit, interval, n, how to read the marks.

    With `table`, its CSV can be taken away as `file`.
    """
    with st.container(horizontal=True, wrap=False, gap="small", vertical_alignment="top"):
        with st.container(gap="xxsmall"):
            st.subheader(finding, anchor=False)
            if how_to_read:
                quiet(how_to_read)
        if table is not None:
            download(table, file)


def quiet(text: str) -> None:
    """Second-rank text at 6:1; st.caption is drawn at about 4:1 and fades colours inside it. No text draws nothing."""
    if text:
        st.markdown(quietly(text))


def quietly(text: str) -> str:
    """The Markdown of quiet text."""
    return f":small[:gray[{text}]]"


def attention(text: str, icon: str = ":material/schedule:") -> str:
    """The Markdown of a part of a quiet line in attention colour: late, unfinished, withheld.

    What stands before it must not end in a plain space, which Markdown drops there.
    """
    return f"]:orange[{icon}\u00a0{text}]:gray["


# Links, icons and arrows that Streamlit makes even of escaped text; a word joiner, which is not seen, parts them.
_MADE_OF_TEXT = re.compile(
    r"(?<=www)(?=\.)|(?<=:)(?=//|material|streamlit)|(?<=@)(?=\S)|(?<=[-<])(?=[->])", re.IGNORECASE
)
WORD_JOINER = "\u2060"


def plain(text: object) -> str:
    """Text from data, made safe inside Markdown: what would format it is shown as it is, on one line."""
    parted = _MADE_OF_TEXT.sub(WORD_JOINER, " ".join(str(text).split()))
    return "".join(f"\\{char}" if char in "\\`*_{}[]()<>#+-.!|$~:&" else char for char in parted)


def chart(figure: go.Figure, *, key: str, alt: str) -> None:
    """A figure in the theme's colours. Plotly resolves them when it is mounted: the shade in the key mounts it anew."""
    st.plotly_chart(figure, config=PLOTLY_CONFIG, key=f"{key}-{shade()}", alt=alt)


def empty(title: str, why: str, *, icon: str = ":material/inbox:", button: Callable[[], None] | None = None) -> None:
    """A bordered box: what is missing, why, and the button that mends it."""
    with st.container(border=True, horizontal_alignment="center", gap="xsmall"):
        st.space("small")
        st.markdown(f":gray[{icon}]", width="content")
        st.markdown(f"**{title}**", width="content")
        st.markdown(why, text_alignment="center", width="content")
        if button:
            button()
        st.space("small")


def failure(error: RapportError) -> None:
    """An error as its one sentence, in the reader's language."""
    st.error(plain(told(error)), icon=":material/error:")
