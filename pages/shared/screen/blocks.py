"""The parts that every page is made of: heading, section, quiet text, chart, and the states without a number."""

import re
from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from data.errors import RapportError
from data.text.labels import label
from pages.shared.files import report
from pages.shared.files.report import Box, Chart, Heading, Listing, Quote, Section, Table, Text
from pages.shared.screen.tables import plain_table, sortable_table
from pages.shared.screen.takeaway import Downloads
from pages.shared.screen.theme import PLOTLY_CONFIG, shade
from pages.shared.session import cached
from pages.shared.words.texts import _, sentences, told


def heading(finding: str, shown: str, fresh: str = "") -> None:
    """What was found, what is shown, how fresh it is, and that it is a demo when it is one.

    Of `shown` and `fresh`, which are Markdown, escape with `plain` what comes from data; the finding is a `title`.
    """
    finding = title(finding)
    report.note(Heading(finding, shown, fresh))
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
    metric: str = "",
) -> None:
    """A title that says the finding, and one quiet line: measure, unit, interval, n, how to read the marks.

    With `table`, it can be taken away as `file`; `metric` is the one whose columns it has, if any. So can the charts that follow.
    """
    finding = title(finding)
    known = Table(file, finding, table, metric) if table is not None else None
    report.note(Section(finding, how_to_read, known))
    with st.container(horizontal=True, wrap=False, gap="small", vertical_alignment="top"):
        with st.container(gap="xxsmall"):
            st.subheader(finding, anchor=False)
            _quiet(how_to_read)
        place = st.container(width="content")
    now = report.current()
    if now and not now.offscreen:
        now.downloads = Downloads(place)
        if known:
            now.downloads.table(known)


def quiet(text: str, *, hint: str = "") -> None:
    """Second-rank text at 6:1; st.caption is drawn at about 4:1 and fades colours inside it. No text draws nothing.

    The hint says what a click does, so it stands on the page only, not in what is taken away from it.
    """
    if text:
        report.note(Text(quietly(text)))
    _quiet(sentences(text, hint))


def _quiet(text: str) -> None:
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
# From these on the text would run the other way, beyond what came from data.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What is escaped already, and what is Markdown within a line.
_MARK = re.compile(r"(?P<escaped>\\[!-/:-@\[-`{-~])|[\\`*_\[\]<>$~&]|:(?=[\w+/-]+:)")


def plain(text: object) -> str:
    """Text from data, made safe inside Markdown: what would format it is shown as it is, on one line, and turns no text around it."""
    parted = _MADE_OF_TEXT.sub(WORD_JOINER, " ".join(_TURNS.sub("", str(text)).split()))
    return "".join(f"\\{char}" if char in "\\`*_{}[]()<>#+-.!|$~:&" else char for char in parted)


def title(text: str) -> str:
    """A title as Markdown, in which nothing is markup: names from data stand in many. What is escaped already stays so."""
    line = " ".join(_TURNS.sub("", text).split())
    return _MADE_OF_TEXT.sub(
        WORD_JOINER, _MARK.sub(lambda found: found[0] if found["escaped"] else f"\\{found[0]}", line)
    )


def plain_label(code: str | None) -> str:
    """What a code from data is called, where Streamlit reads Markdown: pills, buttons, popovers, segmented controls. Not for the options of
    lists, which are shown as they are."""
    return plain(label(code))


def chart(figure: go.Figure, *, key: str, alt: str) -> None:
    """A figure in the theme's colours. Plotly resolves them when it is mounted: the shade in the key mounts it anew."""
    drawn = report.note(Chart(key, figure, alt))
    if report.offscreen():
        return
    st.plotly_chart(figure, config=PLOTLY_CONFIG, key=f"{key}-{shade()}", alt=alt)
    now = report.current()
    if now and now.downloads:
        now.downloads.chart(drawn)


def paragraph(text: str) -> None:
    """A line of the page. Markdown."""
    report.note(Text(text))
    st.markdown(text)


def warning(text: str) -> None:
    """What has to be known before the numbers. Markdown."""
    report.note(Text(f":orange[{text}]"))
    st.warning(text, icon=":material/info:")


def quote(mark: str, words: str, about: str) -> None:
    """What somebody wrote, word for word: `mark` before it, a quiet line below it. No Markdown in any of them."""
    report.note(Quote(mark, words, about))
    with st.container(horizontal=True, wrap=False, gap="small"):
        st.markdown(f"**{plain(mark)}**", width=28, text_alignment="right")
        with st.container(gap="xxsmall"):
            st.text(words)
            _quiet(plain(about))


def listing(frame: pl.DataFrame, *, customers: bool = False, **shown: Any) -> None:
    """Rows that a click sorts, under the names that people read; `customers`: they name some. `shown` is for `sortable_table`."""
    report.note(Listing(frame, customers))
    if not report.offscreen():
        sortable_table(frame, column_config=_formats(frame), placeholder="—", **shown)


def _formats(frame: pl.DataFrame) -> dict[str, Any]:
    """Days and numbers as people write them; they stay such, so that a click on a column sorts by them."""
    return {
        name: st.column_config.DateColumn(format="YYYY-MM-DD")
        if kind == pl.Date
        else st.column_config.NumberColumn(format="localized")
        for name, kind in frame.schema.items()
        if kind == pl.Date or kind.is_numeric()
    }


def lines(frame: pl.DataFrame) -> None:
    """A few rows that are read rather than sorted."""
    report.note(Listing(frame))
    plain_table(frame)


def empty(title: str, why: str, *, icon: str = ":material/inbox:", button: Callable[[], None] | None = None) -> None:
    """A bordered box: what is missing, why, and the button that mends it."""
    report.note(Box(title, why))
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
