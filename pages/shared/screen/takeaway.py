"""The popovers to take things away with: a section's table and picture, and the whole page. A file is made when its button is pressed."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import streamlit as st

from data.errors import RapportError
from data.people.access import CUSTOMER, Forbidden
from data.text.labels import segment_words
from metrics.texts import N_
from pages.shared.files import pdf, pictures
from pages.shared.files.columns import readable
from pages.shared.files.exports import csv_bytes
from pages.shared.files.html import document
from pages.shared.files.workbook import workbook
from pages.shared.model.parts import Chart, File, Table
from pages.shared.model.report import Report
from pages.shared.screen.current_report import of_run
from pages.shared.session import auth
from pages.shared.words.texts import _, period, speaking, told

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FAILURES = "takeaway.failures"
PAGE = "page"  # in the place of a table's name
EXPORT = "export"  # in the audit: a file that names customers
MIMES = {
    "csv": "text/csv",
    "xlsx": XLSX,
    "png": "image/png",
    "svg": "image/svg+xml",
    "html": "text/html",
    "pdf": "application/pdf",
}
ICONS = {
    "csv": ":material/csv:",
    "xlsx": ":material/table:",
    "png": ":material/image:",
    "svg": ":material/shapes:",
    "html": ":material/html:",
    "pdf": ":material/picture_as_pdf:",
}


class Downloads:
    """The popover of one section: its table, and the charts that follow. It is there when there is something to take away."""

    def __init__(self, place: Any) -> None:
        self.place = place
        self.popover: Any = None

    def table(self, table: Table) -> None:
        """Offer a table."""
        with self._opened(table.name):
            _button(_("CSV"), "csv", table.name, lambda report: csv_bytes(_taken(report, table).frame))
            _button(_("XLSX"), "xlsx", table.name, lambda report: _workbook(report, [table]))

    def chart(self, chart: Chart) -> None:
        """Offer the pictures of a chart, where they can be drawn."""
        with self._opened(chart.key):
            if not pictures.available():
                _no_chromium(_("Pictures need Chromium on the server."))
                return
            for kind, name in (("png", _("PNG")), ("svg", _("SVG"))):
                _button(name, kind, chart.key.replace("-", "_"), partial(_picture, chart=chart, kind=kind))

    def _opened(self, name: str) -> Any:
        if self.popover is None:
            with self.place:
                self.popover = st.popover(
                    _("Download"), icon=":material/download:", type="tertiary", key=f"download-{name}"
                )
        return self.popover


def table_only(table: Table) -> None:
    """The popover of a table that stands by itself, below what it belongs to."""
    Downloads(st.container(width="content")).table(table)


def hide_streamlits_own() -> None:
    """Take Streamlit's download button from its tables: it gives cells as they are, formulas too, and nobody learns that it was
    pressed."""
    st.html('<style>[data-testid="stElementToolbarButton"]:has([aria-label^="Download"]){display:none}</style>')


def whole_page() -> None:
    """The popover of the page: as HTML, as PDF, and all of its tables. What is drawn after it is in the files all the same."""
    if of_run() is None:
        return
    with st.popover(_("Export"), icon=":material/ios_share:", type="tertiary", key="take-away", width="content"):
        for failed in _failures():
            st.error(failed, icon=":material/error:")
        _failures().clear()
        _button(_("This page as HTML"), "html", PAGE, _page)
        if pictures.available():
            _button(_("This page as PDF"), "pdf", PAGE, lambda report: pdf.pdf(_page(report).decode()))
        _button(_("All tables as XLSX"), "xlsx", PAGE, lambda report: _workbook(report, list(report.sections.values())))
        if not pictures.available():
            _no_chromium(_("PDF and pictures of charts need Chromium on the server."))


def _failures() -> list[str]:
    """The sentences of files that could not be made since the last run; they are made outside of runs."""
    kept: list[str] = st.session_state.setdefault(FAILURES, [])
    return kept


def _no_chromium(text: str) -> None:
    st.markdown(f":small[:gray[{text}]]")


def _workbook(report: Report, tables: list[Table]) -> bytes:
    return workbook(report, [_taken(report, table) for table in tables], made=dt.datetime.now())


def _page(report: Report) -> bytes:
    for name in report.named:
        report.access.note(EXPORT, name, report.code)
    return document(report).encode()


def _picture(report: Report, chart: Chart, kind: Any) -> bytes:
    return pictures.picture(chart, kind, note=picture_note(report))


def picture_note(report: Report) -> str:
    """The line below a picture: page, dates, whose numbers where they are not everybody's."""
    said = [report.page]
    if view := report.view:
        said += [period(view.start, view.last), segment_words(view.whom)]
    return " · ".join([*(text for text in said if text), "Rapport"])


def _taken(report: Report, table: Table) -> Table:
    """The table with its rows worked out, as people read them. That customers were taken away, and by whom, is written down."""
    frame = table.frame
    if CUSTOMER in frame.columns:
        report.access.note(EXPORT, table.name, report.code)
    return replace(table, source=readable(table, frame))


def file(wanted: File) -> None:
    """The button of a file that a page makes itself; nothing where no report was begun."""
    if of_run() is not None:
        look: Literal["primary", "secondary"] = "primary" if wanted.first else "secondary"
        _button(wanted.label, wanted.kind, wanted.name, lambda report: wanted.make(report.access), look=look)


def _button(
    label: str,
    kind: str,
    name: str,
    made: Callable[[Report], bytes],
    *,
    look: Literal["primary", "secondary", "tertiary"] = "tertiary",
) -> None:
    """A button for one file. It is made outside the run of the page, so it carries report and language along, and asks again whether
    who looked at the page is still who they were."""
    report, failures, looking = of_run(), _failures(), auth.later()
    assert report is not None, "a popover is drawn where a report was begun"

    def safely() -> bytes:
        with speaking(report.language):
            try:
                if looking() != report.access.person:
                    raise Forbidden(N_("You no longer see this page, or see it otherwise than before. Load it again."))
                return made(report)
            except RapportError as error:
                failures.append(told(error))
                raise

    st.download_button(
        label,
        safely,
        f"{report.code if name == PAGE else name}.{kind}",
        MIMES[kind],
        icon=ICONS[kind],
        type=look,
        key=f"{kind}-{name}",
        on_click="ignore",
    )
